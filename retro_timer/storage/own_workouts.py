"""The walker's own workouts beside those of imported programmes, which come first: a name means one workout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.storage.programmes import ProgrammeLibrary
from retro_timer.storage.workout_names import goes_by
from retro_timer.storage.workouts import LibraryError, WorkoutLibrary
from retro_timer.text import quoted

if TYPE_CHECKING:
    from retro_timer.config.paths import Paths
    from retro_timer.scheduling.model import Workout
    from retro_timer.training.programme import Programme


def own_workouts(paths: Paths) -> list[Workout]:
    """The workouts of imported programmes, then the walker's own valid ones: the first with a name is meant by it."""
    found = ProgrammeLibrary(paths.programmes).workouts() if paths.programmes.is_dir() else []
    if paths.workouts.is_dir():
        found += [entry.workout for entry in workout_library(paths).list() if entry.workout is not None]
    return found


def workout_library(paths: Paths) -> WorkoutLibrary:
    """The walker's own workouts; a new one cannot have the name of a programme's."""
    return WorkoutLibrary(paths.workouts, ProgrammeLibrary(paths.programmes).workouts)


def namesakes(programme: Programme, paths: Paths) -> str:
    """Which of the walker's own workouts a programme's of the same name hide, as one sentence; may be empty."""
    try:
        entries = workout_library(paths).list()
    except LibraryError:  # where workouts are listed, it is reported
        return ""
    hidden = [entry.name for entry in entries if goes_by(entry.name, programme.own) or goes_by(entry.id, programme.own)]
    if not hidden:
        return ""
    names = ", ".join(quoted(name) for name in hidden)
    return f"The programme has workouts with the same name, and they come first: rename yours ({names})."
