"""The record agrees with its session, whatever the walker does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from retro_timer.scheduling import edits, presets
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import Ended, PauseReason
from retro_timer.session.record import IntervalRecord, Leaving, Planned, Record, SessionStatus, Totals
from retro_timer.session.recorder import Recorder
from retro_timer.session.spent import Spent
from retro_timer.session.states import Rules, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.events import Event

    SessionMethod = Callable[[Session, int], tuple[Event, ...]]

WORKOUT = parse("warm 5s, 3x(turn 4s, back 8s @1.6km/h, turn 4s | fwd 6s), 2x(back 3s), rest 2s, cool 5s")
COMMANDS: dict[str, SessionMethod] = {
    "advance": lambda session, now: session.advance(now),
    "pause": lambda session, now: session.pause(now),
    "bail out": lambda session, now: session.pause(now, PauseReason.BAIL_OUT),
    "resume": lambda session, now: session.resume(now),
    "turned": lambda session, now: session.turned(now),
    "skip": lambda session, now: session.skip(now),
    "back": lambda session, now: session.back(now),
    "longer": lambda session, now: session.edit(now, edits.AddToInterval(5)),
    "shorter": lambda session, now: session.edit(now, edits.AddToInterval(-5)),
    "backward": lambda session, now: session.edit(now, edits.AddToPhase(Phase.BACKWARD, 4)),
    "round": lambda session, now: session.edit(now, edits.AddRounds(1)),
    "cool down": lambda session, now: session.cool_down(now),
    "undo": lambda session, now: session.undo(now),
    "redo": lambda session, now: session.redo(now),
    "end": lambda session, now: session.end(now),
}
# Ending is rare, so that most sessions are long.
steps = st.lists(
    st.tuples(
        st.sampled_from([name for name in COMMANDS if name != "end"] * 6 + ["advance"] * 30 + ["end"]),
        st.integers(0, 9000),
    ),
    max_size=60,
)


class RecordedSession:
    """A session, and the recorder that follows it."""

    def __init__(self, notation: str = "", *, wait_at_turns: bool = False) -> None:
        self.workout = parse(notation) if notation else WORKOUT
        self.rules = Rules(lead_in=3, resume_lead_in=4, wait_at_turns=wait_at_turns)
        self.session = Session(flatten(self.workout), self.rules)
        self.recorder = Recorder(self.session.schedule)
        self.now = 0
        self.over_at: int | None = None
        self.away = 0
        self.do(self.session.start)

    def do(self, command: Callable[[int], tuple[Event, ...]], after: int = 0) -> None:
        self.now += after
        for event in command(self.now):
            self.recorder.note(event)
            if isinstance(event, Ended):
                self.over_at = event.moment

    @property
    def counted(self) -> int:
        """The total time, before and after a crash."""
        over = self.over_at if self.session.state.is_over else None
        return (self.now if over is None else over) - self.away

    def on(self, milliseconds: int) -> None:
        self.do(self.session.advance, milliseconds)

    @property
    def record(self) -> Record:
        return self.recorder.record(self.now)

    @property
    def totals(self) -> Totals:
        return Totals.of(self.record, Planned.of(self.workout))

    def taken_up_again(self, away: int) -> None:
        """Kill the session and resume it from its record."""
        record = self.record
        self.away += away
        self.session = Session(record.schedule, self.rules)
        self.recorder = Recorder.resume(record)
        self.do(lambda now: self.session.restore(now, record), away)


def assert_agrees(walk: RecordedSession) -> None:
    record, session = walk.record, walk.session
    assert record.spent.total == session.spent.total == walk.counted
    assert record.spent == session.spent
    assert record.position == session.position
    assert record.schedule == session.schedule
    assert sum(interval.walked for interval in record.intervals) == session.spent.walked
    assert sum(interval.held for interval in record.intervals) == session.spent.held
    assert sum(pause.length for pause in record.pauses) == session.spent.paused
    assert record.state.is_over == session.state.is_over
    assert all(interval.left is not Leaving.OPEN for interval in record.intervals[:-1])
    totals = walk.totals
    assert totals.backward + totals.forward + totals.turn + totals.rest == session.spent.walked
    assert totals.longest_backward <= totals.backward
    assert (session.backward.total, session.backward.longest) == (totals.backward, totals.longest_backward)
    assert 0 <= totals.completion <= 1
    walked = record.walked
    assert {index: walked.get((index, Phase.BACKWARD), 0) for index in session.bouts} == session.bouts


@given(steps, st.booleans())
def test_the_record_always_agrees_with_the_session(steps: list[tuple[str, int]], wait_at_turns: bool) -> None:
    walk = RecordedSession(wait_at_turns=wait_at_turns)
    for name, after in steps:
        command = COMMANDS[name]
        walk.do(lambda now, command=command: command(walk.session, now), after)  # type: ignore[misc]
        assert_agrees(walk)


@given(steps, st.booleans(), st.integers(0, 40_000))
def test_a_resumed_session_loses_nothing(steps: list[tuple[str, int]], wait_at_turns: bool, later: int) -> None:
    walk = RecordedSession(wait_at_turns=wait_at_turns)
    for index, (name, after) in enumerate(steps):
        command = COMMANDS[name]
        walk.do(lambda now, command=command: command(walk.session, now), after)  # type: ignore[misc]
        if index % 7 == 6 and not walk.session.state.is_over:
            before = walk.record
            walk.taken_up_again(5000)
            assert walk.record.spent == before.spent
            assert walk.record.position == before.position
            assert_agrees(walk)
    if not walk.session.state.is_over:
        walk.do(walk.session.resume, 100)
        walk.on(later)
        assert_agrees(walk)


@given(st.integers(0, 70_000))
def test_between_two_events_the_record_knows_the_time_by_itself(moment: int) -> None:
    notified, silent = RecordedSession(), RecordedSession()
    notified.on(moment)
    while (wakeup := silent.session.next_wakeup(silent.now)) is not None and wakeup <= moment:
        silent.on(wakeup - silent.now)
    # The silent one got every boundary, but not the moment itself.
    assert silent.recorder.record(moment) == notified.record


def test_time_that_the_session_did_not_confirm_ends_with_the_interval() -> None:
    walk = RecordedSession("back 10s, fwd 10s")
    walk.on(3000 + 4000)
    later = walk.recorder.record(walk.now + 60_000)
    assert later.position == 10_000
    assert later.intervals[-1].walked == 10_000


def test_every_interval_of_a_whole_walk() -> None:
    walk = RecordedSession("2x(back 5s | fwd 4s), cool 3s")
    walk.on(60_000)
    assert walk.record.state is SessionStatus.FINISHED
    assert [(i.phase, i.planned, i.walked, i.at, i.left, i.round) for i in walk.record.intervals] == [
        (Phase.BACKWARD, 5, 5000, 3000, Leaving.COMPLETE, 1),
        (Phase.FORWARD, 4, 4000, 8000, Leaving.COMPLETE, 1),
        (Phase.BACKWARD, 5, 5000, 12_000, Leaving.COMPLETE, 2),
        (Phase.COOL_DOWN, 3, 3000, 17_000, Leaving.COMPLETE, None),
    ]
    assert walk.totals == Totals(
        backward=10_000,
        forward=7000,
        turn=0,
        rest=0,
        longest_backward=5000,
        rounds_done=2,
        incomplete=0,
        completion=1.0,
    )


def test_skips_and_returns_are_distinguished() -> None:
    walk = RecordedSession("back 10s, turn 10s, fwd 10s, cool 10s")
    walk.on(3000)
    walk.do(walk.session.skip, 4000)  # out of backward
    walk.do(walk.session.back, 5000)  # the turn again
    walk.do(walk.session.back, 1000)  # and back to backward
    walk.do(walk.session.resume, 2000)  # the walker has turned back
    walk.on(5000 - 1000 + 10_000 + 10_000)
    walk.do(walk.session.end, 2000)  # in forward
    assert [(i.phase, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.BACKWARD, 4000, Leaving.SKIPPED),
        (Phase.TURN, 5000, Leaving.RESTARTED),
        (Phase.TURN, 1000, Leaving.WENT_BACK),
        (Phase.BACKWARD, 10_000, Leaving.COMPLETE),
        (Phase.TURN, 10_000, Leaving.COMPLETE),
        (Phase.FORWARD, 2000, Leaving.ENDED),
    ]
    assert walk.record.state is SessionStatus.ENDED_EARLY
    assert walk.totals.incomplete == 2
    assert walk.totals.completion == pytest.approx(12 / 30)  # on the belt; time walked twice counts once


def test_an_undone_skip_continues_the_interval_that_was_left() -> None:
    walk = RecordedSession("back 10s, turn 5s, fwd 5s")
    walk.on(3000)
    walk.do(walk.session.skip, 4000)
    walk.do(walk.session.undo, 1000)
    walk.on(60_000)
    assert [(i.phase, i.at, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.BACKWARD, 3000, 4000, Leaving.SKIPPED),
        (Phase.TURN, 7000, 1000, Leaving.UNDONE),
        (Phase.BACKWARD, 8000, 6000, Leaving.COMPLETE),
        (Phase.TURN, 14_000, 5000, Leaving.COMPLETE),
        (Phase.FORWARD, 19_000, 5000, Leaving.COMPLETE),
    ]
    assert (walk.totals.incomplete, walk.totals.completion) == (0, 1.0)
    assert walk.record.state is SessionStatus.FINISHED


def part(
    index: int, seconds: int, left: Leaving = Leaving.COMPLETE, phase: Phase = Phase.BACKWARD, *, into: int = 0
) -> IntervalRecord:
    """What was walked of an interval of a minute."""
    return IntervalRecord(index, phase, 60, 60, 0, seconds * 1000, 0, left, None, None, None, "", into * 1000)


@pytest.mark.parametrize(
    ("parts", "walked"),
    [
        ([], {}),
        ([part(0, 60), part(1, 0)], {0: 60, 1: 0}),
        ([part(0, 70)], {0: 60}),  # not more than its length
        # Twice counts once, the longer time.
        ([part(0, 30, Leaving.RESTARTED), part(0, 20)], {0: 30}),
        ([part(0, 20, Leaving.RESTARTED), part(0, 30)], {0: 30}),
        ([part(0, 30), part(1, 10, Leaving.WENT_BACK), part(0, 20)], {0: 30, 1: 10}),
        # After an undone jump or end, the interval goes on where it was left, however the one before it was left.
        ([part(0, 30, Leaving.SKIPPED), part(1, 5, Leaving.UNDONE), part(0, 25, into=30)], {0: 55, 1: 5}),
        ([part(0, 30, Leaving.SKIPPED), part(1, 60), part(0, 25, into=30)], {0: 55, 1: 60}),
        ([part(0, 30, Leaving.ENDED), part(0, 25, into=30)], {0: 55}),
        ([part(0, 30, Leaving.ENDED), part(0, 10, Leaving.ENDED, into=12)], {0: 30}),
        ([part(0, 30, Leaving.ENDED), part(0, 50, into=30)], {0: 60}),
    ],
)
def test_what_was_walked_of_each_interval(parts: list[IntervalRecord], walked: dict[int, int]) -> None:
    record = Record(SessionStatus.WALKING, flatten(parse("back 1m")), 0, Spent(), tuple(parts))
    assert record.walked == {(index, Phase.BACKWARD): seconds * 1000 for index, seconds in walked.items()}


def record_of(notation: str, *parts: IntervalRecord) -> tuple[Record, Planned]:
    """The record of a workout, of which some was walked."""
    workout = parse(notation)
    return Record(SessionStatus.WALKING, flatten(workout), 0, Spent(), parts), Planned.of(workout)


def test_nothing_walked_yet() -> None:
    totals = Totals.of(*record_of("back 1m, fwd 1m"))
    assert totals == Totals(0, 0, 0, 0, longest_backward=0, rounds_done=0, incomplete=2, completion=0.0)


def test_where_the_time_of_each_phase_is_counted() -> None:
    order = (Phase.WARM_UP, Phase.TURN, Phase.BACKWARD, Phase.FORWARD, Phase.REST, Phase.COOL_DOWN)
    notation = "warm 1m, turn 1m, back 1m, fwd 1m, rest 1m, cool 1m"
    totals = Totals.of(*record_of(notation, *(part(at, 2**at, phase=phase) for at, phase in enumerate(order))))
    assert (totals.forward, totals.turn, totals.backward, totals.rest) == (41_000, 2_000, 4_000, 16_000)


def test_an_interval_that_was_replaced_is_not_complete() -> None:
    turn, bout, gone = part(0, 60, phase=Phase.TURN), part(1, 60), part(2, 60)
    assert Totals.of(*record_of("turn 1m, back 1m", turn, bout, gone)).incomplete == 0
    assert Totals.of(*record_of("back 1m, back 1m", turn, bout, gone)).incomplete == 1
    assert Totals.of(*record_of("turn 1m, back 1m, back 1m", turn, bout)).incomplete == 1


def test_a_round_that_is_the_whole_workout_counts() -> None:
    assert Totals.of(*record_of("1x(back 1m)", part(0, 60))).rounds_done == 1
    assert Totals.of(*record_of("1x(back 1m)", part(0, 60, Leaving.SKIPPED))).rounds_done == 0


def test_no_more_than_everything_can_be_completed() -> None:
    assert Totals.of(*record_of("back 1m, fwd 1m", part(0, 60), part(1, 30, phase=Phase.FORWARD))).completion == 0.75
    record, planned = record_of("back 1m", part(0, 60), part(1, 60))
    assert Totals.of(record, planned).completion == 1.0


@pytest.mark.parametrize(
    ("walked", "left", "closed"),
    [
        (59_999, Leaving.OPEN, Leaving.ENDED),
        (60_000, Leaving.OPEN, Leaving.COMPLETE),
        (60_000, Leaving.SKIPPED, Leaving.SKIPPED),
        (0, Leaving.COMPLETE, Leaving.COMPLETE),
    ],
)
def test_how_the_last_interval_of_a_closed_session_was_left(walked: int, left: Leaving, closed: Leaving) -> None:
    before = (part(0, 60), part(1, 10, Leaving.RESTARTED))
    last = IntervalRecord(1, Phase.BACKWARD, 60, 60, 0, walked, 0, left, None, None, None, "")
    record, _ = record_of("back 1m, back 1m", *before, last)
    assert record.closed().intervals == (*before, structs.replace(last, left=closed))
    assert record.closed().state is SessionStatus.ENDED_EARLY


def test_a_session_is_closed_before_its_first_interval() -> None:
    record, _ = record_of("back 1m")
    assert record.closed() == structs.replace(record, state=SessionStatus.ENDED_EARLY)


def test_a_plan_is_called_by_its_name_or_else_by_its_notation() -> None:
    assert Planned.of(parse("back 1m", name="Mine")).title == "Mine"
    assert Planned.of(parse("back 1m")).title == "back 1m"


def test_an_undone_end_is_a_pause() -> None:
    walk = RecordedSession("back 10s, fwd 10s")
    walk.on(3000 + 10_000)
    walk.do(walk.session.skip, 2000)
    ended = walk.record.state
    walk.do(walk.session.undo, 30_000)
    assert (ended, walk.record.state) == (SessionStatus.ENDED_EARLY, SessionStatus.WALKING)
    walk.do(walk.session.resume, 1000)
    walk.on(60_000)
    assert [(i.phase, i.at, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.BACKWARD, 3000, 10_000, Leaving.COMPLETE),
        (Phase.FORWARD, 13_000, 2000, Leaving.ENDED),
        (Phase.FORWARD, 15_000, 8000, Leaving.COMPLETE),
    ]
    assert [(p.at, p.position, p.length, p.reason) for p in walk.record.pauses] == [
        (15_000, 12_000, 30_000 + 1000 + 4000, PauseReason.REOPENED)
    ]
    assert (walk.totals.completion, walk.record.state) == (1.0, SessionStatus.FINISHED)


def test_a_crash_after_an_undone_end_loses_nothing() -> None:
    walk = RecordedSession("back 10s, fwd 10s")
    walk.on(3000 + 10_000)
    walk.do(walk.session.skip, 2000)
    walk.do(walk.session.undo, 3000)
    walk.do(walk.session.resume, 0)
    walk.on(4000 + 1000)
    walk.taken_up_again(5000)
    walk.do(walk.session.resume, 0)
    walk.on(60_000)
    assert walk.record.state is SessionStatus.FINISHED
    assert walk.totals.completion == 1.0
    assert_agrees(walk)


def test_a_pause_keeps_its_reason_and_holds_its_lead_in() -> None:
    walk = RecordedSession("back 20s, cool 5s")
    walk.on(3000 + 6000)
    walk.do(walk.session.pause, 0)
    walk.do(lambda now: walk.session.pause(now, PauseReason.BAIL_OUT), 2000)
    walk.do(walk.session.resume, 3000)
    walk.on(60_000)
    assert [(p.at, p.position, p.length, p.reason) for p in walk.record.pauses] == [
        (9000, 6000, 2000, PauseReason.WALKER),
        (11_000, 6000, 3000 + 4000, PauseReason.BAIL_OUT),
    ]
    assert walk.record.intervals[0].walked == 20_000
    assert walk.totals.longest_backward == 14_000  # the pause ended the stretch


def test_backward_bouts_that_follow_one_another_are_one_stretch() -> None:
    walk = RecordedSession("back 5s, back 6s, fwd 2s, back 7s")
    walk.on(60_000)
    assert walk.totals.longest_backward == 11_000


def test_waiting_at_a_turn_is_counted_separately() -> None:
    walk = RecordedSession("turn 5s, back 5s", wait_at_turns=True)
    walk.on(3000 + 5000 + 7000)
    walk.do(walk.session.turned)
    walk.on(20_000)
    turn = walk.record.intervals[0]
    assert (turn.walked, turn.held, turn.left) == (5000, 10_000, Leaving.COMPLETE)  # the 3-2-1 is held time
    assert walk.totals.turn == 5000


def test_an_edit_is_recorded_with_its_words_and_the_resulting_length() -> None:
    walk = RecordedSession("back 20s, cool 5s")
    walk.on(3000 + 2000)
    walk.do(lambda now: walk.session.edit(now, edits.AddToInterval(10)))
    walk.on(60_000)
    (edit,) = walk.record.edits
    assert (edit.at, edit.position, edit.what, edit.total) == (5000, 2000, "edit", 35)
    assert "thirty seconds" in edit.words.lower()
    backward = walk.record.intervals[0]
    assert (backward.planned, backward.target, backward.walked) == (20, 30, 30_000)


def test_a_round_counts_when_it_was_walked_completely() -> None:
    walk = RecordedSession("3x(turn 2s, back 5s | fwd 2s), cool 3s")
    walk.on(3000 + 2000 + 5000)
    walk.do(walk.session.skip, 1000)  # blocks between rounds belong to none
    walk.on(2000)
    walk.do(walk.session.skip, 4999)  # the second bout is left early
    walk.on(60_000)
    assert walk.totals.rounds_done == 2
    assert walk.totals.incomplete == 2
    assert Planned.of(walk.workout).rounds == 3


def test_a_turn_that_waited_when_the_program_was_killed_is_over() -> None:
    walk = RecordedSession("turn 5s, back 5s", wait_at_turns=True)
    walk.on(3000 + 5000 + 2000)
    assert walk.session.state is State.HOLDING
    walk.taken_up_again(9000)
    walk.do(walk.session.resume)
    walk.on(60_000)
    assert [(i.phase, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.TURN, 5000, Leaving.COMPLETE),
        (Phase.BACKWARD, 5000, Leaving.COMPLETE),
    ]


def test_the_longest_bout_before_a_crash_stays_the_longest() -> None:
    walk = RecordedSession("back 12s, fwd 2s, back 5s")
    walk.on(3000 + 12_000 + 1000)
    walk.taken_up_again(9000)
    assert walk.totals.longest_backward == 12_000
    walk.do(walk.session.resume)
    walk.on(60_000)
    assert walk.record.state is SessionStatus.FINISHED
    assert walk.totals.longest_backward == 12_000


def test_edits_and_pauses_before_a_crash_stay_in_the_record() -> None:
    session = RecordedSession("back 12s, fwd 2s, back 5s")
    session.on(3000 + 2000)
    session.do(lambda now: session.session.edit(now, edits.AddToInterval(10)))
    session.do(session.session.pause, 1000)
    session.do(session.session.resume, 1000)
    session.on(5000)
    before = session.record
    session.taken_up_again(9000)
    assert session.record.edits == before.edits
    assert len(before.edits) == 1
    assert session.record.pauses[:1] == before.pauses
    assert session.record.intervals == before.intervals


def test_an_edit_counts_for_the_running_interval_at_once() -> None:
    walk = RecordedSession("back 20s, cool 5s")
    walk.on(3000 + 2000)
    walk.do(lambda now: walk.session.edit(now, edits.AddToInterval(10)))
    (backward,) = walk.record.intervals
    assert (backward.planned, backward.target) == (20, 30)
    walk.do(walk.session.end, 20_000)
    assert [(i.target, i.walked, i.left) for i in walk.record.intervals] == [(30, 22_000, Leaving.ENDED)]


def test_a_session_closed_at_its_position() -> None:
    walk = RecordedSession("back 10s, cool 5s")
    walk.on(3000 + 4000)
    closed = walk.record.closed()
    assert closed.state is SessionStatus.ENDED_EARLY
    assert closed.intervals[-1].left is Leaving.ENDED
    walk.on(60_000)
    assert walk.record.closed() == walk.record


def test_the_planned_workout_is_stored_in_canonical_form() -> None:
    planned = Planned.of(presets.preset("builder"), "builder")
    assert (planned.name, planned.workout_id, planned.seconds, planned.rounds) == ("Builder", "builder", 1200, 4)
    assert parse(planned.notation) == presets.preset("builder")


@pytest.mark.parametrize("workout", [presets.preset("builder"), parse('2x(back 1m "eyes up" | fwd 30s)', name="Mine")])
def test_a_planned_workout_can_be_walked_again(workout: Workout) -> None:
    again = Planned.of(workout).workout()
    assert (again, again.name, again.id) == (workout, workout.name, workout.id)


def test_rounds_inside_rounds_count_as_those_around_them() -> None:
    assert Planned.of(parse("2x(3x(back 5s), fwd 5s), cool 5s")).rounds == 2
    session = RecordedSession("2x(2x(back 5s), fwd 5s)")
    session.on(60_000)
    assert session.totals.rounds_done == 2
