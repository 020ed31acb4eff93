"""The levels of a programme: which workout, how often and how fast."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

from msgspec import Struct

from retro_timer.scheduling.presets import LADDER

NAMES: Final = {preset_id.id: preset_id.name for preset_id in LADDER}
LADDER_ORDER: Final = {preset_id.id: place for place, preset_id in enumerate(LADDER)}


class SpeedRange(NamedTuple):
    """A range of speeds in km/h; both ends are equal for a single speed."""

    low: float
    high: float


class Level(Struct, frozen=True, dict=True):
    """One level of a programme.

    Attributes:
        week: week of the plan, from 1.
        workout_id: the workout: a preset, or one of the programme's own.
        most_days: the most days per week.
        backward: backward speed; None off the treadmill.
        forward: forward speed; None off the treadmill.
        pace: advice about the speed, as one sentence; empty if the range says it all.
        sessions: sessions needed before the next level, including those carried over from the level before.
        good: how many of the latest sessions must be good.
        variation: an alternative preset for a change, at the last level; empty if there is none.
        variation_after: how many sessions in a row without the variation make it due.
        words: the text shown, and spoken when the workout begins; may be empty.
    """

    week: int
    workout_id: str
    most_days: int
    backward: SpeedRange | None = None
    forward: SpeedRange | None = None
    pace: str = ""
    sessions: int = 3
    good: int = 2
    variation: str = ""
    variation_after: int = 3
    words: str = ""

    @cached_property
    def workout_ids(self) -> tuple[str, ...]:
        """The workouts whose sessions count towards it."""
        return (self.workout_id, self.variation) if self.variation else (self.workout_id,)
