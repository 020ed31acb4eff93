"""Operating-system locks on open files. They die with their process, so that none is ever left behind."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT_S: Final = 5.0
"""Seconds to wait for another process that changes files; one that takes longer is probably stopped."""
_TRY_AGAIN_S: Final = 0.01
_FAR: Final = 1 << 30
"""The locked byte on systems where locked bytes are unreadable: far beyond the content."""
_threads: Final = Lock()


@contextmanager
def changing_in(directory: Path, timeout: float = TIMEOUT_S) -> Iterator[None]:
    """Keep other threads and processes of this program from changing files in a directory at the same time.

    The directory itself is locked, so that no lock file appears among the walker's own. Where it cannot be locked, or
    somebody holds the lock for too long, the block runs nevertheless: it has to notice by itself that a file changed,
    as it must for editors, which take no locks. Not reentrant.

    Args:
        directory: the directory.
        timeout: seconds to wait for the lock.
    """
    with _threads, ExitStack() as stack:
        with suppress(OSError):
            file = _open_to_lock(directory)
            stack.callback(os.close, file)
            lock_within(file, timeout)
        yield


def lock_within(file: int, seconds: float) -> bool:
    """Lock an open file; returns whether it became free in time. Closing the file releases the lock.

    Raises:
        OSError: if files cannot be locked.
    """
    until = time.monotonic() + seconds
    while not _lock(file):
        if time.monotonic() >= until:
            return False
        time.sleep(_TRY_AGAIN_S)
    return True


if sys.platform == "win32":

    def _open_to_lock(directory: Path) -> int:
        """Open a file in the directory to be locked instead of it, because Windows cannot open directories.

        Raises:
            OSError: if it cannot be opened.
        """
        return os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)

    def _lock(file: int) -> bool:
        """Try to lock an open file without blocking. Returns whether it was free.

        Raises:
            OSError: if files cannot be locked.
        """
        import msvcrt

        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:  # raised by Windows if the lock is held
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:

    def _open_to_lock(directory: Path) -> int:
        """Open the directory to be locked.

        Raises:
            OSError: if it cannot be opened.
        """
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY)

    def _lock(file: int) -> bool:
        """Try to lock an open file without blocking. Returns whether it was free.

        Raises:
            OSError: if files cannot be locked.
        """
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # EWOULDBLOCK and EAGAIN, nothing else
            return False
        return True
