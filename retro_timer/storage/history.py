"""The history: reading and changing sessions. This is the interface for screens, plan and commands.

Every method raises a `StorageError` with one clause for the walker if the file cannot be used. After a `DamagedError`,
reopen the history (`storage.open.HistoryFile.reopen`), which quarantines the file.
An unreadable session does not cause an error: it is quarantined, passed to `on_quarantine`, and left out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from msgspec.structs import replace

from retro_timer.session.bounds import LONGEST
from retro_timer.session.history import Bests, InterruptedSession, Period, SessionSummary, StoredSession
from retro_timer.session.record import SessionStatus
from retro_timer.session.states import SECOND
from retro_timer.storage.days import COUNTS, day_column
from retro_timer.storage.errors import BusyError, DamagedError, StorageError, UnreadableError
from retro_timer.storage.quarantine import Quarantined, name_of, quarantine, quarantined
from retro_timer.storage.rows import check_note, wrong_sums
from retro_timer.storage.session_rows import FIELDS, JOURNAL_QUERY, interrupted_of, stored_session_of, summary_of
from retro_timer.storage.writer import Subject, close_journal, milliseconds, write_feedback, write_session

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from retro_timer.session.history import Feedback
    from retro_timer.storage.database import Database, Values

T = TypeVar("T")


PAGE: Final = 50
_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()
_LATEST: Final = 2**63 - 1
"""The greatest number of SQLite."""

# The conditions match the index, so that only the shown rows are read.
PAGE_QUERY: Final = f"""
    SELECT {FIELDS} FROM sessions AS s
    WHERE s.day BETWEEN ? AND ? AND (s.day, s.started, s.id) < (?, ?, ?) AND s.state <> 'walking'
    ORDER BY s.day DESC, s.started DESC, s.id DESC LIMIT ?
