"""The engine, one situation at a time; `test_engine_any_walk` tests general properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase, Combined, SetPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Event,
    Held,
    HoldReminded,
    IntervalEnded,
    IntervalStarted,
    Move,
    Paused,
    PauseReason,
    Refused,
    Resumed,
    Resuming,
    Started,
    Turned,
)
from retro_timer.session.spent import Spent
from retro_timer.session.states import Rules, State
from tests.strategies import edits, walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

LADDER = "warm 20s, 2x(turn 10s, back 30s, turn 10s | fwd 20s), cool 20s"
T = 1_000_000
"""The moment of the start, in milliseconds."""
E = TypeVar("E", bound=Event)


def session_of(notation: str = LADDER, **rules: int | bool) -> Session:
    return Session(flatten(parse(notation)), Rules(**{"lead_in": 10, **rules}))  # type: ignore[arg-type]  # by name


def walking(notation: str = LADDER, *, at: int, **rules: int | bool) -> Session:
    """A session without a lead-in, after some milliseconds of walking."""
    session = session_of(notation, **{"lead_in": 0, **rules})
    session.start(T)
    session.advance(T + at)
    return session


def brief(events: tuple[Event, ...]) -> list[tuple[str, int, int]]:
    """Each event's name, when it was since the start, and where; milliseconds."""
    return [(type(event).__name__, event.moment - T, event.at) for event in events]


def only(events: tuple[Event, ...], kind: type[E]) -> E:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


# Start and end


def test_a_session_from_lead_in_to_end() -> None:
    session = session_of("back 5s, turn 3s")
    assert (session.state, session.advance(T), session.next_wakeup(T)) == (State.READY, (), None)
    assert brief(session.start(T)) == [("Started", 0, 0)]
    assert (session.state, session.lead_in_left, session.runs_from) == (State.LEAD_IN, 10_000, T + 10_000)
    assert brief(session.advance(T + 60_000)) == [
        ("IntervalStarted", 10_000, 0),
        ("IntervalEnded", 15_000, 5_000),
        ("IntervalStarted", 15_000, 5_000),
        ("IntervalEnded", 18_000, 8_000),
        ("Ended", 18_000, 8_000),
    ]
    assert session.state is State.FINISHED
    assert session.spent == Spent(lead_in=10_000, walked=8_000)
    assert session.advance(T + 99_000) == ()
    assert session.next_wakeup(T + 99_000) is None


def test_without_a_lead_in_the_first_interval_starts_at_once() -> None:
    session = session_of(lead_in=0)
    assert brief(session.start(T)) == [("Started", 0, 0), ("IntervalStarted", 0, 0)]
    assert session.start(T) == ()


def test_an_hour_of_irregular_calls_ends_on_the_millisecond() -> None:
    session = session_of("60x(back 30s, fwd 30s)", lead_in=0)
    session.start(T)
    now = T
    events: list[Event] = []
    while not session.state.is_over:
        now += 333 + now % 77
        events += session.advance(now)
    assert events[-1] == Ended(moment=T + 3_600_000, at=3_600_000, reason=EndReason.COMPLETE)
    assert [event.moment - T for event in events if isinstance(event, IntervalEnded)] == [
        30_000 * number for number in range(1, 121)
    ]


def test_ending_early_keeps_what_was_walked() -> None:
    session = walking(at=25_000)
    assert brief(session.end(T + 25_500)) == [("IntervalEnded", 25_500, 25_500), ("Ended", 25_500, 25_500)]
    assert session.state is State.ENDED_EARLY
    assert session.end(T + 26_000) == ()
    assert session_of().end(T) == ()


def test_a_wakeup_is_when_a_shown_second_changes() -> None:
    session = session_of()
    session.start(T)
    assert session.next_wakeup(T) == T + 1_000
    session.advance(T + 2_345)
    assert session.next_wakeup(T + 2_345) == T + 3_000
    session.advance(T + 10_400)
    assert session.next_wakeup(T + 10_400) == T + 11_000
    assert session.next_wakeup(T + 11_500) == T + 11_500  # late already: now
    session.pause(T + 11_700)
    assert session.next_wakeup(T + 11_700) is None
    session.resume(T + 13_000)
    session.advance(T + 18_000)
    assert session.next_wakeup(T + 18_000) == T + 18_300


def test_a_moment_before_the_last_one_counts_as_the_last() -> None:
    session = walking(at=25_000)
    assert brief(session.pause(T + 3_000)) == [("Paused", 25_000, 25_000)]
    late = session_of()
    late.advance(T + 5)
    assert late.start(T)[0].moment == T + 5


# Pause and resume


