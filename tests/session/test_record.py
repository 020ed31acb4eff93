"""The record agrees with the session it was made from, whatever the walker does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling import edits, presets
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Rules, Session, State
from retro_timer.session.events import PauseReason
from retro_timer.session.record import Leaving, Planned, Record, Totals, WalkState
from retro_timer.session.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.session.events import Event

    Command = Callable[[Session, int], tuple[Event, ...]]

WORKOUT = parse("warm 5s, 3x(turn 4s, back 8s @1.6km/h, turn 4s | fwd 6s), 2x(back 3s), rest 2s, cool 5s")
COMMANDS: dict[str, Command] = {
    "advance": lambda session, now: session.advance(now),
    "pause": lambda session, now: session.pause(now),
    "bail out": lambda session, now: session.pause(now, PauseReason.BAIL_OUT),
    "resume": lambda session, now: session.resume(now),
    "turned": lambda session, now: session.turned(now),
    "skip": lambda session, now: session.skip(now),
    "back": lambda session, now: session.back(now),
    "longer": lambda session, now: session.edit(now, edits.ChangeThis(5)),
    "shorter": lambda session, now: session.edit(now, edits.ChangeThis(-5)),
    "backward": lambda session, now: session.edit(now, edits.ChangeAll(Phase.BACKWARD, 4)),
    "round": lambda session, now: session.edit(now, edits.ChangeRounds(1)),
    "cool down": lambda session, now: session.cool_down(now),
    "undo": lambda session, now: session.undo(now),
    "end": lambda session, now: session.end(now),
}
# Ending is rare, so that most walks are long ones.
steps = st.lists(
    st.tuples(
        st.sampled_from([name for name in COMMANDS if name != "end"] * 6 + ["advance"] * 30 + ["end"]),
        st.integers(0, 9000),
    ),
    max_size=60,
)


class Walk:
    """A session, and the recorder that follows it."""

    def __init__(self, notation: str = "", *, wait_at_turns: bool = False) -> None:
        self.workout = parse(notation) if notation else WORKOUT
        self.rules = Rules(lead_in=3, resume_lead_in=4, wait_at_turns=wait_at_turns)
        self.session = Session(flatten(self.workout), self.rules)
        self.recorder = Recorder(self.session.schedule)
        self.now = 0
        self.do(self.session.start)

    def do(self, command: Callable[[int], tuple[Event, ...]], after: int = 0) -> None:
        self.now += after
        for event in command(self.now):
            self.recorder.note(event)

    def on(self, milliseconds: int) -> None:
        self.do(self.session.advance, milliseconds)

    @property
    def record(self) -> Record:
        return self.recorder.record(self.now)

    @property
    def totals(self) -> Totals:
        return Totals.of(self.record, Planned.of(self.workout))

    def taken_up_again(self, away: int) -> None:
        """Kill the session and take it up from its record."""
        record = self.record
        self.session = Session(record.schedule, self.rules)
        self.recorder = Recorder.going_on(record)
        self.do(lambda now: self.session.restore(now, record.position, record.spent), away)


def assert_agrees(walk: Walk) -> None:
    record, session = walk.record, walk.session
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
    assert 0 <= totals.completion <= 1


@given(steps, st.booleans())
def test_the_record_agrees_with_the_session_at_every_moment(steps: list[tuple[str, int]], wait_at_turns: bool) -> None:
    walk = Walk(wait_at_turns=wait_at_turns)
    for name, after in steps:
        command = COMMANDS[name]
        walk.do(lambda now, command=command: command(walk.session, now), after)  # type: ignore[misc]
        assert_agrees(walk)


@given(steps, st.booleans(), st.integers(0, 40_000))
def test_a_walk_taken_up_again_loses_nothing(steps: list[tuple[str, int]], wait_at_turns: bool, later: int) -> None:
    walk = Walk(wait_at_turns=wait_at_turns)
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
    told, silent = Walk(), Walk()
    told.on(moment)
    while (wakeup := silent.session.next_wakeup(silent.now)) is not None and wakeup <= moment:
        silent.on(wakeup - silent.now)
    # The silent one was told of every boundary, but not of the moment itself.
    assert silent.recorder.record(moment) == told.record


def test_time_that_the_session_did_not_confirm_ends_with_the_interval() -> None:
    walk = Walk("back 10s, fwd 10s")
    walk.on(3000 + 4000)
    later = walk.recorder.record(walk.now + 60_000)
    assert later.position == 10_000
    assert later.intervals[-1].walked == 10_000


def test_every_interval_of_a_whole_walk() -> None:
    walk = Walk("2x(back 5s | fwd 4s), cool 3s")
    walk.on(60_000)
    assert walk.record.state is WalkState.FINISHED
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


def test_skips_and_returns_are_told_apart() -> None:
    walk = Walk("back 10s, turn 10s, fwd 10s, cool 10s")
    walk.on(3000)
    walk.do(walk.session.skip, 4000)  # out of backward
    walk.do(walk.session.back, 5000)  # the turn again
    walk.do(walk.session.back, 1000)  # and back to backward
    walk.on(10_000 + 10_000)
    walk.do(walk.session.end, 2000)  # in forward
    assert [(i.phase, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.BACKWARD, 4000, Leaving.SKIPPED),
        (Phase.TURN, 5000, Leaving.RESTARTED),
        (Phase.TURN, 1000, Leaving.WENT_BACK),
        (Phase.BACKWARD, 10_000, Leaving.COMPLETE),
        (Phase.TURN, 10_000, Leaving.COMPLETE),
        (Phase.FORWARD, 2000, Leaving.ENDED),
    ]
    assert walk.record.state is WalkState.ENDED_EARLY
    assert walk.totals.incomplete == 2
    assert walk.totals.completion == pytest.approx(22 / 40)  # what was walked twice counts once


def test_a_pause_keeps_its_reason_and_holds_its_lead_in() -> None:
    walk = Walk("back 20s, cool 5s")
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
    walk = Walk("back 5s, back 6s, fwd 2s, back 7s")
    walk.on(60_000)
    assert walk.totals.longest_backward == 11_000


def test_a_held_turn_counts_apart() -> None:
    walk = Walk("turn 5s, back 5s", wait_at_turns=True)
    walk.on(3000 + 5000 + 7000)
    walk.do(walk.session.turned)
    walk.on(20_000)
    turn = walk.record.intervals[0]
    assert (turn.walked, turn.held, turn.left) == (5000, 10_000, Leaving.COMPLETE)  # the 3-2-1 is held time
    assert walk.totals.turn == 5000


def test_an_edit_is_kept_with_its_words_and_the_length_it_led_to() -> None:
    walk = Walk("back 20s, cool 5s")
    walk.on(3000 + 2000)
    walk.do(lambda now: walk.session.edit(now, edits.ChangeThis(10)))
    walk.on(60_000)
    (edit,) = walk.record.edits
    assert (edit.at, edit.position, edit.what, edit.total) == (5000, 2000, "edit", 35)
    assert "thirty seconds" in edit.words.lower()
    backward = walk.record.intervals[0]
    assert (backward.planned, backward.target, backward.walked) == (20, 30, 30_000)


def test_a_round_counts_when_all_of_it_was_walked() -> None:
    walk = Walk("3x(turn 2s, back 5s | fwd 2s), cool 3s")
    walk.on(3000 + 2000 + 5000)
    walk.do(walk.session.skip, 1000)  # what stands between rounds belongs to none
    walk.on(2000)
    walk.do(walk.session.skip, 4999)  # the second bout is left early
    walk.on(60_000)
    assert walk.totals.rounds_done == 2
    assert walk.totals.incomplete == 2
    assert Planned.of(walk.workout).rounds == 3


def test_a_turn_that_waited_when_the_program_died_is_over() -> None:
    walk = Walk("turn 5s, back 5s", wait_at_turns=True)
    walk.on(3000 + 5000 + 2000)
    assert walk.session.state is State.HOLDING
    walk.taken_up_again(9000)
    walk.do(walk.session.resume)
    walk.on(60_000)
    assert [(i.phase, i.walked, i.left) for i in walk.record.intervals] == [
        (Phase.TURN, 5000, Leaving.COMPLETE),
        (Phase.BACKWARD, 5000, Leaving.COMPLETE),
    ]


def test_a_walk_closed_where_it_stood() -> None:
    walk = Walk("back 10s, cool 5s")
    walk.on(3000 + 4000)
    closed = walk.record.closed()
    assert closed.state is WalkState.ENDED_EARLY
    assert closed.intervals[-1].left is Leaving.ENDED
    walk.on(60_000)
    assert walk.record.closed() == walk.record


def test_what_was_planned_is_kept_in_canonical_form() -> None:
    planned = Planned.of(presets.preset("builder"), "builder")
    assert (planned.name, planned.workout_id, planned.seconds, planned.rounds) == ("Builder", "builder", 1200, 4)
    assert parse(planned.notation) == presets.preset("builder")
