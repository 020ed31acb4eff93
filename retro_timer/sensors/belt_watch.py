"""What a moving or standing belt means for a session: pause, resume, or warn. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.session.events import PauseReason
from retro_timer.session.ports import BELT_PAUSES
from retro_timer.session.states import SECOND, State
from retro_timer.training.speeds import is_beyond_cap

if TYPE_CHECKING:
    from retro_timer.session.engine import Session

FRAMES: Final = 2
"""Readings in a row that it takes to say that the belt stands, moves, or is too fast; a single one may be wrong."""
TURN_GRACE_MS: Final = 5 * SECOND
"""Time from the start of a turn in which the belt may still run, in milliseconds; at most half of the turn."""
WARN_EVERY_MS: Final = 10 * SECOND
"""Time between two warnings of one kind, in milliseconds."""
PAUSES, RESUMES = BELT_PAUSES[1:], BELT_PAUSES[2:]
"""The choices with which a standing belt pauses, and with which a moving one resumes."""


class BeltOrder(Enum):
    """What the session should do."""

    PAUSE = auto()
    RESUME = auto()
    WARN_MOVING = auto()  # in a turn
    WARN_FAST = auto()  # backward


class BeltWatch:
    """Follows the speed of the belt during a session.

    Args:
        session: the session.
        pauses: one of `BELT_PAUSES`.
    """

    def __init__(self, session: Session, pauses: str) -> None:
        self._session = session
        self._pauses = pauses
        self._standing = 0  # readings in a row
        self._moving = 0
        self._fast = 0
        self._before = 0.0
        self._has_moved = False  # since the belt phase began, or was resumed
        self._warned: dict[BeltOrder, int] = {}

    def read(self, speed_kmh: float, now: int) -> BeltOrder | None:
        """Take a reading; returns what the session should do, if anything.

        Args:
            speed_kmh: the speed of the belt.
            now: the present moment, in milliseconds.
        """
        before, self._before = self._before, speed_kmh
        self._standing = 0 if speed_kmh else self._standing + 1
        self._moving = self._moving + 1 if speed_kmh else 0
        self._fast = self._fast + 1 if is_beyond_cap(speed_kmh) else 0
        state, phase = self._session.state, self._session.entry.phase
        walks = state is State.RUNNING and phase.on_belt
        self._has_moved = walks and (self._has_moved or self._moving >= FRAMES)
        if walks and self._has_moved and self._standing >= FRAMES and self._pauses in PAUSES:
            self._has_moved = False
            return BeltOrder.PAUSE
        if state is State.PAUSED:
            return self._resume()
        if phase is Phase.TURN and state in (State.RUNNING, State.HOLDING):
            slows = speed_kmh < before
            late = self._moving >= FRAMES and not slows and self._turned_for >= self._grace
            return self._warn(BeltOrder.WARN_MOVING, now) if late else None
        if walks and phase is Phase.BACKWARD and self._fast >= FRAMES:
            return self._warn(BeltOrder.WARN_FAST, now)
        return None

    def forget(self) -> None:
        """Forget the readings in a row: the belt is no longer heard, and they say nothing about what it does next."""
        self._standing = self._moving = self._fast = 0

    def _resume(self) -> BeltOrder | None:
        """Resume only from a pause that the belt caused, never from the walker's own."""
        by_belt = self._session.pause_reason is PauseReason.BELT
        return BeltOrder.RESUME if by_belt and self._moving >= FRAMES and self._pauses in RESUMES else None

    def _warn(self, order: BeltOrder, now: int) -> BeltOrder | None:
        last = self._warned.get(order)
        if last is not None and now - last < WARN_EVERY_MS:
            return None
        self._warned[order] = now
        return order

    @property
    def _turned_for(self) -> int:
        session = self._session
        if session.state is State.HOLDING:
            return session.entry.duration * SECOND
        return session.entry.duration * SECOND - session.interval_left

    @property
    def _grace(self) -> int:
        return min(TURN_GRACE_MS, self._session.entry.duration * SECOND // 2)
