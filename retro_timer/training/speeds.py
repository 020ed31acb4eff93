"""Warnings about backward speeds. Values are in km/h; the evidence is in mph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import BACKWARD_CAP_KMH, kmh, show_speed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.scheduling.model import Block

BEGINNER_KMH: Final = kmh(2.0)
"""Beginners are warned above this speed (design)."""
NO_BEGINNER_FROM: Final = "foundation"
"""The first preset of the ladder that is not for beginners (design)."""
ROUNDING_KMH: Final = 0.005
"""Tolerance in km/h: consoles and files round speeds, and 5.63 km/h is the cap of 3.5 mph, not above it."""


def is_beyond_cap(backward_kmh: float) -> bool:
    """Whether a backward speed exceeds the cap."""
    return backward_kmh > BACKWARD_CAP_KMH + ROUNDING_KMH


def speed_warning(backward_kmh: float, *, beginner: bool, imperial: bool = False) -> str | None:
    """The warning about a backward speed in km/h, as one sentence; None if the speed is fine."""
    if is_beyond_cap(backward_kmh):
        cap = show_speed(BACKWARD_CAP_KMH, imperial=imperial)
        return f"Walk no faster than {cap} backward: just above it, walking turns into running."
    if beginner and backward_kmh > BEGINNER_KMH + ROUNDING_KMH:
        start, limit = (show_speed(speed, imperial=imperial) for speed in (kmh(0.5), BEGINNER_KMH))
        return f"More than {limit} backward is fast for a beginner: start near {start} and add a little at a time."
    return None


def is_beginner(level: str | None) -> bool:
    """Whether a walker at a preset of the ladder is a beginner; None (unknown) counts as one."""
    levels = [preset_id.id for preset_id in LADDER]
    return level not in levels[levels.index(NO_BEGINNER_FROM) :]


def depends_on_level(blocks: Iterable[Block]) -> bool:
    """Whether `blocks_warning` depends on `beginner`."""
    fastest = fastest_backward(blocks)
    return fastest is not None and not is_beyond_cap(fastest) and fastest > BEGINNER_KMH + ROUNDING_KMH


def blocks_warning(blocks: Iterable[Block], *, beginner: bool, imperial: bool) -> str:
    """The warning about the backward speeds of a workout, as one sentence; empty if they are fine."""
    fastest = fastest_backward(blocks)
    return "" if fastest is None else speed_warning(fastest, beginner=beginner, imperial=imperial) or ""


def fastest_backward(blocks: Iterable[Block]) -> float | None:
    """The fastest planned backward speed in km/h; None if no speed is planned."""
    planned = (interval.speed_kmh for interval in _intervals(blocks) if interval.phase is Phase.BACKWARD)
    return max((speed for speed in planned if speed is not None), default=None)


def _intervals(blocks: Iterable[Block]) -> Iterator[Interval]:
    """Every distinct interval of the blocks that is walked."""
    for block in blocks:
        if isinstance(block, Interval):
            yield block
        else:
            yield from _intervals(block.body)
            yield from _intervals(block.between if block.times > 1 else ())
