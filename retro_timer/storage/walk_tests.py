"""The results of the backward walk test in the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from retro_timer.session.history import LONGEST_TRY, SHORTEST_TRY, WalkTest
from retro_timer.storage.errors import UnreadableError
from retro_timer.storage.rows import checked

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from retro_timer.storage.history import History

_FIELDS: Final = ("uuid", "started", "utc_offset", "first", "second")
_INSERT: Final = f"INSERT OR REPLACE INTO walk_tests ({', '.join(_FIELDS)}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608  (names of columns)
_QUERY: Final = f"SELECT {', '.join(_FIELDS)} FROM walk_tests ORDER BY started, id"  # noqa: S608  (names of columns)

_Try = Annotated[int, Meta(ge=SHORTEST_TRY, le=LONGEST_TRY)]


class _Row(Struct, frozen=True):
    """A row of the table."""

    uuid: str
    started: Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_000)]
    utc_offset: Annotated[int, Meta(ge=-86_399, le=86_399)]
    first: _Try
    second: _Try | None


def add_walk_test(history: History, test: WalkTest) -> None:
    """Store a result; replaces one with the same uuid.

    Raises:
        StorageError: if it cannot be written.
    """
    with history.database.writing(durable=True) as connection:
        _write(connection, test)


def walk_tests(history: History) -> tuple[WalkTest, ...]:
    """All results, oldest first; unreadable ones are left out.

    Raises:
        StorageError: if the history cannot be read.
    """
    return _readable(history.database.read(_QUERY))


def restore_walk_tests(history: History, rows: Iterable[dict[str, Any]]) -> None:
    """Add the readable results of a damaged history that are not in the history yet.

    Raises:
        StorageError: if the history cannot be written.
    """
    with history.database.writing(durable=True) as connection:
        write_missing_tests(connection, _readable(rows))


def write_missing_tests(connection: sqlite3.Connection, tests: Iterable[WalkTest]) -> int:
    """Write results that are not in the history yet, within a transaction. Returns how many were added."""
    there = {test.uuid for test in _readable(connection.execute(_QUERY))}
    fresh = [test for test in tests if test.uuid not in there]
    for test in fresh:
        _write(connection, test)
    return len(fresh)


def _write(connection: sqlite3.Connection, test: WalkTest) -> None:
    offset = test.started.utcoffset() or timedelta()
    started = round(test.started.timestamp() * 1000)
    second = test.tries[1] if len(test.tries) > 1 else None
    connection.execute(_INSERT, (test.uuid, started, int(offset.total_seconds()), test.tries[0], second))


def _readable(rows: Iterable[Mapping[str, Any] | sqlite3.Row]) -> tuple[WalkTest, ...]:
    found = (_read(dict(row)) for row in rows)
    return tuple(test for test in found if test is not None)


def _read(row: Mapping[str, Any]) -> WalkTest | None:
    try:
        read = checked({name: row[name] for name in _FIELDS}, _Row)
        zone = timezone(timedelta(seconds=read.utc_offset))
        started = (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=read.started)).astimezone(zone)
    except (UnreadableError, OverflowError):
        return None
    return WalkTest(read.uuid, started, (read.first,) if read.second is None else (read.first, read.second))
