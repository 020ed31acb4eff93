"""Undo and redo in a session, for edits and for jumps between intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.scheduling.errors import EditError

if TYPE_CHECKING:
    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.schedule import At, Schedule

JUMP_UNDOABLE: Final = 60_000
"""Milliseconds of walking during which a jump can still be undone after its target interval is over."""


class Spot(Struct, frozen=True):
    """A place in the schedule that a jump can return to.

    Attributes:
        index: index of the interval.
        phase: its phase.
        into: position in the interval, in milliseconds; so much of it was walked.
    """

    index: int
    phase: Phase
    into: int


class Jump(Struct, frozen=True):
    """A skip, a jump back, or an early end.

    Attributes:
        left: the place before the jump.
        reached: index of the interval after the jump.
        walked: walking time of the session at the jump, in milliseconds.
    """

    left: Spot
    reached: int
    walked: int


class Present(Struct, frozen=True):
    """The state of a session when undo is called.

    Attributes:
        schedule: the schedule.
        at: the position, for edits.
        spot: the position, for jumps.
        walked: walking time of the session, in milliseconds.
        over: whether it has ended: then only a jump can be undone.
    """

    schedule: Schedule
    at: At
    spot: Spot
    walked: int
    over: bool

    def undoes(self, step: Schedule | Jump) -> Schedule | Jump | None:
        """The effect of undoing a step: a schedule, or the jump to reverse; None if there is no longer an effect.

        Raises:
            EditError: if the past would have to change.
        """
        if isinstance(step, Jump):
            recent = self.spot.index == step.reached or self.walked - step.walked <= JUMP_UNDOABLE
            left = step.left
            exists = left.index < len(self.schedule) and self.schedule[left.index].phase is left.phase
            return step if recent and exists else None
        if self.over:
            return None
        from retro_timer.scheduling.edits import restore

        after = restore(self.schedule, step, self.at)
        return None if after is self.schedule else after

    def opposite(self, step: Schedule | Jump) -> Schedule | Jump:
        """The step that reverses the undoing of `step`."""
        if isinstance(step, Jump):
            return Jump(self.spot, reached=step.left.index, walked=self.walked)
        return self.schedule


class UndoHistory:
    """The undo and redo stacks of a session.

    An edit is stored as the schedule before it.
    """

    def __init__(self) -> None:
        self._done: list[Schedule | Jump] = []
        self._undone: list[Schedule | Jump] = []

    @property
    def can_undo(self) -> bool:
        """Whether the undo stack is not empty."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether the redo stack is not empty."""
        return bool(self._undone)

    def can_reopen(self, present: Present) -> bool:
        """Whether a finished session can be reopened."""
        return any(present.undoes(step) is not None for step in self._done)

    def add(self, step: Schedule | Jump) -> None:
        """Add a step; clears the redo stack."""
        self._done.append(step)
        self._undone.clear()

    def undo(self, present: Present) -> Schedule | Jump:
        """Undo the last step that still has an effect.

        Raises:
            EditError: if there is none.
        """
        return self._move(self._done, self._undone, present, "undo")

    def redo(self, present: Present) -> Schedule | Jump:
        """Redo the last undone step.

        Raises:
            EditError: if there is none.
        """
        return self._move(self._undone, self._done, present, "redo")

    @staticmethod
    def _move(
        source: list[Schedule | Jump], target: list[Schedule | Jump], present: Present, what: str
    ) -> Schedule | Jump:
        for depth, step in enumerate(reversed(source), start=1):
            found = present.undoes(step)
            if found is not None:
                del source[-depth:]
                if not present.over:
                    target.append(present.opposite(step))
                return found
        raise EditError("you've already walked that part" if source else f"nothing to {what}")
