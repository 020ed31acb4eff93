"""Finding programmes that can never move on, by simulating an ideal walker from the first level to the last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.session.history import NextDay
from retro_timer.text import counted
from retro_timer.training.case import Verdict
from retro_timer.training.entry import TrainingEntry
from retro_timer.training.plan import PlanChoices, advise
from retro_timer.training.standing import standing

if TYPE_CHECKING:
    from retro_timer.training.programme import Programme

_MONDAY: Final = date(2024, 1, 1)
_WALKS: Final = (Verdict.START, Verdict.REPEAT, Verdict.ADVANCE, Verdict.STEP_BACK)


def why_it_stays(programme: Programme) -> str:
    """Why nobody can ever get beyond some level of a programme, as one clause; empty if the last can be reached.

    The ideal walker walks as often as each level says, on days spread evenly over the week, completes every session at
    effort 0, and is never in pain.
    """
    programme = replace(programme, started=_MONDAY)  # as if it were imported on the ideal walker's first day
    entries: list[TrainingEntry] = []
    day, week_day = _MONDAY, 0
    while True:
        index = standing(programme, entries).index
        level = programme.levels[index]
        if index == programme.top:
            return ""
        advice = advise(programme, entries, day, PlanChoices(sessions=1), pain_today=0)
        at_level = sum(entry.preset in level.workout_ids for entry in entries)
        most = sum(max(each.sessions, each.good) for each in programme.levels[: index + 1]) + index + 1
        if advice.preset_id is None or advice.action not in _WALKS or (at_level and len(entries) > most):
            says = f"the plan says {advice.rule!r}. {advice.reason}"
            return f"nobody gets beyond step {index + 1}, walking {counted(level.most_days, 'day')} a week: {says}"
        workout = programme.workout(advice.preset_id)
        entries.append(_ideal(day, advice.preset_id, workout.total_seconds))
        gap = _gap(week_day, level.most_days)
        day, week_day = day + timedelta(days=gap), (week_day + 1) % level.most_days


def _gap(number: int, days: int) -> int:
    """The days from one session of a week to the next: 2, 2 and 3 for three days a week."""
    return 7 * (number + 1) // days - 7 * number // days


def _ideal(day: date, workout_id: str, seconds: int) -> TrainingEntry:
    return TrainingEntry(
        day,
        workout_id,
        effort=0,
        stumble=False,
        fall=False,
        pain_before=0,
        pain_after=0,
        next_day=NextDay.NORMAL,
        walked_seconds=seconds,
    )
