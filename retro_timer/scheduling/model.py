"""The workout model: intervals, repeats and workouts.

Lengths are whole seconds throughout `scheduling`: every workout can be written in the notation, and every boundary of a
schedule falls on a whole second.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.phases import Phase
from retro_timer.text import unsafe_character

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIN_SECONDS = 1
MAX_SECONDS = 4 * 3600
MAX_INTERVALS = 10_000
TOO_MANY_INTERVALS: Final = f"a workout has at most {MAX_INTERVALS:,} intervals"
MAX_REPEATS = 10_000
MAX_DEPTH = 50
MAX_LABEL = 80
MAX_NAME = 80
MAX_NOTATION = 4_500_000
"""Limit in characters: enough for 10,000 intervals with speeds and the longest labels, each in 50 repeats."""
MIN_SPEED_KMH = 0.1
MAX_SPEED_KMH = 25.0
"""Faster than any treadmill; for advice on backward speeds see `training.speeds`."""
_READABLE = 10**9


class Interval(Struct, frozen=True):
    """A phase with a length.

    Attributes:
        phase: what the walker does.
        duration: whole seconds, `MIN_SECONDS` to `MAX_SECONDS`.
        speed_kmh: the speed of the belt in km/h; None leaves it to the walker.
        label: free text, at most `MAX_LABEL` printable characters.

    Raises:
        WorkoutError: if a value is out of bounds.
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

    def with_duration(self, seconds: int) -> Interval:
        """The same interval with another length in whole seconds."""
        return replace(self, duration=seconds)


class Repeat(Struct, frozen=True):
    """A body that is walked `times` times, with `between` after every round except the last.

    Raises:
        WorkoutError: if `times` is not 1 to `MAX_REPEATS`, or the body is empty.
    """

    times: int
    body: tuple[Block, ...]
    between: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.times, bool) or not isinstance(self.times, int) or not 1 <= self.times <= MAX_REPEATS:
            raise WorkoutError(f"a repeat has 1 to {MAX_REPEATS:,} rounds, not {_bounded(self.times)}")
        if not self.body:
            raise WorkoutError("a repeat needs at least one interval")


Block = Interval | Repeat


class Workout(Struct, frozen=True):
    """A named sequence of intervals and repeats. Equality ignores names: it compares the blocks.

    Attributes:
        blocks: intervals and repeats in order; at most `MAX_INTERVALS` intervals when flattened.
        name: the name for display; may be empty.
        id: the name on the command line; empty if the workout is not saved.
        description: one line about it.

    Raises:
        WorkoutError: if it is empty or has too many intervals.
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
        check_count(count_intervals(self.blocks))

    def __eq__(self, other: object) -> bool:
        return self.blocks == other.blocks if isinstance(other, Workout) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.blocks)

    @property
    def total_seconds(self) -> int:
        """The total length in seconds."""
        return total_seconds(self.blocks)

    @property
    def backward_seconds(self) -> int:
        """The length of all backward intervals in seconds."""
        return total_seconds(self.blocks, Phase.BACKWARD)


def check_seconds(value: int) -> int:
    """Validate a length in whole seconds; returns it or raises `WorkoutError`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WorkoutError(f"a length is a whole number of seconds, not {value}")
    if not MIN_SECONDS <= value <= MAX_SECONDS:
        raise WorkoutError(f"a length is 1 second to 4 hours, not {_bounded(value)} seconds")
    return value


def check_count(intervals: int) -> None:
    """Validate the number of intervals of a workout; raises `WorkoutError`."""
    if intervals == 0:
        raise WorkoutError("a workout needs at least one interval")
    if intervals > MAX_INTERVALS:
        raise WorkoutError(f"{TOO_MANY_INTERVALS}, this one has {_bounded(intervals)}")


def check_speed(value: float) -> float:
    """Validate a speed in km/h; returns it or raises `WorkoutError`."""
    if not math.isfinite(value) or not MIN_SPEED_KMH <= value <= MAX_SPEED_KMH:
        raise WorkoutError(f"a speed is {MIN_SPEED_KMH:g} to {MAX_SPEED_KMH:g} km/h, not {value:g}")
    return value


def _bounded(value: int) -> str:
    """A number for an error message; huge numbers are not written out."""
    if abs(value) < _READABLE:
        return f"{value:,}"
    return "far more" if value > 0 else "far less"


def check_text(text: str, what: str, longest: int) -> str:
    """Validate a name or label (length, printable characters); returns it or raises `WorkoutError`."""
    if len(text) > longest:
        raise WorkoutError(f"a {what} has at most {longest} characters, this one has {len(text)}")
    if not text.strip():
        raise WorkoutError(f"a {what} needs something readable")
    for character in text:
        if unsafe_character(character):
            raise WorkoutError(f"a {what} has printable characters only, not U+{ord(character):04X}")
    return text


def count_intervals(blocks: tuple[Block, ...]) -> int:
    """The number of intervals in the flattened blocks, without flattening them.

    A repeat with a single round includes its `between`, which is stored too.
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
    """The nesting depth of repeats."""
    return max((1 + max(depth(b.body), depth(b.between)) for b in blocks if isinstance(b, Repeat)), default=0)


def total_seconds(blocks: tuple[Block, ...], phase: Phase | None = None) -> int:
    """The total length of the blocks, or of one phase in them, in seconds, without flattening."""
    total = 0
    for block in blocks:
        if isinstance(block, Interval):
            if phase is None or block.phase is phase:
                total += block.duration
        else:
            total += block.times * total_seconds(block.body, phase)
            total += (block.times - 1) * total_seconds(block.between, phase)
    return total


def iter_intervals(blocks: tuple[Block, ...]) -> Iterator[Interval]:
    """Every interval in the order of the notation, without repetition."""
    for block in blocks:
        if isinstance(block, Interval):
            yield block
        else:
            yield from iter_intervals(block.body)
            yield from iter_intervals(block.between)


def map_intervals(blocks: tuple[Block, ...], change: Callable[[Interval], Interval]) -> tuple[Block, ...]:
    """Apply a function to every interval."""
    return tuple(
        change(block)
        if isinstance(block, Interval)
        else Repeat(block.times, map_intervals(block.body, change), map_intervals(block.between, change))
        for block in blocks
    )
