"""Repair: turns the readable parts of a session into a consistent one, and reports what was lost.

Nothing is deleted: a repaired file is kept under another name, and a session that cannot be repaired stays in the
quarantine.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import NAMESPACE_OID, uuid5

from msgspec.structs import replace

from retro_timer import __version__
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.history import Feedback, Start, StoredSession
from retro_timer.session.record import Planned, Record, SessionStatus
from retro_timer.session.spent import Spent
from retro_timer.storage.errors import RefusedError, UnreadableError
from retro_timer.storage.file_quarantine import DAMAGED, asides, move, numbered
from retro_timer.storage.quarantine import decode, name_of
from retro_timer.storage.rows import PARTS, TYPES, checked, wrong_sums
from retro_timer.storage.salvage import salvage
from retro_timer.storage.schedules import decode_schedule
from retro_timer.storage.session_rows import moment_of, summary_of
from retro_timer.storage.transfer import import_sessions, problem_with
from retro_timer.storage.walk_tests import restore_walk_tests
from retro_timer.storage.writer import Subject
from retro_timer.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.storage.history import History
    from retro_timer.storage.quarantine import Rows

_SEARCHED, _EMPTY = "repaired", "unreadable"
"""Words in the names of quarantined files after a repair: with sessions, and without any."""
_DAY: Final = 86_400


class Repaired(NamedTuple):
    """A repaired session.

    Attributes:
        stored: the session.
        lost: its unreadable parts; empty if it is complete.
    """

    stored: StoredSession
    lost: tuple[str, ...] = ()


class Report(NamedTuple):
    """The result of repairing a file or the quarantine.

    Attributes:
        source: the name of the file, or "quarantine".
        added: number of recovered sessions.
        present: number of sessions already in the history.
        partly: one clause for each partially recovered session.
        lost: one clause for each lost session.
    """

    source: str
    added: int = 0
    present: int = 0
    partly: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line with the numbers of recovered and lost sessions."""
        there = f", {self.present} already there" if self.present else ""
        return f"{self.source}: {counted(self.added, 'session')} recovered{there}, {len(self.lost)} lost"


def repair_file(path: Path, history: History, now: datetime) -> Report:
    """Add the sessions of a file that are not in the history; the file is not changed.

    Raises:
        RefusedError: if it contains no sessions.
        StorageError: if the history cannot be written.
    """
    salvaged = salvage(path)
    report = _merge(path.name, salvaged.sessions, history, now)[0]
    restore_walk_tests(history, salvaged.walk_tests)
    return report._replace(lost=(*report.lost, *(f"{name}: its row is gone" for name in salvaged.missing)))


def repair_everything(directory: Path, history: History, now: datetime) -> list[Report]:
    """Repair all quarantined files and sessions; repaired files are renamed.

    Raises:
        StorageError: if the history or the directory cannot be written; earlier repairs are kept.
    """
    reports: list[Report] = []
    for path in asides(directory):
        searched = _SEARCHED
        try:
            reports.append(repair_file(path, history, now))
        except RefusedError as problem:
            searched = _EMPTY
            reports.append(Report(path.name, lost=(str(problem),)))
        move(path, numbered(path.with_name(path.name.replace(DAMAGED, searched))))
    if report := _repair_quarantine(history, now):
        reports.append(report)
    return reports


def repair(rows: Rows, now: datetime) -> Repaired:
    """Repair a session from its rows.

    Args:
        rows: its rows, by table.
        now: the wall clock; a session cannot be in the future.

    Raises:
        UnreadableError: if too much is missing; says what.
    """
    row = rows["sessions"][0]
    parts, lost = _parts(rows)
    with suppress(UnreadableError):
        read = StoredSession(summary_of(row), *parts)
        stored = _without_excess_interval(read)
        if stored is not read:
            lost = [what for what in lost if not what.endswith(" intervals")]
        if stored.summary.state.is_over and not wrong_sums(stored):
            return Repaired(_possible(stored, now), tuple(lost))
    reading = _Reading(row, lost)
    stored = _rebuilt(reading, parts, rows)
    return Repaired(_possible(stored, now), tuple(reading.lost))


