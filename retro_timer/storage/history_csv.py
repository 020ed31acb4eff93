"""The history as CSV for spreadsheets: one line per session, or per interval."""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.session.history import StoredSession
    from retro_timer.session.trace import IntervalMeasures

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


def write_sessions_csv(sessions: Iterable[StoredSession], out: IO[str]) -> None:
    """Write one line per session; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, SESSION_COLUMNS, map(_session_row, sessions))


def write_intervals_csv(sessions: Iterable[StoredSession], out: IO[str]) -> None:
    """Write one line per walked interval; lengths in seconds. Open the file with `newline=""`."""
    _write_csv(out, INTERVAL_COLUMNS, (row for stored in sessions for row in _interval_rows(stored)))


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
