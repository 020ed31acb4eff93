"""A history database: opening, reading, writing, and typed errors.

A committed write survives the death of the process, because it is in the operating system's cache. It survives a power
cut once a `durable` write has committed. Source: https://www.sqlite.org/pragma.html#pragma_synchronous (WAL mode).
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from retro_timer.storage import schema
from retro_timer.storage.database_file import check_integrity, connect, create_file, planted, sound, typed, write_whole
from retro_timer.storage.errors import DamagedError, MendableError, UnwritableError
from retro_timer.storage.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    Values = Sequence[Any] | Mapping[str, Any]
    """The values for a query's placeholders, by position or by name."""

EXAMINED_AT_ONCE: Final = 500
"""Files with more pages (about 1,500 sessions) are not checked for damage when opened: see `Store.examine`."""


class Database:
    """A connection for use by any thread, one at a time.

    Raises:
        StorageError: if it cannot be opened; `DamagedError` if the history is damaged, `TooNewError` if it was written
            by a newer version. Every method raises it if the file cannot be read or written.
    """

    def __init__(self, path: Path | None, back_up: Callable[[Database, int], object] | None = None) -> None:
        """Open a history and migrate it to the current version; creates a missing file.

        Args:
            path: the file; None for a database in memory.
            back_up: called before the migration of an older file.
        """
        self.path = path
        self.mended = False
        """Whether inconsistent indexes were rebuilt on opening: sessions may have changed."""
        self.examined = path is None
        """Whether the whole file was checked for damage."""
        self._turn = threading.RLock()
        self._durable = False
        with self._typed():
            if path is not None and not path.exists():
                create_file(path)
            if path is not None and (problem := planted(path)):
                raise UnwritableError(problem)
            self.connection = connect(path)
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
        """Whether the open file is still at its path: it may have been moved, replaced or deleted."""
        return self._identity == self._file_identity()

    def read(self, query: str, values: Values = ()) -> list[sqlite3.Row]:
        """Run a query and return its rows."""
        with self._turn, self._typed():
            return self.connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A write transaction.

        Args:
            durable: whether this transaction and all earlier ones must survive a power cut once it commits.
        """
        with self._turn, self._typed():
            self._synchronise(durable=durable)
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def copy_to_file(self, path: Path, known: Sequence[Path] = ()) -> None:
        """Copy a snapshot of everything into a new file, atomically.

        Args:
            path: the new file.
            known: earlier copies; if one of them is identical, no new file is made.

        Raises:
            UnwritableError: if it cannot be written, or exists.
        """
        with self._turn, self._typed():
            write_whole(path, self.connection, known)

    def fill_from(self, path: Path) -> None:
        """Replace the content with that of another file, which is only read.

        Raises:
            DamagedError: if the file is damaged or not a history.
            TooNewError: if it was written by a newer version.
        """
        with self._turn, self._typed(), sound(path) as source:
            source.backup(self.connection)
            schema.migrate(self.connection, lambda _: None)

    def become(self, other: Database) -> None:
        """Replace the content with that of another history of this version, in one durable transaction."""
        with self._turn, self._typed():
            self._synchronise(durable=True)
            other.connection.backup(self.connection)

    def mend(self) -> None:
        """Rebuild all indexes from their tables. The rows must be checked afterwards."""
        with self._turn, self._typed():
            try:
                self.connection.execute("REINDEX")
            except sqlite3.IntegrityError as error:
                raise DamagedError("the history is damaged") from error
        self.examined = self.mended = True

    def close(self) -> None:
        """Close the connection; idempotent."""
        with self._turn, self._typed():
            self.connection.close()

    def _synchronise(self, *, durable: bool) -> None:
        if durable != self._durable:
            self.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    def _open(self, back_up: Callable[[Database, int], object] | None) -> None:
        connection = self.connection
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # a repair must not find deleted data
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA synchronous = NORMAL")
        if self.path is not None:
            schema.check_mark(connection)
        schema.migrate(connection, lambda version: back_up(self, version) if back_up else None)
        if self.path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
        schema.check(connection)
        if not self.examined and connection.execute("PRAGMA page_count").fetchone()[0] <= EXAMINED_AT_ONCE:
            try:
                self.examined = check_integrity(connection)
            except MendableError:
                self.mend()
        # SQLite silently opens a read-only file: try to write, then roll back.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("ROLLBACK")

    def _typed(self) -> AbstractContextManager[None]:
        return typed(self.path)

    def _file_identity(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino
