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
    from datetime import datetime

    from retro_timer.storage.history import History

ALL_BUT_WALKED: Final = 0.95
"""How much of what was planned has to be walked to count as complete: a bout cut short on the way is left incomplete,
ten seconds less of a warm-up are not (design)."""
PRACTICE_QUERY: Final = """
    SELECT day, started, rung, workout_id, notation, incomplete, completion, walked, backward, longest_backward,
        effort, stumble, fall, pain_before, pain_after, next_day
    FROM sessions WHERE state <> 'walking' ORDER BY day, started, id
"""
_NEXT_DAY: Final = {NextDay.NORMAL: plan.NextDay.NORMAL, NextDay.SORE: plan.NextDay.SORE}


class Practised(NamedTuple):
    """What was walked.

    Attributes:
        practices: every walk that can be true, oldest first.
        problems: one sentence for each that was left out.
    """

    practices: tuple[Practice, ...] = ()
    problems: tuple[str, ...] = ()


class _Row(Struct, frozen=True):
    """A row of the query, as strict as what is read in full."""

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


def practices_of(history: History, now: datetime) -> Practised:
    """Every walk of the history.

    A walk counts for a rung of the ladder when it was walked as one, or when what was planned was that preset as it is.

    Args:
        history: what was walked.
        now: the wall clock; a walk of tomorrow that began before it was walked in another zone, and counts as today's.

    Raises:
        StorageError: when the history cannot be read.
    """
    rows = history.database.read(PRACTICE_QUERY)
    return Practised(*usable((_practice(checked(dict(row), _Row), now) for row in rows), now.date()))


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
