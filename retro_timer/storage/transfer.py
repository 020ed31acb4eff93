"""Export and import of the history: lossless JSON, and CSV for spreadsheets."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from retro_timer.errors import reason
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode, marked_encoding
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.session.history import Feedback, WalkTest
from retro_timer.session.record import SessionStatus
from retro_timer.storage.errors import RefusedError, UnreadableError
from retro_timer.storage.rows import read_whole, whole, wrong_sums
from retro_timer.storage.writer import close_journal, write_session
from retro_timer.structs import from_json
from retro_timer.text import counted, printable, printable_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.session.record import Planned
    from retro_timer.session.trace import IntervalMeasures
    from retro_timer.storage.history import History

FORMAT: Final = "retro-timer-history"
VERSION: Final = 1
MAX_BYTES: Final = 512 * 1024 * 1024
"""Size limit of a file in bytes: more than 100,000 sessions."""
EARLIEST_YEAR: Final = 2000
TOMORROW: Final = 86_400
"""Seconds that a session may be in the future, because of different clocks and time zones."""

SESSION_COLUMNS: Final = (
    "uuid", "started", "zone", "state", "name", "workout_id", "rung", "notation", "planned_seconds", "walked_seconds",
    "backward_seconds", "forward_seconds", "turn_seconds", "rest_seconds", "held_seconds", "paused_seconds",
    "longest_backward_seconds", "rounds_done", "planned_rounds", "completion", "effort", "stumble", "pain_before",
    "pain_after", "next_day", "fall", "note",
    "metres", "backward_metres", "incomplete",
)  # fmt: skip
INTERVAL_COLUMNS: Final = (
    "session", "started", "number", "at_seconds", "phase", "round", "rounds", "planned_seconds", "target_seconds",
    "walked_seconds", "held_seconds", "left", "speed_kmh", "label",
    "metres", "speed_min_kmh", "speed_mean_kmh", "speed_max_kmh", "heart_min", "heart_mean", "heart_max",
)  # fmt: skip


class Imported(NamedTuple):
    """The result of an import: numbers of added and of existing sessions, and why others were left out."""

    added: int
    skipped: int
    problems: Sequence[str] = ()

    def __str__(self) -> str:
        """What happened, for the walker: "2 sessions added, 1 already present"."""
        left_out = f", {self.left_out}" if self.problems else ""
        return f"{counted(self.added, 'session')} added, {self.skipped:,} already present{left_out}"

    @property
    def left_out(self) -> str:
        """What was left out: "2 left out (session 3: nothing was walked; and 1 more)"; empty for nothing."""
        if not self.problems:
            return ""
        more = f"; and {len(self.problems) - 1:,} more" if len(self.problems) > 1 else ""
        return f"{len(self.problems):,} left out ({self.problems[0]}{more})"


class _Head(Struct):
    format: str = ""
    version: int = 0


class _Document(Struct, forbid_unknown_fields=True):
    format: str
    version: int
    exported: str
    sessions: list[dict[str, Any]]
    walk_tests: list[WalkTest] = []


class _WalkTests(Struct):
    walk_tests: list[WalkTest] = []


def write_json(
    sessions: Iterable[StoredSession], out: IO[bytes], now: datetime, walk_tests: Sequence[WalkTest] = ()
) -> int:
    """Write sessions as JSON, one at a time, then results of the walk test. Returns the number of sessions."""
    encoder = msgspec.json.Encoder()
    count = 0
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "exported": "{now.isoformat()}", "sessions": ['
    out.write(head.encode())
    for stored in sessions:
        out.write(b",\n" if count else b"\n")
        out.write(encoder.encode(whole(stored)))
        count += 1
    out.write(b"\n]")
    if walk_tests:
        out.write(b', "walk_tests": ' + encoder.encode(walk_tests))
    out.write(b"}\n")
    return count


def read_walk_tests(path: Path) -> list[WalkTest]:
    """Read the walk test results from a JSON export that `read_json` has accepted.

    Raises:
        RefusedError: if it cannot be read.
    """
    try:
        return from_json(decode(path.read_bytes()), _WalkTests).walk_tests
    except (OSError, msgspec.MsgspecError) as error:
        raise RefusedError(f"{printable_path(path)}: {printable(str(error), longest=200)}") from None


def read_json(path: Path, now: datetime) -> list[StoredSession]:
    """Read the sessions of a JSON export.

    Args:
        path: the file.
        now: the wall clock; a session cannot be in the future.

    Raises:
        RefusedError: if it is not an export of this version, or contains an impossible session.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RefusedError(f"{printable_path(path)} is larger than {MAX_BYTES // 1024**2} MB")
        data = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{printable_path(path)} cannot be read ({reason(error)})") from None
    try:
        # A shell that redirects an export may have written it as UTF-16, or with a byte order mark.
        return _decode(decode(data).encode() if marked_encoding(data) else data, now)
    except (RefusedError, FormatError) as error:
        raise RefusedError(f"{printable_path(path)}: {error}") from None


def import_sessions(history: History, sessions: Sequence[StoredSession]) -> Imported:
    """Add sessions to the history in one transaction; existing sessions are not changed.

    An incompletely saved session is replaced by the complete one. Sessions are added in reverse order, since an export
    begins with the newest.
    """
    added = skipped = 0
    with history.database.writing(durable=True) as connection:
        for stored in reversed(sessions):
            query = "SELECT state, walked FROM sessions WHERE uuid = ?"
            there = connection.execute(query, (stored.summary.uuid,)).fetchone()
            if there is not None and not _continues(stored.summary, there["state"], there["walked"]):
                skipped += 1
                continue
            session = write_session(connection, stored, keep_feedback=stored.summary.feedback == Feedback())
            if stored.summary.state.is_over:
                close_journal(connection, session)
            added += 1
    return Imported(added, skipped)


