"""Conversion of database rows to sessions: summaries, whole sessions, and interrupted sessions."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from retro_timer.session.bounds import Ms  # noqa: TC001  (msgspec reads the annotation)
from retro_timer.session.history import InterruptedSession, SessionSummary, StoredSession, calendar_day
from retro_timer.session.record import EditRecord, IntervalRecord, PauseRecord, Record
from retro_timer.session.spent import Spent
from retro_timer.session.trace import IntervalMeasures, TraceChunk
from retro_timer.storage.errors import UnreadableError
from retro_timer.storage.rows import COLUMNS, PARTS, checked, nested
from retro_timer.storage.schedules import decode_schedule
from retro_timer.storage.writer import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    Read = Callable[[str, Sequence[Any]], list[sqlite3.Row]]
    Parts = tuple[
        tuple[IntervalRecord, ...], tuple[PauseRecord, ...], tuple[EditRecord, ...],
        tuple[IntervalMeasures, ...], tuple[TraceChunk, ...],
    ]  # fmt: skip


class _JournalRow(Struct, frozen=True):
    """The state of a session when it was last written; `seen` is that moment, in milliseconds since 1970 in UTC."""

    position: Ms
    longest_backward: Ms
    seen: Annotated[int, Meta(ge=0, le=253_402_300_799_000)]  # to the end of the year 9999
    spent: Spent


FIELDS: Final = ", ".join(f"s.{name}" for name in ("id", *COLUMNS, "utc_offset", "day"))
"""The columns that `summary_of` needs; the query must call the table of sessions `s`."""
_JOURNAL_COLUMNS: Final = ("position", "longest_backward", "seen", *Spent.__struct_fields__)
_JOURNAL: Final = ", ".join(f"j.{name} AS j_{name}" for name in _JOURNAL_COLUMNS)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
KEY_QUERY: Final = f"SELECT {FIELDS} FROM sessions AS s WHERE s.id = ?"  # noqa: S608  (names of columns)
PART_QUERIES: Final = {
    table: f"SELECT {quoted(kind.__struct_fields__)} FROM {table} WHERE session = ? ORDER BY ordinal"  # noqa: S608
    for table, kind in PARTS.items()
}
JOURNAL_QUERY: Final = f"""
    SELECT {FIELDS}, {_JOURNAL}, c.schedule
    FROM sessions AS s LEFT JOIN journal AS j ON j.session = s.id LEFT JOIN schedules AS c ON c.session = s.id
    WHERE s.id IN (SELECT session FROM journal UNION ALL SELECT id FROM sessions WHERE state = 'walking')
"""  # noqa: S608  (names of columns)


def stored_session_of(read: Read, session: int) -> StoredSession | None:
    """A session by its key; None if it is missing.

    Raises:
        UnreadableError: if it is invalid.
    """
    rows = read(KEY_QUERY, (session,))
    return StoredSession(summary_of(rows[0]), *_parts(read, session)) if rows else None


def _parts(read: Read, session: int) -> Parts:
    return parts_of({table: [dict(row) for row in read(query, (session,))] for table, query in PART_QUERIES.items()})


def parts_of(rows: Mapping[str, Sequence[dict[str, Any]]]) -> Parts:
    """Convert the rows of a session's parts.

    Raises:
        UnreadableError: if a row is invalid.
    """
    return (
        tuple(checked(row, IntervalRecord) for row in rows["intervals"]),
        tuple(checked(row, PauseRecord) for row in rows["pauses"]),
        tuple(checked(row, EditRecord) for row in rows["edits"]),
        tuple(checked(row, IntervalMeasures) for row in rows["measures"]),
        tuple(checked(row, TraceChunk) for row in rows["traces"]),
    )


def summary_of(row: Mapping[str, Any] | sqlite3.Row) -> SessionSummary:
    """Convert the row of a session to a summary.

    Raises:
        UnreadableError: if it is invalid.
    """
    fields = {name: row[name] for name in COLUMNS}
    started = fields["started"] = moment_of(row["started"], row["utc_offset"])
    if row["day"] != calendar_day(started).toordinal():
        raise UnreadableError("its day is not the one on which it began")
    for name in ("stumble", "fall"):
        if fields[name] in (0, 1):
            fields[name] = bool(fields[name])  # SQLite stores booleans as 1 and 0
    return checked(nested(fields), SessionSummary)


def moment_of(since_1970: object, utc_offset: object) -> datetime:
    """Convert milliseconds since 1970 and an offset from UTC in seconds to a moment.

    Raises:
        UnreadableError: if it is invalid.
    """
    if isinstance(since_1970, int) and isinstance(utc_offset, int):
        with suppress(ValueError, OverflowError):
            zone = timezone(timedelta(seconds=utc_offset))
            return (_EPOCH + timedelta(milliseconds=since_1970)).astimezone(zone)
    raise UnreadableError("its start is not a moment")


def interrupted_of(row: sqlite3.Row, read: Read) -> InterruptedSession:
    """Convert a row of `JOURNAL_QUERY`, and read the session's parts.

    Raises:
        UnreadableError: if it is invalid.
    """
    parts = _parts(read, row["id"])
    summary = summary_of(row)
    columns = {name: row[f"j_{name}"] for name in _JOURNAL_COLUMNS}
    journal = checked(columns | {"spent": columns}, _JournalRow)
    if not isinstance(row["schedule"], bytes):
        raise UnreadableError("it has no schedule")
    return InterruptedSession(
        start=summary.start,
        planned=summary.planned,
        record=Record(
            summary.state,
            decode_schedule(row["schedule"]),
            journal.position,
            journal.spent,
            *parts,
            longest_backward=journal.longest_backward,
        ),
        seen=moment_of(journal.seen, row["utc_offset"]),
        away=summary.away,
    )
