"""A state with its past and its future: undo and redo to any depth, for what is edited as it is typed."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class Undoing(Generic[State]):
    """Keeps every state that something went through.

    Args:
        state: the first one.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._past: list[State] = []
        self._future: list[State] = []
        self._kind: object = None

    @property
    def state(self) -> State:
        """The present one."""
        return self._state

    @property
    def can_undo(self) -> bool:
        """Whether there is a past."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._future)

    def do(self, state: State, kind: object = None) -> None:
        """Go on to another state.

        Args:
            state: the new one.
            kind: what was changed; changes of one kind in a row, such as the letters of a name, are undone together.
        """
        if kind is None or kind != self._kind or not self._past:
            self._past.append(self._state)
        self._future.clear()
        self._state = state
        self._kind = kind

    def replace(self, state: State) -> None:
        """Take another state for the present one: nothing that is worth undoing (what is chosen, for example)."""
        self._state = state

    def pause(self) -> None:
        """Let the next change be undone for itself, whatever its kind."""
        self._kind = None

    def undo(self) -> bool:
        """Go back; False when there is no past."""
        return self._go(self._past, self._future)

    def redo(self) -> bool:
        """Go forward again; False when nothing was undone."""
        return self._go(self._future, self._past)

    def _go(self, source: list[State], target: list[State]) -> bool:
        self._kind = None
        if not source:
            return False
        target.append(self._state)
        self._state = source.pop()
        return True
