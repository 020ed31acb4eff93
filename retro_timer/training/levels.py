"""The levels of the eight-week plan: which preset, how often and how fast (design, see `LEVELS`)."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct

from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import kmh

NAMES: Final = {preset_id.id: preset_id.name for preset_id in LADDER}
LADDER_ORDER: Final = {preset_id.id: place for place, preset_id in enumerate(LADDER)}
BACKWARD_CAP_KMH: Final = kmh(3.5)
"""Backward walking turns into running near 3.6 mph (Hreljac 2005, JSSM 4:446); never advise more than this."""
BEYOND: Final = "beyond"
BEYOND_AFTER: Final = 3
"""In week 8, Beyond follows every this many sessions of the preset below it."""


class SpeedRange(NamedTuple):
    """A range of speeds in km/h; both ends are equal for a single speed."""

    low: float
    high: float

    @classmethod
    def of_mph(cls, low: float, high: float) -> SpeedRange:
        """The range between two speeds in mph, the unit the plan is written in."""
        return cls(round(kmh(low), 2), round(kmh(high), 2))


class Level(Struct, frozen=True):
    """One level of the plan.

    Attributes:
        week: week of the plan, 1 to 8.
        preset_id: the preset to walk.
        most_days: the most days per week.
        backward: backward speed; None off the treadmill.
        forward: forward speed; None off the treadmill.
        pace: advice about the speed, as one sentence; empty if the range says it all.
        sessions: sessions needed before the next level, including those carried over from the level before.
        good: how many of the latest sessions have to be good.
    """

    week: int
    preset_id: str
    most_days: int
    backward: SpeedRange | None
    forward: SpeedRange | None
    pace: str = ""
    sessions: int = 3
    good: int = 2


_MPH = SpeedRange.of_mph
_HOLD: Final = "Keep the speed: change one thing at a time."
_FASTER: Final = "Add 0.1 to 0.2 mph (0.2 to 0.3 km/h) backward; the lengths stay as they are."
_FASTER_OR_HOLD: Final = "Keep the speed, or add 0.1 mph (0.2 km/h) on Consistent only."

LEVELS: Final = (
    Level(1, "floor-first", 3, None, None, "Off the treadmill, beside a wall or rail.", sessions=1, good=1),
    Level(1, "first-try", 3, _MPH(0.5, 1.0), _MPH(1.5, 2.0)),
    Level(2, "starter", 3, _MPH(1.0, 1.0), _MPH(2.0, 2.0)),
    Level(3, "foundation", 3, _MPH(1.0, 1.0), _MPH(2.0, 2.0)),
    Level(4, "builder", 3, _MPH(1.0, 1.2), _MPH(2.0, 2.5)),
    Level(5, "ten-minutes", 4, _MPH(1.0, 1.2), _MPH(2.0, 2.5), _HOLD),
    Level(6, "ten-minutes", 4, _MPH(1.1, 1.4), _MPH(2.5, 2.5), _FASTER),
    Level(7, "consistent", 4, _MPH(1.1, 1.4), _MPH(2.5, 2.5), _HOLD),
    Level(8, "consistent", 5, _MPH(1.1, 1.5), _MPH(2.5, 3.0), _FASTER_OR_HOLD),
)
"""The levels in order (design, bounded by published doses: see the ladder in `presets`).

Week 1 has two: Floor First once, then First Try; a session of the first counts towards the three of the second. Weeks 5
and 6 have the same lengths, week 6 at a higher speed: one variable changes at a time. Week 8 has one Beyond.
"""
TOP: Final = len(LEVELS) - 1


def level_of(preset_id: str) -> int:
    """The index of the first level with a preset; a preset of no level belongs to the last level below it."""
    exact = [index for index, level in enumerate(LEVELS) if level.preset_id == preset_id]
    below = [index for index, level in enumerate(LEVELS) if LADDER_ORDER[level.preset_id] < LADDER_ORDER[preset_id]]
    return exact[0] if exact else max(below, default=0)


def presets_at(index: int) -> frozenset[str]:
    """The presets whose sessions count towards a level."""
    return frozenset({LEVELS[index].preset_id, BEYOND} if index == TOP else {LEVELS[index].preset_id})
