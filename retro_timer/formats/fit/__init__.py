"""FIT: workouts for a watch, activities for upload. fit-tool is imported on demand: it takes about 50 ms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.formats.format import SessionFormat, WorkoutFormat

if TYPE_CHECKING:
    from retro_timer.formats.export import Export
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession


def _write_workout(workout: Workout) -> Export:
    from retro_timer.formats.fit.workout import write_fit_workout

    return write_fit_workout(workout)


def _write_activity(session: StoredSession) -> Export:
    from retro_timer.formats.fit.activity import write_fit_activity

    return write_fit_activity(session)


FORMATS: Final = (
    WorkoutFormat("fit", (".fit",), "FIT workout for a watch, written only", _write_workout),
    SessionFormat("fit", (".fit",), "FIT activity, for upload", _write_activity),
)
