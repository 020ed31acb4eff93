"""Units: speeds are stored in km/h and weights in kg, and displayed in the walker's units."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

KMH_PER_MPH: Final = 1.609344
_KMH_PER_METRE_PER_SECOND: Final = 3.6
KG_PER_LB: Final = 0.45359237


class WeekStart(IntEnum):
    """The first day of a week; the values are those of `date.weekday`."""

    MONDAY = 0
    SATURDAY = 5
    SUNDAY = 6


def mph(speed_kmh: float) -> float:
    """A speed in miles per hour."""
    return speed_kmh / KMH_PER_MPH


def kmh(speed_mph: float) -> float:
    """A speed in kilometres per hour."""
    return speed_mph * KMH_PER_MPH


def in_kmh(speed: float, unit: str) -> float:
    """Convert a speed in "mph" or "km/h" (in any case) to kilometres per hour."""
    return kmh(speed) if unit.lower() == "mph" else speed


def given_in_mph(speed_kmh: float) -> float | None:
    """A speed in miles per hour, if it was given that way with at most two decimals; otherwise None."""
    speed = round(mph(speed_kmh), 2)
    return speed if kmh(speed) == speed_kmh and round(speed_kmh, 2) != speed_kmh else None


def metres_per_second(speed_kmh: float) -> float:
    """A speed in metres per second."""
    return speed_kmh / _KMH_PER_METRE_PER_SECOND


def kmh_from_metres_per_second(speed: float) -> float:
    """Convert a speed in metres per second to kilometres per hour."""
    return speed * _KMH_PER_METRE_PER_SECOND


def kmh_over(metres: float, milliseconds: int) -> float:
    """The mean speed over a distance and a time, in kilometres per hour."""
    return metres / milliseconds * 3600


def seconds_at(speed_kmh: float, metres: float) -> float:
    """The time a distance takes at a speed, in seconds."""
    return metres * _KMH_PER_METRE_PER_SECOND / speed_kmh


def show_speed(speed_kmh: float, *, imperial: bool) -> str:
    """Format a speed as treadmill consoles do: one decimal and the unit."""
    return f"{mph(speed_kmh):.1f} mph" if imperial else f"{speed_kmh:.1f} km/h"


def show_distance(metres: float, *, imperial: bool) -> str:
    """Format a distance as treadmill consoles do: two decimals and the unit."""
    return f"{mph(metres / 1000):.2f} mi" if imperial else f"{metres / 1000:.2f} km"


BACKWARD_CAP_KMH: Final = kmh(3.5)
"""Backward walking turns into running near 3.6 mph (Hreljac 2005, JSSM 4:446); never advise more than this."""
