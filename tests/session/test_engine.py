"""The engine, one situation at a time. What holds for any walk is in `test_engine_any_walk`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import ChangeAll, ChangeRounds, ChangeThis, Combined, SetAll
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Rules, Session, Spent, State
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
from tests.strategies import edits, walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout

LADDER = "warm 20s, 2x(turn 10s, back 30s, turn 10s | fwd 20s), cool 20s"
T = 1_000_000
"""The moment of the start, in milliseconds."""
E = TypeVar("E", bound=Event)


def session_of(notation: str = LADDER, **rules: int | bool) -> Session:
    return Session(flatten(parse(notation)), Rules(**{"lead_in": 10, **rules}))  # type: ignore[arg-type]  # by name


def walking(notation: str = LADDER, *, at: int, **rules: int | bool) -> Session:
    """A session without a lead-in that has walked for so many milliseconds."""
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


def test_a_walk_from_lead_in_to_end() -> None:
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


def test_an_hour_of_irregular_looks_ends_on_the_millisecond() -> None:
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


def test_a_moment_earlier_than_the_last_is_the_last() -> None:
    session = walking(at=25_000)
    assert brief(session.pause(T + 3_000)) == [("Paused", 25_000, 25_000)]
    late = session_of()
    late.advance(T + 5)
    assert late.start(T)[0].moment == T + 5


# Pause and resume


def test_a_belt_phase_goes_on_through_a_count() -> None:
    session = walking(at=25_000)
    session.skip(T + 25_000)
    assert brief(session.pause(T + 26_000)) == [("Paused", 26_000, 31_000)]
    session.advance(T + 90_000)
    assert brief(session.resume(T + 100_000)) == [("Resuming", 100_000, 31_000)]
    assert (session.lead_in_left, session.phase_ahead) == (5_000, Phase.BACKWARD)
    (resumed,) = session.advance(T + 105_000)
    assert resumed == Resumed(moment=T + 105_000, at=31_000, stood=79_000)
    assert session.spent == Spent(walked=26_000, paused=79_000)


@pytest.mark.parametrize("notation", ["turn 20s, back 9s", "rest 20s, back 9s"])
def test_off_the_belt_it_goes_on_at_once(notation: str) -> None:
    session = walking(notation, at=5_000)
    session.pause(T + 5_000)
    assert session.resume(T + 9_000) == (Resumed(moment=T + 9_000, at=5_000, stood=4_000),)
    assert session.state is State.RUNNING


@pytest.mark.parametrize(("wanted", "given_ms"), [(0, 3_000), (2, 3_000), (3, 3_000), (8, 8_000)])
def test_the_belt_never_moves_without_three_seconds_of_count(wanted: int, given_ms: int) -> None:
    session = walking("back 20s", at=5_000, resume_lead_in=wanted)
    session.pause(T + 5_000)
    assert only(session.resume(T + 6_000), Resuming).lead_in == given_ms


def test_pausing_again_and_again_shifts_nothing() -> None:
    session = walking("back 60s", at=0)
    now = T
    for _ in range(40):
        now += 333
        session.pause(now)
        now += 77
        session.resume(now)
        now += 5_000
    assert session.advance(now) == (Resumed(moment=now, at=40 * 333, stood=5_077),)
    assert session.position == 40 * 333


def test_pausing_while_counting_in_starts_the_count_anew() -> None:
    session = walking("back 20s", at=5_000)
    session.pause(T + 5_000)
    session.resume(T + 10_000)
    session.pause(T + 12_000)
    assert only(session.resume(T + 20_000), Resuming).moment == T + 20_000
    (resumed,) = session.advance(T + 25_000)
    assert resumed == Resumed(moment=T + 25_000, at=5_000, stood=20_000)


def test_pausing_the_first_count_leads_into_the_first_interval() -> None:
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


def test_skipping_a_count_goes_on_at_once() -> None:
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


def test_skipping_the_last_interval_completes() -> None:
    session = walking("back 9s", at=5_000)
    events = session.skip(T + 5_000)
    assert only(events, IntervalEnded).complete is False
    assert only(events, Ended) == Ended(moment=T + 5_000, at=9_000, reason=EndReason.COMPLETE)


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
    """The count that is heard leads into another phase: it must be told anew, and take its whole time."""
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


def test_skipping_a_waiting_turn_is_saying_that_it_is_done() -> None:
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
    events = session.edit(T + 8_000, ChangeThis(5))
    assert [type(event) for event in events] == [Edited, Resumed]
    assert brief(session.advance(T + 20_000)) == [("Held", 13_000, 10_000)]


def test_a_turn_made_longer_while_it_counts_in_stops_the_count() -> None:
    """Going on into the belt phase would be false, and so would waiting for the count to lead nowhere."""
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    session.turned(T + 8_000)
    assert [type(event) for event in session.edit(T + 9_000, ChangeThis(5))] == [Edited, Resumed]
    assert session.state is State.RUNNING
    assert brief(session.advance(T + 20_000)) == [("Held", 14_000, 10_000)]


def test_other_edits_leave_a_waiting_turn_waiting() -> None:
    session = walking("turn 5s, back 20s", at=7_000, **WAITING)
    assert [type(event) for event in session.edit(T + 8_000, ChangeAll(Phase.BACKWARD, 5))] == [Edited]
    assert session.state is State.HOLDING


# Taken up again


def test_an_interrupted_session_is_taken_up_paused_where_it_was() -> None:
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
def test_a_position_outside_is_brought_inside(position: int, kept: int) -> None:
    session = session_of()
    session.restore(T, position, Spent())
    assert session.position == kept


def test_a_session_that_began_cannot_be_taken_up() -> None:
    with pytest.raises(ValueError, match="has not started"):
        walking(at=0).restore(T, 0, Spent())


# Edits


def test_an_edit_says_what_it_did_and_moves_the_end() -> None:
    session = walking(at=35_000)
    edited = only(session.edit(T + 35_000, ChangeAll(Phase.BACKWARD, 15)), Edited)
    assert (edited.what, edited.words) == ("edit", ("Backward:", "Forty five seconds."))
    assert edited.after is session.schedule
    assert session.left == 160_000 + 30_000 - 35_000


def test_seconds_walked_are_rounded_up_so_that_the_count_is_heard() -> None:
    session = walking(at=31_001)
    session.edit(T + 31_001, ChangeThis(-100))
    assert session.interval_left == 2_999 + 1_000  # two seconds in, and three more


def test_an_edit_that_cannot_be_made_is_refused_and_changes_nothing() -> None:
    session = walking(at=35_000)
    before = session.schedule
    refused = only(session.edit(T + 36_000, ChangeAll(Phase.REST, 5)), Refused)
    assert refused == Refused(moment=T + 36_000, at=36_000, why="no rest interval is left")
    assert session.schedule is before
    assert not session.can_undo


def test_an_edit_that_changes_nothing_is_refused() -> None:
    session = walking(at=35_000)
    assert only(session.edit(T + 35_000, Combined((ChangeThis(5), ChangeThis(-5)))), Refused)
    assert not session.can_undo


def test_an_edit_that_takes_back_what_another_would_say_says_the_rest() -> None:
    session = walking(at=65_000)
    edited = only(session.edit(T + 65_000, Combined((SetAll(Phase.BACKWARD, 9), ChangeRounds(-1)))), Edited)
    assert (edited.words, edited.after.total) == (("One round.",), 90)


def test_a_workout_is_edited_before_it_begins() -> None:
    session = session_of()
    edited = only(session.edit(T, ChangeRounds(1)), Edited)
    assert (edited.moment, edited.at) == (T, 0)
    assert only(session.start(T + 10), Started).moment == T + 10


def test_undo_and_redo_without_anything_to_do_are_refused() -> None:
    session = walking(at=5_000)
    assert only(session.undo(T + 5_000), Refused).why == "nothing to undo"
    assert only(session.redo(T + 5_000), Refused).why == "nothing to redo"
    session.edit(T + 5_000, ChangeThis(10))
    session.undo(T + 5_000)
    session.edit(T + 5_000, ChangeThis(20))
    assert only(session.redo(T + 5_000), Refused).why == "nothing to redo"


@given(walkable(st.integers(3, 40)), st.lists(edits, min_size=1, max_size=8))
def test_undo_and_redo_to_any_depth(workout: Workout, wanted: list[ChangeThis]) -> None:
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
        assert only(session.redo(T + 3_000), Edited).words == ("Done again.",)
        assert session.schedule is schedule
    assert not session.can_redo


def test_undo_passes_over_what_was_walked_since() -> None:
    session = walking(at=35_000)
    session.edit(T + 35_000, ChangeAll(Phase.FORWARD, 15))
    session.edit(T + 36_000, ChangeThis(10))
    session.advance(T + 72_000)
    assert session.schedule[2].duration == 40
    session.undo(T + 72_000)
    assert [entry.duration for entry in session.schedule] == [20, 10, 40, 10, 20, 10, 30, 10, 20]
    assert only(session.undo(T + 72_000), Refused).why == "nothing to undo"
    session.redo(T + 73_000)
    assert [entry.duration for entry in session.schedule] == [20, 10, 40, 10, 35, 10, 30, 10, 20]


def test_what_was_walked_cannot_be_undone() -> None:
    session = walking(at=35_000)
    session.edit(T + 35_000, ChangeThis(10))
    session.advance(T + 72_000)
    assert only(session.undo(T + 72_000), Refused).why == "too late: that part is walked already"
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


def test_what_is_so_unless_it_is_set_otherwise() -> None:
    assert Rules() == Rules(lead_in=10, resume_lead_in=5, wait_at_turns=False, reminder=10)


@pytest.mark.parametrize("wrong", [{"lead_in": -1}, {"resume_lead_in": -1}, {"reminder": 0}])
def test_rules_out_of_bounds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)  # type: ignore[arg-type]  # by name
