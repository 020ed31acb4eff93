"""Writing walks into the history: whole ones, and the one being walked bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from retro_timer.session.record import Totals, WalkState
from retro_timer.storage.model import Summary, Walk
from retro_timer.storage.schedules import encode_schedule
from retro_timer.storage.wire import EditData, IntervalData, PauseData, SummaryData, from_walk

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.record import Planned, Record
    from retro_timer.storage.database import Database
    from retro_timer.storage.model import Feedback, Start

COLUMNS: Final = tuple(name for name in SummaryData.__struct_fields__ if name != "started")
"""The columns of the table of sessions that hold what a `SummaryData` holds."""
_FEEDBACK: Final = frozenset({"effort", "stumble", "pain_before", "pain_after", "note", "next_day", "fall"})
PARTS: Final = (
    ("intervals", IntervalData.__struct_fields__),
    ("pauses", PauseData.__struct_fields__),
    ("edits", EditData.__struct_fields__),
)
"""The tables of what happened in a walk, and their columns."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What of a walk is in a database: its key there, and the record as it was written."""

    session: int
    record: Record


@dataclass(frozen=True, slots=True)
class Subject:
    """Which walk a record is of.

    Attributes:
        start: when, and what it is known by.
        planned: what was to be walked.
        away: how long it lay interrupted, in milliseconds.
    """

    start: Start
    planned: Planned
    away: int = 0

    def summary(self, record: Record) -> Summary:
        """The walk as lists show it, as of a record."""
        totals = Totals.of(record, self.planned)
        return Summary(self.start, record.state, self.planned, record.spent, totals, self.away)

    def walk(self, record: Record) -> Walk:
        """The walk with everything in it, as of a record."""
        return Walk(self.summary(record), record.intervals, record.pauses, record.edits)


def quoted(names: Iterable[str]) -> str:
    """Names of columns for SQL."""
    return ", ".join(f'"{name}"' for name in names)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC."""
    return round(moment.timestamp() * 1000)


def write_walk(connection: sqlite3.Connection, walk: Walk, *, keep_feedback: bool = False) -> int:
    """Write a whole walk within a transaction, in place of what is there under its uuid. Returns its key.

    What the walker said about it there stays when `keep_feedback`.
    """
    data = from_walk(walk)
    session = _write_summary(connection, data, keep_feedback=keep_feedback)
    _delete_parts(connection, session)
    for table, _ in PARTS:
        _write_parts(connection, table, session, getattr(data, table))
    return session


def write_record(  # noqa: PLR0913  (what, how much of it is there, when, how)
    database: Database, subject: Subject, record: Record, saved: Saved | None, seen: datetime, *, lasting: bool = False
) -> Saved:
    """Write what is new in the record of the walk that is going on, or has just ended, in one transaction.

    Args:
        database: where to.
        subject: which walk.
        record: as of now.
        saved: what the last call on the same database returned, None for the first.
        seen: the wall clock now.
        lasting: whether it must survive a power cut; the first and the last always do.
    """
    turning_point = saved is None or saved.record.state is not record.state
    with database.writing(lasting=lasting or turning_point) as connection:
        if saved is None or turning_point or len(saved.record.intervals) != len(record.intervals):
            session = _write_summary(connection, from_walk(Walk(subject.summary(record))), keep_feedback=True)
        else:
            session = saved.session
        if saved is None:
            _delete_parts(connection, session)
        for table, _ in PARTS:
            parts, before = getattr(record, table), getattr(saved.record, table) if saved else ()
            first = len(before)
            if before and parts[first - 1] != before[-1]:
                first -= 1  # the last one written has changed since
            _write_parts(connection, table, session, parts[first:], first)
        if record.state is not WalkState.WALKING:
            close_journal(connection, session)
        else:
            _write_journal(connection, session, record, seen)
            if saved is None or saved.record.schedule is not record.schedule:
                _write_schedule(connection, session, record.schedule)
    return Saved(session, record)


def write_feedback(connection: sqlite3.Connection, uuid: str, feedback: Feedback) -> bool:
    """Write what the walker said. Returns whether the walk is there."""
    values = (
        feedback.effort,
        feedback.stumble,
        feedback.pain_before,
        feedback.pain_after,
        feedback.note,
        feedback.next_day,
        feedback.fall,
        uuid,
    )
    changed = connection.execute(
        "UPDATE sessions SET effort = ?, stumble = ?, pain_before = ?, pain_after = ?, note = ?, next_day = ?, fall = ?"
        " WHERE uuid = ?",
        values,
    )
    return changed.rowcount > 0


def close_journal(connection: sqlite3.Connection, session: int) -> None:
    """Forget what a walk could be taken up again from."""
    connection.execute("DELETE FROM journal WHERE session = ?", (session,))
    connection.execute("DELETE FROM schedules WHERE session = ?", (session,))


def _write_summary(connection: sqlite3.Connection, data: SummaryData, *, keep_feedback: bool = False) -> int:
    offset = data.started.utcoffset()
    row: dict[str, Any] = {name: getattr(data, name) for name in COLUMNS}
    row["started"] = milliseconds(data.started)
    row["utc_offset"] = round(offset.total_seconds()) if offset else 0
    row["day"] = data.started.date().toordinal()
    kept = _FEEDBACK | {"uuid"} if keep_feedback else {"uuid"}
    update = ", ".join(f"{name} = excluded.{name}" for name in row if name not in kept)
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    # Names of columns only: every value is bound.
    query = f"INSERT INTO sessions ({names}) VALUES ({places}) ON CONFLICT (uuid) DO UPDATE SET {update}"  # noqa: S608
    connection.execute(query, row)
    found = connection.execute("SELECT id FROM sessions WHERE uuid = ?", (data.uuid,)).fetchone()
    session: int = found[0]
    return session


def _delete_parts(connection: sqlite3.Connection, session: int) -> None:
    for table, _ in PARTS:
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608  (a name from above)


def _write_parts(
    connection: sqlite3.Connection, table: str, session: int, parts: Sequence[object], first: int = 0
) -> None:
    if not parts:
        return
    fields = dict(PARTS)[table]
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
