"""Progress over a time span: minutes, efforts, presets and totals by week or month, for plots and lists."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from retro_timer.session.history import day_at
from retro_timer.training.energy import AIM
from retro_timer.training.levels import LADDER_ORDER
from retro_timer.training.weeks import start_of_week, streak

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from retro_timer.scheduling.units import WeekStart
    from retro_timer.session.history import Bests, Period
    from retro_timer.storage.history import History
    from retro_timer.training.weeks import Streak

MINUTE: Final = 60_000
MOST_WEEKS: Final = 26
"""Longer spans are shown by month."""
_WEEK: Final = timedelta(days=7)


class Span(StrEnum):
    """A time span up to today; the values are the labels on screen."""

    FOUR_WEEKS = "4 weeks"
    TWELVE_WEEKS = "12 weeks"
    YEAR = "year"
    ALL = "all"


_WEEKS: Final = {Span.FOUR_WEEKS: 4, Span.TWELVE_WEEKS: 12, Span.YEAR: 52}


class Bucket(Struct, frozen=True):
    """Totals of a week or month; lengths in minutes.

    Attributes:
        first: the first day.
        backward: backward walking time.
        forward: forward walking time, including warm-up and cool-down.
        longest: the longest backward bout.
        sessions: number of sessions.
    """

    first: date
    backward: float = 0
    forward: float = 0
    longest: float = 0
    sessions: int = 0


class Point(NamedTuple):
    """A value on a day."""

    day: date
    value: float


class Progress(Struct, frozen=True):
    """The progress over a time span.

    Attributes:
        span: the span.
        first: its first day.
        last: its last day: today.
        week_start: the first day of a week.
        buckets: all weeks or months in order, including empty ones.
        minutes: walking time by day, in minutes.
        efforts: the mean effort of each day or bucket.
        preset_ids: the mean place of the preset on the ladder, 1 to 8, of each day or bucket.
        sessions: number of sessions.
        walked: total walking time in seconds, the sum of what is shown for each session.
        backward: backward walking time, likewise.
        longest: the longest backward bout in minutes.
        streak: the streak as of today.
        bests: the sessions that hold a record, of all time.
        problems: one sentence for each implausible session.
        speeds: the mean measured speed backward, in km/h, of each day or bucket; only of sessions at the effort to aim
            for, so that like is compared with like.
        measured: the backward distance that was measured, in metres.
        measured_seconds: the backward walking time that was measured.
    """

    span: Span
    first: date
    last: date
    week_start: WeekStart
    buckets: tuple[Bucket, ...]
    minutes: dict[date, float]
    efforts: tuple[Point, ...]
    preset_ids: tuple[Point, ...]
    sessions: int
    walked: int
    backward: int
    longest: float
    streak: Streak
    bests: Bests
    problems: tuple[str, ...] = ()
    speeds: tuple[Point, ...] = ()
    measured: float = 0
    measured_seconds: int = 0

    @property
    def by_month(self) -> bool:
        """Whether a bucket is a month."""
        return _by_month(self.first, self.last)


def progress_of(history: History, span: Span, now: datetime, week_start: WeekStart, day_ends: int = 0) -> Progress:
    """Compute the progress over a span from the history; a day ends `day_ends` hours after midnight.

    Raises:
        StorageError: if the history cannot be read.
    """
    from retro_timer.storage.measured import measured_walks
    from retro_timer.storage.training_entries import outcomes_of, problems_of, walked_days

    today = day_at(now, day_ends)
    walked = walked_days(history, now, day_ends)
    first = first_day(span, walked[0] if walked else today, today, week_start)
    outcomes = outcomes_of(history, now, first, day_ends)
    walks = measured_walks(history, first, today, now, day_ends)
    days = history.days_until(today, now, since=first, day_ends=day_ends)
    buckets = tuple(fill(bucket_starts(first, today), days))
    starts = [bucket.first for bucket in buckets] if _by_month(first, today) else None
    return Progress(
        span=span,
        first=first,
        last=today,
        week_start=week_start,
        buckets=buckets,
        minutes={day.first: day.walked / MINUTE for day in days},
        efforts=means(((o.day, o.effort, o.rated) for o in outcomes), starts),
        preset_ids=means(
            (
                (o.day, (LADDER_ORDER[o.preset] + 1) * o.sessions, o.sessions)
                for o in outcomes
                if o.preset is not None and o.preset in LADDER_ORDER
            ),
            starts,
        ),
        sessions=sum(day.sessions for day in days),
        walked=sum(day.shown_walked for day in days),
        backward=sum(day.shown_backward for day in days),
        longest=max((day.longest_backward for day in days), default=0) / MINUTE,
        streak=streak(walked, today, week_start),
        bests=history.bests(),
        speeds=means(
            ((walk.day, walk.kmh * walk.seconds, walk.seconds) for walk in walks if walk.effort in AIM), starts
        ),
        measured=sum(walk.metres for walk in walks),
        measured_seconds=sum(walk.seconds for walk in walks),
        problems=problems_of(history, now, day_ends),
    )


def first_day(span: Span, oldest: date, today: date, week_start: WeekStart) -> date:
    """The first day of a span, at the start of a week. `ALL` goes back to the oldest session, at least four weeks."""
    this_week = start_of_week(today, week_start)
    if span is Span.ALL:
        return min(start_of_week(oldest, week_start), this_week - 3 * _WEEK)
    return this_week - (_WEEKS[span] - 1) * _WEEK


def bucket_starts(first: date, last: date) -> Iterator[date]:
    """The first day of every week between two days, or of every month if there are more than `MOST_WEEKS` weeks."""
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
    """Add up days into buckets with the given first days."""
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
    """The mean of each day, or of each bucket, in order.

    Args:
        values: (day, sum of values, number of values) tuples.
        starts: the first days of the buckets; None for one mean per day.
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
