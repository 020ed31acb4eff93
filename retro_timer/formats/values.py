"""Numbers and names from elsewhere: bounded, and said where they are not what they should be."""

from __future__ import annotations

import math
import re
from typing import Final

from retro_timer.formats.errors import FormatError
from retro_timer.formats.text import shown
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.workout import MAX_NAME, MAX_REPEATS, MAX_SECONDS, check_text

_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)


def read_seconds(text: str, what: str, place: str) -> int:
    """A length from 0 to 4 hours, rounded to whole seconds: other programs write `60.5`.

    Raises:
        FormatError: names what it is and its place.
    """
    seconds = _number(text)
    if seconds is None or not 0 <= seconds <= MAX_SECONDS:
        raise FormatError(f"{what} is a number of seconds up to {MAX_SECONDS}, not {shown(text)}", place=place)
    return math.floor(seconds + 0.5)


def read_offset(text: str, what: str, place: str) -> float:
    """A moment in seconds from the start, 0 or later; may lie behind the end.

    Raises:
        FormatError: names what it is and its place.
    """
    seconds = _number(text)
    if seconds is None or seconds < 0:
        raise FormatError(f"{what} is a number of seconds, not {shown(text)}", place=place)
    return seconds


def read_times(text: str, what: str, place: str) -> int:
    """How often something is repeated.

    Raises:
        FormatError: names what it is and its place.
    """
    times = _number(text)
    if times is None or times != math.floor(times) or not 1 <= times <= MAX_REPEATS:
        raise FormatError(f"{what} is a number from 1 to {MAX_REPEATS:,}, not {shown(text)}", place=place)
    return int(times)


def read_name(text: str, place: str) -> str:
    """The name of a workout; may be empty.

    Raises:
        FormatError: when it is too long, or holds what a terminal would obey.
    """
    try:
        return check_text(text, "name", MAX_NAME) if text else ""
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error


def _number(text: str) -> float | None:
    """A finite number, or None."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    number = float(stripped)
    return number if math.isfinite(number) else None
