"""The version of a history file: migrating it, and checking that it has the tables of its version."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.storage.errors import DamagedError, TooNewError
from retro_timer.storage.migrations import MIGRATIONS, TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

APPLICATION_ID: Final = int.from_bytes(b"RtTm")
"""Marks a SQLite file as a history of this program (https://www.sqlite.org/pragma.html#pragma_application_id)."""


class Shape(NamedTuple):
    """The shape of a table's records.

    Attributes:
        rowid: whether its rows have a rowid.
        columns: number of columns.
    """

    rowid: bool
    columns: int


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the schema; 0 for an empty file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection, back_up: Callable[[int], object]) -> None:
    """Migrate a file to the current version, in one transaction.

    Args:
        connection: a connection outside a transaction.
        back_up: called with the version before the migration, unless the file is empty.

    Raises:
        TooNewError: if the file is newer than this program.
        sqlite3.Error: if it cannot be written; the file is not changed.
    """
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise too_new(version)
    if version == len(MIGRATIONS):
        return
    if version:
        back_up(version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated it in the meantime.
        _execute(connection, chain.from_iterable(MIGRATIONS[version_of(connection) :]))
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check_mark(connection: sqlite3.Connection) -> None:
    """Check that a file is a history, of any version.

    Raises:
        DamagedError: if it is not.
    """
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id != APPLICATION_ID or version_of(connection) < 1:
        raise DamagedError("the file is not a history of Retro Timer")


def check(connection: sqlite3.Connection) -> None:
    """Check that a file has exactly the tables and indexes of its version.

    Raises:
        DamagedError: if it does not.
        TooNewError: if its version is unknown.
    """
    check_mark(connection)
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise too_new(version)
    if _objects(connection) != _expected(version):
        raise DamagedError("the tables of the history are not as they should be")


def too_new(version: int) -> TooNewError:
    """The error for a file of an unknown version."""
    return TooNewError(
        f"the history was written by a newer Retro Timer (version {version} of its tables, this one knows "
        f"{len(MIGRATIONS)}): update to open it"
    )


@cache
def shapes() -> dict[Shape, tuple[str, list[tuple[str, bool]]]]:
    """A mapping from record shapes to tables and their columns; each column with whether it contains real numbers.

    Includes the shapes of older versions, because a damaged file may never have been migrated.
    """
    import sqlite3

    found: dict[Shape, tuple[str, list[tuple[str, bool]]]] = {}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statements in MIGRATIONS:
            _execute(connection, statements)
            tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
            for table, sql in tables:
                if table in TABLES:
                    rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
                    columns = [(name, kind == "REAL") for name, kind in rows]
                    found[Shape("WITHOUT ROWID" not in sql, len(rows))] = (table, columns)
    return found


def _objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    # SQLite itself creates sqlite_stat1 and similar tables.
    rows = connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
    )
    return frozenset(tuple(row) for row in rows)


@cache
def _expected(version: int) -> frozenset[tuple[str, str, str]]:
    import sqlite3

    with closing(sqlite3.connect(":memory:")) as connection:
        _execute(connection, chain.from_iterable(MIGRATIONS[:version]))
        return _objects(connection)


def _execute(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)
