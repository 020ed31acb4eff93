"""Atomic writing of files, safe against links and pipes planted by other users."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from retro_timer.files.leftovers import clear_leftovers, temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MOST_LINKS: Final = 40
"""The same limit as in Linux."""


def write_atomic(path: Path, data: bytes, check: Callable[[], object] | None = None) -> None:
    """Replace a file atomically; the new file is readable only by its owner.

    The data are on disk before the rename. A link made by the user is followed, so that settings kept elsewhere, such
    as in a dotfiles directory, stay there. The directory must exist.

    Args:
        path: the file.
        data: its new content.
        check: called immediately before the rename; an error that it raises leaves the file as it is.

    Raises:
        OSError: if the file cannot be written, or the path is another user's link or does not lead to a regular file;
            the existing file is then untouched.
    """
    target = followed(path)
    with _written(target, data) as fresh:
        if check is not None:
            check()
        fresh.replace(target)
    _sync_directory(target.parent)


def create_atomic(path: Path, data: bytes) -> None:
    """Write a new file atomically, readable only by its owner: nobody sees it empty or in part.

    The data are on disk before the file has its name. The directory must exist.

    Raises:
        FileExistsError: if something has the name already.
        OSError: if the file cannot be written; there is none then.
    """
    with _written(path, data) as fresh:
        move_to_free(fresh, path)


def move_to_free(source: Path, path: Path) -> None:
    """Give a file a new name in its directory that nothing has yet.

    If the process is killed meanwhile, the file may have both names.

    Raises:
        FileExistsError: if something has the name already.
        OSError: if it cannot be renamed; it has its old name then.
    """
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of a USB stick: an empty file reserves the name
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with _removed_after_an_error(path):
            source.replace(path)
    else:
        with _removed_after_an_error(path):
            source.unlink()
    _sync_directory(path.parent)


def followed(path: Path) -> Path:
    """The file that a path leads to, following only links that belong to the user or the system.

    Raises:
        OSError: if it is another user's link, or does not lead to a regular file; a missing file is none.
    """
    for _ in range(_MOST_LINKS):
        try:
            status = path.lstat()
        except FileNotFoundError:
            return path
        if not stat.S_ISLNK(status.st_mode):
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "it is not a file")
            return path
        if sys.platform != "win32" and status.st_uid not in (0, os.geteuid()):
            raise OSError(errno.ELOOP, "it is a link that somebody else made")
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def open_own(path: Path, flags: int) -> int:
    """Open one of the program's own files, whose name others can guess; a new one is readable only by its owner.

    Raises:
        OSError: if it cannot be opened, or is a link, a hard link, a pipe or anything else that may be planted.
    """
    safe = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags | safe, 0o600)
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(file)
        raise OSError(errno.ELOOP, "it is not a file of its own")
    return file


@contextmanager
def _written(target: Path, data: bytes) -> Iterator[Path]:
    """Write data to disk under a temporary name next to a file; the name is removed at the end."""
    clear_leftovers(target.parent, target.name)
    fresh = temporary(target)
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        with suppress(OSError):
            fresh.unlink()


@contextmanager
def _removed_after_an_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _sync_directory(directory: Path) -> None:
    """Sync the directory entry to disk; some systems and file systems cannot."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
