"""The engine: skips and returns, and what is meant right after a change."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddToInterval
from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import (
    Ended,
    EndReason,
    IntervalEnded,
    IntervalStarted,
    Move,
    Refused,
    Resumed,
    Resuming,
)
from retro_timer.session.states import State
from tests.session.walking import T, brief, only, session_of, walking


def test_a_skip_is_immediate() -> None:
    session = walking(at=5_000)
    ended, started = session.skip(T + 5_100)
    assert (ended.at, started.at, started.moment) == (5_100, 20_000, T + 5_100)
    assert isinstance(ended, IntervalEnded)
    assert (ended.walked, ended.complete) == (5_100, False)
    assert isinstance(started, IntervalStarted)
    assert started.move is Move.SKIP


def test_skipping_a_lead_in_resumes_at_once() -> None:
    session = session_of()
    session.start(T)
    assert brief(session.skip(T + 2_000)) == [("IntervalStarted", 2_000, 0)]
    session.pause(T + 3_000)
    session.resume(T + 5_000)
    assert brief(session.skip(T + 6_000)) == [("Resumed", 6_000, 1_000)]


def test_skipping_in_a_pause_stays_paused() -> None:
    session = walking(at=5_000)
    session.pause(T + 5_000)
    assert brief(session.skip(T + 6_000)) == [("IntervalEnded", 6_000, 5_000), ("IntervalStarted", 6_000, 20_000)]
    assert session.state is State.PAUSED


def test_skipping_the_rest_of_the_last_interval_completes() -> None:
    session = walking("back 9s", at=8_000)
    events = session.skip(T + 8_000)
    assert only(events, IntervalEnded).complete is False
    assert only(events, Ended) == Ended(moment=T + 8_000, at=9_000, reason=EndReason.COMPLETE)


def test_a_session_that_was_mostly_skipped_has_ended_early() -> None:
    session = walking("fwd 60s, back 20s", at=5_000)
    session.skip(T + 5_000)
    assert not session.completes
    ended = only(session.advance(T + 25_000), Ended)
    assert (ended.reason, session.state) == (EndReason.EARLY, State.ENDED_EARLY)


def test_turns_that_were_skipped_and_a_cool_down_that_came_early_do_not_matter() -> None:
    session = walking(at=20_000)
    now = T + 20_000
    for turns in range(3):
        now += 1_000
        session.skip(now)
        now += session.interval_left if turns < 2 else 5_000
        session.advance(now)
    session.cool_down(now)
    assert only(session.advance(now + 60_000), Ended).reason is EndReason.COMPLETE


@pytest.mark.parametrize(("late", "index"), [(-1, 3), (0, 3), (1, 3), (699, 3), (700, 3), (701, 4)])
def test_a_skip_up_to_700_ms_after_a_boundary_is_meant_for_the_interval_before(late: int, index: int) -> None:
    session = walking(at=60_000 + late)
    events = session.skip(T + 60_000 + late)
    assert (session.index, [event.why for event in events if isinstance(event, Refused)]) == (
        index,
        ["already there"] if 0 <= late <= 700 else [],
    )


def test_the_second_skip_right_after_a_boundary_skips() -> None:
    session = walking(at=60_001)
    session.skip(T + 60_001)
    session.skip(T + 60_201)
    assert session.index == 4


def test_two_quick_skips_are_two_skips() -> None:
    session = walking(at=35_000)
    session.skip(T + 35_000)
    session.skip(T + 35_120)
    assert session.index == 4


@pytest.mark.parametrize("late", [1, 699])
def test_back_right_after_a_boundary_starts_the_interval_before_again(late: int) -> None:
    session = walking(at=60_000 + late)
    assert only(session.back(T + 60_000 + late), IntervalStarted).at == 30_000


def test_a_skip_right_after_a_lead_in_was_meant_for_the_lead_in() -> None:
    session = session_of()
    session.start(T)
    session.advance(T + 10_001)
    assert only(session.skip(T + 10_001), Refused)
    session.pause(T + 12_000)
    session.resume(T + 12_000)
    session.advance(T + 17_300)
    assert only(session.skip(T + 17_300), Refused)
    assert session.index == 0


def test_lengths_change_at_once_right_after_a_boundary() -> None:
    session = walking(at=60_001)
    session.edit(T + 60_001, AddToInterval(10))
    assert [entry.duration for entry in session.schedule.entries[2:4]] == [30, 20]


@pytest.mark.parametrize(
    ("at", "index", "move"),
    [(22_999, 0, Move.PREVIOUS), (23_000, 1, Move.RESTART), (29_000, 1, Move.RESTART), (1_000, 0, Move.RESTART)],
)
def test_back_starts_the_interval_again_or_right_after_its_start_the_one_before(
    at: int, index: int, move: Move
) -> None:
    started = only(walking(at=at).back(T + at), IntervalStarted)
    assert (started.index, started.move, started.moment) == (index, move, T + at)


def test_back_before_anything_began_does_nothing() -> None:
    session = session_of()
    assert session.back(T) == ()
    session.start(T)
    assert session.back(T + 1_000) == ()


def test_going_back_while_counting_in_counts_in_again() -> None:
    """The lead-in now leads to another phase, so it must be announced again and take its whole time."""
    session = walking("fwd 9s, back 20s", at=10_000)
    session.pause(T + 10_000)
    session.resume(T + 20_000)
    events = session.back(T + 24_000)
    assert [type(event) for event in events] == [IntervalEnded, IntervalStarted, Resuming]
    assert (session.phase_ahead, session.lead_in_left) == (Phase.FORWARD, 5_000)
    assert brief(session.advance(T + 29_000)) == [("Resumed", 29_000, 0)]


def test_going_back_to_a_turn_while_counting_in_goes_on_at_once() -> None:
    session = walking("turn 9s, back 20s", at=10_000)
    session.pause(T + 10_000)
    session.resume(T + 20_000)
    assert [type(event) for event in session.back(T + 22_000)] == [IntervalEnded, IntervalStarted, Resumed]
    assert session.state is State.RUNNING


def test_going_to_a_later_interval_is_immediate_and_undone_like_a_skip() -> None:
    session = walking(at=5_000)
    ended, started = session.skip_to(T + 5_100, 4)
    assert isinstance(ended, IntervalEnded)
    assert isinstance(started, IntervalStarted)
    assert (ended.walked, started.index, started.move) == (5_100, 4, Move.SKIP)
    assert only(session.undo(T + 6_000), IntervalStarted).index == 0


def test_going_to_what_is_not_ahead_is_refused() -> None:
    fresh = session_of()
    fresh.start(T)
    assert only(fresh.skip_to(T + 1_000, 3), Refused).why == "the session has not begun yet"
    session = walking(at=25_000)
    for index in (0, session.index, 99, -1):
        assert only(session.skip_to(T + 25_000, index), Refused).why == "you've already walked that part"


def test_going_on_in_a_lead_in_after_a_pause_counts_in_again() -> None:
    session = walking(at=35_000)
    session.pause(T + 35_000)
    session.resume(T + 36_000)
    assert only(session.skip_to(T + 37_000, 6), Resuming).moment == T + 37_000
    assert session.index == 6
