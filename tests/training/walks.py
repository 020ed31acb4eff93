"""Sessions on the plan, and the advice after them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from retro_timer.storage.programmes import eight_weeks
from retro_timer.training.plan import Advice, PlanChoices
from tests.training.simulation import MONDAY, advise, done

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.training.entry import TrainingEntry


# A goal of five a week, so that rest days do not get in the way of what is looked at.
LEVELS = eight_weeks().levels
TOP = eight_weeks().top
STARTER = PlanChoices(start="starter", sessions=5)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def walks(*preset_ids: str | None, every: int = 2, **last: object) -> list[TrainingEntry]:
    """Walks that went well, every so many days from the first Monday on, the last one changed."""
    found = [done(on(index * every), preset_id) for index, preset_id in enumerate(preset_ids)]
    found[-1] = replace(found[-1], **last)
    return found


def next_day_advice(entries: list[TrainingEntry], choices: PlanChoices = STARTER, after: int = 2) -> Advice:
    return advise(entries, entries[-1].day + timedelta(days=after), choices)
