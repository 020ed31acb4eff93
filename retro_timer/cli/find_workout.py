"""Resolution of the WORKOUT argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.presets import preset

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.scheduling.model import Workout


def find_workout(text: str) -> Workout:
    """Find a workout: a preset, one of the walker's own, a file, or notation.

    Raises:
        WorkoutError: if there is none, or it is invalid; one line.
    """
    try:
        return preset(text)  # no further imports or files needed
    except WorkoutError:
        from retro_timer.runtime.resolve import resolve

        return resolve(text, own=_own(), read_file=_read_file)


def _own() -> list[Workout]:
    """The walker's own valid workouts."""
    from retro_timer.config.paths import find_paths

    directory = find_paths().workouts
    if not directory.is_dir():
        return []
    from retro_timer.storage.workouts import WorkoutLibrary

    return [entry.workout for entry in WorkoutLibrary(directory).list() if entry.workout is not None]


def _read_file(path: Path) -> Workout:
    from retro_timer.formats.registry import read_workout

    return read_workout(path)
