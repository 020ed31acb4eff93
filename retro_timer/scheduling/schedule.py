"""A workout flattened: what is walked when, and in which round.

A schedule is immutable; an edit (`scheduling.edits`) gives a new one. It keeps what is planned (`Entry`) apart from
when it starts, so that changing one length of 10,000 touches one entry.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.values import Value
from retro_timer.scheduling.workout import MAX_INTERVALS, Block, Interval, Workout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retro_timer.scheduling.phases import Phase
    from retro_timer.scheduling.workout import Repeat


class Place(NamedTuple):
    """Where an interval stands in a repeat.

    Attributes:
        loop: which repeat of the schedule; the same number for all its intervals.
        round: which round, from 1.
        rounds: of how many.
        between: whether it stands between two rounds (it then counts to the round before it).
        outer: where the repeat itself stands in one around it.
    """

    loop: int
    round: int
    rounds: int
    between: bool
    outer: Place | None


class Entry(NamedTuple):
    """One interval of a schedule and its place in the rounds, innermost repeat first."""

    interval: Interval
    place: Place | None

    @property
    def phase(self) -> Phase:
        """What is walked."""
        return self.interval.phase

    @property
    def duration(self) -> int:
        """How long, in seconds."""
        return self.interval.duration


class Position(Value):
    """A moment of a schedule.

    Attributes:
        index: which entry is walked.
        into: seconds since it started.
        left: seconds until it ends.
    """

    index: int
    into: int
    left: int


class Schedule(Value, apart=("betweens",)):
    """Intervals in the order they are walked, with their start offsets in seconds.

    Attributes:
        entries: at least one, at most `MAX_INTERVALS`.
        betweens: for each loop whose rounds can be changed, what stands between two of them, so that one can be added.
    """

    entries: tuple[Entry, ...]
    betweens: Mapping[int, tuple[Block, ...]] = MappingProxyType({})

    def __post_init__(self) -> None:
        if not self.entries:
            raise WorkoutError("a workout needs at least one interval")
        if len(self.entries) > MAX_INTERVALS:
            raise WorkoutError(f"a workout has at most {MAX_INTERVALS:,} intervals, this one has {len(self.entries):,}")

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """When each entry starts, in seconds, and after the last when everything ends."""
        return tuple(accumulate((entry.interval.duration for entry in self.entries), initial=0))

    @property
    def total(self) -> int:
        """The length of everything, in seconds."""
        return self.starts[-1]

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Entry:
        return self.entries[index]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def position_at(self, second: int) -> Position:
        """What is walked at a second of the schedule; before it the first entry, after it the last one's end.

        Takes logarithmic time.
        """
        if second < 0:
            return Position(0, 0, self.entries[0].duration)
        if second >= self.total:
            last = len(self.entries) - 1
            return Position(last, self.entries[last].duration, 0)
        index = bisect_right(self.starts, second) - 1
        return Position(index, second - self.starts[index], self.starts[index + 1] - second)

    def seconds_of(self, phase: Phase) -> int:
        """How much of the schedule is one phase, in seconds."""
        return sum(entry.interval.duration for entry in self.entries if entry.interval.phase is phase)


def flatten(workout: Workout) -> Schedule:
    """The schedule of a workout.

    The workout has counted its intervals already, so this is bounded by `MAX_INTERVALS`.
    """
    layout = Layout()
    return Schedule(tuple(layout.lay(workout.blocks, None)), layout.betweens)


class Layout:
    """Lays blocks out as entries, and gives every repeat it meets a number of its own.

    Args:
        first: the first number that no repeat has yet.

    Attributes:
        betweens: for each repeat met so far, what stands between two of its rounds.
    """

    def __init__(self, first: int = 0) -> None:
        self._loops = count(first)
        self.betweens: dict[int, tuple[Block, ...]] = {}

    def number(self, between: tuple[Block, ...]) -> int:
        """A number for a repeat, which is remembered with what stands between its rounds."""
        loop = next(self._loops)
        self.betweens[loop] = between
        return loop

    def lay(self, blocks: tuple[Block, ...], place: Place | None) -> Iterator[Entry]:
        """The entries of blocks that stand at a place."""
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
