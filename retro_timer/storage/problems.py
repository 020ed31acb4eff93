"""What can go wrong with the history, each as a typed error whose message is one clause for the walker."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path


class StorageError(Exception):
    """The history could not be read or written. The message reads on after "not saved: " or stands alone."""


class DamagedError(StorageError):
    """The file is not a sound history."""


class TooNewError(StorageError):
    """The file was written by a newer version."""


class DiskFullError(StorageError):
    """There is no space left."""


class UnwritableError(StorageError):
    """The directory or the file cannot be used."""


class BusyError(StorageError):
    """Another process holds the file, or the right to walk."""


class RefusedError(StorageError):
    """Something brought in from outside is not what it should be; nothing was changed."""


_DAMAGED: Final = frozenset({"CORRUPT", "NOTADB", "FORMAT", "TOOBIG", "NOMEM", "MISMATCH", "RANGE", "ERROR", "SCHEMA"})
_UNWRITABLE: Final = frozenset({"READONLY", "CANTOPEN", "PERM", "AUTH", "NOLFS"})


def problem_of(error: Exception, path: Path | None = None) -> StorageError:
    """The typed error for one of sqlite3 or of the operating system."""
    where = "the history" if path is None else f"the history {shown(path)}"
    if isinstance(error, StorageError):
        return error
    return _of_system(error, where) if isinstance(error, OSError) else _of_sqlite(error, where)


def _of_sqlite(error: Exception, where: str) -> StorageError:
    # An error without a code is raised by the sqlite3 module itself: text that is no text, a number out of range.
    code = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT").split("_")[1]
    if code == "FULL":
        return DiskFullError("the disk is full")
    if code in ("BUSY", "LOCKED"):
        return BusyError(f"{where} is in use by another process")
    if code in _UNWRITABLE:
        return UnwritableError(f"{where} cannot be opened for writing")
    if code in _DAMAGED:
        return DamagedError(f"{where} is damaged ({clean(str(error))})")
    return UnwritableError(f"{where} cannot be used ({clean(str(error))})")


def _of_system(error: OSError, where: str) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError("the disk is full")
    return UnwritableError(f"{where} cannot be used ({clean(error.strerror or type(error).__name__)})")


def shown(path: Path) -> str:
    """A path, safe to print."""
    return clean(str(path), longest=200)


def clean(text: str, longest: int = 120) -> str:
    """A piece of text from outside on one line, without anything a terminal would obey."""
    safe = "".join(character if character.isprintable() else "?" for character in text)
    return f"{safe[:longest]}…" if len(safe) > longest else safe
