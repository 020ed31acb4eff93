"""The history: every walk, read and changed; the screens, the plan and the commands use nothing below it.

Every method raises a `StorageError` with one clause for the walker when the file cannot be used. After a
`DamagedError`, open the history again (`storage.opening.HistoryFile.reopen`): that sets the file aside.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final, Self

from retro_timer.session.engine import Spent
from retro_timer.session.record import Record, WalkState
from retro_timer.storage.model import Bests, Interrupted, Period, Walk, WeekStart
from retro_timer.storage.problems import BusyError, DamagedError
from retro_timer.storage.schedules import decode_schedule
from retro_timer.storage.wire import (
    EditData,
    IntervalData,
    JournalData,
    PauseData,
    SummaryData,
    check_note,
    checked,
    to_edit,
    to_interval,
    to_pause,
    to_summary,
)
from retro_timer.storage.writer import COLUMNS, PARTS, Subject, close_journal, quoted, write_feedback, write_walk

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from retro_timer.session.record import EditMade, PauseTaken, WalkedInterval
    from retro_timer.storage.database import Database
    from retro_timer.storage.model import Feedback, Summary

    Read = Callable[[str, Sequence[Any]], list[sqlite3.Row]]
    Parts = tuple[tuple[WalkedInterval, ...], tuple[PauseTaken, ...], tuple[EditMade, ...]]

PAGE: Final = 50
_FIELDS: Final = ", ".join(f"s.{name}" for name in (*COLUMNS, "started", "utc_offset", "day"))
_JOURNAL: Final = ", ".join(f"j.{name} AS j_{name}" for name in JournalData.__struct_fields__)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()

# The conditions repeat what the index holds, so that no row is read that is not shown.
PAGE_QUERY: Final = f"""
    SELECT {_FIELDS} FROM sessions AS s
    WHERE s.day BETWEEN ? AND ? AND (s.day, s.started, s.id) < (?, ?, ?) AND s.state <> 'walking'
    ORDER BY s.day DESC, s.started DESC, s.id DESC LIMIT ?
"""  # noqa: S608  (names of columns)
CURSOR_QUERY: Final = "SELECT day, started, id FROM sessions WHERE uuid = ?"
DAYS_QUERY: Final = """
    SELECT day, count(*), sum(walked), sum(backward), sum(forward), sum(turn), max(longest_backward)
    FROM sessions WHERE day BETWEEN ? AND ? AND state <> 'walking' GROUP BY day ORDER BY day
"""
_WEEK: Final = {WeekStart.MONDAY: "(day - 1) / 7", WeekStart.SUNDAY: "day / 7"}
WEEKS_QUERIES: Final = {
    starts: f"""
    SELECT {week}, count(*), sum(walked), sum(backward), sum(forward), sum(turn), max(longest_backward)
    FROM sessions WHERE {week} BETWEEN ? AND ? AND day BETWEEN ? AND ? AND state <> 'walking'
    GROUP BY {week} ORDER BY {week}
    """  # noqa: S608  (an expression from above)
    for starts, week in _WEEK.items()
}
KEY_QUERY: Final = f"SELECT {_FIELDS} FROM sessions AS s WHERE s.id = ?"  # noqa: S608  (names of columns)
BEST_QUERIES: Final = tuple(
    f"SELECT {_FIELDS} FROM sessions AS s WHERE s.{column} > 0 AND s.state <> 'walking'"  # noqa: S608  (two columns)
    f" ORDER BY s.{column} DESC, s.started LIMIT 1"
    for column in ("longest_backward", "backward")
)
PART_QUERIES: Final = {
    table: f"SELECT {quoted(fields)} FROM {table} WHERE session = ? ORDER BY ordinal"  # noqa: S608  (names of columns)
    for table, fields in PARTS
}
JOURNAL_QUERY: Final = f"""
    SELECT {_FIELDS}, {_JOURNAL}, j.session, c.schedule
    FROM journal AS j JOIN sessions AS s ON s.id = j.session LEFT JOIN schedules AS c ON c.session = j.session
