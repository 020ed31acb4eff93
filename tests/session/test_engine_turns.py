"""The engine: turns that wait."""

from __future__ import annotations

from retro_timer.scheduling.edits import AddToInterval, AddToPhase
from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import (
    Edited,
    Ended,
    Held,
    HoldReminded,
    IntervalEnded,
    IntervalStarted,
    Move,
    PauseReason,
    Resumed,
    Resuming,
    Turned,
)
from retro_timer.session.spent import Spent
from retro_timer.session.states import State
from tests.session.walking import T, brief, only, walking

WAITING = {"wait_at_turns": True}


def test_a_turn_waits_reminds_and_goes_on_through_the_count() -> None:
    session = walking("turn 5s, back 20s, fwd 9s", at=4_000, **WAITING)
    assert (session.phase_ahead, session.lead_in_left) == (Phase.TURN, 0)
    assert brief(session.advance(T + 5_000)) == [("Held", 5_000, 5_000)]
    assert brief(session.advance(T + 25_000)) == [("HoldReminded", 15_000, 5_000), ("HoldReminded", 25_000, 5_000)]
    assert (session.runs_from, session.phase_ahead) == (None, Phase.BACKWARD)
    assert session.next_wakeup(T + 25_000) == T + 26_000
    turned, resuming = session.turned(T + 28_000)
    assert turned == Turned(moment=T + 28_000, at=5_000, held=23_000)
    assert resuming == Resuming(moment=T + 28_000, at=5_000, lead_in=3_000)
    ended, started = session.advance(T + 31_000)
    assert isinstance(ended, IntervalEnded)
    assert (ended.complete, ended.walked) == (True, 5_000)
    assert isinstance(started, IntervalStarted)
    assert (started.move, started.at) == (Move.TIME, 5_000)
    assert session.spent == Spent(walked=5_000, held=26_000)


def test_skipping_a_waiting_turn_confirms_it() -> None:
    session = walking("turn 5s, back 20s", at=9_000, **WAITING)
    assert brief(session.skip(T + 9_000)) == [("Turned", 9_000, 5_000), ("Resuming", 9_000, 5_000)]
    assert brief(session.skip(T + 10_000)) == [("IntervalEnded", 10_000, 5_000), ("IntervalStarted", 10_000, 5_000)]


def test_a_turn_at_the_very_end_does_not_wait() -> None:
    session = walking("back 5s, turn 5s", at=0, **WAITING)
    assert only(session.advance(T + 20_000), Ended).moment == T + 10_000


def test_no_turn_waits_unless_it_is_asked_for() -> None:
    session = walking("turn 5s, back 20s", at=0)
    assert not [event for event in session.advance(T + 20_000) if isinstance(event, Held | HoldReminded)]


def test_a_waiting_turn_that_was_paused_waits_again() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    session.pause(T + 8_000)
    session.advance(T + 60_000)
    assert brief(session.resume(T + 60_000)) == [("Held", 60_000, 5_000)]
    session.turned(T + 61_000)
    session.pause(T + 62_000)
    assert brief(session.resume(T + 70_000)) == [("Held", 70_000, 5_000)]
    assert session.spent == Spent(walked=5_000, held=5_000, paused=60_000)


def test_a_turn_made_longer_while_it_waits_runs_on_and_waits_again() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    events = session.edit(T + 8_000, AddToInterval(5))
    assert [type(event) for event in events] == [Edited, Resumed]
    assert brief(session.advance(T + 20_000)) == [("Held", 13_000, 10_000)]


def test_a_turn_made_longer_while_it_counts_in_stops_the_count() -> None:
    """Continuing into the belt phase would be wrong, and so would a lead-in that leads nowhere."""
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    session.turned(T + 8_000)
    assert [type(event) for event in session.edit(T + 9_000, AddToInterval(5))] == [Edited, Resumed]
    assert session.state is State.RUNNING
    assert brief(session.advance(T + 20_000)) == [("Held", 14_000, 10_000)]


def test_other_edits_leave_a_waiting_turn_waiting() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    assert [type(event) for event in session.edit(T + 8_000, AddToPhase(Phase.BACKWARD, 5))] == [Edited]
    assert session.state is State.HOLDING


def test_a_skip_right_after_a_turn_was_made_longer_is_meant() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    session.edit(T + 8_000, AddToInterval(5))
    session.skip(T + 8_100)
    assert session.index == 1


def test_a_turn_that_waits_again_has_no_reason_to_be_paused() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    session.pause(T + 8_000)
    assert session.pause_reason is PauseReason.WALKER
    session.resume(T + 9_000)
    assert session.pause_reason is None


def test_how_long_a_turn_waited_is_counted_anew_each_time() -> None:
    session = walking("turn 5s, back 20s, turn 5s, back 5s", at=8_000, **WAITING)
    assert only(session.turned(T + 8_000), Turned).held == 3_000
    session.advance(T + 11_000 + 20_000 + 5_000)
    assert session.state is State.HOLDING
    assert only(session.turned(T + 36_400), Turned).held == 400


def test_a_waiting_turn_reminds_as_often_as_wanted() -> None:
    session = walking("turn 5s, back 20s", at=5_000, reminder=7, **WAITING)
    assert brief(session.advance(T + 27_000)) == [
        ("HoldReminded", 12_000, 5_000),
        ("HoldReminded", 19_000, 5_000),
        ("HoldReminded", 26_000, 5_000),
    ]
