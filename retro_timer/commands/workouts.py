"""Finding the workout that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.resolve import resolve

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout


def find_workout(text: str) -> Workout:
    """The workout that was meant.

    Raises:
        WorkoutError: one line that says what is wrong with it.
    """
    return resolve(text)
