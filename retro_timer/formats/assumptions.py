"""What to assume if a file does not say it: the direction, the unit of its lengths, the pace of its distances."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import check_speed
from retro_timer.scheduling.units import in_kmh, kmh, seconds_at
from retro_timer.text import quoted

_SECONDS_PER_HOUR: Final = 3600
_PACE: Final = re.compile(r"(?<!\S)(\d{1,5}):([0-5]\d)(?:-\d{1,5}:[0-5]\d)?/(km|mi)\b", re.ASCII | re.IGNORECASE)
_SPEED: Final = re.compile(r"(?<!\S)(\d{1,3}(?:\.\d{1,9})?)\s?(km/h|kph|mph)\b", re.ASCII | re.IGNORECASE)


class Assume(StrEnum):
    """What to assume for a workout without directions.

    FORWARD: every bout is forward.
    ALTERNATE: bouts alternate; in sets of work and recovery, the work is backward. Bouts before the first set (without
    sets, the first of several bouts) count as a warm-up and are forward, unless there is a warm-up among them already.
    After the sets, the last bout counts as a cool-down and is forward. Turns are inserted, which makes the workout
    longer.
    """

    FORWARD = "forward"
    ALTERNATE = "alternate"


class Lengths(StrEnum):
    """The unit of the lengths in a file."""

    METRES = "metres"
    SECONDS = "seconds"


class Assumptions(Struct, frozen=True):
    """What to assume if a file does not say it.

    Attributes:
        direction: which way to walk; None to ask.
        lengths: the unit of lengths; None to ask.
        pace_kmh: the speed in km/h that turns distances into times; None to ask.
        longest: the longest backward bout in seconds that may be assumed; the rest of a longer one is forward.
    """

    direction: Assume | None = None
    lengths: Lengths | None = None
    pace_kmh: float | None = None
    longest: int | None = None


NOTHING_ASSUMED: Final = Assumptions()


def parse_pace(text: str) -> float:
    """The speed in km/h of a pace or a speed: `20:00/km`, `32:00/mi`, `3km/h`, `1.9mph`.

    Raises:
        WorkoutError: if it is neither, or out of bounds.
    """
    speed = read_speed(text.strip())
    if speed is None:
        raise WorkoutError(f"expected a pace such as 20:00/km, or a speed such as 3km/h, not {quoted(text)}")
    return speed


def read_speed(text: str) -> float | None:
    """The first pace or speed in a text, in km/h (the first of a range); None if there is none.

    Raises:
        WorkoutError: if it is out of bounds.
    """
    if pace := _PACE.search(text):
        seconds = int(pace.group(1)) * 60 + int(pace.group(2))
        if not seconds:
            raise WorkoutError(f"a pace is longer than {quoted(pace.group())}")
        speed = _round_speed(seconds)
        return check_speed(kmh(speed) if pace.group(3).lower() == "mi" else speed)
    if speed_given := _SPEED.search(text):
        return check_speed(in_kmh(float(speed_given.group(1)), speed_given.group(2)))
    return None


def seconds_per_unit(speed: float) -> int:
    """The pace of a speed, in whole seconds per kilometre or mile; 0 for a speed of 0."""
    return round(_SECONDS_PER_HOUR / speed) if speed else 0


def show_pace(speed: float, unit: str = "km") -> str:
    """A speed in units per hour as a pace: `20:00/km`."""
    minutes, seconds = divmod(seconds_per_unit(speed), 60)
    return f"{minutes}:{seconds:02}/{unit}"


def seconds_for(metres: float, speed_kmh: float) -> int:
    """How long a distance takes at a speed, in whole seconds, at least one."""
    return max(1, round(seconds_at(speed_kmh, metres)))


def _round_speed(seconds: int) -> float:
    """The speed with the fewest decimals that has this pace in whole seconds."""
    exact = _SECONDS_PER_HOUR / seconds
    rounded_to = (round(exact, digits) for digits in (1, 2))
    return next((rounded for rounded in rounded_to if seconds_per_unit(rounded) == seconds), round(exact, 4))
