"""The schedule: a flattened workout with start offsets and rounds.

A schedule is immutable; an edit (`scheduling.edits`) returns a new one. Entries do not contain their start offsets, so
that changing one of 10,000 lengths replaces only one entry.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from retro_timer.scheduling.model import MAX_INTERVALS, Block, Interval, Workout, check_count
from retro_timer.scheduling.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retro_timer.scheduling.model import Repeat

NOTICE: Final = 3
"""Length of the 3-2-1 count in seconds; no edit leaves less of the running interval."""


class Place(NamedTuple):
    """The place of an interval in a repeat.

    Attributes:
        loop: the number of the repeat in the schedule.
        round: the round, from 1.
        rounds: the number of rounds.
        between: whether it is between two rounds (it then belongs to the round before it).
        outer: the place of the repeat in the enclosing one, if any.
    """

    loop: Annotated[int, Meta(ge=0)]
    round: Annotated[int, Meta(ge=1, le=MAX_INTERVALS)]
    rounds: Annotated[int, Meta(ge=1, le=MAX_INTERVALS)]
    between: bool
    outer: Place | None


class Entry(NamedTuple):
    """One interval of a schedule and its place in the rounds, innermost repeat first."""

    interval: Interval
    place: Place | None

    @property
    def phase(self) -> Phase:
        """The phase of the interval."""
        return self.interval.phase

    @property
    def duration(self) -> int:
        """The length in seconds."""
        return self.interval.duration


class Position(Struct, frozen=True):
    """A position in a schedule.

    Attributes:
        index: index of the entry.
        into: seconds since its start.
        left: seconds until its end.
    """

    index: int
    into: int
    left: int


class At(Struct, frozen=True):
    """The position at which a schedule is edited.

    Attributes:
        index: index of the running entry.
        into: seconds since its start, rounded up.
    """

    index: int
    into: int


class Schedule(Struct, frozen=True, dict=True):
    """Intervals in the order they are walked, with their start offsets in seconds.

    Attributes:
        entries: at least one, at most `MAX_INTERVALS`.
        betweens: for each loop whose rounds can be changed, the blocks between two rounds, for adding rounds.
    """

    entries: tuple[Entry, ...]
    betweens: Mapping[int, tuple[Block, ...]] = MappingProxyType({})

    def __post_init__(self) -> None:
        check_count(len(self.entries))

    def __eq__(self, other: object) -> bool:
        return self.entries == other.entries if isinstance(other, Schedule) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.entries)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The start of each entry in seconds, followed by the end of the last."""
        return tuple(accumulate([interval.duration for interval, _ in self.entries], initial=0))

    @property
    def total(self) -> int:
        """The total length in seconds."""
        return self.starts[-1]

    @cached_property
    def times(self) -> Mapping[Phase, int]:
        """The length of each phase that it has, in seconds."""
        times: dict[Phase, int] = {}
        for entry in self.entries:
            times[entry.phase] = times.get(entry.phase, 0) + entry.duration
        return times

    def lengths(self, phase: Phase, first: int = 0) -> list[int]:
        """The lengths of the intervals of a phase, from an index on."""
        return [interval.duration for interval, _ in self.entries[first:] if interval.phase is phase]

    @property
    def longest_backward(self) -> int:
        """The longest time spent walking backward without a change of phase, in seconds."""
        longest = stretch = 0
        for entry in self.entries:
            stretch = stretch + entry.duration if entry.phase is Phase.BACKWARD else 0
            longest = max(longest, stretch)
        return longest

    def faces_backward(self, index: int) -> bool:
        """Whether the walker faces backward in an interval: the last direction on the belt, reversed by each turn."""
        backward = False
        for entry in self.entries[: index + 1]:
            if entry.phase.on_belt:
                backward = entry.phase.faces_backward
            elif entry.phase is Phase.TURN:
                backward = not backward
        return backward

    def leads_backward(self, index: int) -> bool:
        """Whether the next phase on the belt after an interval is backward."""
        ahead = (entry.phase for entry in self.entries[index + 1 :] if entry.phase.on_belt)
        return next(ahead, Phase.FORWARD).faces_backward

    def way_in(self, running: int, wanted: int) -> int:
        """The interval to go to in order to reach a later one.

        This is the turn before it if the walker must face the other way, otherwise the later interval itself.

        Args:
            running: index of the running interval.
            wanted: index of a later interval.
        """
        before = wanted - 1
        if before <= running or self[before].phase is not Phase.TURN or not self[wanted].phase.on_belt:
            return wanted
        return before if self.faces_backward(running) != self[wanted].phase.faces_backward else wanted

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Entry:
        return self.entries[index]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def position_at(self, second: int) -> Position:
        """The position at a second of the schedule, clamped to its start and end.

        Takes logarithmic time.
        """
        if second < 0:
            return Position(0, 0, self.entries[0].duration)
        if second >= self.total:
            last = len(self.entries) - 1
            return Position(last, self.entries[last].duration, 0)
        index = bisect_right(self.starts, second) - 1
        return Position(index, second - self.starts[index], self.starts[index + 1] - second)


def flatten(workout: Workout) -> Schedule:
    """Flatten a workout into a schedule.

    `Workout` has validated the number of intervals, so the size is bounded by `MAX_INTERVALS`.
    """
    layout = Layout()
    return Schedule(tuple(layout.lay(workout.blocks, None)), layout.betweens)


class Layout:
    """Flattens blocks into entries and numbers the repeats.

    Args:
        first: the first free number.

    Attributes:
        betweens: the blocks between two rounds, for each numbered repeat.
    """

    def __init__(self, first: int = 0) -> None:
        self._loops = count(first)
        self.betweens: dict[int, tuple[Block, ...]] = {}

    def number(self, between: tuple[Block, ...]) -> int:
        """Assign a number to a repeat and record the blocks between its rounds."""
        loop = next(self._loops)
        self.betweens[loop] = between
        return loop

    def lay(self, blocks: tuple[Block, ...], place: Place | None) -> Iterator[Entry]:
        """Flatten blocks at a place into entries."""
        for block in blocks:
            if isinstance(block, Interval):
                yield Entry(block, place)
            else:
                yield from self._lay_repeat(block, place)

    def _lay_repeat(self, repeat: Repeat, outer: Place | None) -> Iterator[Entry]:
        loop = self.number(repeat.between)
        for turn in range(1, repeat.times + 1):
            yield from self.lay(repeat.body, Place(loop, turn, repeat.times, between=False, outer=outer))
            if turn < repeat.times and repeat.between:
                yield from self.lay(repeat.between, Place(loop, turn, repeat.times, between=True, outer=outer))