"""  # noqa: S608  (names of columns)


class History:
    """Every walk that was kept.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def in_memory(self) -> bool:
        """Whether it is gone when the program ends."""
        return self.database.path is None

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def page(
        self, *, limit: int = PAGE, after: str | None = None, since: date | None = None, until: date | None = None
    ) -> tuple[Summary, ...]:
        """Walks, newest first; the one going on is left out.

        Args:
            limit: how many at most.
            after: the uuid of the last one of the page before, None for the first page.
            since: the first local date.
            until: the last local date.
        """
        first, last = _days(since, until)
        cursor: tuple[Any, ...] = (_LAST_DAY + 1, 0, 0)
        if after is not None:
            found = self.database.read(CURSOR_QUERY, (after,))
            if not found:
                return ()
            cursor = tuple(found[0])
        # The day of the cursor bounds the search too, or it would begin at the newest.
        rows = self.database.read(PAGE_QUERY, (first, min(last, cursor[0]), *cursor, limit))
        return tuple(_summary(row) for row in rows)

    def everything(self, *, since: date | None = None, until: date | None = None) -> Iterator[Walk]:
        """Every walk with its intervals, newest first, read page by page."""
        after: str | None = None
        while page := self.page(after=after, since=since, until=until):
            for summary in page:
                if walk := self.walk(summary.uuid):
                    yield walk
            after = page[-1].uuid

    def walk(self, uuid: str) -> Walk | None:
        """One walk with its intervals, pauses and edits; None when it is not there."""
        rows = self.database.read(CURSOR_QUERY, (uuid,))
        return walk_of(self.database.read, rows[0]["id"]) if rows else None

    def days(self, *, since: date | None = None, until: date | None = None) -> tuple[Period, ...]:
        """What each day adds up to on which somebody walked, in order. A streak is counted from these."""
        rows = self.database.read(DAYS_QUERY, _days(since, until))
        return tuple(_period(row, row[0]) for row in rows)

    def weeks(
        self, *, since: date | None = None, until: date | None = None, starts: WeekStart = WeekStart.MONDAY
    ) -> tuple[Period, ...]:
        """What each week adds up to in which somebody walked, in order, by the local dates of the walks."""
        shift = 1 if starts is WeekStart.MONDAY else 0  # the day that begins the first whole week
        first, last = _days(since, until)
        weeks = (first - shift) // 7, (last - shift) // 7
        rows = self.database.read(WEEKS_QUERIES[starts], (*weeks, first, last))
        return tuple(_period(row, row[0] * 7 + shift) for row in rows)

    def bests(self) -> Bests:
        """The walks with the longest stretch backward and with the most backward in all."""
        found = [self.database.read(query) for query in BEST_QUERIES]
        return Bests(*(_summary(rows[0]) if rows else None for rows in found))

    def add(self, walk: Walk) -> None:
        """Keep a whole walk, in place of one with the same uuid."""
        with self.database.writing(lasting=True) as connection:
            write_walk(connection, walk)

    def give_feedback(self, uuid: str, feedback: Feedback) -> bool:
        """Keep what the walker said, in place of what was said before. Returns whether the walk is there.

        Raises:
            RefusedError: when the note cannot be kept; says why.
        """
        check_note(feedback.note)
        with self.database.writing(lasting=True) as connection:
            return write_feedback(connection, uuid, feedback)

    def delete(self, uuid: str) -> bool:
        """Delete one walk. Returns whether it was there.

        Raises:
            BusyError: when it is being walked.
        """
        with self.database.writing(lasting=True) as connection:
            found = connection.execute("SELECT id, state FROM sessions WHERE uuid = ?", (uuid,)).fetchone()
            if found is None:
                return False
            if found["state"] == WalkState.WALKING:
                raise BusyError("this session is being walked right now")
            connection.execute("DELETE FROM sessions WHERE id = ?", (found["id"],))
        return True

    def interrupted(self) -> tuple[Interrupted, ...]:
        """The walks whose program died, oldest first. Ask only while holding the `SessionLock`.

        They are counted as they stand until they are taken up again (with a `Journal`), kept or discarded.
        """
        read = self.database.read
        found = [_interrupted(row, _parts(read, row["session"])) for row in read(JOURNAL_QUERY)]
        for walk in found:
            if walk.record.state is WalkState.WALKING:
                self._settle(walk, WalkState.INTERRUPTED)
        return tuple(sorted(found, key=lambda walk: walk.start.started))

    def keep(self, walk: Interrupted) -> None:
        """Keep an interrupted walk as one that was ended early where it stood."""
        self._settle(walk, WalkState.ENDED_EARLY)

    def discard(self, walk: Interrupted) -> None:
        """Delete an interrupted walk."""
        with self.database.writing(lasting=True) as connection:
            connection.execute("DELETE FROM sessions WHERE uuid = ?", (walk.start.uuid,))

    def _settle(self, walk: Interrupted, state: WalkState) -> None:
        record = walk.record.closed() if state.is_over else replace(walk.record, state=state)
        settled = Subject(walk.start, walk.planned, walk.away).walk(record)
        with self.database.writing(lasting=True) as connection:
            session = write_walk(connection, settled, keep_feedback=True)
            if state.is_over:
                close_journal(connection, session)


