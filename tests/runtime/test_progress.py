"""Spans, buckets and means of the progress, without a screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retro_timer.runtime.progress import (
    MINUTE,
    MOST_WEEKS,
    Bucket,
    Point,
    Span,
    bucket_starts,
    fill,
    first_day,
    means,
    progress_of,
)
from retro_timer.runtime.progress_words import totals
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback, Period, StoredSession
from retro_timer.session.states import shown_seconds
from retro_timer.storage.memory import memory_history
from retro_timer.storage.training_entries import entries_of
from retro_timer.training.levels import LADDER_ORDER
from retro_timer.training.weeks import streak
from tests.formats.sessions import walked_session
from tests.storage.sessions import MORNING
from tests.storage.test_training_entries import session_of

TODAY = date(2026, 3, 4)
"""A Wednesday."""


def day(when: date, backward: int = 5, forward: int = 10, longest: int = 2) -> Period:
    seconds = ((backward + forward) * 60, backward * 60)
    return Period(
        when, 1, (backward + forward) * MINUTE, backward * MINUTE, forward * MINUTE, 0, longest * MINUTE, *seconds
    )


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


def test_the_span_all_goes_back_to_the_oldest_session() -> None:
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


def test_a_bucket_sums_minutes_and_keeps_the_longest_bout() -> None:
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


@pytest.mark.parametrize("span", Span)
def test_progress_and_the_plan_count_the_same_sessions(span: Span) -> None:
    """Progress has the database compute the totals; the plan reads every session."""
    ladder = [session_of(workout.id) for workout in presets()]
    with memory_history() as history:
        for index in range(200):
            walked = ladder[index // 6 % len(ladder)]
            start = replace(
                walked.summary.start, uuid=str(UUID(int=index)), started=MORNING + index * timedelta(hours=50)
            )
            said = Feedback(effort=2 + index % 5 if index % 7 else None)
            history.add(replace(walked, summary=replace(walked.summary, start=start, feedback=said)))
        for change in (
            "longest_backward = backward + 1000 WHERE id = 7",
            "walked = 100000000000 WHERE id = 30",
            "walked = 40000, completion = 0.1, incomplete = 1, state = 'ended-early' WHERE id = 190",
            "day = day + 1, utc_offset = 50400 WHERE id = 199",
        ):
            history.database.connection.execute(f"UPDATE sessions SET {change}")  # noqa: S608  (from above)
        now = MORNING + timedelta(hours=50 * 198)
        progress = progress_of(history, span, now, WeekStart.MONDAY)
        entries, problems = entries_of(history, now)
    assert progress.problems == problems
    assert len(problems) == 3
    assert progress.streak == streak([entry.day for entry in entries], now.date())
    inside = [entry for entry in entries if entry.day >= progress.first]
    starts = [bucket.first for bucket in progress.buckets] if progress.by_month else None
    rated = [(entry.day, entry.effort, 1) for entry in inside if entry.effort is not None]
    assert progress.efforts == means(rated, starts)
    levels = [(entry.day, LADDER_ORDER[entry.preset] + 1, 1) for entry in inside if entry.preset]
    assert progress.preset_ids == means(levels, starts)


def test_the_totals_are_the_sum_of_what_the_list_shows() -> None:
    history = memory_history()
    for index in range(3):
        walked = session_of("first-try", started=MORNING + index * timedelta(days=1)).summary
        spent, times = replace(walked.spent, walked=299_900), replace(walked.totals, backward=200_600, forward=99_300)
        summary = replace(walked, start=replace(walked.start, uuid=str(UUID(int=index))), spent=spent, totals=times)
        history.add(StoredSession(summary))
    found = progress_of(history, Span.FOUR_WEEKS, MORNING + timedelta(days=3), WeekStart.MONDAY)
    listed = history.page()
    assert (found.walked, found.backward) == (3 * 299, 3 * 200)
    assert found.walked == sum(shown_seconds(session.spent.walked) for session in listed)
    assert totals(found).startswith("3 sessions   14:57 walked   10:00 backward")


def test_a_session_dated_tomorrow_that_is_over_is_one_of_today() -> None:
    tomorrow = datetime.fromisoformat("2026-03-05T01:30+14:00")
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    with memory_history() as history:
        for uuid, started in ((1, now - timedelta(hours=2)), (2, tomorrow), (3, now + timedelta(days=1))):
            one = walked_session("back 1m, fwd 2m", started=started, sampled=lambda _: (1.5, None))
            start = replace(one.summary.start, uuid=str(UUID(int=uuid)))
            history.add(replace(one, summary=replace(one.summary, start=start)))
        progress = progress_of(history, Span.FOUR_WEEKS, now, WeekStart.MONDAY)
    assert (progress.sessions, progress.walked, progress.backward) == (2, 360, 120)
    assert progress.minutes == {TODAY: 6}
    assert progress.buckets[-1] == Bucket(date(2026, 3, 2), backward=2, forward=4, longest=1, sessions=2)
    assert progress.measured_seconds == 120
    assert progress.last == TODAY
