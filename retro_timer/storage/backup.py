"""Backup and restore of the history as a single file."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from retro_timer.storage.errors import BusyError, DamagedError, NoLockError, RefusedError, StorageError, TooNewError
from retro_timer.storage.file_quarantine import free_name
from retro_timer.storage.interrupted import QUIET
from retro_timer.storage.memory import copy_in_memory
from retro_timer.storage.transfer import problem_with
from retro_timer.storage.writer import Subject, milliseconds
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.open import HistoryFile
    from retro_timer.storage.session_lock import SessionLock

_INCONSISTENCIES: Final = {
    "PRAGMA foreign_key_check": "parts of it belong to no session",
    """
    SELECT 1 FROM sessions WHERE state NOT IN ('walking', 'interrupted')
        AND id IN (SELECT session FROM journal UNION SELECT session FROM schedules)
    """: "a session that is over is still being written",
}
"""Queries that return rows only if the history is invalid, each with the problem."""


def back_up(history: History, target: Path) -> None:
    """Copy the current history into a new file.

    Raises:
        RefusedError: if the file exists; it is never overwritten.
        StorageError: if the history cannot be read or the file cannot be written.
    """
    if target.exists():
        raise RefusedError(f"{printable_path(target)} already exists")
    history.database.copy_to_file(target)


def restore(file: HistoryFile, source: Path, lock: SessionLock, now: datetime) -> Path | None:
    """Replace the history with a backup; the current history is kept under another name.

    Args:
        file: the history.
        source: the backup.
        lock: the session lock: no session may be running.
        now: the wall clock.

    Returns:
        The new path of the previous history; None if there was none.

    Raises:
        RefusedError: if the backup is invalid; nothing was changed.
        BusyError: if a session is running; nothing was changed.
        StorageError: if the history cannot be written; it was not changed.
    """
    if not source.is_file():
        raise RefusedError(f"there is no file {printable_path(source)}")
    if file.path.exists() and file.path.samefile(source):
        raise RefusedError("this file is the history itself")
    with _checked(source) as backup:
        return _take_over(file, backup, lock, now)


def _take_over(file: HistoryFile, backup: History, lock: SessionLock, now: datetime) -> Path | None:
    guest = not lock.held
    try:
        lock.take(now)
    except NoLockError:
        _refuse_while_written(file, now)
    try:
        return _restore(file, backup, now)
    finally:
        if guest:
            lock.release()


def _refuse_while_written(file: HistoryFile, now: datetime) -> None:
    """Without file locks, a recently written journal shows that a session is running."""
    with suppress(DamagedError), file.connect() as database:
        (last,) = database.read("SELECT max(seen) AS seen FROM journal")
        if isinstance(last["seen"], int) and last["seen"] > milliseconds(now - QUIET):
            raise BusyError("a session seems to be running in another window")


def _checked(source: Path) -> History:
    """Copy a backup into memory and validate every row.

    Raises:
        RefusedError: if a row is invalid.
    """
    try:
        backup = copy_in_memory(source)
    except TooNewError as problem:
        raise RefusedError(str(problem)) from None
    except StorageError as problem:
        raise _refused(source, str(problem)) from None
    found = ""
    try:
        found = _problem_in(backup)
    except StorageError as problem:
        found = str(problem)
    if found:
        backup.close()
        raise _refused(source, found)
    return backup


def _refused(source: Path, problem: str) -> RefusedError:
    return RefusedError(
        f"{printable_path(source)} cannot be restored: {problem}; to add its readable sessions to the history: "
        "retro-timer repair FILE"
    )


def _problem_in(backup: History) -> str:
    """The first problem in a history; empty if there is none."""
    read = backup.database.read
    for query, problem in _INCONSISTENCIES.items():
        if read(query):
            return problem
    before = len(backup.quarantined())
    stopped = (
        Subject(one.start, one.planned, one.away).stored_session(one.record.closed()) for one in backup.interrupted()
    )
    for stored in (*backup.everything(), *stopped):
        if stored.summary.state.is_over and (problem := problem_with(stored, None)):
            return f"the session of {stored.summary.start.started:%Y-%m-%d %H:%M}: {problem}"
    unreadable = backup.quarantined()[before:]
    return str(unreadable[0]) if unreadable else ""


def _restore(file: HistoryFile, backup: History, now: datetime) -> Path | None:
    kept: Path | None = None
    if file.path.exists():
        try:
            with file.connect() as database:
                kept = free_name(file.path, now, "before-restore")
                database.copy_to_file(kept)
        except DamagedError:
            kept = file.set_aside()
    with file.connect() as database:
        database.become(backup.database)
    return kept
