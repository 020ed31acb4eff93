"""The engine: undo and redo of jumps, ends and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import AddToInterval, AddToPhase
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    IntervalEnded,
    IntervalStarted,
    Move,
    Paused,
    PauseReason,
    Refused,
    Resumed,
    Resuming,
)
from retro_timer.session.spent import Spent
from retro_timer.session.states import State
from tests.session.walking import T, only, session_of, walking
from tests.strategies import edits, walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


def test_a_skip_is_undone_to_where_the_walker_was() -> None:
    session = walking(at=35_000)
    session.skip(T + 35_000)
    ended, started = session.undo(T + 38_000)
    assert isinstance(ended, IntervalEnded)
    assert (ended.index, ended.walked) == (3, 3_000)
    assert isinstance(started, IntervalStarted)
    assert (started.index, started.move, started.at, started.moment) == (2, Move.UNDO, 35_000, T + 38_000)
    assert session.spent == Spent(walked=38_000)
    assert only(session.redo(T + 40_000), IntervalStarted) == IntervalStarted(
        moment=T + 40_000, at=63_000, index=3, entry=session.entry, move=Move.REDO
    )


def test_fourteen_skips_are_undone_one_by_one() -> None:
    session = walking(at=35_000)
    for number in range(6):
        session.skip(T + 35_000 + number * 100)
    assert session.index == 8
    for _ in range(6):
        session.undo(T + 37_000)
    assert (session.index, session.position) == (2, 35_000)
    assert only(session.undo(T + 37_000), Refused).why == "nothing to undo"


def test_an_undone_skip_leaves_time_for_the_count() -> None:
    session = walking(at=59_500)
    session.skip(T + 59_500)
    session.undo(T + 59_900)
    assert session.interval_left == 3_000


def test_restart_and_return_are_undone_too() -> None:
    session = walking(at=45_000)
    session.back(T + 45_000)
    session.undo(T + 46_000)
    assert (session.index, session.position) == (2, 45_000)
    session.back(T + 46_000)
    session.back(T + 46_200)
    assert session.index == 1
    session.undo(T + 47_000)
    session.undo(T + 47_000)
    assert (session.index, session.position) == (2, 45_000)


def test_edits_and_skips_are_undone_in_turn() -> None:
    session = walking(at=35_000)
    before = session.schedule
    session.edit(T + 35_000, AddToInterval(10))
    session.skip(T + 35_500)
    session.edit(T + 36_000, AddToInterval(5))
    session.undo(T + 37_000)
    session.undo(T + 37_000)
    assert (session.index, session.position) == (2, 35_500)
    session.undo(T + 37_000)
    assert session.schedule is before


def test_an_old_skip_is_not_undone() -> None:
    session = walking(at=5_000)
    session.skip(T + 5_000)
    session.advance(T + 5_000 + 61_000)
    assert only(session.undo(T + 66_000), Refused).why == "you've already walked that part"
    recent = walking(at=5_000)
    recent.skip(T + 5_000)
    recent.undo(T + 5_000 + 59_000)
    assert (recent.index, recent.position) == (0, 5_000)


def test_undoing_a_skip_in_a_pause_stays_paused_and_in_a_lead_in_repeats_it() -> None:
    session = walking(at=35_000)
    session.pause(T + 35_000)
    session.skip(T + 36_000)
    session.undo(T + 37_000)
    assert (session.state, session.position) == (State.PAUSED, 35_000)
    session.skip(T + 38_000)
    session.skip(T + 38_100)
    session.resume(T + 39_000)
    events = session.undo(T + 40_000)
    assert [type(event) for event in events] == [IntervalEnded, IntervalStarted, Resumed]  # to a turn, at once
    session.pause(T + 41_000)
    session.undo(T + 42_000)
    session.resume(T + 43_000)
    assert session.lead_in_left == 5_000


@pytest.mark.parametrize("how", ["skip", "end"])
def test_an_end_is_undone_as_of_its_moment_and_resumes_through_a_lead_in(how: str) -> None:
    session = walking("back 60s, turn 20s", at=65_000)
    getattr(session, how)(T + 65_000)
    assert session.state.is_over
    assert session.can_reopen
    started, paused = session.undo(T + 95_000)
    assert isinstance(started, IntervalStarted)
    assert (started.index, started.at, started.moment, started.move) == (1, 65_000, T + 65_000, Move.UNDO)
    assert paused == Paused(moment=T + 65_000, at=65_000, reason=PauseReason.REOPENED)
    assert session.spent == Spent(walked=65_000, paused=30_000)
    assert only(session.resume(T + 96_000), Resuming).lead_in == 5_000  # in a turn, too: the walker has stepped off
    assert only(session.advance(T + 200_000), Ended).reason is EndReason.COMPLETE


def test_an_end_that_came_by_itself_is_not_undone() -> None:
    session = walking("back 9s", at=20_000)
    assert not session.can_reopen
    assert session.undo(T + 25_000) == (Refused(moment=T + 25_000, at=9_000, why="nothing to undo"),)


def test_a_skip_into_the_last_interval_is_undone_after_the_end() -> None:
    session = walking("back 60s, fwd 20s", at=50_000)
    session.skip(T + 50_000)
    session.advance(T + 75_000)
    assert session.state is State.FINISHED
    session.undo(T + 80_000)
    assert (session.index, session.position, session.state) == (0, 50_000, State.PAUSED)


def test_undo_and_redo_without_anything_to_do_are_refused() -> None:
    session = walking(at=5_000)
    assert only(session.undo(T + 5_000), Refused).why == "nothing to undo"
    assert only(session.redo(T + 5_000), Refused).why == "nothing to redo"
    session.edit(T + 5_000, AddToInterval(10))
    session.undo(T + 5_000)
    session.edit(T + 5_000, AddToInterval(20))
    assert only(session.redo(T + 5_000), Refused).why == "nothing to redo"


@given(walkable(st.integers(3, 40)), st.lists(edits, min_size=1, max_size=8))
def test_undo_and_redo_to_any_depth(workout: Workout, wanted: list[AddToInterval]) -> None:
    session = Session(flatten(workout))
    session.start(T)
    kept = [session.schedule]
    for edit in wanted:
        session.edit(T + 1_000, edit)
        if session.schedule is not kept[-1]:
            kept.append(session.schedule)
    for depth in range(len(kept) - 2, -1, -1):
        assert session.can_undo
        assert only(session.undo(T + 2_000), Edited).what == "undo"
        assert session.schedule is kept[depth]
    assert not session.can_undo
    for schedule in kept[1:]:
        assert session.can_redo
        assert only(session.redo(T + 3_000), Edited).words == ("The last change is back.",)
        assert session.schedule is schedule
    assert not session.can_redo


def test_undo_keeps_what_was_walked_since() -> None:
    session = walking(at=35_000)
    session.edit(T + 35_000, AddToPhase(Phase.FORWARD, 15))
    session.edit(T + 36_000, AddToInterval(10))
    session.advance(T + 72_000)
    assert session.schedule[2].duration == 40
    session.undo(T + 72_000)
    assert [entry.duration for entry in session.schedule] == [20, 10, 40, 10, 20, 10, 30, 10, 20]
    assert only(session.undo(T + 72_000), Refused).why == "nothing to undo"
    session.redo(T + 73_000)
    assert [entry.duration for entry in session.schedule] == [20, 10, 40, 10, 35, 10, 30, 10, 20]


def test_walked_time_cannot_be_undone() -> None:
    session = walking(at=35_000)
    session.edit(T + 35_000, AddToInterval(10))
    session.advance(T + 72_000)
    assert only(session.undo(T + 72_000), Refused).why == "you've already walked that part"
    assert session.can_undo


def test_cooling_down_facing_backward_turns_first_and_can_be_undone() -> None:
    session = walking(at=35_000)
    before = session.schedule
    assert only(session.cool_down(T + 35_000), Edited)
    assert [entry.phase for entry in session.schedule.entries[2:]] == [Phase.BACKWARD, Phase.TURN, Phase.COOL_DOWN]
    assert session.interval_left == 3_000
    session.undo(T + 36_000)
    assert session.schedule is before


@pytest.mark.parametrize(("walked", "undoable"), [(60_000, True), (60_001, False)])
def test_a_jump_can_be_undone_for_a_minute_of_walking_after_its_interval(walked: int, undoable: bool) -> None:
    session = session_of("back 100s, turn 1s, fwd 200s", lead_in=0)
    session.start(T)
    session.advance(T + 5_000)
    session.skip(T + 5_000)
    session.advance(T + 5_000 + walked)
    undone = session.undo(T + 5_000 + walked)
    assert bool([event for event in undone if isinstance(event, IntervalStarted)]) is undoable


@pytest.mark.parametrize(
    ("notation", "skipped_at", "into"),
    [
        ("back 100s, fwd 9s", 20_000, 20_000),
        ("back 100s, fwd 9s", 97_000, 97_000),
        ("back 100s, fwd 9s", 99_500, 97_000),
        ("back 3s, fwd 9s", 2_500, 0),
        ("back 2s, fwd 9s", 1_500, 0),
    ],
)
def test_an_undone_skip_leaves_three_seconds_which_are_walked_again(notation: str, skipped_at: int, into: int) -> None:
    session = walking(notation, at=skipped_at)
    session.skip(T + skipped_at)
    session.undo(T + skipped_at)
    assert session.position == into
    assert session.bouts == {0: max(into, skipped_at)}
    session.advance(T + skipped_at + 500)
    assert (session.position, session.index) == (into + 500, 0)
    assert session.bouts == {0: max(into + 500, skipped_at)}


def test_a_skip_is_undone_as_long_as_the_interval_it_led_to_runs() -> None:
    session = walking("warm 60s, fwd 300s, cool 60s", at=5_000)
    session.skip(T + 5_000)
    session.undo(T + 5_000 + 299_000)
    assert (session.index, session.position) == (0, 5_000)
    session.skip(T + 304_000)
    session.back(T + 304_000 + 100_000)
    session.undo(T + 304_000 + 299_000)
    assert (session.index, session.position) == (1, 60_000 + 100_000)


def test_a_return_from_a_turn_that_waits_ends_the_waiting() -> None:
    session = walking("back 30s, turn 5s, fwd 30s", at=10_000, wait_at_turns=True)
    session.skip(T + 10_000)
    session.advance(T + 16_000)
    assert session.state is State.HOLDING
    session.undo(T + 16_000)
    assert (session.state, session.position) == (State.PAUSED, 10_000)
    session.resume(T + 17_000)
    session.advance(T + 23_000)
    assert session.position == 11_000
    assert session.spent == Spent(walked=16_000, held=1_000, paused=6_000)
    # The same from the count after it.
    session.skip(T + 23_000)
    session.advance(T + 28_000)
    session.turned(T + 29_000)
    session.undo(T + 30_000)
    assert (session.state, session.position) == (State.PAUSED, 11_000)


@pytest.mark.parametrize("into", [30_000, 59_500])
def test_an_undone_end_pauses_where_it_ended(into: int) -> None:
    session = walking("back 60s", at=into)
    session.end(T + into)
    assert (session.can_reopen, session.can_undo) == (True, True)
    started, paused = session.undo(T + into + 9_000)
    assert isinstance(started, IntervalStarted)
    assert (started.moment, started.at) == (T + into, min(into, 57_000))
    assert paused == Paused(moment=T + into, at=min(into, 57_000), reason=PauseReason.REOPENED)
    assert session.spent == Spent(walked=into, paused=9_000)
    assert (session.state, session.can_reopen) == (State.PAUSED, False)
    assert only(session.resume(T + into + 9_000), Resuming).lead_in == 5_000
