"""Which way the walker faces, as far as a session can know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule

TURNING: Final = 3 * SECOND
"""Milliseconds after which a walker who was told to turn has begun to, and one who was told to walk faces that way."""


class Facing:
    """Follows which way the walker faces."""

    def __init__(self) -> None:
        self._backward = False  # the last direction that was certain
        self._unsure = 0  # milliseconds of walking since then

    @property
    def backward(self) -> bool | None:
        """Whether the walker faces backward; None if the walker may be turning."""
        return self._backward if self._unsure <= TURNING else None

    def settle(self, phase: Phase) -> None:
        """Note that the walker is ready for a phase: a lead-in has announced it."""
        if phase.on_belt:
            self._backward, self._unsure = phase.faces_backward, 0
        elif phase is Phase.TURN:
            self.turn()  # which way the walker stood until then is unknown

    def turn(self) -> None:
        """Note that the walker may have turned: a turn is over, or it is unknown what went before."""
        self._unsure = TURNING + 1

    def walk(self, phase: Phase, passed: int, so_far: int) -> None:
        """Let the walker walk.

        Args:
            phase: the running phase.
            passed: milliseconds that passed.
            so_far: milliseconds walked in the running interval since it started.
        """
        if phase.on_belt and (phase.faces_backward is self.backward or so_far > TURNING):
            self.settle(phase)
        elif phase is not Phase.REST:
            self._unsure += passed

    def suits(self, schedule: Schedule, running: int, wanted: int) -> bool:
        """Whether the walker can jump to another interval without turning around first.

        Args:
            schedule: the schedule.
            running: index of the running interval.
            wanted: index of the interval to jump to.
        """
        current, phase = schedule[running].phase, schedule[wanted].phase
        if wanted == running or (current.on_belt and phase.on_belt and current.faces_backward is phase.faces_backward):
            return True
        if phase.on_belt:
            return self.backward is phase.faces_backward
        return self.backward is None or self.backward is schedule.faces_backward(wanted - 1)