class _Reading:
    """Reads the fields of a session and records the unreadable ones."""

    def __init__(self, row: dict[str, Any], lost: Iterable[str]) -> None:
        self.row = row
        self.lost = list(lost)

    def field(self, name: str, default: Any = None, *, derived: bool = False) -> Any:  # noqa: ANN401  (of the field)
        """A field, or a default if it is unreadable.

        Args:
            name: the column.
            default: the value for an unreadable field.
            derived: whether it can be computed from other fields, so that it does not count as lost.
        """
        value = self.row.get(name)
        if name in ("stumble", "fall") and value in (0, 1):
            value = bool(value)
        try:
            return checked(value, TYPES[name])
        except UnreadableError:
            if not derived:
                self.lost.append(name.replace("_", " "))
            return default

    def offset(self) -> int:
        """The offset from UTC in seconds."""
        offset = self.row.get("utc_offset")
        if isinstance(offset, int) and abs(offset) < _DAY:
            return offset
        self.lost.append("time zone")
        return 0


def _merge(source: str, found: Sequence[Rows], history: History, now: datetime) -> tuple[Report, list[int]]:
    """Add the repairable sessions. Returns the report, and the indexes of the others."""
    repaired: list[Repaired] = []
    declined: set[str] = set()
    lost: list[str] = []
    failed: list[int] = []
    for place, rows in enumerate(found):
        try:
            repaired.append(repair(rows, now))
            if rows.get("declined"):
                declined.add(repaired[-1].stored.summary.uuid)
        except (UnreadableError, LookupError, TypeError, AttributeError) as problem:  # edited by hand
            failed.append(place)
            lost.append(f"{_name(rows)}: {problem}")
    there = {row["uuid"] for row in history.database.read("SELECT uuid FROM sessions")}
    fresh = {one.stored.summary.uuid: one for one in repaired if one.stored.summary.uuid not in there}
    added = import_sessions(history, [one.stored for one in fresh.values()]).added
    for uuid in declined & fresh.keys():
        history.decline(uuid)
    partly = tuple(
        f"{_name_of(one.stored)} was recovered without {', '.join(one.lost)}" for one in fresh.values() if one.lost
    )
    return Report(source, added, len(repaired) - added, partly, tuple(lost)), failed


def _repair_quarantine(history: History, now: datetime) -> Report | None:
    rows = history.database.read("SELECT id, content FROM quarantine ORDER BY id DESC")
    contents = [_decoded(row["content"]) for row in rows]
    if not contents:
        return None
    report, failed = _merge("quarantine", contents, history, now)
    with history.database.writing(durable=True) as connection:
        for place, row in enumerate(rows):
            if place in failed:
                connection.execute("UPDATE quarantine SET tried = ? WHERE id = ?", (__version__, row["id"]))
            else:
                connection.execute("DELETE FROM quarantine WHERE id = ?", (row["id"],))
    return report


def _decoded(content: str) -> Rows:
    try:
        return decode(content)
    except (ValueError, TypeError):  # changed by hand
        return {}


def _name(rows: Rows) -> str:
    found = rows.get("sessions") if isinstance(rows, dict) else None
    return name_of(found[0]) if isinstance(found, list) and found and isinstance(found[0], dict) else "a session"


def _name_of(stored: StoredSession) -> str:
    start = stored.summary.start
    return f"{start.started:%Y-%m-%d %H:%M} ({start.uuid[:8]})"


def _parts(rows: Rows) -> tuple[tuple[tuple[Any, ...], ...], list[str]]:
    """The readable intervals, pauses and edits of a session, and descriptions of the lost ones."""
    parts: list[tuple[Any, ...]] = []
    lost: list[str] = []
    for table, kind in PARTS.items():
        good: list[Any] = []
        found = rows.get(table, [])
        for row in found:
            with suppress(UnreadableError):
                good.append(checked({name: row[name] for name in kind.__struct_fields__ if name in row}, kind))
        ordinals = [row["ordinal"] for row in found if isinstance(row.get("ordinal"), int)]
        last = max(ordinals, default=-1)
        count = max(len(found), last + 1 if last < 2 * len(found) + 10 else 0)  # the number may be damaged, too
        if count > len(good):
            lost.append(f"{count - len(good)} of {count} {table}")
        parts.append(tuple(good))
    return tuple(parts), lost


