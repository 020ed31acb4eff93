"""Export of a session to a file, for all screens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.storage.errors import StorageError

if TYPE_CHECKING:
    from retro_timer.storage.history import History


def export_session(history: History, uuid: str, path: str) -> str:
    """Write a session to a new file, in the format of its suffix. Returns one line about it. Not for the event loop.

    Raises:
        WorkoutError: if it cannot be written; says why.
    """
    from retro_timer.files.atomic import write_atomic
    from retro_timer.formats.registry import write_session

    if not path:
        raise WorkoutError("expected the name of a file such as walk.fit")
    target = Path(path).expanduser()
    if target.exists():
        raise WorkoutError("a file with this name already exists")
    try:
        session = history.session(uuid)
    except StorageError as problem:
        raise WorkoutError(str(problem)) from problem
    if session is None:
        raise WorkoutError("the session no longer exists")
    export = write_session(session, str(target))
    try:
        write_atomic(target, export.data)
    except OSError as error:
        raise WorkoutError(f"it cannot be written: {error.strerror}") from error
    return f"Written to {target.name}. {' '.join(export.notes)}".rstrip()
