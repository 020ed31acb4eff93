"""The session lock: an operating-system lock that allows one running session per data directory."""

import errno
import os
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from retro_timer.errors import reason
from retro_timer.files.atomic import open_own
from retro_timer.files.locking import lock_within
from retro_timer.storage.errors import BusyError, NoLockError, problem_of
from retro_timer.structs import from_json
from retro_timer.text import printable

LOCK_NAME: Final = "session.lock"
LOCK_TIMEOUT: Final = 0.3
"""Seconds to wait for the lock: commands and other threads hold it while they look for interrupted sessions."""


class Owner(msgspec.Struct, frozen=True):
    """The owner of the lock.

    Attributes:
        pid: its process id.
        since: when it took the lock, by the wall clock.
    """

    pid: int
    since: datetime


class SessionLock:
    """The session lock of a data directory.

    A leftover lock file is harmless: the lock is released when its process ends.

    Args:
        directory: the data directory.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / LOCK_NAME
        self._file: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def take(self, now: datetime, timeout: float = LOCK_TIMEOUT) -> None:
        """Take the lock; idempotent.

        Args:
            now: the wall clock, written for other processes.
            timeout: seconds to wait for it.

        Raises:
            BusyError: if another process still holds it; says which, and since when.
            NoLockError: if files cannot be locked: sessions can run, but not exclusively.
            UnwritableError: if the directory cannot be used.
        """
        if self._file is not None:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = open_own(self.path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):  # for a link or a pipe
                raise _no_lock("it is a link or a shared file") from error
            raise problem_of(error, self.path) from error
        try:
            self._lock(file, timeout)
        except BaseException:
            os.close(file)
            raise
        self._file = file
        try:
            os.ftruncate(file, 0)
            os.write(file, msgspec.json.encode(Owner(os.getpid(), now)))
        except OSError:
            # A full disk: the lock works, but others cannot read the owner.
            return

    def release(self) -> None:
        """Release the lock; the file stays, since deleting it would cause a race between two other processes."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def owner(self) -> Owner | None:
        """The last owner, whether or not it still holds the lock; None if unreadable."""
        try:
            with os.fdopen(open_own(self.path, os.O_RDONLY), "rb") as file:
                return from_json(file.read(1000), Owner)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _lock(self, file: int, timeout: float) -> None:
        try:
            free = lock_within(file, timeout)
        except OSError as error:
            raise _no_lock(reason(error)) from error
        if not free:
            raise BusyError(self._busy_text())

    def _busy_text(self) -> str:
        owner = self.owner()
        if owner is None:
            return "a session is running in another window"
        return f"a session is running in another window (process {owner.pid}, since {owner.since:%H:%M})"


def _no_lock(reason: str) -> NoLockError:
    return NoLockError(f"a second window could run a session too: {LOCK_NAME} cannot be locked ({printable(reason)})")