def test_a_belt_phase_resumes_after_a_lead_in() -> None:
    session = walking(at=25_000)
    session.skip(T + 25_000)
    assert brief(session.pause(T + 26_000)) == [("Paused", 26_000, 31_000)]
    session.advance(T + 90_000)
    assert brief(session.resume(T + 100_000)) == [("Resuming", 100_000, 31_000)]
    assert (session.lead_in_left, session.phase_ahead) == (5_000, Phase.BACKWARD)
    (resumed,) = session.advance(T + 105_000)
    assert resumed == Resumed(moment=T + 105_000, at=31_000, standing=79_000)
    assert session.spent == Spent(walked=26_000, paused=79_000)


@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_off_the_belt_it_goes_on_at_once(notation: str) -> None:
    session = walking(notation, at=5_000)
    session.pause(T + 5_000)
    assert session.resume(T + 9_000) == (Resumed(moment=T + 9_000, at=5_000, standing=4_000),)
    assert session.state is State.RUNNING


@pytest.mark.parametrize(("wanted", "given_ms"), [(0, 3_000), (2, 3_000), (3, 3_000), (8, 8_000)])
def test_the_belt_never_moves_without_three_seconds_of_count(wanted: int, given_ms: int) -> None:
    session = walking("back 20s", at=5_000, resume_lead_in=wanted)
    session.pause(T + 5_000)
    assert only(session.resume(T + 6_000), Resuming).lead_in == given_ms


def test_repeated_pauses_cause_no_shift() -> None:
    session = walking("back 60s", at=0)
    now = T
    for _ in range(40):
        now += 333
        session.pause(now)
        now += 77
        session.resume(now)
        now += 5_000
    assert session.advance(now) == (Resumed(moment=now, at=40 * 333, standing=5_077),)
    assert session.position == 40 * 333


def test_pausing_during_a_lead_in_restarts_it() -> None:
    session = walking("back 20s", at=5_000)
    session.pause(T + 5_000)
    session.resume(T + 10_000)
    session.pause(T + 12_000)
    assert only(session.resume(T + 20_000), Resuming).moment == T + 20_000
    (resumed,) = session.advance(T + 25_000)
    assert resumed == Resumed(moment=T + 25_000, at=5_000, standing=20_000)


def test_a_paused_first_lead_in_leads_to_the_first_interval() -> None:
    session = session_of("back 20s")
    session.start(T)
    session.pause(T + 4_000)
    session.resume(T + 8_000)
    (started,) = session.advance(T + 13_000)
    assert started == IntervalStarted(moment=T + 13_000, at=0, index=0, entry=session.entry, move=Move.START)
    assert session.spent == Spent(lead_in=4_000, paused=9_000)


def test_a_sleep_is_a_pause_with_its_reason() -> None:
    session = walking(at=5_000)
    assert only(session.pause(T + 5_000, PauseReason.SLEEP), Paused).reason is PauseReason.SLEEP
    assert session.pause(T + 6_000) == ()
    assert session.pause_reason is PauseReason.SLEEP


def test_bailing_out_stops_at_once_and_can_be_gone_on_from() -> None:
    session = walking(at=35_000)
    assert brief(session.pause(T + 35_250, PauseReason.BAIL_OUT)) == [("Paused", 35_250, 35_250)]
    assert session.pause(T + 36_000) == ()
    assert session.pause_reason is PauseReason.BAIL_OUT
    assert brief(session.resume(T + 60_000)) == [("Resuming", 60_000, 35_250)]
    assert session.pause_reason is None


def test_bailing_out_of_a_pause_and_of_a_count() -> None:
    session = walking(at=35_000)
    session.pause(T + 35_000)
    assert only(session.pause(T + 36_000, PauseReason.BAIL_OUT), Paused).reason is PauseReason.BAIL_OUT
    session.resume(T + 37_000)
    assert only(session.pause(T + 38_000, PauseReason.BAIL_OUT), Paused).reason is PauseReason.BAIL_OUT
    assert session.position == 35_000


# Skip and back


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


# Undoing accidental ends and skips


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
    assert only(session.undo(T + 66_000), Refused).why == "too late: that part has already been walked"
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


# Right after an automatic change


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


# Resuming when the walker may have stepped off


@pytest.mark.parametrize("reason", [reason for reason in PauseReason if reason is not PauseReason.WALKER])
@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_off_the_belt_it_resumes_through_a_lead_in_when_the_walker_may_have_stepped_off(
    notation: str, reason: PauseReason
) -> None:
    session = walking(notation, at=5_000)
    session.pause(T + 5_000, reason)
    assert only(session.resume(T + 9_000), Resuming).lead_in == 5_000
    assert only(session.advance(T + 14_000), Resumed).at == 5_000


