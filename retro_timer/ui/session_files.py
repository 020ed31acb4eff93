"""A walked session as a file, from any screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.storage.problems import StorageError

if TYPE_CHECKING:
    from retro_timer.storage.history import History


def export_session(history: History, uuid: str, path: str) -> str:
    """Write a session to a new file; its ending says the format. Returns one line about it. Not for the event loop.

    Raises:
        WorkoutError: says why it cannot be written.
    """
    from retro_timer.formats.registry import write_session  # noqa: PLC0415  (seldom needed)
    from retro_timer.storage.atomic import write_atomic  # noqa: PLC0415  (the same)
    from retro_timer.storage.walked import walked_session  # noqa: PLC0415  (the same)

    if not path:
        raise WorkoutError("say where to: a path that ends in .fit or .tcx")
    target = Path(path).expanduser()
    if target.exists():
        raise WorkoutError("there is a file of that name already")
    try:
        walk = history.walk(uuid)
    except StorageError as problem:
        raise WorkoutError(str(problem)) from problem
    if walk is None:
        raise WorkoutError("the session is not there any more")
    export = write_session(walked_session(walk), str(target))
    try:
        write_atomic(target, export.data)
    except OSError as error:
        raise WorkoutError(f"it cannot be written: {error.strerror}") from error
    return f"Written to {target.name}. {' '.join(export.notes)}".rstrip()
