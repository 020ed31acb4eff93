"""Writing sessions to the history: complete ones at once, and the running one incrementally."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.session.history import Feedback, SessionSummary, StoredSession, calendar_day
from retro_timer.session.record import Totals
from retro_timer.storage.rows import PARTS, flat
from retro_timer.storage.schedules import encode_schedule

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.history import Start
    from retro_timer.session.record import Planned, Record
    from retro_timer.storage.database import Database

_FEEDBACK: Final = frozenset(Feedback.__struct_fields__)


class Saved(Struct, frozen=True):
    """The saved state of a session: its key in the database, and its record as written."""

    session: int
    record: Record


class Subject(Struct, frozen=True):
    """The session that a record belongs to.

    Attributes:
        start: its start and id.
        planned: the planned workout.
        away: length of its interruptions that is not part of a pause, in milliseconds (of older versions).
    """

    start: Start
    planned: Planned
    away: int = 0

    def summary(self, record: Record) -> SessionSummary:
        """The summary of the session, as of a record."""
        totals = Totals.of(record, self.planned)
        return SessionSummary(self.start, record.state, self.planned, record.spent, totals, self.away)

    def stored_session(self, record: Record) -> StoredSession:
        """The session with all details, as of a record."""
        parts = (record.intervals, record.pauses, record.edits, record.measures, record.traces)
        return StoredSession(self.summary(record), *parts)


def quoted(names: Iterable[str]) -> str:
    """Quote column names for SQL."""
    return ", ".join(f'"{name}"' for name in names)


def milliseconds(moment: datetime) -> int:
    """Convert a moment to milliseconds since 1970 in UTC."""
    return round(moment.timestamp() * 1000)


def write_session(connection: sqlite3.Connection, stored: StoredSession, *, keep_feedback: bool = False) -> int:
    """Write a complete session within a transaction; replaces one with the same uuid. Returns its key.

    With `keep_feedback`, existing feedback is not changed.
    """
    session = _write_summary(connection, stored.summary, keep_feedback=keep_feedback)
    _delete_parts(connection, session)
    for table in PARTS:
        _write_parts(connection, table, session, getattr(stored, table))
    return session


def write_record(  # noqa: PLR0913  (what, how much of it is there, when, how)
    database: Database, subject: Subject, record: Record, saved: Saved | None, seen: datetime, *, durable: bool = False
) -> Saved:
    """Write the changes in the record of a running or just finished session, in one transaction.

    Args:
        database: the database.
        subject: identifies the session.
        record: the current record.
        saved: the result of the last call on the same database; None for the first.
        seen: the current wall-clock time.
        durable: whether it must survive a power cut; the first and the last write always do.
    """
    turning_point = saved is None or saved.record.state is not record.state
    with database.writing(durable=durable or turning_point) as connection:
        if saved is None or turning_point or len(saved.record.intervals) != len(record.intervals):
            session = _write_summary(connection, subject.summary(record), keep_feedback=True)
        else:
            session = saved.session
        if saved is None:
            _delete_parts(connection, session)
        for table in PARTS:
            parts, before = getattr(record, table), getattr(saved.record, table) if saved else ()
            first = len(before)
            if before and parts[first - 1] != before[-1]:
                first -= 1  # the last written one may have changed
            _write_parts(connection, table, session, parts[first:], first)
        if record.state.is_over:
            close_journal(connection, session)
        else:
            _write_journal(connection, session, record, seen)
            if saved is None or saved.record.schedule is not record.schedule:
                _write_schedule(connection, session, record.schedule)
    return Saved(session, record)


def write_feedback(connection: sqlite3.Connection, uuid: str, changed: Mapping[str, object]) -> None:
    """Write the changed fields of a session's feedback."""
    if changed:
        update = ", ".join(f"{name} = ?" for name in changed)
        query = f"UPDATE sessions SET {update} WHERE uuid = ?"  # noqa: S608  (names of columns)
        connection.execute(query, (*changed.values(), uuid))


def close_journal(connection: sqlite3.Connection, session: int) -> None:
    """Delete the data for resuming a session."""
    connection.execute("DELETE FROM journal WHERE session = ?", (session,))
    connection.execute("DELETE FROM schedules WHERE session = ?", (session,))


def _write_summary(connection: sqlite3.Connection, summary: SessionSummary, *, keep_feedback: bool = False) -> int:
    started = summary.start.started
    offset = started.utcoffset()
    row = flat(summary)
    row["started"] = milliseconds(started)
    row["utc_offset"] = round(offset.total_seconds()) if offset else 0
    row["day"] = calendar_day(started).toordinal()
    kept = _FEEDBACK | {"uuid"} if keep_feedback else {"uuid"}
    update = ", ".join(f"{name} = excluded.{name}" for name in row if name not in kept)
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    # Names of columns only: every value is bound.
    query = f"INSERT INTO sessions ({names}) VALUES ({places}) ON CONFLICT (uuid) DO UPDATE SET {update}"  # noqa: S608
    connection.execute(query, row)
    found = connection.execute("SELECT id FROM sessions WHERE uuid = ?", (summary.uuid,)).fetchone()
    session: int = found[0]
    return session


def _delete_parts(connection: sqlite3.Connection, session: int) -> None:
    for table in PARTS:
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608  (a name from above)


def _write_parts(
    connection: sqlite3.Connection, table: str, session: int, parts: Sequence[object], first: int = 0
) -> None:
    if not parts:
        return
    fields = PARTS[table].__struct_fields__
    names, places = quoted(("session", "ordinal", *fields)), ", ".join("?" * (len(fields) + 2))
    values = attrgetter(*fields)
    rows = [(session, ordinal, *values(part)) for ordinal, part in enumerate(parts, first)]
    # Names of columns only: every value is bound.
    connection.executemany(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def _write_journal(connection: sqlite3.Connection, session: int, record: Record, seen: datetime) -> None:
    spent = record.spent
    connection.execute(
        "INSERT OR REPLACE INTO journal"
        " (session, position, lead_in, walked, held, paused, longest_backward, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session,
            record.position,
            spent.lead_in,
            spent.walked,
            spent.held,
            spent.paused,
            record.longest_backward,
            milliseconds(seen),
        ),
    )


def _write_schedule(connection: sqlite3.Connection, session: int, schedule: Schedule) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO schedules (session, schedule) VALUES (?, ?)", (session, encode_schedule(schedule))
    )