def test_a_pause_during_that_lead_in_does_not_cancel_it() -> None:
    session = walking("turn 20s, back 9s", at=5_000)
    session.pause(T + 5_000, PauseReason.BAIL_OUT)
    session.resume(T + 9_000)
    session.pause(T + 10_000)
    assert only(session.resume(T + 12_000), Resuming).lead_in == 5_000
    session.advance(T + 17_000)
    session.pause(T + 18_000)
    assert only(session.resume(T + 19_000), Resumed).at == 6_000


def test_a_restored_session_resumes_a_turn_through_a_lead_in() -> None:
    session = session_of("turn 20s, back 9s")
    session.restore(T, 5_000, Spent())
    assert only(session.resume(T), Resuming).lead_in == 5_000


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


# Turns that wait

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


# Restored sessions


def test_an_interrupted_session_resumes_paused_where_it_stopped() -> None:
    session = session_of()
    spent = Spent(lead_in=10_000, walked=41_500, paused=7_000)
    started, paused = session.restore(T, 35_500, spent)
    assert isinstance(started, IntervalStarted)
    assert (started.index, started.move, started.at) == (2, Move.RESUME, 35_500)
    assert paused == Paused(moment=T, at=35_500, reason=PauseReason.INTERRUPTED)
    assert session.spent == spent
    session.resume(T + 1_000)
    events = session.advance(T + 60_000)
    assert brief(events)[:2] == [("Resumed", 6_000, 35_500), ("IntervalEnded", 30_500, 60_000)]
    assert only(events[:2], IntervalEnded).walked == 30_000
    assert session.spent.total == spent.total + 60_000


@pytest.mark.parametrize(("position", "kept"), [(-5, 0), (10**9, 159_999)])
def test_a_position_out_of_range_is_clamped(position: int, kept: int) -> None:
    session = session_of()
    session.restore(T, position, Spent())
    assert session.position == kept


def test_a_session_that_has_started_cannot_be_restored() -> None:
    with pytest.raises(ValueError, match="has not started"):
        walking(at=0).restore(T, 0, Spent())


# Edits


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
    assert only(session.undo(T + 72_000), Refused).why == "too late: that part has already been walked"
    assert session.can_undo


def test_cooling_down_facing_backward_turns_first_and_can_be_undone() -> None:
    session = walking(at=35_000)
    before = session.schedule
    assert only(session.cool_down(T + 35_000), Edited)
    assert [entry.phase for entry in session.schedule.entries[2:]] == [Phase.BACKWARD, Phase.TURN, Phase.COOL_DOWN]
    assert session.interval_left == 3_000
    session.undo(T + 36_000)
    assert session.schedule is before


# Rules


def test_the_defaults() -> None:
    assert Rules() == Rules(lead_in=10, resume_lead_in=5, wait_at_turns=False, reminder=10)


@pytest.mark.parametrize("wrong", [{"lead_in": -1}, {"resume_lead_in": -1}, {"reminder": 0}])
def test_rules_out_of_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)  # type: ignore[arg-type]  # by name


def test_rules_may_be_as_short_as_they_can_be() -> None:
    shortest = Rules(lead_in=0, resume_lead_in=0, reminder=1)
    assert (shortest.lead_in, shortest.resume_lead_in, shortest.reminder) == (0, 0, 1)


@pytest.mark.parametrize(("walked", "undoable"), [(60_000, True), (60_001, False)])
def test_a_jump_can_be_undone_for_a_minute_of_walking_after_its_interval(walked: int, undoable: bool) -> None:
    session = session_of("back 100s, turn 1s, fwd 200s", lead_in=0)
    session.start(T)
    session.advance(T + 5_000)
    session.skip(T + 5_000)
    session.advance(T + 5_000 + walked)
    undone = session.undo(T + 5_000 + walked)
    assert bool([event for event in undone if isinstance(event, IntervalStarted)]) is undoable


@pytest.mark.parametrize("undone", [False, True], ids=["at once", "with a skip undone"])
@pytest.mark.parametrize(("walked", "reason"), [(79_999, EndReason.EARLY), (80_000, EndReason.COMPLETE)])
def test_a_session_is_complete_to_the_millisecond(walked: int, reason: EndReason, undone: bool) -> None:
    session = walking("fwd 1s, back 100s, turn 9s", at=1_000)
    if undone:
        session.advance(T + 51_000)
        session.skip(T + 51_000)
        session.undo(T + 51_000)
    session.advance(T + 1_000 + walked)
    session.skip(T + 1_000 + walked)
    assert only(session.skip(T + 1_000 + walked), Ended).reason is reason