def _continues(summary: SessionSummary, state: str, walked: int) -> bool:
    """Whether a session completes one that the history has only in part; a running one is never replaced."""
    if not summary.state.is_over or state == SessionStatus.WALKING:
        return False
    return state == SessionStatus.INTERRUPTED or summary.spent.walked > walked


def write_sessions_csv(sessions: Iterable[StoredSession], out: IO[str]) -> None:
    """Write one line per session; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, SESSION_COLUMNS, map(_session_row, sessions))


def write_intervals_csv(sessions: Iterable[StoredSession], out: IO[str]) -> None:
    """Write one line per walked interval; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, INTERVAL_COLUMNS, (row for stored in sessions for row in _interval_rows(stored)))


def _decode(data: bytes, now: datetime) -> list[StoredSession]:
    try:
        head = from_json(data, _Head)
        if head.format != FORMAT:
            raise RefusedError("this is not a history exported by Retro Timer")
        if head.version > VERSION:
            raise RefusedError(f"it was exported by a newer Retro Timer (version {head.version}): update to import it")
        document = from_json(data, _Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(printable(str(error), longest=200)) from None
    if document.version != VERSION:
        raise RefusedError(f"there is no version {document.version}")
    return [_session(row, number, now) for number, row in enumerate(document.sessions, 1)]


def _session(row: dict[str, Any], number: int, now: datetime) -> StoredSession:
    try:
        session = read_whole(row)
        problem = problem_with(session, now)
    except UnreadableError as error:
        problem = str(error)
    if problem:
        raise RefusedError(f"session {number}: {problem}")
    return session


def problem_with(stored: StoredSession, now: datetime | None) -> str:
    """Why a session is impossible; empty if it is possible.

    Args:
        stored: the session.
        now: the wall clock; None for this computer's own history, because its clock may have been wrong.
    """
    if stored.summary.state is SessionStatus.WALKING:
        return "it is still running"
    started = stored.summary.start.started
    if now and (started.year < EARLIEST_YEAR or (started - now).total_seconds() > TOMORROW):
        return f"its start, {started:%Y-%m-%d}, is not a possible day"
    return _planned_wrongly(stored.summary.planned) or wrong_sums(stored)


def _planned_wrongly(planned: Planned) -> str:
    try:
        seconds = _length_of(planned.notation)
    except WorkoutError as error:
        return f"its notation cannot be read ({printable(str(error))})"
    if seconds != planned.seconds:
        return f"planned_seconds is {planned.seconds}, its notation takes {seconds}"
    return ""


@lru_cache(maxsize=256)
def _length_of(notation: str) -> int:
    return parse(notation).total_seconds


def _write_csv(out: IO[str], columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    """A value for a spreadsheet: text that looks like a formula is marked as text.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _session_row(stored: StoredSession) -> tuple[object, ...]:
    summary = stored.summary
    planned, spent, totals, feedback = summary.planned, summary.spent, summary.totals, summary.feedback
    lengths = (
        spent.walked,
        totals.backward,
        totals.forward,
        totals.turn,
        totals.rest,
        spent.held,
        spent.paused,
        totals.longest_backward,
    )
    return (
        summary.uuid,
        summary.start.started.isoformat(timespec="seconds"),
        summary.start.zone,
        summary.state.value,
        planned.name,
        planned.workout_id,
        planned.preset_id,
        planned.notation,
        planned.seconds,
        *(length / 1000 for length in lengths),
        totals.rounds_done,
        planned.rounds,
        round(totals.completion, 4),
        feedback.effort,
        _yes_or_no(feedback.stumble),
        feedback.pain_before,
        feedback.pain_after,
        feedback.next_day.value if feedback.next_day else None,
        _yes_or_no(feedback.fall),
        feedback.note,
        *_metres(stored),
        totals.incomplete,
    )


def _metres(stored: StoredSession) -> tuple[float | None, float | None]:
    """The measured distance, and the backward part of it; None without sensors."""
    if not any(each.speeds for each in stored.measures):
        return None, None
    backward = {place for place, interval in enumerate(stored.intervals) if interval.phase.faces_backward}
    metres = [(each.metres, each.interval in backward) for each in stored.measures]
    return round(sum(each for each, _ in metres), 1), round(sum(each for each, is_backward in metres if is_backward), 1)


def _measured_row(measures: IntervalMeasures | None) -> tuple[float | None, ...]:
    """The measures of an interval, for the last columns of its line."""
    if measures is None:
        return (None,) * 7
    return (
        round(measures.metres, 1) if measures.speeds else None,
        measures.speed_min,
        round(measures.speed_mean, 2) if measures.speed_mean is not None else None,
        measures.speed_max,
        measures.heart_min,
        round(measures.heart_mean) if measures.heart_mean is not None else None,
        measures.heart_max,
    )


def _yes_or_no(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


def _interval_rows(stored: StoredSession) -> Iterator[tuple[object, ...]]:
    started = stored.summary.start.started.isoformat(timespec="seconds")
    measures = {each.interval: each for each in stored.measures}
    for number, interval in enumerate(stored.intervals, 1):
        yield (
            stored.summary.uuid,
            started,
            number,
            interval.at / 1000,
            interval.phase.value,
            interval.round,
            interval.rounds,
            interval.planned,
            interval.target,
            interval.walked / 1000,
            interval.held / 1000,
            interval.left.value,
            interval.speed_kmh,
            interval.label,
            *_measured_row(measures.get(number - 1)),
        )
