"""Changing a file that others may change at the same time: nothing that they wrote is lost."""

from __future__ import annotations

import errno
from functools import partial
from typing import TYPE_CHECKING, Final

from retro_timer.files.atomic import followed, write_atomic
from retro_timer.files.bounded import read_regular
from retro_timer.files.locking import changing_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRIES: Final = 5


class KeepsChangingError(OSError):
    """Somebody changed the file each time it was about to be written."""


class _ChangedError(Exception):
    """The file is not the one that was read."""


def change_file(path: Path, change: Callable[[bytes | None], bytes | None], limit: int) -> None:
    """Read a file, and replace it with what `change` makes of it.

    Our own processes and threads take turns. If another program writes the file meanwhile, `change` is called again
    with what it wrote. A link is followed, as by `write_atomic`.

    Args:
        path: the file; its directory must exist if anything is to be written.
        change: makes the new content from the old one, or returns None to leave the file as it is. The old one is None
            if there is no file.
        limit: the size limit in bytes.

    Raises:
        KeepsChangingError: if others kept writing it.
        OSError: if it is larger than `limit`, or cannot be read or written; the file is then untouched. So it is if
            `change` raises an error.
    """
    with changing_in(followed(path).parent):
        for _ in range(TRIES):
            before = _read(path, limit)
            after = change(before)
            if after is None:
                return
            try:
                write_atomic(path, after, partial(_check, path, before, limit))
            except _ChangedError:
                continue
            return
    raise KeepsChangingError(errno.EBUSY, "another program keeps changing it")


def _check(path: Path, expected: bytes | None, limit: int) -> None:
    if _read(path, limit) != expected:
        raise _ChangedError


def _read(path: Path, limit: int) -> bytes | None:
    try:
        data = read_regular(path, limit)
    except FileNotFoundError:
        return None
    if len(data) > limit:
        raise OSError(errno.EFBIG, "it is too large")
    return data
