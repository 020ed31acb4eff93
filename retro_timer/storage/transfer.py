"""Export and import of the history as lossless JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from retro_timer.errors import reason
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode, marked_encoding
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.session.history import WalkTest  # noqa: TC001  (msgspec reads the annotation)
from retro_timer.session.record import SessionStatus
from retro_timer.storage.errors import RefusedError, UnreadableError
from retro_timer.storage.rows import read_whole, whole, wrong_sums
from retro_timer.storage.walk_tests import write_missing_tests
from retro_timer.storage.writer import close_journal, write_feedback, write_session
from retro_timer.structs import from_json
from retro_timer.text import counted, printable, printable_path

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.session.record import Planned
    from retro_timer.storage.history import History

FORMAT: Final = "retro-timer-history"
VERSION: Final = 1
MAX_BYTES: Final = 512 * 1024 * 1024
"""Size limit of a file in bytes: more than 100,000 sessions."""
EARLIEST_YEAR: Final = 2000
TOMORROW: Final = 86_400
"""Seconds that a session may be in the future, because of different clocks and time zones."""


class Exported(NamedTuple):
    """What an export has: sessions, the newest first, and results of the walk test."""

    sessions: Sequence[StoredSession]
    walk_tests: Sequence[WalkTest] = ()


class Imported(NamedTuple):
    """The result of an import: numbers of added and of existing sessions, and why others were left out."""

    added: int
    skipped: int
    problems: Sequence[str] = ()

    def __str__(self) -> str:
        """What happened, for the walker: "2 sessions added, 1 already present"."""
        others = f", {left_out(self.problems)}" if self.problems else ""
        return f"{counted(self.added, 'session')} added, {self.skipped:,} already present{others}"


def left_out(problems: Sequence[str]) -> str:
    """What was left out, and why: "2 left out (session 3: nothing was walked; and 1 more)"."""
    more = f"; and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    return f"{len(problems):,} left out ({problems[0]}{more})"


class _Head(Struct):
    format: str = ""
    version: int = 0


class _Document(Struct, forbid_unknown_fields=True):
    format: str
    version: int
    exported: str
    sessions: list[dict[str, Any]]
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


def read_json(path: Path, now: datetime) -> Exported:
    """Read a JSON export.

    Args:
        path: the file.
        now: the wall clock; nothing can be in the future.

    Raises:
        RefusedError: if it is not an export of this version, or contains an impossible session or walk test.
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

    An incompletely saved session is replaced by the complete one; answers that this one lacks stay. Sessions are added
    in reverse order, since an export begins with the newest.
    """
    with history.database.writing(durable=True) as connection:
        return _write_missing(connection, sessions)


def import_everything(history: History, exported: Exported) -> tuple[Imported, int]:
    """Add sessions like `import_sessions`, and results of the walk test, all in one transaction.

    Returns:
        The result for the sessions, and the number of results that were added.
    """
    with history.database.writing(durable=True) as connection:
        return _write_missing(connection, exported.sessions), write_missing_tests(connection, exported.walk_tests)


def _write_missing(connection: sqlite3.Connection, sessions: Sequence[StoredSession]) -> Imported:
    added = skipped = 0
    for stored in reversed(sessions):
        query = "SELECT state, walked FROM sessions WHERE uuid = ?"
        there = connection.execute(query, (stored.summary.uuid,)).fetchone()
        if there is not None and not _continues(stored.summary, there["state"], there["walked"]):
            skipped += 1
            continue
        session = write_session(connection, stored, keep_feedback=True)
        write_feedback(connection, stored.summary.uuid, stored.summary.feedback.changed_from(None))
        if stored.summary.state.is_over:
            close_journal(connection, session)
        added += 1
    return Imported(added, skipped)


def _continues(summary: SessionSummary, state: str, walked: int) -> bool:
    """Whether a session completes one that the history has only in part; a running one is never replaced."""
    if not summary.state.is_over or state == SessionStatus.WALKING:
        return False
    return state == SessionStatus.INTERRUPTED or summary.spent.walked > walked


def _decode(data: bytes, now: datetime) -> Exported:
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
    for number, test in enumerate(document.walk_tests, 1):
        if problem := _impossible_day(test.started, now):
            raise RefusedError(f"walk test {number}: {problem}")
    sessions = [_session(row, number, now) for number, row in enumerate(document.sessions, 1)]
    return Exported(sessions, document.walk_tests)


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
    if now and (problem := _impossible_day(stored.summary.start.started, now)):
        return problem
    return _planned_wrongly(stored.summary.planned) or wrong_sums(stored)


def _impossible_day(started: datetime, now: datetime) -> str:
    if started.year < EARLIEST_YEAR or (started - now).total_seconds() > TOMORROW:
        return f"its start, {started:%Y-%m-%d}, is not a possible day"
    return ""


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
