"""Taking the history elsewhere and back: JSON without loss, CSV for spreadsheets."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.session.record import FACING_FORWARD, WalkState
from retro_timer.storage.problems import RefusedError, clean, shown
from retro_timer.storage.wire import WalkData, from_walk, to_walk, unsafe_text
from retro_timer.storage.writer import write_walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.model import Walk

FORMAT: Final = "retro-timer-history"
VERSION: Final = 1
MAX_BYTES: Final = 512 * 1024 * 1024
"""The largest file that is read: more than 100,000 walks."""
EARLIEST_YEAR: Final = 2000
TOMORROW: Final = 86_400
"""Seconds by which a walk may lie in the future: as far as clocks and zones are apart."""

SESSION_COLUMNS: Final = (
    "uuid", "started", "zone", "state", "name", "workout_id", "rung", "notation", "planned_seconds", "walked_seconds",
    "backward_seconds", "forward_seconds", "turn_seconds", "rest_seconds", "held_seconds", "paused_seconds",
    "longest_backward_seconds", "rounds_done", "planned_rounds", "completion", "effort", "stumble", "pain_before",
    "pain_after", "next_day", "fall", "note",
)  # fmt: skip
INTERVAL_COLUMNS: Final = (
    "session", "started", "number", "at_seconds", "phase", "round", "rounds", "planned_seconds", "target_seconds",
    "walked_seconds", "held_seconds", "left", "speed_kmh", "label",
)  # fmt: skip


class Imported(NamedTuple):
    """What an import did: how many walks were new, and how many were there already."""

    added: int
    skipped: int


class _Head(Struct):
    format: str = ""
    version: int = 0


class _Document(Struct, forbid_unknown_fields=True):
    format: str
    version: int
    exported: str
    sessions: list[WalkData]


def write_json(walks: Iterable[Walk], out: IO[bytes], now: datetime) -> int:
    """Write walks as JSON, one after the other. Returns how many."""
    encoder = msgspec.json.Encoder()
    count = 0
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "exported": "{now.isoformat()}", "sessions": ['
    out.write(head.encode())
    for walk in walks:
        out.write(b",\n" if count else b"\n")
        out.write(encoder.encode(from_walk(walk)))
        count += 1
    out.write(b"\n]}\n")
    return count


def read_json(path: Path, now: datetime) -> list[Walk]:
    """The walks of a JSON export.

    Args:
        path: the file.
        now: the wall clock: no walk lies in the future.

    Raises:
        RefusedError: when it is not an export of this version, or holds something that cannot have been walked.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RefusedError(f"{shown(path)} is larger than {MAX_BYTES // 1024**2} MB")
        data = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{shown(path)} cannot be read ({clean(error.strerror or 'error')})") from None
    try:
        return _decode(data, now)
    except RefusedError as error:
        raise RefusedError(f"{shown(path)}: {error}") from None


def import_walks(history: History, walks: Sequence[Walk]) -> Imported:
    """Add walks to the history, in one transaction; those that are there already stay as they are.

    The last comes in first: an export begins with the newest.
    """
    added = skipped = 0
    with history.database.writing(lasting=True) as connection:
        for walk in reversed(walks):
            if connection.execute("SELECT 1 FROM sessions WHERE uuid = ?", (walk.summary.uuid,)).fetchone():
                skipped += 1
            else:
                write_walk(connection, walk)
                added += 1
    return Imported(added, skipped)


def write_sessions_csv(walks: Iterable[Walk], out: IO[str]) -> None:
    """Write one line for each walk; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, SESSION_COLUMNS, map(_session_row, walks))


def write_intervals_csv(walks: Iterable[Walk], out: IO[str]) -> None:
    """Write one line for each interval as it was walked; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, INTERVAL_COLUMNS, (row for walk in walks for row in _interval_rows(walk)))


def _decode(data: bytes, now: datetime) -> list[Walk]:
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format != FORMAT:
            raise RefusedError("this is not a history exported by Retro Timer")
        if head.version > VERSION:
            raise RefusedError(f"it was exported by a newer Retro Timer (version {head.version}): update to import it")
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(clean(str(error), longest=200)) from None
    if document.version != VERSION:
        raise RefusedError(f"there is no version {document.version}")
    for number, walk in enumerate(document.sessions, 1):
        if problem := _problem_with(walk, now):
            raise RefusedError(f"session {number}: {problem}")
    return [to_walk(walk) for walk in document.sessions]


def _problem_with(walk: WalkData, now: datetime) -> str:
    """Why a walk cannot have been walked; empty when it can."""
    for part in (walk, *walk.intervals, *walk.pauses, *walk.edits):
        if unsafe := unsafe_text(part):
            return unsafe
    if walk.state is WalkState.WALKING:
        return "it is still being walked"
    if walk.started.year < EARLIEST_YEAR or (walk.started - now).total_seconds() > TOMORROW:
        return f"its start, {walk.started:%Y-%m-%d}, is not a day on which it can have been walked"
    return _planned_wrongly(walk) or _added_wrongly(walk)


def _planned_wrongly(walk: WalkData) -> str:
    try:
        seconds = _length_of(walk.notation)
    except WorkoutError as error:
        return f"its notation cannot be read ({clean(str(error))})"
    if seconds != walk.planned_seconds:
        return f"planned_seconds is {walk.planned_seconds}, its notation takes {seconds}"
    return ""


def _added_wrongly(walk: WalkData) -> str:
    def walked(*phases: Phase) -> int:
        return sum(interval.walked for interval in walk.intervals if interval.phase in phases)

    sums = {
        "walked": walked(*Phase),
        "backward": walked(Phase.BACKWARD),
        "forward": walked(*FACING_FORWARD),
        "turn": walked(Phase.TURN),
        "rest": walked(Phase.REST),
        "held": sum(interval.held for interval in walk.intervals),
        "paused": sum(pause.length for pause in walk.pauses),
    }
    for name, added in sums.items():
        if getattr(walk, name) != added:
            return f"{name} is {getattr(walk, name)}, its parts add up to {added}"
    if walk.longest_backward > walk.backward:
        return "longest_backward is more than backward"
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
    """A value for a spreadsheet: text that it would take for a formula is marked as text.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _session_row(walk: Walk) -> tuple[object, ...]:
    summary = walk.summary
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
        planned.rung,
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
    )


def _yes_or_no(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


def _interval_rows(walk: Walk) -> Iterator[tuple[object, ...]]:
    started = walk.summary.start.started.isoformat(timespec="seconds")
    for number, interval in enumerate(walk.intervals, 1):
        yield (
            walk.summary.uuid,
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
        )
