"""Which way to walk, in the words of other programs' texts, and what is assumed where nothing says it.

Workouts of other programs know effort, not direction. What we write carries it in the texts shown while walking
("Backward at 1.6 km/h: eyes up"), and what we read is searched for such words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from retro_timer.formats.errors import DirectionUnknownError, FormatError
from retro_timer.formats.text import one_line
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.folding import fold_intervals
from retro_timer.scheduling.notation import format_speed
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import kmh
from retro_timer.scheduling.workout import (
    MAX_INTERVALS,
    MAX_LABEL,
    Interval,
    Repeat,
    Workout,
    check_speed,
    check_text,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retro_timer.scheduling.workout import Block

TURN_SECONDS: Final = 30
"""How long an inserted turn is: the ladder's."""

_LONGEST_TURN: Final = 60
"""Seconds. "Turn around and walk backward" over a longer block is the walk, not the turn."""

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
    """What to assume of a workout that does not say which way to walk.

    FORWARD: every bout is walked forward.
    ALTERNATE: bouts are walked backward and forward in turn, the first one backward; of pairs of work and recovery
    the work is walked backward. Turns are inserted, and so make it longer.
    """

    FORWARD = "forward"
    ALTERNATE = "alternate"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a text says about the interval it is shown in."""

    phase: Phase | None
    speed_kmh: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bout:
    """An interval as a file has it.

    Attributes:
        seconds: its length.
        phase: what is walked, None where the file does not say.
        work: whether it is the work or the recovery of a pair, None for neither.
        place: where it stands in the file.
        group: bouts of another group are rounds of their own.
    """

    seconds: int
    phase: Phase | None = None
    speed_kmh: float | None = None
    label: str = ""
    work: bool | None = None
    place: str = ""
    group: int = 0


def describe(interval: Interval, *, speed: bool = True) -> str:
    """An interval as a text to be shown, which `read_description` reads back."""
    text = NAMES[interval.phase]
    if speed and interval.speed_kmh is not None:
        written = format_speed(interval.speed_kmh).removeprefix("@")
        unit = "mph" if written.endswith("mph") else "km/h"
        text += f" at {written.removesuffix(unit)} {unit}"
    return f"{text}: {interval.label}" if interval.label else text


def read_description(text: str) -> Marked | None:
    """What a text as `describe` writes it says, None for any other text.

    Raises:
        WorkoutError: when its speed is out of bounds.
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
    """What a text that is nothing but a direction says: "Walk backward!", "Turn around"."""
    if described := read_description(text):
        return described
    command = _COMMAND.fullmatch(text.strip())
    return Marked(Phase(str(command.lastgroup))) if command else None


def read_text(text: str, seconds: int) -> Marked:
    """What any text at the start of an interval of some seconds says; the text itself becomes the label."""
    return read_command(text) or Marked(_phase_in(text.strip(), seconds), label=one_line(text, MAX_LABEL))


def blocks(bouts: Sequence[Bout], assume: Assume | None = None) -> tuple[Block, ...]:
    """What a file has to be walked, each interval with a phase, and what repeats itself as rounds.

    Where the file says every phase it is taken at its word. Where something is assumed, a turn of `TURN_SECONDS` is
    inserted wherever the walker would change direction without one, so that nobody walks backward unprepared.

    Raises:
        DirectionUnknownError: when a phase is not known and nothing is to be assumed.
        FormatError: when there are too many; names the place.
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
    """A label kept as it is where it may be one, else cleaned and shortened."""
    try:
        return check_text(text, "label", MAX_LABEL)
    except WorkoutError:
        return one_line(text, MAX_LABEL)


def _phase_in(text: str, seconds: int) -> Phase | None:
    """The phase named somewhere in a text; the first direction counts."""
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
    """The intervals with a turn wherever the direction changes without one."""
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
    """The intervals with their repetitions written as rounds, each group by itself."""
    for _, group in groupby(walked, key=lambda pair: pair[0].group):
        for block in fold_intervals([interval for _, interval in group]):
            # Turns that stand alike are no rounds of anything.
            if isinstance(block, Repeat) and not any(inner.phase.on_belt for inner in walk(block.body)):
                yield from (entry.interval for entry in flatten(Workout((block,))))
            else:
                yield block
