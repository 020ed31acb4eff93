"""Export a workout or a session to a path that the walker typed, for all screens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from retro_timer.formats.export import ExportError, export_to_file, typed_path
from retro_timer.formats.registry import write_session, write_workout
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.formats.export import Export
    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.history import History


def export_workout(workout: Workout, typed: str) -> str:
    """Write a workout to a new file, in the format of its suffix. Returns one line with the path and the notes.

    Raises:
        UserError: if the file exists, the format is unknown, or it cannot be written.
    """
    path = typed_path(typed, "walk.zwo")
    return _export(path, partial(write_workout, workout, path))


def export_session(history: History, uuid: str, typed: str) -> str:
    """Write a session to a new file, just like a workout. Reads the history, so not for the event loop.

    Raises:
        UserError: as for `export_workout`, or if the session cannot be read.
    """
    path = typed_path(typed, "walk.fit")

    def make() -> Export:
        session = history.session(uuid)
        if session is None:
            raise ExportError("the session no longer exists")
        return write_session(session, path)

    return _export(path, make)


def _export(path: Path, make: Callable[[], Export]) -> str:
    return f"written to {printable_path(path)}{export_to_file(path, make).remarks}"
