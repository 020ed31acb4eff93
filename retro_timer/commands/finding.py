"""Finding the workout that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.resolve import resolve
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.presets import preset

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.scheduling.workout import Workout


def find_workout(text: str) -> Workout:
    """The workout that was meant: a preset, an own workout, a file, or notation.

    Raises:
        WorkoutError: one line that says what is wrong with it.
    """
    try:
        return preset(text)  # nothing more needs to be imported or read
    except WorkoutError:
        return resolve(text, own=_own(), read_file=_read_file)


def _own() -> list[Workout]:
    """The walker's own workouts that can be read."""
    from retro_timer.storage.paths import find_paths  # noqa: PLC0415  (a preset does not need them)

    directory = find_paths().workouts
    if not directory.is_dir():
        return []
    from retro_timer.storage.workouts import WorkoutLibrary  # noqa: PLC0415  (the same)

    return [entry.workout for entry in WorkoutLibrary(directory).list() if entry.workout is not None]


def _read_file(path: Path) -> Workout:
    from retro_timer.formats.registry import read_workout  # noqa: PLC0415  (the same)

    return read_workout(path)