"""  # noqa: S608  (names of columns)
SUMMARY_QUERY: Final = f"SELECT {FIELDS} FROM sessions AS s WHERE s.uuid = ?"  # noqa: S608  (names of columns)
CURSOR_QUERY: Final = "SELECT day, started, id FROM sessions WHERE uuid = ?"
BEST_QUERIES: Final = tuple(
    f"SELECT {FIELDS} FROM sessions AS s WHERE s.{column} > 0 AND s.state <> 'walking'"  # noqa: S608  (two columns)
    f" AND s.uuid <> ? ORDER BY s.{column} DESC, s.started LIMIT ?"
    for column in ("longest_backward", "backward")
)
SWEEP_QUERY: Final = f"SELECT {FIELDS} FROM sessions AS s WHERE s.state <> 'walking'"  # noqa: S608  (names of columns)
DECLINE: Final = "INSERT OR IGNORE INTO declined (session) SELECT id FROM sessions WHERE uuid = ?"
DECLINED_QUERY: Final = "SELECT 1 FROM declined JOIN sessions ON id = session WHERE uuid = ?"
UNFINISHED_QUERY: Final = "SELECT 1 FROM sessions WHERE state = 'walking' LIMIT 1"


def days_query(day_ends: int = 0) -> str:
    """The query for the totals of each day; days end `day_ends` hours after midnight."""
    return f"""
        SELECT {day_column(day_ends)} AS at, count(*), sum(walked), sum(backward), sum(forward), sum(turn),
            max(longest_backward), sum(walked / {SECOND}), sum(backward / {SECOND})
        FROM sessions WHERE at BETWEEN ? AND ? AND started <= ? AND {COUNTS} GROUP BY at ORDER BY at
    """  # noqa: S608  (a column and a condition)


class History:
    """All stored sessions.

    Args:
        database: the database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.on_quarantine: Callable[[Quarantined], object] = lambda _: None
        """Called with each unreadable session, in the thread that finds it."""
        self._stuck: dict[int, Quarantined] = {}  # by key: sessions that could not be quarantined

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def in_memory(self) -> bool:
        """Whether the history is in memory only."""
        return self.database.path is None

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def page(
        self, *, limit: int = PAGE, after: str | None = None, since: date | None = None, until: date | None = None
    ) -> tuple[SessionSummary, ...]:
        """A page of sessions, newest first, excluding a running one.

        Args:
            limit: maximum number of sessions.
            after: the uuid of the last session of the previous page; None for the first page.
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
        # The cursor's day also bounds the search, which would otherwise start at the newest session.
        return tuple(self.readable(PAGE_QUERY, (first, min(last, cursor[0]), *cursor), summary_of, limit=limit))

    def summaries(self, *, since: date | None = None) -> Iterator[SessionSummary]:
        """All sessions without their details, newest first, read page by page."""
        after: str | None = None
        while page := self.page(after=after, since=since):
            yield from page
            after = page[-1].uuid

    def everything(self) -> Iterator[StoredSession]:
        """All sessions with their details, newest first, read page by page."""
        for summary in self.summaries():
            if stored := self.session(summary.uuid):
                yield stored

    def session(self, uuid: str) -> StoredSession | None:
        """A session with its intervals, pauses and edits; None if it is missing or unreadable."""
        read = self.database.read
        found = self.readable(CURSOR_QUERY, (uuid,), lambda row: stored_session_of(read, row["id"]))
        return found[0] if found else None

    def days(
        self, *, since: date | None = None, until: date | None = None, day_ends: int = 0, by: datetime | None = None
    ) -> tuple[Period, ...]:
        """The totals of each day with a session that counts, oldest first.

        Args:
            since: the first local date.
            until: the last local date.
            day_ends: how many hours after midnight a day ends.
            by: when the last session began; None for any time.
        """
        latest = _LATEST if by is None else milliseconds(by)
        return tuple(self.aggregated(days_query(day_ends), (*_days(since, until), latest), _period))

    def days_until(self, today: date, now: datetime, *, since: date | None = None, day_ends: int = 0) -> list[Period]:
        """The totals of each day until today, oldest first.

        A session dated tomorrow that began before `now` was walked in another time zone, and counts as today's.
        """
        days = list(self.days(since=since, until=today, day_ends=day_ends))
        for ahead in self.days(since=today + timedelta(days=1), day_ends=day_ends, by=now):
            mine = days.pop() if days and days[-1].first == today else None
            days.append(mine.with_more(ahead) if mine else replace(ahead, first=today))
        return days

    def bests(self, but: str = "") -> Bests:
        """The sessions with the longest backward bout and with the most backward time.

        Args:
            but: a session that is left out.
        """
        found = [self.readable(query, (but,), summary_of, limit=1) for query in BEST_QUERIES]
        return Bests(*(best[0] if best else None for best in found))

    def add(self, stored: StoredSession, seen: Feedback | None = None) -> None:
        """Store a session; replaces one with the same uuid.

        Args:
            stored: the session.
            seen: the answers that the walker saw before changing a session: answers that are as they were seen stay as
                they are stored. None for a new session, or to replace all answers.
        """
        with self.database.writing(durable=True) as connection:
            write_session(connection, stored, keep_feedback=seen is not None)
            if seen is not None:
                write_feedback(connection, stored.summary.uuid, stored.summary.feedback.changed_from(seen))

    def give_feedback(self, uuid: str, feedback: Feedback, seen: Feedback | None = None) -> Feedback | None:
        """Store the answers that differ from those the walker saw; the others stay as they are stored.

        Args:
            uuid: the session.
            feedback: the answers.
            seen: what the walker saw before answering; None if only given answers are to be stored.

        Returns:
            All answers about the session as they are stored now; None if it does not exist.

        Raises:
            RefusedError: if the note is invalid.
        """
        check_note(feedback.note)
        with self.database.writing(durable=True) as connection:
            write_feedback(connection, uuid, feedback.changed_from(seen))
            row = connection.execute(SUMMARY_QUERY, (uuid,)).fetchone()
            return summary_of(row).feedback if row else None

    def decline(self, uuid: str) -> None:
        """Remember not to ask a session's unanswered questions again."""
        with self.database.writing(durable=True) as connection:
            connection.execute(DECLINE, (uuid,))

    def is_declined(self, uuid: str) -> bool:
        """Whether a session's unanswered questions must not be asked again."""
        return bool(self.database.read(DECLINED_QUERY, (uuid,)))

    def delete(self, uuid: str) -> bool:
        """Delete a session. Returns whether it existed.

        Raises:
            BusyError: if it is running.
        """
        with self.database.writing(durable=True) as connection:
            found = connection.execute("SELECT id, state FROM sessions WHERE uuid = ?", (uuid,)).fetchone()
            if found is None:
                return False
            if found["state"] == SessionStatus.WALKING:
                raise BusyError("this session is running right now")
            connection.execute("DELETE FROM sessions WHERE id = ?", (found["id"],))
        return True

    def unfinished(self) -> bool:
        """Whether a session is running, or was running when its process was killed."""
        return bool(self.database.read(UNFINISHED_QUERY))

    def interrupted(self, quiet_since: datetime | None = None) -> tuple[InterruptedSession, ...]:
        """The interrupted sessions, oldest first. Call only while no session can be running.

        Args:
            quiet_since: skip sessions written after this moment; None while the `SessionLock` is held, which rules out
                running sessions.
        """
        read = self.database.read
        found = self.readable(JOURNAL_QUERY, (), lambda row: interrupted_of(row, read))
        if quiet_since is not None:
            found = [
                stored
                for stored in found
                if stored.record.state is not SessionStatus.WALKING or stored.seen <= quiet_since
            ]
        return tuple(sorted(found, key=lambda stored: stored.start.started))

    def mark_interrupted(self, interrupted: Iterable[InterruptedSession]) -> None:
        """Mark sessions as interrupted, until they are resumed (with a `Journal`), kept or discarded."""
        for stored in interrupted:
            if stored.record.state is SessionStatus.WALKING:
                self._settle(stored, SessionStatus.INTERRUPTED)

    def keep(self, stored: InterruptedSession) -> None:
        """Keep an interrupted session as ended early."""
        self._settle(stored, SessionStatus.ENDED_EARLY)

    def discard(self, stored: InterruptedSession) -> None:
        """Delete an interrupted session."""
        with self.database.writing(durable=True) as connection:
            connection.execute("DELETE FROM sessions WHERE uuid = ?", (stored.start.uuid,))

    def validate_all(self) -> None:
        """Read all sessions with their details; quarantines unreadable and inconsistent ones."""

        def whole(row: sqlite3.Row) -> None:
            stored = stored_session_of(self.database.read, row["id"])
            if stored and stored.summary.state.is_over and (wrong := wrong_sums(stored)):
                raise UnreadableError(wrong)

        self.readable(SWEEP_QUERY, (), whole)

    def readable(
        self, query: str, values: Sequence[Any], convert: Callable[[sqlite3.Row], T], *, limit: int | None = None
    ) -> list[T]:
        """The converted rows of a query; sessions with invalid rows are quarantined.

        Args:
            query: the query; its rows have the session's key in `id`. With a limit, its last parameter is the limit.
            values: the query's other parameters.
            convert: converts a row; raises `UnreadableError` if it is invalid.
            limit: maximum number of rows.
        """
        while True:
            bound = () if limit is None else (limit + len(self._stuck),)
            found, bad = [], {}
            for row in self.database.read(query, (*values, *bound)):
                if row["id"] in self._stuck:
                    continue
                try:
                    found.append(convert(row))
                except UnreadableError as problem:
                    bad[row["id"]] = (dict(row), str(problem))
            if not bad:
                return found[:limit]
            self._quarantine(bad)

    def aggregated(self, query: str, values: Values, convert: Callable[[sqlite3.Row], T]) -> list[T]:
        """The converted rows of an aggregate query; if a sum is invalid, validates all sessions and runs it again.

        Raises:
            StorageError: if validation does not help.
        """
        try:
            return [convert(row) for row in self.database.read(query, values)]
        except (DamagedError, UnreadableError):  # a sum that overflows looks like damage
            known = len(self.quarantined())
            self.readable(SWEEP_QUERY, (), summary_of)
            if len(self.quarantined()) == known:
                raise
        return [convert(row) for row in self.database.read(query, values)]

    def quarantined(self) -> tuple[Quarantined, ...]:
        """The quarantined sessions: see `retro-timer repair`."""
        return (*quarantined(self.database.read), *self._stuck.values())

    def _quarantine(self, sessions: dict[int, tuple[dict[str, Any], str]]) -> None:
        """Quarantine sessions; if the file is not writable, they are only skipped."""
        try:
            with self.database.writing(durable=True) as connection:
                moved = [quarantine(connection, session, reason) for session, (_, reason) in sessions.items()]
        except DamagedError:
            raise
        except StorageError as problem:
            moved = [Quarantined(name_of(row), f"{reason}; {problem}") for row, reason in sessions.values()]
            self._stuck.update(zip(sessions, moved, strict=True))
        for one in moved:
            self.on_quarantine(one)

    def _settle(self, stored: InterruptedSession, state: SessionStatus) -> None:
        record = stored.record.closed() if state.is_over else replace(stored.record, state=state)
        settled = Subject(stored.start, stored.planned, stored.away).stored_session(record)
        with self.database.writing(durable=True) as connection:
            session = write_session(connection, settled, keep_feedback=True)
            if state.is_over:
                close_journal(connection, session)


def _period(row: sqlite3.Row) -> Period:
    first, *sums = row
    if not all(isinstance(value, int) and 0 <= value <= LONGEST * sums[0] for value in sums):
        raise UnreadableError("the totals of a day are invalid")
    return Period(date.fromordinal(first), *sums)


def _days(since: date | None, until: date | None) -> tuple[int, int]:
    return since.toordinal() if since else _FIRST_DAY, until.toordinal() if until else _LAST_DAY
