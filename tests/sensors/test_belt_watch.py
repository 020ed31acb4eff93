"""What a standing or moving belt does to a session."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.sensors.belt_watch import TURN_GRACE_MS, WARN_EVERY_MS, BeltOrder, BeltWatch
from retro_timer.session.engine import Session
from retro_timer.session.events import PauseReason
from retro_timer.session.states import Rules, State

WALK = "back 60s, turn 20s, fwd 60s"
S = 1000


class Belt:
    """A session with a belt that is read once a second."""

    def __init__(self, pauses: str = "both", workout: str = WALK, *, waits: bool = False) -> None:
        self.session = Session(flatten(parse(workout)), Rules(lead_in=0, wait_at_turns=waits))
        self.session.start(0)
        self.watch = BeltWatch(self.session, pauses)
        self.now = 0

    def at(self, *speeds: float, step: int = S) -> list[BeltOrder | None]:
        """Read speeds, one after the other; a pause and the way out of it are obeyed."""
        orders = []
        for speed in speeds:
            self.now += step
            self.session.advance(self.now)
            order = self.watch.read(speed, self.now)
            if order is BeltOrder.PAUSE:
                self.session.pause(self.now, PauseReason.BELT)
            elif order is BeltOrder.RESUME:
                self.session.resume(self.now)
            orders.append(order)
        return orders


@pytest.mark.parametrize("step", [1000, 100])
def test_two_frames_of_zero_pause_and_two_of_movement_resume(step: int) -> None:
    belt = Belt()
    assert belt.at(1.6, 1.6, 1.6, 0, 0, step=step) == [None, None, None, None, BeltOrder.PAUSE]
    assert 2 * step <= 2500
    assert belt.at(0, 0, 0.5, 0.5, step=step) == [None, None, None, BeltOrder.RESUME]
    assert belt.session.state is State.LEAD_IN


def test_one_frame_of_zero_means_nothing() -> None:
    assert Belt().at(1.6, 1.6, 0, 1.6, 0, 1.6) == [None] * 6


def test_a_belt_that_has_not_started_yet_does_not_pause() -> None:
    assert Belt().at(0, 0, 0, 0, 1.6) == [None] * 5


@pytest.mark.parametrize(("pauses", "pause", "resume"), [("off", None, None), ("pause", BeltOrder.PAUSE, None)])
def test_the_setting_decides(pauses: str, pause: BeltOrder | None, resume: BeltOrder | None) -> None:
    belt = Belt(pauses)
    assert belt.at(1.6, 1.6, 0, 0)[-1] is pause
    assert belt.at(1.6, 1.6, 1.6)[-1] is resume


def test_the_walkers_own_pause_is_never_undone() -> None:
    belt = Belt()
    belt.at(1.6, 1.6)
    belt.session.pause(belt.now)
    assert belt.at(0, 0, 1.6, 1.6, 1.6) == [None] * 5
    assert belt.session.state is State.PAUSED


def test_a_resumed_session_is_not_paused_again_before_the_belt_has_moved() -> None:
    belt = Belt("pause")
    belt.at(1.6, 1.6, 0, 0)
    belt.session.resume(belt.now)
    assert belt.at(*[0.0] * 12) == [None] * 12
    assert belt.at(1.6, 1.6, 0, 0)[-1] is BeltOrder.PAUSE


def test_a_belt_that_moves_in_a_turn_is_warned_of_after_a_moment_and_again() -> None:
    belt = Belt()
    belt.at(*[1.6] * 59)
    orders = belt.at(*[1.6] * 20)
    warned = [place for place, order in enumerate(orders) if order is BeltOrder.WARN_MOVING]
    assert warned == [TURN_GRACE_MS // S, (TURN_GRACE_MS + WARN_EVERY_MS) // S]


def test_a_belt_that_slows_down_or_stands_in_a_turn_is_not_warned_of() -> None:
    belt = Belt()
    belt.at(*[1.6] * 59)
    assert belt.at(*[1.6 - 0.1 * second for second in range(16)], 0, 0, 0) == [None] * 19


def test_a_belt_that_moves_while_a_turn_waits_is_warned_of() -> None:
    belt = Belt(workout="back 10s, turn 5s, fwd 60s", waits=True)
    belt.at(*[1.6] * 9, *[0.0] * 10)
    assert belt.session.state is State.HOLDING
    assert BeltOrder.WARN_MOVING in belt.at(0.8, 0.8)


def test_too_fast_is_said_backward_only() -> None:
    assert Belt().at(6.0, 6.0) == [None, BeltOrder.WARN_FAST]
    assert Belt().at(5.63, 5.63, 5.63) == [None] * 3
    assert Belt(workout="fwd 60s").at(6.0, 6.0) == [None, None]


def test_what_was_before_the_link_was_lost_does_not_count() -> None:
    belt = Belt()
    belt.at(1.6, 1.6, 0)
    belt.watch.forget()
    assert belt.at(0) == [None]
    assert belt.at(0) == [BeltOrder.PAUSE]
