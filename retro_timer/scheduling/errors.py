"""What can be wrong with a workout, said in one line."""

from __future__ import annotations


class WorkoutError(ValueError):
    """A workout that cannot be walked. The message is one sentence for the walker."""


class EditError(WorkoutError):
    """An edit that would change nothing or cannot be made now. The message is one sentence for the walker."""


class NotationError(WorkoutError):
    """Notation that cannot be read.

    Attributes:
        text: what was read.
        column: where it went wrong, counted from 1.
        problem: what was expected there, or what is out of bounds.
    """

    def __init__(self, text: str, column: int, problem: str) -> None:
        super().__init__(f"column {column}: {problem}")
        self.text = text
        self.column = column
        self.problem = problem
