"""Folding a schedule back into a workout: equal rounds become a repeat again.

Used to save and export a workout that was edited during a session. Folds one level: nested repeats stay unrolled, and
the schedule is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.model import Block, Interval, Repeat, Workout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.scheduling.schedule import Schedule

_LONGEST_ROUND = 24


def fold(schedule: Schedule) -> Workout:
    """The workout that flattens to the intervals of a schedule."""
    return Workout(fold_intervals([entry.interval for entry in schedule]))


def fold_intervals(intervals: Sequence[Interval]) -> tuple[Block, ...]:
    """Replace repetitions with repeats, greedily from left to right by the number of intervals saved."""
    blocks: list[Block] = []
    at = 0
    while at < len(intervals):
        repeat, width = _best_repeat(intervals, at)
        blocks.append(repeat or intervals[at])
        at += width
    return tuple(blocks)


def _best_repeat(intervals: Sequence[Interval], at: int) -> tuple[Repeat | None, int]:
    """The repeat at an index that saves the most, and how many intervals it covers; None and 1 if nothing repeats."""
    best: Repeat | None = None
    best_width, best_saving = 1, 0
    for size in range(1, min(_LONGEST_ROUND, len(intervals) - at) + 1):
        matched = _matched(intervals, at, size)
        times, rest = divmod(matched, size)
        # The last round may be shorter: the part it lacks goes between rounds.
        body_size, rounds = (rest, times + 1) if rest else (size, times)
        width = rounds * body_size + (rounds - 1) * (size - body_size)
        saving = width - size
        # A much shorter last round is more likely the start of something else: turn, back, turn.
        if saving > best_saving and (not rest or (rest * 2 >= size and saving > 1)):
            pattern = tuple(intervals[at : at + size])
            best, best_width, best_saving = Repeat(rounds, pattern[:body_size], pattern[body_size:]), width, saving
    return best, best_width


def _matched(intervals: Sequence[Interval], at: int, size: int) -> int:
    """The number of intervals from `at` that repeat with a period of `size`."""
    end = at + size
    while end < len(intervals) and intervals[end] == intervals[end - size]:
        end += 1
    return end - at
