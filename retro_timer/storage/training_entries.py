"""Reading the history for the plan, the weekly totals and the plots: sessions as `TrainingEntry`."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.bounds import LONGEST, Count, Ms, Notation, Score, Share, Word
from retro_timer.session.history import NextDay, day_at
from retro_timer.session.logged import Origin, origin_of
from retro_timer.session.record import SessionStatus
from retro_timer.session.states import shown_seconds
from retro_timer.storage.days import BY_NOW, COUNTS, day_column
from retro_timer.storage.errors import UnreadableError
from retro_timer.storage.rows import checked
from retro_timer.training.entry import NEARLY_ALL, TrainingEntry, usable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.phases import Phase
    from retro_timer.storage.history import History


class Practised(NamedTuple):
    """The sessions of the history.

    Attributes:
        entries: every plausible session, oldest first.
        problems: one sentence for each implausible session.
    """

    entries: tuple[TrainingEntry, ...] = ()
    problems: tuple[str, ...] = ()


class _Row(Struct, frozen=True):
    """The columns of a session that the plan uses, checked as strictly as a full session."""

    id: int
    uuid: str
    day: Annotated[int, Meta(ge=1, le=3_652_059)]
    started: Annotated[int, Meta(ge=-LONGEST * 10, le=253_402_300_799_000)]
    utc_offset: Annotated[int, Meta(gt=-86_400, lt=86_400)]
    rung: Word | None
    workout_id: str
    notation: Notation
    state: SessionStatus
    incomplete: Count
    completion: Share
    walked: Ms
    backward: Ms
    longest_backward: Ms
    effort: Score | None
    stumble: Annotated[int, Meta(ge=0, le=1)] | None
    fall: Annotated[int, Meta(ge=0, le=1)] | None
    pain_before: Score | None
    pain_after: Score | None
    next_day: NextDay | None


_DAY: Final = 86_400
_FIELDS: Final = _Row.__struct_fields__
# A fall always matters to the plan, even one before the first step.
_SESSIONS: Final = f"SELECT {', '.join(_FIELDS)} FROM sessions WHERE ({COUNTS} OR state <> 'walking' AND fall)"  # noqa: S608  (names of columns)
# As `training.entry.problem_with`, in milliseconds.
_UNTRUE: Final = "(walked >= 86401000 OR backward >= 86401000 OR longest_backward / 1000 > backward / 1000)"
ENTRY_QUERY: Final = f"{_SESSIONS} ORDER BY day, started, id"
PROBLEM_QUERY: Final = f"{_SESSIONS} AND ({_UNTRUE} OR (day > ? AND started > ?)) ORDER BY day, started, id"
# {day} stands for the expression from `storage.days`.
_DAYS: Final = f"""
    SELECT DISTINCT min({{day}}, :today) AS at FROM sessions
    WHERE {BY_NOW} AND {COUNTS} AND NOT {_UNTRUE} ORDER BY 1
"""  # noqa: S608  (a condition from above)
_OUTCOMES: Final = f"""
    SELECT min({{day}}, :today) AS at, rung, workout_id, notation,
        count(*) AS sessions, count(effort) AS rated, coalesce(sum(effort), 0) AS effort
    FROM sessions
    WHERE {{day}} >= :since AND {BY_NOW} AND {COUNTS} AND NOT {_UNTRUE}
    GROUP BY at, rung, workout_id, notation ORDER BY at
