"""Parse numbers and names from external files, with bounds and error messages."""

from __future__ import annotations

import math
import re
from typing import Final

from retro_timer.formats.errors import FormatError
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME, MAX_REPEATS, MAX_SECONDS, MAX_SPEED_KMH, MIN_SPEED_KMH, check_text
from retro_timer.text import quoted

MAX_DESCRIPTION: Final = 300
"""Maximum length of a workout's description, in characters."""
MAX_METRES: Final = 100_000
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)


def read_seconds(text: str, what: str, place: str) -> int:
    """Parse a length from 0 to 4 hours, rounded to whole seconds: other programs write `60.5`.

    Raises:
        FormatError: if it is out of range; names `what` and the place.
    """
    seconds = _number(text)
    if seconds is None or not 0 <= seconds <= MAX_SECONDS:
        raise FormatError(f"{what} is a number of seconds up to {MAX_SECONDS}, not {quoted(text)}", place=place)
    return math.floor(seconds + 0.5)


def read_metres(text: str, what: str, place: str) -> float:
    """Parse a distance in metres, up to 100 km.

    Raises:
        FormatError: if it is out of range; names `what` and the place.
    """
    metres = _number(text)
    if metres is None or not 0 <= metres <= MAX_METRES:
        raise FormatError(f"{what} is a number of metres up to {MAX_METRES:,}, not {quoted(text)}", place=place)
    return metres


def read_speed_kmh(text: str, place: str) -> float | None:
    """Parse a speed in km/h; None for 0 or less, which other programs write if there is no speed.

    Raises:
        FormatError: if it is out of range; names the place.
    """
    speed = _number(text)
    if speed is None or speed > MAX_SPEED_KMH or 0 < speed < MIN_SPEED_KMH:
        raise FormatError(f"speed is {MIN_SPEED_KMH:g} to {MAX_SPEED_KMH:g} km/h, not {quoted(text)}", place=place)
    return speed if speed > 0 else None


def read_offset(text: str, place: str) -> float:
    """Parse a `timeoffset`: seconds from the start, 0 or later; it may be after the end.

    Raises:
        FormatError: if it is not a number; names the place.
    """
    seconds = _number(text)
    if seconds is None or seconds < 0:
        raise FormatError(f"timeoffset is a number of seconds, not {quoted(text)}", place=place)
    return seconds


def read_times(text: str, what: str, place: str) -> int:
    """Parse a number of repetitions.

    Raises:
        FormatError: if it is out of range; names `what` and the place.
    """
    times = _number(text)
    if times is None or times != math.floor(times) or not 1 <= times <= MAX_REPEATS:
        raise FormatError(f"{what} is a number from 1 to {MAX_REPEATS:,}, not {quoted(text)}", place=place)
    return int(times)


def read_name(text: str, place: str) -> str:
    """Validate the name of a workout; may be empty.

    Raises:
        FormatError: if it is too long or contains control characters.
    """
    try:
        return check_text(text, "name", MAX_NAME) if text else ""
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error


def _number(text: str) -> float | None:
    """Parse a finite number; None if it is not one."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    number = float(stripped)
    return number if math.isfinite(number) else None
