"""What is planned: intervals, repeats and the workout they make.

Lengths are whole seconds throughout `scheduling`: what is planned can always be written in the
notation, and every boundary of a schedule falls on a whole second.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIN_SECONDS = 1
MAX_SECONDS = 4 * 3600
MAX_INTERVALS = 10_000
MAX_REPEATS = 10_000
MAX_DEPTH = 50
MAX_LABEL = 80
MAX_NAME = 80
MIN_SPEED_KMH = 0.1
MAX_SPEED_KMH = 25.0
"""Faster than any treadmill; the advice on backward speeds is in `scheduling.speeds`."""
_READABLE = 10**9


class Interval(Value):
    """A phase with a length.

    Attributes:
        phase: what the walker does.
        duration: whole seconds, `MIN_SECONDS` to `MAX_SECONDS`.
        speed_kmh: the belt's speed in km/h, or None when the walker chooses.
        label: the walker's own words, at most `MAX_LABEL` printable characters.

    Raises:
        WorkoutError: when a value is outside its bounds.
    """

    phase: Phase
    duration: int
    speed_kmh: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        check_seconds(self.duration)
        if self.speed_kmh is not None:
            check_speed(self.speed_kmh)
        if self.label:
            check_text(self.label, "label", MAX_LABEL)

    def lasting(self, seconds: int) -> Interval:
        """The same interval with another length in whole seconds."""
        return self.but(duration=seconds)


class Repeat(Value):
    """A body walked `times` times, with `between` after every round but the last.

    Raises:
        WorkoutError: when `times` is not 1 to `MAX_REPEATS`, or the body is empty.
    """

    times: int
    body: tuple[Block, ...]
    between: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.times, bool) or not isinstance(self.times, int) or not 1 <= self.times <= MAX_REPEATS:
            raise WorkoutError(f"a repeat has 1 to {MAX_REPEATS:,} rounds, not {_told(self.times)}")
        if not self.body:
            raise WorkoutError("a repeat needs at least one interval")


Block = Interval | Repeat


class Workout(Value, apart=("name", "id", "description")):
    """A named sequence of intervals and repeats. Two are equal when the same is walked, whatever their names.

    Attributes:
        blocks: intervals and repeats in the order they are walked; at most `MAX_INTERVALS` once flattened.
        name: what the walker calls it; may be empty.
        id: the name it has on the command line, empty for one that is not saved.
        description: one line about it.

    Raises:
        WorkoutError: when there is nothing to walk, or too much.
    """

    blocks: tuple[Block, ...]
    name: str = ""
    id: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        if self.name:
            check_text(self.name, "name", MAX_NAME)
        if depth(self.blocks) > MAX_DEPTH:
            raise WorkoutError(f"repeats are nested more than {MAX_DEPTH} deep")
        count = count_intervals(self.blocks)
        if count == 0:
            raise WorkoutError("a workout needs at least one interval")
        if count > MAX_INTERVALS:
            raise WorkoutError(f"a workout has at most {MAX_INTERVALS:,} intervals, this one has {_told(count)}")

    @property
    def total_seconds(self) -> int:
        """How long it takes, in seconds."""
        return total_seconds(self.blocks)

    @property
    def backward_seconds(self) -> int:
        """How much of it is walked backward, in seconds."""
        return total_seconds(self.blocks, Phase.BACKWARD)


def check_seconds(value: int) -> int:
    """Return a length in whole seconds, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WorkoutError(f"a length is a whole number of seconds, not {value}")
    if not MIN_SECONDS <= value <= MAX_SECONDS:
        raise WorkoutError(f"a length is 1 second to 4 hours, not {_told(value)} seconds")
    return value


def check_speed(value: float) -> float:
    """Return a speed in km/h, or say what is wrong with it."""
    if not math.isfinite(value) or not MIN_SPEED_KMH <= value <= MAX_SPEED_KMH:
        raise WorkoutError(f"a speed is {MIN_SPEED_KMH:g} to {MAX_SPEED_KMH:g} km/h, not {value:g}")
    return value


def _told(value: int) -> str:
    """A number for an error: one that nobody would read is not written out."""
    if abs(value) < _READABLE:
        return f"{value:,}"
    return "far more" if value > 0 else "far less"


def check_text(text: str, what: str, longest: int) -> str:
    """Return a name or label, or say what is wrong with it: its length, or characters a terminal would obey."""
    if len(text) > longest:
        raise WorkoutError(f"a {what} has at most {longest} characters, this one has {len(text)}")
    if not text.strip():
        raise WorkoutError(f"a {what} needs something that can be read")
    for character in text:
        if unsafe_character(character):
            raise WorkoutError(f"a {what} holds printable characters only, not U+{ord(character):04X}")
    return text


def unsafe_character(character: str) -> bool:
    """Whether a character could steer a terminal or hide text: controls, bidi overrides, surrogates, line breaks."""
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Cn", "Zl", "Zp") or (category == "Cf" and character != "\u200d")


def count_intervals(blocks: tuple[Block, ...]) -> int:
    """How many intervals the blocks flatten to, without flattening them.

    A repeat of a single round counts what would stand before a second: it is kept, too.
    """
    count = 0
    for block in blocks:
        if isinstance(block, Interval):
            count += 1
        else:
            count += block.times * count_intervals(block.body)
            count += max(block.times - 1, 1) * count_intervals(block.between)
    return count


def depth(blocks: tuple[Block, ...]) -> int:
    """How deep repeats are nested."""
    return max((1 + max(depth(b.body), depth(b.between)) for b in blocks if isinstance(b, Repeat)), default=0)


def total_seconds(blocks: tuple[Block, ...], phase: Phase | None = None) -> int:
    """The length of the blocks in seconds, or of one phase within them, without flattening."""
    total = 0
    for block in blocks:
        if isinstance(block, Interval):
            if phase is None or block.phase is phase:
                total += block.duration
        else:
            total += block.times * total_seconds(block.body, phase)
            total += (block.times - 1) * total_seconds(block.between, phase)
    return total


def walk(blocks: tuple[Block, ...]) -> Iterator[Interval]:
    """Every interval as written, each once: not repeated."""
    for block in blocks:
        if isinstance(block, Interval):
            yield block
        else:
            yield from walk(block.body)
            yield from walk(block.between)


def map_intervals(blocks: tuple[Block, ...], change: Callable[[Interval], Interval]) -> tuple[Block, ...]:
    """The same blocks with every interval changed."""
    return tuple(
        change(block)
        if isinstance(block, Interval)
        else Repeat(block.times, map_intervals(block.body, change), map_intervals(block.between, change))
        for block in blocks
    )
