"""Backups of the history: one whole file, made and taken back in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.storage.damage import free_name
from retro_timer.storage.database import check_file
from retro_timer.storage.problems import DamagedError, RefusedError, StorageError, shown

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.lock import SessionLock
    from retro_timer.storage.opening import HistoryFile


def back_up(history: History, target: Path) -> None:
    """Copy the history, as of this moment, into a new file.

    Raises:
        RefusedError: when there is a file of that name; it is never overwritten.
        StorageError: when the history cannot be read or the file cannot be written.
    """
    if target.exists():
        raise RefusedError(f"there is a file {shown(target)} already")
    history.database.copy_to_file(target)


def restore(file: HistoryFile, source: Path, lock: SessionLock, now: datetime) -> Path | None:
    """Take a backup back, in place of the history as it is, which is kept under another name.

    Args:
        file: the history.
        source: the backup.
        lock: the right to walk: nobody may be walking meanwhile.
        now: the wall clock.

    Returns:
        Where the history as it was is now; None when there was none.

    Raises:
        RefusedError: when the backup cannot be used; nothing was changed.
        BusyError: when somebody is walking; nothing was changed.
        StorageError: when the history cannot be written; it is as it was.
    """
    if not source.is_file():
        raise RefusedError(f"there is no file {shown(source)}")
    if file.path.exists() and file.path.samefile(source):
        raise RefusedError("this file is the history itself")
    try:
        check_file(source)
    except StorageError as problem:
        raise RefusedError(str(problem)) from None
    guest = not lock.held
    lock.take(now)
    try:
        return _restore(file, source, now)
    finally:
        if guest:
            lock.release()


def _restore(file: HistoryFile, source: Path, now: datetime) -> Path | None:
    kept: Path | None = None
    if file.path.exists():
        try:
            with file.connect() as database:
                kept = free_name(file.path, now, "before-restore")
                database.copy_to_file(kept)
        except DamagedError:
            kept = file.set_aside()
    with file.connect() as database:
        database.fill_from(source)
    return kept