def walk_of(read: Read, session: int) -> Walk | None:
    """One walk by its key, from whatever can be read; None when it is not there.

    Raises:
        DamagedError: when it is not what a walk can be.
    """
    rows = read(KEY_QUERY, (session,))
    return Walk(_summary(rows[0]), *_parts(read, session)) if rows else None


def first_day_of_week(day: date, starts: WeekStart) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=(day.isoweekday() - starts) % 7)


def _parts(read: Read, session: int) -> Parts:
    rows = {table: read(query, (session,)) for table, query in PART_QUERIES.items()}
    return (
        tuple(to_interval(checked(dict(row), IntervalData)) for row in rows["intervals"]),
        tuple(to_pause(checked(dict(row), PauseData)) for row in rows["pauses"]),
        tuple(to_edit(checked(dict(row), EditData)) for row in rows["edits"]),
    )


def _period(row: sqlite3.Row, first: int) -> Period:
    sums = tuple(row)[1:]
    if not all(isinstance(value, int) for value in sums) or not _FIRST_DAY <= first <= _LAST_DAY:
        raise DamagedError("the history holds totals that are none")
    return Period(date.fromordinal(first), *sums)


def _days(since: date | None, until: date | None) -> tuple[int, int]:
    return since.toordinal() if since else _FIRST_DAY, until.toordinal() if until else _LAST_DAY


def _summary(row: sqlite3.Row) -> Summary:
    fields = {name: row[name] for name in COLUMNS}
    started = fields["started"] = _moment(row["started"], row["utc_offset"])
    if row["day"] != started.date().toordinal():
        raise DamagedError("the history holds a walk on a day on which it did not begin")
    for name in ("stumble", "fall"):
        if fields[name] in (0, 1):
            fields[name] = bool(fields[name])  # SQLite keeps yes and no as 1 and 0
    return to_summary(checked(fields, SummaryData))


def _moment(since_1970: object, utc_offset: object) -> datetime:
    if isinstance(since_1970, int) and isinstance(utc_offset, int):
        with suppress(ValueError, OverflowError):
            zone = timezone(timedelta(seconds=utc_offset))
            return (_EPOCH + timedelta(milliseconds=since_1970)).astimezone(zone)
    raise DamagedError("the history holds a date that is none")


def _interrupted(row: sqlite3.Row, parts: Parts) -> Interrupted:
    summary = _summary(row)
    journal = checked({name: row[f"j_{name}"] for name in JournalData.__struct_fields__}, JournalData)
    if not isinstance(row["schedule"], bytes):
        raise DamagedError("the interrupted session has no schedule")
    return Interrupted(
        start=summary.start,
        planned=summary.planned,
        record=Record(
            summary.state,
            decode_schedule(row["schedule"]),
            journal.position,
            Spent(journal.lead_in, journal.walked, journal.held, journal.paused),
            *parts,
            longest_backward=journal.longest_backward,
        ),
        seen=_moment(journal.seen, row["utc_offset"]),
        away=summary.away,
    )
