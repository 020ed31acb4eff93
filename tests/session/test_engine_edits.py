"""The engine: edits."""

from __future__ import annotations

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase, Combined, SetPhase
from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import Edited, Refused, Started
from tests.session.walking import T, only, session_of, walking


def test_an_edit_says_what_it_did_and_moves_the_end() -> None:
    session = walking(at=35_000)
    edited = only(session.edit(T + 35_000, AddToPhase(Phase.BACKWARD, 15)), Edited)
    assert (edited.what, edited.words) == ("edit", ("The backward bout:", "Forty-five seconds."))
    assert edited.after is session.schedule
    assert session.left == 160_000 + 30_000 - 35_000


def test_seconds_walked_are_rounded_up_so_that_the_count_is_heard() -> None:
    session = walking(at=31_001)
    session.edit(T + 31_001, AddToInterval(-100))
    assert session.interval_left == 2_999 + 1_000  # two seconds in, and three more


def test_an_edit_that_cannot_be_made_is_refused_and_changes_nothing() -> None:
    session = walking(at=35_000)
    before = session.schedule
    refused = only(session.edit(T + 36_000, AddToPhase(Phase.REST, 5)), Refused)
    assert refused == Refused(moment=T + 36_000, at=36_000, why="no rest interval is left")
    assert session.schedule is before
    assert not session.can_undo


def test_an_edit_that_changes_nothing_is_refused() -> None:
    session = walking(at=35_000)
    assert only(session.edit(T + 35_000, Combined((AddToInterval(5), AddToInterval(-5)))), Refused)
    assert not session.can_undo


def test_an_edit_that_cancels_an_announcement_announces_the_rest() -> None:
    session = walking(at=65_000)
    edited = only(session.edit(T + 65_000, Combined((SetPhase(Phase.BACKWARD, 9), AddRounds(-1)))), Edited)
    assert (edited.words, edited.after.total) == (("One round.",), 90)


def test_a_workout_is_edited_before_it_begins() -> None:
    session = session_of()
    edited = only(session.edit(T, AddRounds(1)), Edited)
    assert (edited.moment, edited.at) == (T, 0)
    assert only(session.start(T + 10), Started).moment == T + 10
