"""Spans, buckets and means of the progress, without a screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.progress import MINUTE, MOST_WEEKS, Point, Span, bucket_starts, fill, first_day, means
from retro_timer.scheduling.units import WeekStart
from retro_timer.storage.model import Period

TODAY = date(2026, 3, 4)
"""A Wednesday."""


def day(when: date, backward: int = 5, forward: int = 10, longest: int = 2) -> Period:
    return Period(when, 1, (backward + forward) * MINUTE, backward * MINUTE, forward * MINUTE, 0, longest * MINUTE)


@pytest.mark.parametrize(
    ("span", "week_start", "first"),
    [
        (Span.FOUR_WEEKS, WeekStart.MONDAY, date(2026, 2, 9)),
        (Span.FOUR_WEEKS, WeekStart.SUNDAY, date(2026, 2, 8)),
        (Span.FOUR_WEEKS, WeekStart.SATURDAY, date(2026, 2, 7)),
        (Span.TWELVE_WEEKS, WeekStart.MONDAY, date(2025, 12, 15)),
        (Span.YEAR, WeekStart.MONDAY, date(2025, 3, 10)),
        (Span.ALL, WeekStart.MONDAY, date(2026, 2, 9)),
    ],
)
def test_a_span_begins_with_a_week(span: Span, week_start: WeekStart, first: date) -> None:
    assert first_day(span, TODAY, TODAY, week_start) == first


def test_all_goes_back_to_the_oldest_walk() -> None:
    assert first_day(Span.ALL, date(2020, 1, 1), TODAY, WeekStart.MONDAY) == date(2019, 12, 30)


def test_a_few_weeks_are_weeks_and_many_are_months() -> None:
    four = list(bucket_starts(date(2026, 2, 9), TODAY))
    assert four == [date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23), date(2026, 3, 2)]
    year = list(bucket_starts(date(2025, 3, 10), TODAY))
    assert year[:3] == [date(2025, 3, 10), date(2025, 4, 1), date(2025, 5, 1)]
    assert year[-1] == date(2026, 3, 1)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 4000), st.data())
def test_every_day_is_in_exactly_one_bucket(last: date, back: int, data: st.DataObject) -> None:
    first = last - timedelta(days=back)
    starts = list(bucket_starts(first, last))
    assert starts[0] == first
    assert starts == sorted(set(starts))
    assert len(starts) <= max(MOST_WEEKS, back // 28 + 2)
    walked = data.draw(st.lists(st.dates(first, last), unique=True, max_size=20))
    buckets = list(fill(starts, [day(when) for when in walked]))
    assert [bucket.first for bucket in buckets] == starts
    assert sum(bucket.sessions for bucket in buckets) == len(walked)
    assert sum(bucket.backward for bucket in buckets) == 5 * len(walked)


def test_a_bucket_adds_minutes_up_and_keeps_the_longest() -> None:
    starts = [date(2026, 2, 23), date(2026, 3, 2)]
    days = [day(date(2026, 3, 2), 5, 10, 2), day(date(2026, 3, 4), 8, 4, 3)]
    empty, full = fill(starts, days)
    assert (empty.sessions, empty.backward, empty.longest) == (0, 0, 0)
    assert (full.sessions, full.backward, full.forward, full.longest) == (2, 13, 14, 3)


def test_means_of_days_and_of_buckets() -> None:
    values = [
        (date(2026, 3, 4), 5.0, 1),
        (date(2026, 3, 2), 2.0, 1),
        (date(2026, 3, 4), 6.0, 2),
        (date(2026, 3, 9), 0.0, 0),
    ]
    assert means(values, None) == (Point(date(2026, 3, 2), 2.0), Point(date(2026, 3, 4), 11 / 3))
    assert means(values, [date(2026, 3, 1)]) == (Point(date(2026, 3, 1), 13 / 4),)
    assert means([], None) == ()
