"""Reading files that others may have made: regular files only, up to a limit."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class NotRegularError(OSError):
    """A path leads to a directory, a pipe or a device. The error's reason is a clause for the walker."""


def read_regular(path: Path, limit: int) -> bytes:
    """Up to `limit` + 1 bytes of a regular file: if there are more than `limit`, it is too large.

    The type is checked before reading, so that a pipe, a device or a huge file never blocks.

    Raises:
        NotRegularError: if it is not a regular file.
        OSError: if it cannot be read.
        ValueError: if the path contains a NUL.
    """
    _check(path.stat())
    # Open without blocking, then check again: a pipe may have replaced the file in the meantime.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _check(os.fstat(file.fileno()))
        return file.read(limit + 1)


def _check(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise NotRegularError(errno.EISDIR, "this is a directory, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError(errno.EINVAL, "this is not a regular file")
