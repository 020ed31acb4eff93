"""A connection to a history: how it is opened, read and written, and every failure as a typed error.

Writes are safe from a killed process at once (they are with the operating system), and from a power cut when they are
made `lasting` or at the next write that is. Source: https://www.sqlite.org/pragma.html#pragma_synchronous (WAL mode).
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Self

from retro_timer.storage import schema
from retro_timer.storage.problems import DamagedError, StorageError, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

WAIT: Final = 2.0
"""Seconds to wait for another process that writes."""
EXAMINED_AT_ONCE: Final = 500
"""A file of more pages, some 1,500 walks, is not looked through for damage when it is opened: see `Keeper.examine`."""

_FAILURES: Final = (sqlite3.Error, OSError, UnicodeDecodeError, OverflowError)


class Database:
    """One connection, usable from any thread, by one at a time.

    Raises:
        StorageError: when it cannot be opened; `DamagedError` when it is not a sound history, `TooNewError` when it is
            a newer one. Every method raises it when the file cannot be read or written.
    """

    def __init__(self, path: Path | None, back_up: Callable[[Database, int], object] | None = None) -> None:
        """Open a history, bringing it to the newest version; it is made when it is not there.

        Args:
            path: the file, or None for one in memory.
            back_up: called before an older file is changed.
        """
        self.path = path
        self.examined = path is None
        """Whether the whole file was looked through for damage."""
        self._turn = threading.RLock()
        self._lasting = False
        with self._typed():
            if path is not None and not path.exists():
                _create(path)
            self.connection = _connect(path)
            try:
                self._open(back_up)
            except BaseException:
                self.connection.close()
                raise
        self._identity = self._file_identity()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_in_place(self) -> bool:
        """Whether the file that is open is the one under its name: it may have been moved or deleted."""
        return self._identity == self._file_identity()

    def read(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self._turn, self._typed():
            return self.connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self, *, lasting: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is written, or nothing.

        Args:
            lasting: whether it must survive a power cut from the moment it is over, and all before it.
        """
        with self._turn, self._typed():
            if lasting != self._lasting:
                self.connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
                self._lasting = lasting
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def copy_to_file(self, path: Path) -> None:
        """Copy everything, as of one moment, into a new file that is complete or not there.

        Raises:
            UnwritableError: when it cannot be written, or there is a file of that name.
        """
        with self._turn, self._typed():
            _write_whole(path, self.connection)

    def fill_from(self, path: Path) -> None:
        """Become, in one transaction, what another file holds; that one is only read.

        Raises:
            DamagedError: when the file is not a sound history.
            TooNewError: when it is one of a newer version.
        """
        with self._turn, self._typed(), _sound(path) as source:
            source.backup(self.connection)
            schema.migrate(self.connection, lambda _: None)

    def close(self) -> None:
        """Close it; closing what is closed does nothing."""
        with self._turn, self._typed():
            self.connection.close()

    def _open(self, back_up: Callable[[Database, int], object] | None) -> None:
        connection = self.connection
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA synchronous = NORMAL")
        if self.path is not None:
            schema.check_mark(connection)
        schema.migrate(connection, lambda version: back_up(self, version) if back_up else None)
        if self.path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
        schema.check(connection)
        if not self.examined and connection.execute("PRAGMA page_count").fetchone()[0] <= EXAMINED_AT_ONCE:
            self.examined = _look_for_damage(connection)
        # SQLite opens a file that may only be read without a word: try to write, and take it back.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")
        connection.execute("ROLLBACK")

    def _typed(self) -> AbstractContextManager[None]:
        return typed(self.path)

    def _file_identity(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            status = self.path.stat()
        except OSError:
            return (0, 0)
        return status.st_dev, status.st_ino


def _connect(path: Path | None, how: str = "mode=rw") -> sqlite3.Connection:
    """A connection to a file that is there: one that vanished is an error, not an empty history."""
    name = ":memory:" if path is None else f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(
        name, timeout=WAIT, isolation_level=None, check_same_thread=False, uri=path is not None
    )
    connection.row_factory = sqlite3.Row
    try:
        schema.version_of(connection)  # it is not opened before it is read
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def typed(path: Path | None = None) -> Iterator[None]:
    """Every failure as a `StorageError`."""
    try:
        yield
    except StorageError:
        raise
    except _FAILURES as error:
        raise problem_of(error, path) from error


@contextmanager
def _sound(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is only read, once it was looked through for damage."""
    with _to_be_read(path) as connection:
        with typed(path):
            _look_for_damage(connection)
        yield connection


@contextmanager
def _to_be_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is only read, and is a history."""
    with typed(path):
        connection = connect_to_read(path)
    try:
        with typed(path):
            schema.check(connection)
        yield connection
    finally:
        connection.close()


def check_file(path: Path, stop: Callable[[], bool] = lambda: False) -> bool:
    """See that a file is a sound history of this version or an older one; it is only read.

    Args:
        path: the file.
        stop: asked again and again whether to leave it at that.

    Returns:
        Whether all of it was looked through.

    Raises:
        DamagedError: when it is none.
        TooNewError: when it is one of a newer version.
        StorageError: when it cannot be read.
    """
    with _to_be_read(path) as connection, typed(path):
        return _look_for_damage(connection, stop)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that does not change the file, nor makes others beside it unless there is a log of changes to read.

    Raises:
        sqlite3.Error: when it cannot be read.
    """
    alone = "mode=ro&immutable=1"  # as it is, whatever may be beside it
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        with suppress(sqlite3.OperationalError):  # a log cannot be read where nothing can be written
            return _connect(path, "mode=ro")
    return _connect(path, alone)


def _create(path: Path) -> None:
    """Make an empty history under its name in one step, so that a file without content is never one half made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    empty = sqlite3.connect(":memory:", isolation_level=None)
    try:
        schema.migrate(empty, lambda _: None)
        with suppress(FileExistsError):  # another process was faster
            _write_whole(path, empty)
    finally:
        empty.close()


def _write_whole(path: Path, source: sqlite3.Connection) -> None:
    """Copy a database into a file that is there whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        target = _connect(fresh)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # a copy of a database in WAL mode is one, too
        finally:
            target.close()
        _put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Give a file its name; raises FileExistsError when it is taken."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "there is a file of that name") from error
        fresh.rename(path)


def _look_for_damage(connection: sqlite3.Connection, stop: Callable[[], bool] = lambda: False) -> bool:
    """Check the whole file, the indexes against the tables too, until that is done or to be stopped.

    Returns:
        Whether all of it was looked through.

    Raises:
        DamagedError: when something is found.
    """
    connection.set_progress_handler(stop, 10_000)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return False
    finally:
        connection.set_progress_handler(None, 0)
    if found != "ok":
        raise DamagedError("the history is damaged")
    return True
