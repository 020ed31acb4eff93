"""The right to walk: one process at a time, held by a lock of the operating system that dies with the process."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from retro_timer.storage.problems import BusyError, problem_of

LOCK_NAME: Final = "session.lock"
_FAR: Final = 1 << 30
"""The byte that is locked where locked bytes cannot be read: far beyond what is written."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock.

    Attributes:
        pid: its process.
        since: when it took it, by the wall clock.
    """

    pid: int
    since: datetime


class SessionLock:
    """The lock of one data directory.

    A lock file that was left behind is no obstacle: what counts is whether its process lives and holds it.

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
        """Whether this object holds it."""
        return self._file is not None

    def take(self, now: datetime) -> None:
        """Take the lock; taking it again does nothing.

        Args:
            now: the wall clock, for the others to read.

        Raises:
            BusyError: when another process holds it; says which, and since when.
            UnwritableError: when the directory cannot be used.
        """
        if self._file is not None:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise problem_of(error, self.path) from error
        if not _lock(file):
            os.close(file)
            raise BusyError(self._who())
        self._file = file
        try:
            os.ftruncate(file, 0)
            os.write(file, msgspec.json.encode(Owner(os.getpid(), now)))
        except OSError:
            # A full disk: the lock holds all the same, the others only cannot read whose it is.
            return

    def release(self) -> None:
        """Give the lock back; its file stays, for deleting it would open a gap between two others."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def owner(self) -> Owner | None:
        """Who took the lock last, whether or not it is still held; None when that cannot be read."""
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.read(1000), type=Owner)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _who(self) -> str:
        owner = self.owner()
        if owner is None:
            return "a session is running in another window"
        return f"a session is running in another window (process {owner.pid}, since {owner.since:%H:%M})"


if sys.platform == "win32":

    def _lock(file: int) -> bool:
        """Take the lock of an open file, without waiting. Returns whether it was free."""
        import msvcrt  # noqa: PLC0415  (one platform's)

        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:

    def _lock(file: int) -> bool:
        """Take the lock of an open file, without waiting. Returns whether it was free."""
        import fcntl  # noqa: PLC0415  (one platform's)

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
