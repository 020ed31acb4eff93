"""How fast to walk backward: the cap, and what is said about a speed. Kept in km/h; evidence is in mph."""

from __future__ import annotations

from typing import Final

from retro_timer.scheduling.units import kmh, show_speed

BACKWARD_CAP_KMH: Final = kmh(3.5)
"""Backward walking turns into running near 3.6 mph (Hreljac 2005, JSSM 4:446); nothing faster is advised."""
BEGINNER_KMH: Final = kmh(2.0)
"""Above this a beginner is warned (design)."""
_ROUNDING: Final = 0.005
"""Consoles and files round speeds: 5.63 km/h is the cap of 3.5 mph, not beyond it."""


def is_beyond_cap(backward_kmh: float) -> bool:
    """Whether a backward speed is faster than anybody should walk."""
    return backward_kmh > BACKWARD_CAP_KMH + _ROUNDING


def speed_warning(backward_kmh: float, *, beginner: bool, imperial: bool = False) -> str | None:
    """What to say about a backward speed in km/h, in one sentence; None when there is nothing to say."""
    if is_beyond_cap(backward_kmh):
        cap = show_speed(BACKWARD_CAP_KMH, imperial=imperial)
        return f"Walk no faster than {cap} backward: just above it, walking turns into running."
    if beginner and backward_kmh > BEGINNER_KMH + _ROUNDING:
        start, limit = (show_speed(speed, imperial=imperial) for speed in (kmh(0.5), BEGINNER_KMH))
        return f"More than {limit} backward is fast for a beginner: start near {start} and add a little at a time."
    return None
