"""What the plan, the weeks and the plots are told of the history: every walk as a `Practice`."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from retro_timer.scheduling import practice as plan
from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.practice import Practice, usable
from retro_timer.scheduling.presets import presets
from retro_timer.storage.model import NextDay
from retro_timer.storage.wire import LONGEST, Count, Ms, Notation, Score, Word, checked

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from retro_timer.scheduling.plan import Past
    from retro_timer.storage.history import History

ALL_BUT_WALKED: Final = 0.95
"""How much of what was planned has to be walked to count as complete: a bout cut short on the way is left incomplete,
ten seconds less of a warm-up are not (design)."""
_FIELDS: Final = """
    SELECT id, day, started, rung, workout_id, notation, incomplete, completion, walked, backward, longest_backward,
        effort, stumble, fall, pain_before, pain_after, next_day
"""
PRACTICE_QUERY: Final = f"""{_FIELDS}
    FROM sessions WHERE day >= ? AND (day, started, id) > (?, ?, ?) AND state <> 'walking' ORDER BY day, started, id
"""
_UNTRUE: Final = "(walked >= 86401000 OR backward >= 86401000 OR longest_backward / 1000 > backward / 1000)"
UNTRUE_QUERY: Final = f"""{_FIELDS}
    FROM sessions INDEXED BY sessions_untrue
    WHERE {_UNTRUE} AND (day, started, id) < (?, ?, ?) AND state <> 'walking' ORDER BY day, started, id
"""
OLDEST_QUERY: Final = f"""
    SELECT day FROM sessions WHERE state <> 'walking' AND NOT {_UNTRUE} ORDER BY day LIMIT 1
"""  # noqa: S608  (a condition from above)
OUTCOMES_QUERY: Final = f"""
    SELECT min(day, ?1) AS at, rung, workout_id, notation,
        count(*) AS walks, count(effort) AS told, coalesce(sum(effort), 0) AS effort
    FROM sessions WHERE day >= ?2 AND (day <= ?1 OR started <= ?3) AND state <> 'walking' AND NOT {_UNTRUE}
    GROUP BY at, rung, workout_id, notation ORDER BY at
"""  # noqa: S608  (a condition from above)
_NEXT_DAY: Final = {NextDay.NORMAL: plan.NextDay.NORMAL, NextDay.SORE: plan.NextDay.SORE}


class Key(NamedTuple):
    """Where a walk stands in the order of the history: day, start, and the key of its row."""

    day: int
    started: int
    session: int


BEGINNING: Final = Key(0, -(2**63), 0)
"""Before every walk."""
AFTER_ALL: Final = Key(2**62, 0, 0)


class Practised(NamedTuple):
    """What was walked.

    Attributes:
        practices: every walk that can be true, oldest first; or the last of them.
        problems: one sentence for each of the history that cannot be.
        before: what those come to that are not among the practices; None where all are.
    """

    practices: tuple[Practice, ...] = ()
    problems: tuple[str, ...] = ()
    before: Past | None = None


class _Row(Struct, frozen=True):
    """A row of the query, as strict as what is read in full."""

    id: int
    day: Annotated[int, Meta(ge=1, le=3_652_059)]
    started: Annotated[int, Meta(ge=-LONGEST * 10, le=253_402_300_799_000)]
    rung: Word | None
    workout_id: str
    notation: Notation
    incomplete: Count
    completion: Annotated[float, Meta(ge=0, le=1)]
    walked: Ms
    backward: Ms
    longest_backward: Ms
    effort: Score | None
    stumble: Annotated[int, Meta(ge=0, le=1)] | None
    fall: Annotated[int, Meta(ge=0, le=1)] | None
    pain_before: Score | None
    pain_after: Score | None
    next_day: NextDay | None


class _Group(Struct, frozen=True):
    """A row of what some walks came to."""

    at: Annotated[int, Meta(ge=1, le=3_652_059)]
    rung: Word | None
    workout_id: str
    notation: Notation
    walks: int
    told: int
    effort: int


def practices_of(history: History, now: datetime) -> Practised:
    """Every walk of the history.

    A walk counts for a rung of the ladder when it was walked as one, or when what was planned was that preset as it is.

    Args:
        history: what was walked.
        now: the wall clock; a walk of tomorrow that began before it was walked in another zone, and counts as today's.

    Raises:
        StorageError: when the history cannot be read.
    """
    return Practised(*usable((practice for _, practice in keyed_practices(history, now)), now.date()))


def keyed_practices(history: History, now: datetime, after: Key = BEGINNING) -> list[tuple[Key, Practice]]:
    """The walks after one, oldest first, those that cannot be true among them."""
    rows = history.database.read(PRACTICE_QUERY, (after.day, *after))
    return _practices(rows, now)


def untrue_practices(history: History, now: datetime, before: Key) -> list[tuple[Key, Practice]]:
    """The walks with impossible lengths before another one, oldest first."""
    return _practices(history.database.read(UNTRUE_QUERY, before), now)


def oldest_day(history: History) -> date | None:
    """The day of the first walk that can be true."""
    rows = history.database.read(OLDEST_QUERY)
    return date.fromordinal(rows[0][0]) if rows else None


class Outcome(NamedTuple):
    """What the walks of one day on one rung, or on the same workout of one's own, came to.

    Attributes:
        day: the local date.
        preset: the rung of the ladder; None or another id for a workout of one's own.
        walks: how many.
        told: of how many the effort is known.
        effort: the sum of those.
    """

    day: date
    preset: str | None
    walks: int
    told: int
    effort: int


def outcomes_of(history: History, now: datetime, since: date) -> tuple[Outcome, ...]:
    """What the walks from a day on came to, oldest first; those that cannot be true are left out."""
    moments = (now.date().toordinal(), since.toordinal(), now.timestamp() * 1000)
    found = (checked(dict(row), _Group) for row in history.database.read(OUTCOMES_QUERY, moments))
    return tuple(
        Outcome(
            date.fromordinal(group.at),
            group.rung or _rung_of(group.workout_id, group.notation),
            group.walks,
            group.told,
            group.effort,
        )
        for group in found
    )


def _practices(rows: Iterable[sqlite3.Row], now: datetime) -> list[tuple[Key, Practice]]:
    found = (checked(dict(row), _Row) for row in rows)
    return [(Key(row.day, row.started, row.id), _practice(row, now)) for row in found]


def _practice(row: _Row, now: datetime) -> Practice:
    day, today = date.fromordinal(row.day), now.date()
    if day > today and row.started <= now.timestamp() * 1000:
        day = today
    return Practice(
        day=day,
        preset=row.rung or _rung_of(row.workout_id, row.notation),
        complete=row.incomplete == 0 and row.completion >= ALL_BUT_WALKED,
        effort=row.effort,
        stumble=_answer(row.stumble),
        fall=_answer(row.fall),
        pain_before=row.pain_before,
        pain_after=row.pain_after,
        next_day=_NEXT_DAY.get(row.next_day) if row.next_day else None,
        walked_seconds=row.walked // 1000,
        backward_seconds=row.backward // 1000,
        longest_bout=row.longest_backward // 1000,
        share=row.completion,
    )


def _answer(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _rung_of(workout_id: str, notation: str) -> str | None:
    """The rung that a workout is: a preset whose lengths were changed is none."""
    return workout_id if _notations().get(workout_id) == notation else None


@cache
def _notations() -> dict[str, str]:
    return {workout.id: format_workout(workout) for workout in presets()}
