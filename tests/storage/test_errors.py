"""Errors of SQLite and of the system become one typed error, with one clause for the walker."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from retro_timer.storage.errors import (
    BusyError,
    DamagedError,
    DiskFullError,
    RefusedError,
    StorageError,
    UnwritableError,
    problem_of,
)

PATH = Path("/data/history.db")


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("SQLITE_FULL", DiskFullError, "the disk is full"),
        ("SQLITE_BUSY", BusyError, "the history /data/history.db is in use by another process"),
        ("SQLITE_BUSY_SNAPSHOT", BusyError, "the history /data/history.db is in use by another process"),
        ("SQLITE_LOCKED_SHAREDCACHE", BusyError, "the history /data/history.db is in use by another process"),
        ("SQLITE_READONLY_DBMOVED", UnwritableError, "the history /data/history.db cannot be opened for writing"),
        ("SQLITE_CANTOPEN_ISDIR", UnwritableError, "the history /data/history.db cannot be opened for writing"),
        ("SQLITE_PERM", UnwritableError, "the history /data/history.db cannot be opened for writing"),
        ("SQLITE_CORRUPT_VTAB", DamagedError, "the history /data/history.db is damaged (why)"),
        ("SQLITE_NOTADB", DamagedError, "the history /data/history.db is damaged (why)"),
        ("SQLITE_ERROR", DamagedError, "the history /data/history.db is damaged (why)"),
        ("SQLITE_IOERR_READ", UnwritableError, "the history /data/history.db cannot be used (why)"),
        ("SQLITE_CONSTRAINT_CHECK", UnwritableError, "the history /data/history.db cannot be used (why)"),
    ],
)
def test_an_error_of_sqlite_is_typed_by_its_code(code: str, kind: type[StorageError], says: str) -> None:
    error = sqlite3.OperationalError("why")
    error.sqlite_errorname = code
    found = problem_of(error, PATH)
    assert (type(found), str(found)) == (kind, says)


def test_an_error_without_a_code_is_damage() -> None:
    found = problem_of(OverflowError("Python int too large\x1b"))
    assert (type(found), str(found)) == (DamagedError, "the history is damaged (Python int too large?)")


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (errno.ENOSPC, DiskFullError, "the disk is full"),
        (errno.EDQUOT, DiskFullError, "the disk is full"),
        (errno.EFBIG, DiskFullError, "the disk is full"),
        (errno.EIO, UnwritableError, "the history /data/history.db cannot be used (some words)"),
    ],
)
def test_an_error_of_the_system_is_typed_by_its_number(code: int, kind: type[StorageError], says: str) -> None:
    found = problem_of(OSError(code, "some words"), PATH)
    assert (type(found), str(found)) == (kind, says)


def test_a_typed_error_stays_as_it_is() -> None:
    error = RefusedError("no")
    assert problem_of(error, PATH) is error
