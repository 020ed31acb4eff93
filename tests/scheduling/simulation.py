"""Simulated walkers, at the level of what the plan sees: they ask for advice every day and mostly follow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retro_timer.scheduling.plan import Advice, PlanChoices, advise
from retro_timer.scheduling.plan_rules import Action
from retro_timer.scheduling.practice import Practice
from retro_timer.scheduling.presets import LADDER

if TYPE_CHECKING:
    from collections.abc import Callable

MONDAY = date(2026, 3, 2)
GO = (Action.START, Action.STEP_BACK, Action.REPEAT, Action.ADVANCE, Action.PINNED)
RUNGS = {rung.id: rung.workout() for rung in LADDER}
BOUTS = {rung.id: rung.backward for rung in LADDER}


@dataclass
class Diary:
    """What came of it: the advice of every day, and the walks."""

    advice: list[Advice] = field(default_factory=list)
    walks: list[Practice] = field(default_factory=list)

    def rungs(self) -> list[str]:
        """The rungs walked, in order."""
        return [walk.preset or "own" for walk in self.walks]

    def rungs_by_week(self) -> list[list[str]]:
        """The rungs walked, week by week."""
        weeks: dict[int, list[str]] = {}
        for walk in self.walks:
            weeks.setdefault((walk.day - MONDAY).days // 7, []).append(walk.preset or "own")
        return [weeks.get(week, []) for week in range(max(weeks, default=-1) + 1)]


def done(day: date, rung: str | None, **changes: object) -> Practice:
    """A walk of a rung that went well, or with something changed."""
    workout = RUNGS.get(rung or "", RUNGS["starter"])
    backward = workout.backward_seconds
    fields: dict[str, object] = {
        "effort": 3,
        "walked_seconds": workout.total_seconds,
        "backward_seconds": backward,
        "longest_bout": min(backward, BOUTS.get(rung or "", 60)),
    }
    return Practice(day, rung, **{**fields, **changes})  # type: ignore[arg-type]  # fields by name


def simulate(
    days: int,
    walk: Callable[[int, Practice, Advice], Practice | None],
    pain_today: Callable[[int], int | None] = lambda _: None,
    choices: PlanChoices | None = None,
) -> Diary:
    """Live through some days from a Monday on: ask, walk what is advised, tell."""
    diary = Diary()
    for day in range(days):
        today = MONDAY + timedelta(days=day)
        advice = advise(diary.walks, today, choices, pain_today(day))
        diary.advice.append(advice)
        if advice.action not in GO or advice.rung is None:
            continue
        walked = walk(day, done(today, advice.rung), advice)
        if walked is not None:
            diary.walks.append(walked)
    return diary
