"""A history database's file: connecting to it, creating it, copying it, and checking it for damage."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import stat
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from retro_timer.files.leftovers import temporary
from retro_timer.storage import schema
from retro_timer.storage.errors import DamagedError, MendableError, StorageError, UnwritableError, problem_of
from retro_timer.storage.file_quarantine import COMPANIONS, companion
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

WAIT: Final = 2.0
"""Seconds to wait for another writing process."""
_FINDINGS: Final = 1000
"""Maximum number of findings of an integrity check."""
_IN_ROWS: Final = re.compile(
    r"row \d+ missing from index|wrong # of entries in index|non-unique entry in index|rowid not at end-of-record"
    r"|NULL value in |CHECK constraint failed in |(NUMERIC|TEXT|non-\w+) value in "
)
"""SQLite's findings about rows and indexes, as opposed to pages. Source: https://www.sqlite.org/pragma.html"""
_text: Final = partial(str, encoding="utf-8", errors="surrogateescape")
"""Invalid UTF-8 must not fail the whole query; row validation finds the surrogates."""
_FAILURES: Final = (sqlite3.Error, OSError, UnicodeDecodeError, OverflowError)


def planted(path: Path) -> str:
    """The problem if a database is a pipe, or a companion is not a regular file with a single link; otherwise empty.

    SQLite would block on a pipe.
    """
    if path.is_fifo():
        return f"{printable_path(path)} is not a file"
    for companion_path in (companion(path, suffix) for suffix in COMPANIONS):
        with suppress(FileNotFoundError):
            status = companion_path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
                return f"{printable_path(companion_path)} is not a file of its own"
    return ""


def connect(path: Path | None, how: str = "mode=rw") -> sqlite3.Connection:
    """Connect to an existing file, or to a database in memory. A missing file is an error, not an empty history.

    Raises:
        sqlite3.Error: if it cannot be read.
    """
    name = ":memory:" if path is None else f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(
        name, timeout=WAIT, isolation_level=None, check_same_thread=False, uri=path is not None
    )
    connection.row_factory = sqlite3.Row
    connection.text_factory = _text
    try:
        schema.version_of(connection)  # SQLite opens the file only on the first read
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def typed(path: Path | None = None) -> Iterator[None]:
    """Convert errors to `StorageError`."""
    try:
        yield
    except StorageError:
        raise
    except _FAILURES as error:
        raise problem_of(error, path) from error


@contextmanager
def sound(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a file, after a check for damage."""
    with _to_be_read(path) as connection:
        with typed(path):
            check_integrity(connection)
        yield connection


@contextmanager
def _to_be_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a file that is a history."""
    with typed(path):
        connection = connect_to_read(path)
    try:
        with typed(path):
            schema.check(connection)
        yield connection
    finally:
        connection.close()


def check_file(path: Path, stop: Callable[[], bool] = lambda: False) -> bool:
    """Check that a file is an undamaged history of this or an older version; it is only read.

    Args:
        path: the file.
        stop: polled; returns True to stop early.

    Returns:
        Whether the check was completed.

    Raises:
        DamagedError: if the file is damaged or not a history.
        TooNewError: if it was written by a newer version.
        StorageError: if it cannot be read.
    """
    with _to_be_read(path) as connection, typed(path):
        return check_integrity(connection, stop)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that neither changes the file nor creates other files, unless there is a write-ahead log to read.

    Raises:
        sqlite3.Error: if it cannot be read.
    """
    alone = "mode=ro&immutable=1"  # ignores companion files
    log = path.with_name(f"{path.name}-wal")
    problem = planted(path)
    if problem and path.is_fifo():
        raise UnwritableError(problem)
    if not problem and log.exists() and log.stat().st_size:
        with suppress(sqlite3.OperationalError):  # a log cannot be read in a read-only directory
            return connect(path, "mode=ro")
    return connect(path, alone)


def create_file(path: Path) -> None:
    """Create an empty history atomically, so that no half-created file is ever found."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    empty = sqlite3.connect(":memory:", isolation_level=None)
    try:
        schema.migrate(empty, lambda _: None)
        with suppress(FileExistsError):  # another process was faster
            write_whole(path, empty)
    finally:
        empty.close()


def write_whole(path: Path, source: sqlite3.Connection, known: Sequence[Path] = ()) -> None:
    """Copy a database into a new file atomically, unless it is identical to a known one."""
    from filecmp import cmp

    fresh = temporary(path)
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        target = connect(fresh)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # a copy of a WAL database is in WAL mode too
        finally:
            target.close()
        if not any(cmp(fresh, other, shallow=False) for other in known):
            _put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Rename a file; raises FileExistsError if the name is taken."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "there is a file of that name") from error
        fresh.rename(path)


def check_integrity(connection: sqlite3.Connection, stop: Callable[[], bool] = lambda: False) -> bool:
    """Check the whole file, including indexes against tables, until done or stopped.

    Returns:
        Whether the check was completed.

    Raises:
        DamagedError: if there is damage; a `MendableError` if it concerns only rows and indexes.
    """
    connection.set_progress_handler(stop, 10_000)
    try:
        found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_FINDINGS})")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return False
    finally:
        connection.set_progress_handler(None, 0)
    if found == ["ok"]:
        return True
    mendable = all(_IN_ROWS.match(finding) for finding in found)
    raise (MendableError if mendable else DamagedError)("the history is damaged")
