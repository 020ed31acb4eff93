"""Direction of walking in the texts of other programs' workouts, and what to assume if it is missing.

Other programs' workouts know effort, not direction. We write the direction into the texts shown during the workout
("Backward at 1.6 km/h: eyes up"), and search these texts for it when reading.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.folding import fold_intervals
from retro_timer.scheduling.model import (
    MAX_INTERVALS,
    MAX_LABEL,
    Interval,
    Repeat,
    Workout,
    check_speed,
    check_text,
    iter_intervals,
)
from retro_timer.scheduling.notation import format_speed
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import kmh
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retro_timer.scheduling.model import Block

TURN_SECONDS: Final = 30
"""Length of an inserted turn: the same as in the ladder."""

_LONGEST_TURN: Final = 60
"""Seconds. A longer block with the text "Turn around and walk backward" is the bout, not the turn."""

NAMES: Final = {
    Phase.WARM_UP: "Warm-up",
    Phase.BACKWARD: "Backward",
    Phase.TURN: "Turn",
    Phase.FORWARD: "Forward",
    Phase.REST: "Rest",
    Phase.COOL_DOWN: "Cool-down",
}
_BY_NAME: Final = {name.lower(): phase for phase, name in NAMES.items()}
_DESCRIBED: Final = re.compile(
    rf"({'|'.join(_BY_NAME)})(?: at (\d+(?:\.\d+)?) (km/h|mph))?(?:: (.*))?", re.IGNORECASE | re.DOTALL
)
_COMMAND: Final = re.compile(
    r"(?:now\s+)?(?:(?:walk|walking|go|face)\s+)?(?:(?P<backward>backwards?|back|retro)|(?P<forward>forwards?|fwd)"
    r"|(?P<turn>turn(?:\s+a?round)?)|(?P<rest>rest))(?:\s+now)?\s*[.!]*",
    re.IGNORECASE,
)
_BACKWARD: Final = re.compile(r"\b(?:backwards?|walk(?:ing)?\s+back|retro)\b", re.IGNORECASE)
_FORWARD: Final = re.compile(r"\b(?:forwards?|fwd)\b", re.IGNORECASE)
_TURN: Final = re.compile(r"(?:now\s+)?turn\b(?!\s+(?:up|down|on|off|it|the)\b)", re.IGNORECASE)
_WARM_UP: Final = re.compile(r"warm(?:ing)?[- ]?up\b", re.IGNORECASE)
_COOL_DOWN: Final = re.compile(r"cool(?:ing)?[- ]?down\b", re.IGNORECASE)


class Assume(StrEnum):
    """What to assume for a workout without directions.

    FORWARD: every bout is forward.
    ALTERNATE: bouts alternate, starting backward; in pairs of work and recovery the work is backward. Turns are
    inserted, which makes the workout longer.
    """

    FORWARD = "forward"
    ALTERNATE = "alternate"


class Marked(Struct, frozen=True):
    """What a text says about its interval."""

    phase: Phase | None
    speed_kmh: float | None = None
    label: str = ""


class Bout(Struct, frozen=True):
    """An interval as read from a file.

    Attributes:
        seconds: its length.
        phase: its phase; None if the file does not give one.
        work: True for the work of a pair, False for the recovery, None for neither.
        place: its place in the file, for error messages.
        group: rounds are detected within a group only.
    """

    seconds: int
    phase: Phase | None = None
    speed_kmh: float | None = None
    label: str = ""
    work: bool | None = None
    place: str = ""
    group: int = 0


def describe(interval: Interval, *, speed: bool = True) -> str:
    """A text about an interval, for display; `read_description` parses it."""
    text = NAMES[interval.phase]
    if speed and interval.speed_kmh is not None:
        written = format_speed(interval.speed_kmh).removeprefix("@")
        unit = "mph" if written.endswith("mph") else "km/h"
        text += f" at {written.removesuffix(unit)} {unit}"
    return f"{text}: {interval.label}" if interval.label else text


def read_description(text: str) -> Marked | None:
    """Parse a text written by `describe`; None for any other text.

    Raises:
        WorkoutError: if its speed is out of bounds.
    """
    described = _DESCRIBED.fullmatch(text)
    if not described:
        return None
    name, speed, unit, label = described.groups()
    speed_kmh = None
    if speed is not None:
        speed_kmh = check_speed(kmh(float(speed)) if unit.lower() == "mph" else float(speed))
    return Marked(_BY_NAME[name.lower()], speed_kmh, _label(label or ""))


def read_command(text: str) -> Marked | None:
    """Parse a text that is only a direction, such as "Walk backward!" or "Turn around"."""
    if described := read_description(text):
        return described
    command = _COMMAND.fullmatch(text.strip())
    return Marked(Phase(str(command.lastgroup))) if command else None


def read_text(text: str, seconds: int) -> Marked:
    """Interpret any text at the start of an interval of `seconds`; the text itself becomes the label."""
    return read_command(text) or Marked(_phase_in(text.strip(), seconds), label=one_line(text, MAX_LABEL))


def blocks(bouts: Sequence[Bout], assume: Assume | None = None) -> tuple[Block, ...]:
    """Turn the bouts of a file into blocks: give each a phase, and fold repetitions into rounds.

    If the file gives every phase, nothing is added. Otherwise a turn of `TURN_SECONDS` is inserted at every change of
    direction without one, so that nobody walks backward unprepared.

    Raises:
        DirectionUnknownError: if a phase is unknown and `assume` is None.
        FormatError: if there are too many intervals; names the place.
    """
    if len(bouts) > MAX_INTERVALS:
        raise FormatError(f"a workout has at most {MAX_INTERVALS:,} intervals", place=bouts[MAX_INTERVALS].place)
    unknown = next((bout for bout in bouts if bout.phase is None), None)
    if unknown is None:
        return tuple(_in_rounds((bout, _interval(bout, bout.phase)) for bout in bouts if bout.phase))
    if assume is None:
        raise DirectionUnknownError(place=unknown.place)
    return tuple(_in_rounds(_with_turns(_assumed(bouts, assume))))


def _label(text: str) -> str:
    """The text if it is a valid label, otherwise a cleaned and shortened version."""
    try:
        return check_text(text, "label", MAX_LABEL)
    except WorkoutError:
        return one_line(text, MAX_LABEL)


def _phase_in(text: str, seconds: int) -> Phase | None:
    """The phase named in a text; the first direction counts."""
    directions = [
        (match.start(), phase)
        for phase, pattern in ((Phase.BACKWARD, _BACKWARD), (Phase.FORWARD, _FORWARD))
        if (match := pattern.search(text))
    ]
    if _TURN.match(text) and (seconds <= _LONGEST_TURN or not directions):
        return Phase.TURN
    if directions:
        return min(directions)[1]
    if _WARM_UP.match(text):
        return Phase.WARM_UP
    return Phase.COOL_DOWN if _COOL_DOWN.match(text) else None


def _interval(bout: Bout, phase: Phase) -> Interval:
    return Interval(phase, bout.seconds, bout.speed_kmh, bout.label)


def _assumed(bouts: Iterable[Bout], assume: Assume) -> Iterator[tuple[Bout, Interval]]:
    backward = True
    for bout in bouts:
        phase = bout.phase
        if phase is None:
            if bout.work is not None:
                backward = bout.work
            phase = Phase.BACKWARD if backward and assume is Assume.ALTERNATE else Phase.FORWARD
        if phase in (Phase.BACKWARD, Phase.FORWARD):
            backward = phase is Phase.FORWARD
        yield bout, _interval(bout, phase)


def _with_turns(walked: Iterable[tuple[Bout, Interval]]) -> Iterator[tuple[Bout, Interval]]:
    """Insert a turn at every change of direction that has none."""
    faces_backward = turned = False
    for bout, interval in walked:
        if interval.phase is Phase.TURN:
            turned = True
        elif interval.phase is not Phase.REST:
            if interval.phase.faces_backward != faces_backward and not turned:
                yield bout, Interval(Phase.TURN, TURN_SECONDS)
            faces_backward, turned = interval.phase.faces_backward, False
        yield bout, interval


def _in_rounds(walked: Iterable[tuple[Bout, Interval]]) -> Iterator[Block]:
    """Fold repeated intervals into rounds, separately for each group."""
    for _, group in groupby(walked, key=lambda pair: pair[0].group):
        for block in fold_intervals([interval for _, interval in group]):
            # Identical turns in a row are not rounds.
            if isinstance(block, Repeat) and not any(inner.phase.on_belt for inner in iter_intervals(block.body)):
                yield from (entry.interval for entry in flatten(Workout((block,))))
            else:
                yield block
