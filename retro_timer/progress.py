"""Progress over a span of time: weeks or months of minutes, efforts, rungs and totals, for plots and lists."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.plan_weeks import RUNG_ORDER
from retro_timer.scheduling.week import start_of_week, streak

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from retro_timer.scheduling.units import WeekStart
    from retro_timer.scheduling.week import Streak
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Bests, Period

MINUTE: Final = 60_000
MOST_WEEKS: Final = 26
"""More bars than this are months."""
_WEEK: Final = timedelta(days=7)


class Span(StrEnum):
    """How far back is looked; the values are what the screen calls them."""

    FOUR_WEEKS = "4 weeks"
    TWELVE_WEEKS = "12 weeks"
    YEAR = "year"
    ALL = "all"


_WEEKS: Final = {Span.FOUR_WEEKS: 4, Span.TWELVE_WEEKS: 12, Span.YEAR: 52}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A week or a month; lengths in minutes.

    Attributes:
        first: its first day.
        backward: walked backward.
        forward: walked forward, warm-up and cool-down included.
        longest: the longest stretch backward.
        sessions: how many walks.
    """

    first: date
    backward: float = 0
    forward: float = 0
    longest: float = 0
    sessions: int = 0


class Point(NamedTuple):
    """A value of a day."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Progress:
    """What a span holds.

    Attributes:
        span: which.
        first: its first day.
        last: its last day: today.
        week_start: the first day of a week.
        buckets: weeks or months, in order, those without a walk too.
        minutes: walked on each day on which somebody walked.
        efforts: effort, a point for each day or each bucket.
        rungs: the rung of the ladder, 1 to 8; a point for each day or each bucket.
        sessions: how many walks.
        walked: minutes in all.
        backward: minutes backward.
        longest: minutes of the longest stretch backward.
        streak: weeks of practice, as of today.
        bests: the walks that hold a record, of all time.
        problems: one sentence for each walk that cannot be true.
    """

    span: Span
    first: date
    last: date
    week_start: WeekStart
    buckets: tuple[Bucket, ...]
    minutes: dict[date, float]
    efforts: tuple[Point, ...]
    rungs: tuple[Point, ...]
    sessions: int
    walked: float
    backward: float
    longest: float
    streak: Streak
    bests: Bests
    problems: tuple[str, ...] = ()

    @property
    def by_month(self) -> bool:
        """Whether a bucket is a month."""
        return _by_month(self.first, self.last)


def progress_of(history: History, span: Span, now: datetime, week_start: WeekStart) -> Progress:
    """What a span of the history holds.

    Raises:
        StorageError: when the history cannot be read.
    """
    from retro_timer.storage.past import lately_of  # noqa: PLC0415  (only the types are needed else)
    from retro_timer.storage.practice import oldest_day, outcomes_of  # noqa: PLC0415  (the same)

    today = now.date()
    oldest = min(oldest_day(history) or today, today)
    first = first_day(span, oldest, today, week_start)
    lately = lately_of(history, now, week_start)
    outcomes = outcomes_of(history, now, first)
    days = history.days(since=first, until=today)
    buckets = tuple(fill(bucket_starts(first, today), days))
    starts = [bucket.first for bucket in buckets] if _by_month(first, today) else None
    return Progress(
        span=span,
        first=first,
        last=today,
        week_start=week_start,
        buckets=buckets,
        minutes={day.first: day.walked / MINUTE for day in days},
        efforts=means(((o.day, o.effort, o.told) for o in outcomes), starts),
        rungs=means(
            (
                (o.day, (RUNG_ORDER[o.preset] + 1) * o.walks, o.walks)
                for o in outcomes
                if o.preset is not None and o.preset in RUNG_ORDER
            ),
            starts,
        ),
        sessions=sum(day.sessions for day in days),
        walked=sum(day.walked for day in days) / MINUTE,
        backward=sum(day.backward for day in days) / MINUTE,
        longest=max((day.longest_backward for day in days), default=0) / MINUTE,
        streak=streak(lately.practices, today, week_start, lately.before.run if lately.before else None),
        bests=history.bests(),
        problems=lately.problems,
    )


def first_day(span: Span, oldest: date, today: date, week_start: WeekStart) -> date:
    """The first day of a span: the first of a week. All goes back to the oldest walk, but at least four weeks."""
    this_week = start_of_week(today, week_start)
    if span is Span.ALL:
        return min(start_of_week(oldest, week_start), this_week - 3 * _WEEK)
    return this_week - (_WEEKS[span] - 1) * _WEEK


def bucket_starts(first: date, last: date) -> Iterator[date]:
    """The first day of every week from one day to another, or of every month where there would be too many weeks."""
    day = first
    if not _by_month(first, last):
        while day <= last:
            yield day
            day += _WEEK
        return
    while day <= last:
        yield day
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def fill(starts: Iterable[date], days: Iterable[Period]) -> Iterator[Bucket]:
    """The buckets with these first days, and what the days in each add up to."""
    firsts = list(starts)
    found: dict[date, list[Period]] = {first: [] for first in firsts}
    for day in days:
        found[_start_before(firsts, day.first)].append(day)
    for first, inside in found.items():
        yield Bucket(
            first,
            backward=sum(day.backward for day in inside) / MINUTE,
            forward=sum(day.forward for day in inside) / MINUTE,
            longest=max((day.longest_backward for day in inside), default=0) / MINUTE,
            sessions=sum(day.sessions for day in inside),
        )


def means(values: Iterable[tuple[date, float, int]], starts: Sequence[date] | None) -> tuple[Point, ...]:
    """The mean of each day, or of each bucket where the starts of these are given, in order.

    Args:
        values: a day, the sum of some values, and how many they are.
        starts: the first days of the buckets, None for days.
    """
    found: dict[date, tuple[float, int]] = {}
    for day, value, count in values:
        at = day if starts is None else _start_before(starts, day)
        total, many = found.get(at, (0, 0))
        found[at] = total + value, many + count
    return tuple(Point(day, total / many) for day, (total, many) in sorted(found.items()) if many)


def _by_month(first: date, last: date) -> bool:
    return (last - first).days >= MOST_WEEKS * 7


def _start_before(starts: Sequence[date], day: date) -> date:
    index = bisect_left(starts, day)
    return starts[index] if index < len(starts) and starts[index] == day else starts[max(0, index - 1)]
