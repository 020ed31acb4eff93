"""The engine: a jump never has the walker turn around on a moving belt without a turn or a pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import CueKind, Sound
from retro_timer.session.events import IntervalStarted, Move, Paused, PauseReason, Resumed, Resuming
from retro_timer.session.facing import Facing
from retro_timer.session.languages import english as phrases
from retro_timer.session.states import State
from retro_timer.session.timeline import CueSettings
from tests.session.listening import listening
from tests.session.walking import T, brief, only, record_of, session_of, walking

if TYPE_CHECKING:
    from retro_timer.session.engine import Session

BACK_AND_FORTH = "back 30s, turn 4s, fwd 30s"


def skipped_to_forward(**rules: int | bool) -> Session:
    """A session that was skipped from backward to the turn, and has come to forward."""
    session = walking(BACK_AND_FORTH, at=8_000, **rules)
    session.skip(T + 8_000)
    session.advance(T + 20_000)
    assert session.index == 2
    return session


def test_undoing_a_skip_after_the_turn_pauses_and_resumes_with_a_lead_in() -> None:
    session = skipped_to_forward()
    events = session.undo(T + 20_000)
    assert only(events, IntervalStarted).move is Move.UNDO
    assert only(events, Paused) == Paused(moment=T + 20_000, at=8_000, reason=PauseReason.TURNING)
    assert session.state is State.PAUSED
    assert only(session.resume(T + 50_000), Resuming).lead_in == 5_000
    assert brief(session.advance(T + 60_000)) == [("Resumed", 55_000, 8_000)]


def test_redoing_it_pauses_too() -> None:
    session = skipped_to_forward()
    session.undo(T + 20_000)
    session.resume(T + 30_000)
    session.advance(T + 40_000)
    assert only(session.redo(T + 40_000), Paused).reason is PauseReason.TURNING
    assert session.index == 2


def test_undoing_a_skip_right_away_goes_on() -> None:
    """Nobody has turned around within three seconds, not even after two skips."""
    session = walking(BACK_AND_FORTH, at=8_000)
    session.skip(T + 8_000)
    session.skip(T + 8_200)
    session.undo(T + 10_000)
    session.undo(T + 10_100)
    assert (session.state, session.index) == (State.RUNNING, 0)


def test_undoing_a_skip_in_the_middle_of_the_turn_pauses() -> None:
    session = walking("back 30s, turn 10s, fwd 30s", at=8_000)
    session.skip(T + 8_000)
    assert only(session.undo(T + 12_000), Paused).reason is PauseReason.TURNING


@pytest.mark.parametrize("confirmed", [False, True])
def test_undoing_a_skip_while_the_turn_waits_pauses(confirmed: bool) -> None:
    session = walking("back 30s, turn 2s, fwd 30s", at=8_000, wait_at_turns=True)
    session.skip(T + 8_000)
    session.advance(T + 11_000)
    if confirmed:
        session.turned(T + 11_000)
    assert only(session.undo(T + 11_500), Paused).reason is PauseReason.TURNING
    assert session.spent.held == 1_500


def test_returning_to_a_skipped_turn_from_the_other_direction_pauses() -> None:
    session = walking(BACK_AND_FORTH, at=30_500)
    session.skip(T + 31_000)
    session.advance(T + 40_000)
    assert only(session.undo(T + 40_000), Paused).reason is PauseReason.TURNING
    assert session.index == 1


def test_going_back_twice_from_forward_to_backward_pauses() -> None:
    session = walking(BACK_AND_FORTH, at=34_500)
    assert [type(event) for event in session.back(T + 34_500)][1:] == [IntervalStarted]  # more time to turn
    assert only(session.back(T + 35_000), Paused).reason is PauseReason.TURNING
    assert (session.index, session.position) == (0, 0)


def test_restarting_and_what_does_not_turn_the_walker_goes_on() -> None:
    session = walking("back 30s, turn 4s, fwd 30s, cool 20s", at=40_000)
    session.back(T + 40_000)
    session.skip(T + 45_000)
    session.advance(T + 50_000)
    session.undo(T + 50_000)
    session.undo(T + 51_000)
    assert (session.state, session.index, session.position) == (State.RUNNING, 2, 40_000)
    begun = walking("back 30s, turn 4s, fwd 30s", at=31_000)
    begun.back(T + 31_000)
    assert (begun.state, begun.index) == (State.RUNNING, 0)


def test_in_a_pause_the_lead_in_that_follows_is_enough() -> None:
    session = skipped_to_forward()
    session.pause(T + 20_000)
    session.undo(T + 21_000)
    assert (session.state, session.pause_reason) == (State.PAUSED, PauseReason.WALKER)
    assert only(session.resume(T + 22_000), Resuming)
    session.redo(T + 23_000)
    assert (session.state, session.index, session.lead_in_left) == (State.LEAD_IN, 2, 5_000)
    session.advance(T + 30_000)
    session.back(T + 30_000)
    assert session.state is State.RUNNING


def test_a_later_interval_is_reached_through_its_turn_wherever_the_walker_is_by_then() -> None:
    notation = "warm 12s, 3x(turn 4s, back 30s, turn 4s | fwd 30s), cool 10s"
    session = walking(notation, at=20_000)
    assert session.index == 2
    session.skip_to(T + 20_000, 4)
    assert (session.state, session.index) == (State.RUNNING, 3)


def test_a_later_interval_that_no_turn_leads_to_is_reached_through_a_pause() -> None:
    session = walking("back 10s, fwd 10s, back 10s, rest 10s, fwd 10s", at=5_000)
    assert only(session.skip_to(T + 5_000, 4), Paused).reason is PauseReason.TURNING
    onward = walking("back 10s, fwd 10s", at=5_000)
    onward.skip_to(T + 5_000, 1)
    assert onward.state is State.RUNNING  # as the workout continues by itself


def test_after_an_interruption_it_is_unknown_where_the_walker_faces_until_the_belt_moves() -> None:
    session = session_of("back 30s, turn 9s, fwd 30s")
    session.restore(T, record_of(session, 31_000))
    session.resume(T)
    session.advance(T + 5_000)
    assert only(session.back(T + 5_500), Paused).reason is PauseReason.TURNING
    assert [type(event) for event in session.resume(T + 6_000)] == [Resuming]
    assert only(session.advance(T + 20_000), Resumed)
    session.skip(T + 20_000)
    session.undo(T + 21_000)
    assert (session.state, session.index) == (State.RUNNING, 0)


@pytest.mark.parametrize("interrupted", [False, True])
def test_after_a_turn_that_was_interrupted_the_walker_faces_as_after_any_other(interrupted: bool) -> None:
    session = walking("back 30s, turn 9s, fwd 30s", at=32_000)
    if interrupted:
        session = session_of("back 30s, turn 9s, fwd 30s")
        session.restore(T + 32_000, record_of(session, 32_000))
    else:
        session.pause(T + 32_000, PauseReason.SLEEP)
    session.resume(T + 32_000)
    session.advance(T + 32_000 + 5_000 + 7_000 + 1_000)
    assert (session.index, session.position) == (2, 40_000)
    session.back(T + 45_000)
    assert (session.state, session.index) == (State.RUNNING, 1)


def test_after_a_turn_the_direction_is_certain_only_after_some_walking() -> None:
    facing = Facing()
    facing.settle(Phase.BACKWARD)
    facing.turn()
    facing.walk(Phase.BACKWARD, 3_000, 3_000)
    assert facing.backward is None
    facing.walk(Phase.BACKWARD, 1, 3_001)
    assert facing.backward is True


def test_it_is_said_where_the_walker_is_and_how_to_resume() -> None:
    listener = listening(BACK_AND_FORTH)
    listener.walk(8_000)
    listener.after(0, listener.session.skip)
    listener.walk(12_000)
    before = len(listener.heard)
    listener.after(0, listener.session.undo)
    listener.walk(20_000)
    said = [phrase for _, cue in listener.heard[before:] for phrase in cue.words]
    assert said[:2] == [phrases.PAUSED, phrases.NAMED[Phase.BACKWARD]]
    assert said[-1] == phrases.TO_RESUME
    before = len(listener.heard)
    listener.after(0, listener.session.resume)
    listener.walk(5_000)
    assert [cue.text for _, cue in listener.heard[before:]] == [
        "Resuming: backward in",
        "3",
        "2",
        "1",
        "Walk backward.",
    ]


TURNS = "fwd 1m, turn 20s, back 1m, turn 20s, fwd 1m"


def test_after_a_pause_to_turn_in_a_turn_the_direction_is_unknown() -> None:
    session = walking(TURNS, at=90_000)
    session.back(T + 90_000)
    assert only(session.back(T + 91_500), Paused).reason is PauseReason.TURNING
    resuming = only(session.resume(T + 95_000), Resuming)
    session.advance(T + 95_000 + resuming.lead_in + 1_500)
    assert (session.state, session.index) == (State.RUNNING, 1)
    undone = session.undo(T + 95_000 + resuming.lead_in + 1_500)
    assert only(undone, Paused).reason is PauseReason.TURNING


@pytest.mark.parametrize("in_lead_in", [False, True])
def test_a_jump_to_an_earlier_turn_in_a_pause_resumes_through_a_lead_in(in_lead_in: bool) -> None:
    session = walking(TURNS, at=90_000)
    session.pause(T + 90_000)
    if in_lead_in:
        session.resume(T + 91_000)
    session.back(T + 92_000)
    events = session.back(T + 93_000)
    if not in_lead_in:
        events = session.resume(T + 94_000)
    assert session.index == 1
    assert only(events, Resuming).lead_in >= 3_000
    assert session.state is State.LEAD_IN


def test_a_pause_to_turn_is_announced_even_if_the_place_is_not() -> None:
    listener = listening(BACK_AND_FORTH, CueSettings(off=frozenset({CueKind.WHERE})))
    listener.walk(8_000)
    listener.after(0, listener.session.skip)
    listener.walk(12_000)
    before = len(listener.heard)
    listener.after(0, listener.session.undo)
    listener.walk(10_000)
    assert [cue.kind for _, cue in listener.heard[before:]] == [CueKind.PAUSED]


def test_a_jump_in_a_lead_in_into_the_middle_of_a_turn_is_announced_once() -> None:
    listener = listening("back 1m, turn 20s, fwd 1m", lead_in=0)
    listener.walk(65_000)
    listener.after(0, listener.session.skip)
    listener.walk(2_000)
    listener.after(0, listener.session.pause)
    listener.walk(3_000)
    listener.after(0, listener.session.resume)
    listener.walk(1_000)
    before = len(listener.heard)
    listener.after(0, listener.session.undo)
    listener.walk(9_000)
    moments = [moment for moment, cue in listener.heard[before:] if cue.kind is CueKind.PHASE]
    assert len(moments) == len(set(moments))
    assert sum(cue.sound is Sound.TURN for _, cue in listener.heard[before:]) == 1
