"""Typed errors of the history. Each message is one clause for the walker."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from retro_timer.errors import UserError, reason
from retro_timer.text import printable, printable_path

if TYPE_CHECKING:
    from pathlib import Path


class StorageError(UserError):
    """The history could not be read or written. The message may follow "not saved: " or stand alone."""


class DamagedError(StorageError):
    """The file is damaged, or not a history."""


class MendableError(DamagedError):
    """The pages of the file are intact, but indexes and rows are inconsistent."""


class UnreadableError(StorageError):
    """A single session is invalid; the file and all other sessions are intact."""


class TooNewError(StorageError):
    """The file was written by a newer version."""


class DiskFullError(StorageError):
    """There is no space left."""


class UnwritableError(StorageError):
    """The directory or the file cannot be used."""


class NoLockError(UnwritableError):
    """Files cannot be locked, so two windows could run sessions at the same time."""


class BusyError(StorageError):
    """Another process holds the file, or the session lock."""


class RefusedError(StorageError):
    """Invalid input; nothing was changed."""


_DAMAGED: Final = frozenset({"CORRUPT", "NOTADB", "FORMAT", "TOOBIG", "NOMEM", "MISMATCH", "RANGE", "ERROR", "SCHEMA"})
_UNWRITABLE: Final = frozenset({"READONLY", "CANTOPEN", "PERM", "AUTH", "NOLFS"})


def problem_of(error: Exception, path: Path | None = None) -> StorageError:
    """Convert an error of sqlite3 or the operating system to a typed one."""
    where = "the history" if path is None else f"the history {printable_path(path)}"
    if isinstance(error, StorageError):
        return error
    return _of_system(error, where) if isinstance(error, OSError) else _of_sqlite(error, where)


def _of_sqlite(error: Exception, where: str) -> StorageError:
    # The sqlite3 module itself raises errors without a code, for invalid text or numbers out of range.
    code = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT").split("_")[1]
    if code == "FULL":
        return DiskFullError("the disk is full")
    if code in ("BUSY", "LOCKED"):
        return BusyError(f"{where} is in use by another process")
    if code in _UNWRITABLE:
        return UnwritableError(f"{where} cannot be opened for writing")
    if code in _DAMAGED:
        return DamagedError(f"{where} is damaged ({printable(str(error))})")
    return UnwritableError(f"{where} cannot be used ({printable(str(error))})")


def _of_system(error: OSError, where: str) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError("the disk is full")
    return UnwritableError(f"{where} cannot be used ({reason(error)})")