def _without_excess_interval(stored: StoredSession) -> StoredSession:
    """Remove the one interval by which a session exceeds its total: a damaged key assigned it to this session."""
    excess = sum(interval.walked for interval in stored.intervals) - stored.summary.spent.walked
    for place, interval in enumerate(stored.intervals):
        if excess and interval.walked == excess:
            fewer = replace(stored, intervals=stored.intervals[:place] + stored.intervals[place + 1 :])
            if not wrong_sums(fewer):
                return fewer
    return stored


def _possible(stored: StoredSession, now: datetime) -> StoredSession:
    if problem := problem_with(stored, now):
        raise UnreadableError(problem)
    return stored


def _rebuilt(reading: _Reading, parts: tuple[tuple[Any, ...], ...], rows: Rows) -> StoredSession:
    """A session with totals computed from its remaining parts; a running session becomes ended early."""
    intervals, pauses, edits, measures, traces = parts
    if any("intervals" in lost for lost in reading.lost):
        measures = ()  # they refer to intervals by number
    measures = tuple(each for each in measures if each.interval < len(intervals))  # the last ones may be gone, too
    row = reading.row
    started = moment_of(row.get("started"), reading.offset())
    walked = sum(interval.walked for interval in intervals)
    before = reading.field("walked", 0, derived=True)
    if before and not intervals:
        raise UnreadableError("none of its intervals can be read")
    state = reading.field("state", SessionStatus.ENDED_EARLY)
    if before > walked and state.is_over and not any("intervals" in lost for lost in reading.lost):
        reading.lost.append("intervals at its end")
    planned = _planned(reading, intervals)
    backward = [interval.walked for interval in intervals if interval.phase is Phase.BACKWARD]
    record = Record(
        state=state,
        schedule=_schedule(rows, planned),
        position=0,
        spent=Spent(
            reading.field("lead_in", 0),
            walked,
            sum(interval.held for interval in intervals),
            sum(pause.length for pause in pauses),
        ),
        intervals=intervals,
        pauses=pauses,
        edits=edits,
        measures=measures,
        traces=traces,
        longest_backward=min(sum(backward), max(reading.field("longest_backward", 0, derived=True), *backward, 0)),
    )
    uuid = reading.field("uuid") or str(uuid5(NAMESPACE_OID, f"retro-timer {started.isoformat()}"))
    subject = Subject(Start(uuid, started, reading.field("zone", "")), planned, reading.field("away", 0))
    stored = subject.stored_session(record.closed())
    feedback = Feedback(*(reading.field(name, "" if name == "note" else None) for name in Feedback.__struct_fields__))
    return replace(stored, summary=replace(stored.summary, feedback=feedback))


def _planned(reading: _Reading, intervals: Sequence[Any]) -> Planned:
    """The planned workout; if it is unreadable, one made from the walked intervals."""
    name, workout_id = reading.field("name", ""), reading.field("workout_id", "")
    try:
        workout = parse(reading.field("notation", ""), name=name, workout_id=workout_id)
    except WorkoutError:
        if not intervals:
            raise UnreadableError("neither its workout nor its intervals can be read") from None
        if "notation" not in reading.lost:
            reading.lost.append("notation")
        blocks = tuple(Interval(one.phase, one.planned, one.speed_kmh, one.label) for one in intervals)
        workout = Workout(blocks, name=name, id="")
    return Planned.of(workout, reading.field("rung"))


def _schedule(rows: Rows, planned: Planned) -> Schedule:
    """The stored schedule with its edits, otherwise the planned one."""
    for row in rows.get("schedules", ()):
        with suppress(UnreadableError, TypeError):
            return decode_schedule(row["schedule"])
    return flatten(planned.workout())