"""  # noqa: S608  (a condition from above)


class _Group(Struct, frozen=True):
    """A row of `_OUTCOMES`."""

    at: Annotated[int, Meta(ge=1, le=3_652_059)]
    rung: Word | None
    workout_id: str
    notation: Notation
    sessions: int
    rated: int
    effort: int


def entries_of(history: History, now: datetime, day_ends: int = 0, others: Sequence[Workout] = ()) -> Practised:
    """All sessions of the history that count, as training entries.

    A session counts for a preset if it was started as that preset, or if its plan has exactly the preset's lengths.

    Args:
        history: the history.
        now: the wall clock; a session dated tomorrow that began before `now` was walked in another time zone, and
            counts as today's.
        day_ends: how many hours after midnight a day ends.
        others: a programme's workouts, which count like presets.

    Raises:
        StorageError: if the history cannot be read.
    """
    return _practised(history, ENTRY_QUERY, (), now, day_ends, others)


def problems_of(history: History, now: datetime, day_ends: int = 0) -> tuple[str, ...]:
    """One sentence for each implausible session, without reading the others.

    Raises:
        StorageError: if the history cannot be read.
    """
    moments = (day_at(now, day_ends).toordinal(), now.timestamp() * 1000)
    return _practised(history, PROBLEM_QUERY, moments, now, day_ends).problems


def walked_days(history: History, now: datetime, day_ends: int = 0) -> list[date]:
    """The days with a plausible session that counts, oldest first.

    Raises:
        StorageError: if the history cannot be read.
    """
    query = _DAYS.format(day=day_column(day_ends))
    return history.aggregated(query, _moments(now, day_ends), _day)


class Outcome(NamedTuple):
    """The totals of one day's sessions of a preset, or of one of the walker's own workouts.

    Attributes:
        day: the local date.
        preset: the id of a preset; None or any other id for the walker's own workout.
        sessions: the number of sessions.
        rated: the number of sessions with a known effort.
        effort: the sum of these efforts.
    """

    day: date
    preset: str | None
    sessions: int
    rated: int
    effort: int


def outcomes_of(history: History, now: datetime, since: date, day_ends: int = 0) -> tuple[Outcome, ...]:
    """The outcomes since a day, oldest first, without implausible sessions."""
    moments = {**_moments(now, day_ends), "since": since.toordinal()}
    query = _OUTCOMES.format(day=day_column(day_ends))
    found = history.aggregated(query, moments, lambda row: checked(dict(row), _Group))
    return tuple(
        Outcome(
            date.fromordinal(group.at),
            group.rung or _preset_id_of(group.workout_id, group.notation, _notations()),
            group.sessions,
            group.rated,
            group.effort,
        )
        for group in found
    )


def _moments(now: datetime, day_ends: int) -> dict[str, float]:
    return {"today": day_at(now, day_ends).toordinal(), "now": now.timestamp() * 1000}


def _practised(  # noqa: PLR0913, PLR0917  (a query and how its rows are read)
    history: History, query: str, values: Sequence[float], now: datetime, day_ends: int, others: Sequence[Workout] = ()
) -> Practised:
    known = _notations() | {workout.id: format_notation(workout) for workout in others}
    rows = history.readable(query, values, _row)
    return Practised(*usable((_entry(row, now, day_ends, known) for row in rows), day_at(now, day_ends)))


def _row(row: sqlite3.Row) -> _Row:
    return checked(dict(zip(_FIELDS, row, strict=True)), _Row)


def _day(row: sqlite3.Row) -> date:
    day = row["at"]
    if not isinstance(day, int) or not date.min.toordinal() <= day <= date.max.toordinal():
        raise UnreadableError("a day is missing")
    return date.fromordinal(day)


def _entry(row: _Row, now: datetime, day_ends: int, known: Mapping[str, str]) -> TrainingEntry:
    late = (row.started // 1000 + row.utc_offset) % _DAY < day_ends * 3600
    day, today = date.fromordinal(max(1, row.day - late)), day_at(now, day_ends)
    if day > today and row.started <= now.timestamp() * 1000:
        day = today
    return TrainingEntry(
        day=day,
        preset=row.rung or _preset_id_of(row.workout_id, row.notation, known),
        as_planned=row.state is SessionStatus.FINISHED and row.completion >= NEARLY_ALL and not row.incomplete,
        effort=row.effort,
        stumble=_answer(row.stumble),
        fall=_answer(row.fall),
        pain_before=row.pain_before,
        pain_after=row.pain_after,
        next_day=row.next_day,
        walked_seconds=shown_seconds(row.walked),
        backward_seconds=shown_seconds(row.backward),
        longest_bout=shown_seconds(row.longest_backward),
        share=row.completion,
        logged=origin_of(row.uuid) is not Origin.TIMER,
    )


def _answer(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _preset_id_of(workout_id: str, notation: str, known: Mapping[str, str]) -> str | None:
    """The id of the known workout that was walked; None if it is not known or its lengths were changed."""
    wanted = known.get(workout_id)
    same = wanted is not None and (wanted == notation or _lengths(wanted) == _lengths(notation))
    return workout_id if same else None


@lru_cache(maxsize=64)
def _lengths(notation: str) -> tuple[tuple[Phase, int], ...]:
    """The phases and lengths of a workout; its words and speeds may be changed by whoever wrote it."""
    try:
        return tuple((entry.phase, entry.duration) for entry in flatten(parse(notation)))
    except WorkoutError:  # the history was edited by hand
        return ()


@cache
def _notations() -> dict[str, str]:
    return {workout.id: format_notation(workout) for workout in presets()}
