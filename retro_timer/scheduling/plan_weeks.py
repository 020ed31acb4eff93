"""The eight weeks from beginner to consistent, as levels: which rung, how often, how fast (design, see `LEVELS`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import kmh

NAMES: Final = {rung.id: rung.name for rung in LADDER}
RUNG_ORDER: Final = {rung.id: place for place, rung in enumerate(LADDER)}
BEYOND: Final = "beyond"
BEYOND_AFTER: Final = 3
"""In week 8 one walk of four or five is the longest: after this many on the rung below it."""


class SpeedRange(NamedTuple):
    """A range of speeds in km/h; both ends are the same where there is one speed."""

    low: float
    high: float

    @classmethod
    def of_mph(cls, low: float, high: float) -> SpeedRange:
        """The range between two speeds in mph, which is what the plan is written in."""
        return cls(round(kmh(low), 2), round(kmh(high), 2))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the plan.

    Attributes:
        week: of the eight weeks.
        rung: what is walked.
        most_days: the most days a week.
        backward: how fast backward; None off the treadmill.
        forward: how fast forward; None off the treadmill.
        pace: what to do about the speed, as one sentence; empty where the range says it all.
        sessions: how many are needed before the next level, those of a level that counts with this one included.
        good: how many of the last have to be good.
    """

    week: int
    rung: str
    most_days: int
    backward: SpeedRange | None
    forward: SpeedRange | None
    pace: str = ""
    sessions: int = 3
    good: int = 2


_MPH = SpeedRange.of_mph
_HOLD: Final = "Hold the speed: one thing changes at a time."
_FASTER: Final = "Add 0.1 to 0.2 mph (0.2 to 0.3 km/h) backward; the lengths stay as they are."
_FASTER_OR_HOLD: Final = "Hold the speed, or add 0.1 mph (0.2 km/h) on Consistent only."

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

Week 1 has two: Floor First once, then First Try; a walk of the first counts towards the three of the second. Weeks 5
and 6 walk the same lengths, the second at a higher speed: one variable at a time. Week 8 has one Beyond.
"""
TOP: Final = len(LEVELS) - 1


def level_of(rung: str) -> int:
    """The index of the first level that walks a rung; `beyond` belongs to the last."""
    if rung == BEYOND:
        return TOP
    return next(index for index, level in enumerate(LEVELS) if level.rung == rung)


def rungs_at(index: int) -> frozenset[str]:
    """What counts as walked at a level."""
    return frozenset({LEVELS[index].rung, BEYOND} if index == TOP else {LEVELS[index].rung})
