"""Interrupted sessions, told apart from running ones by the session lock.

Without file locks, they are told apart by the time since they were last written.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from retro_timer.storage.errors import BusyError, DiskFullError, RefusedError, UnwritableError
from retro_timer.storage.session_lock import LOCK_TIMEOUT, SessionLock

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from retro_timer.session.history import InterruptedSession
    from retro_timer.storage.history import History

QUIET: Final = timedelta(seconds=60)
"""Without file locks, a session not written for this long counts as interrupted."""


def mark_interrupted(history: History, directory: Path, now: datetime) -> None:
    """Mark interrupted sessions, unless a session is running, since its journal marks them.

    Args:
        history: the history.
        directory: the data directory.
        now: the wall clock.
    """
    with SessionLock(directory) as lock:
        try:
            quiet_since = _exclude(lock, now, timeout=0.0)
        except BusyError:
            return
        history.mark_interrupted(history.interrupted(quiet_since))


def find_interrupted(history: History, directory: Path, now: datetime) -> tuple[InterruptedSession, ...]:
    """The interrupted sessions, oldest first.

    Raises:
        BusyError: if a session is running in another window, because it cannot be told apart from an interrupted one.
        StorageError: if the history cannot be read.
    """
    with SessionLock(directory) as lock:
        quiet_since = _exclude(lock, now)
        found = history.interrupted(quiet_since)
    if quiet_since is not None and not found and history.unfinished():
        raise BusyError(
            f"a session may be running in another window: where files cannot be locked, it counts as interrupted "
            f"{QUIET.seconds} s after it was last written"
        )
    return found


def current_state(
    session: InterruptedSession, history: History, lock: SessionLock, now: datetime
) -> InterruptedSession:
    """The current state of an interrupted session, while `lock` protects it from other windows.

    Raises:
        BusyError: if a session is running.
        RefusedError: if it was resumed, kept or discarded in another window.
    """
    for current in history.interrupted(_exclude(lock, now)):
        if current.start.uuid == session.start.uuid and current.seen == session.seen:
            return current
    raise RefusedError("this session was resumed, kept or discarded in another window")


def _exclude(lock: SessionLock, now: datetime, timeout: float = LOCK_TIMEOUT) -> datetime | None:
    """Make sure that no session is running while `lock` is held.

    Args:
        lock: the session lock, which this takes.
        now: the wall clock.
        timeout: seconds to wait for the lock.

    Returns:
        None if the lock guarantees it; without file locks, a moment: sessions written after it may be running.

    Raises:
        BusyError: if a session is running.
    """
    try:
        lock.take(now, timeout)
    except (UnwritableError, DiskFullError):
        return now - QUIET
    return None
