"""Errors in workouts, each with a message of one line."""

from __future__ import annotations

from retro_timer.errors import UserError


class WorkoutError(UserError, ValueError):
    """An invalid workout. The message is one sentence for the walker."""


class EditError(WorkoutError):
    """An edit that has no effect or is not possible now. The message is one sentence for the walker."""


class NotationError(WorkoutError):
    """Invalid notation.

    Attributes:
        text: the notation.
        column: the column of the problem, counted from 1.
        problem: what was expected there, or which value is out of bounds.
    """

    def __init__(self, text: str, column: int, problem: str) -> None:
        super().__init__(f"column {column}: {problem}")
        self.text = text
        self.column = column
        self.problem = problem
