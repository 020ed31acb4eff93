"""Simulated walkers, as the plan sees them: they ask for advice every day and mostly follow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retro_timer.scheduling.presets import LADDER
from retro_timer.storage.programmes import eight_weeks
from retro_timer.training import plan
from retro_timer.training import standing as replaying
from retro_timer.training.case import Verdict
from retro_timer.training.entry import TrainingEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.training.case import Standing
    from retro_timer.training.plan import Advice, PlanChoices

MONDAY = date(2026, 3, 2)
GO = (Verdict.START, Verdict.STEP_BACK, Verdict.REPEAT, Verdict.ADVANCE, Verdict.PINNED)
PRESET_IDS = {preset_id.id: preset_id.workout() for preset_id in LADDER}
STEADY_WEEKS = [
    ["floor-first", "first-try", "first-try"],
    ["starter"] * 3,
    ["foundation"] * 3,
    ["builder"] * 3,
    ["ten-minutes"] * 3,
    ["ten-minutes"] * 3,
    ["consistent"] * 3,
    ["consistent"] * 3,
]
"""What a walker who follows the plan three times a week walks, week by week."""
BOUTS = {preset_id.id: preset_id.backward for preset_id in LADDER}


def advise(
    entries: Sequence[TrainingEntry], today: date, choices: PlanChoices | None = None, pain_today: int | None = None
) -> Advice:
    """What the built-in eight weeks advise."""
    return plan.advise(eight_weeks(), entries, today, choices, pain_today)


def standing(entries: Sequence[TrainingEntry], start: str | None = None) -> Standing:
    """Where the walker is in the built-in eight weeks."""
    return replaying.standing(eight_weeks(), entries, start)


def level_of(preset_id: str) -> int:
    """The level of a preset in the built-in eight weeks."""
    level = eight_weeks().level_of(preset_id)
    assert level is not None
    return level


@dataclass
class Diary:
    """The result: the advice of every day, and the sessions."""

    advice: list[Advice] = field(default_factory=list)
    walks: list[TrainingEntry] = field(default_factory=list)

    def preset_ids(self) -> list[str]:
        """The presets walked, in order."""
        return [walk.preset or "own" for walk in self.walks]

    def presets_by_week(self) -> list[list[str]]:
        """The presets walked, week by week."""
        weeks: dict[int, list[str]] = {}
        for walk in self.walks:
            weeks.setdefault((walk.day - MONDAY).days // 7, []).append(walk.preset or "own")
        return [weeks.get(week, []) for week in range(max(weeks, default=-1) + 1)]


def done(day: date, preset_id: str | None, **changes: object) -> TrainingEntry:
    """A session of a preset that went well, with optional changes."""
    workout = PRESET_IDS.get(preset_id or "", PRESET_IDS["starter"])
    backward = workout.backward_seconds
    fields: dict[str, object] = {
        "effort": 3,
        "walked_seconds": workout.total_seconds,
        "backward_seconds": backward,
        "longest_bout": min(backward, BOUTS.get(preset_id or "", 60)),
    }
    return TrainingEntry(day, preset_id, **{**fields, **changes})  # type: ignore[arg-type]  # fields by name


def simulate(
    days: int,
    walk: Callable[[int, TrainingEntry, Advice], TrainingEntry | None],
    pain_today: Callable[[int], int | None] = lambda _: None,
    choices: PlanChoices | None = None,
) -> Diary:
    """Simulate some days, starting on a Monday: ask for advice, walk it, give feedback."""
    diary = Diary()
    for day in range(days):
        today = MONDAY + timedelta(days=day)
        advice = advise(diary.walks, today, choices, pain_today(day))
        diary.advice.append(advice)
        if advice.action not in GO or advice.preset_id is None:
            continue
        walked = walk(day, done(today, advice.preset_id), advice)
        if walked is not None:
            diary.walks.append(walked)
    return diary
