"""Unlimited undo and redo for text and documents that are edited interactively."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class UndoStack(Generic[State]):
    """A history of states.

    Args:
        state: the initial state.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._past: list[State] = []
        self._future: list[State] = []
        self._kind: object = None

    @property
    def state(self) -> State:
        """The current state."""
        return self._state

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone state."""
        return bool(self._future)

    def do(self, state: State, kind: object = None) -> None:
        """Record a change.

        Args:
            state: the new state.
            kind: the kind of change; consecutive changes of one kind, such as typing a name, are undone together.
        """
        if kind is None or kind != self._kind or not self._past:
            self._past.append(self._state)
        self._future.clear()
        self._state = state
        self._kind = kind

    def replace(self, state: State) -> None:
        """Replace the current state without recording it, for changes not worth undoing, such as the selection."""
        self._state = state

    def pause(self) -> None:
        """Start a new undo step with the next change, whatever its kind."""
        self._kind = None

    def undo(self) -> bool:
        """Return to the previous state; False if there is none."""
        return self._go(self._past, self._future)

    def redo(self) -> bool:
        """Return to the undone state; False if there is none."""
        return self._go(self._future, self._past)

    def _go(self, source: list[State], target: list[State]) -> bool:
        self._kind = None
        if not source:
            return False
        target.append(self._state)
        self._state = source.pop()
        return True
