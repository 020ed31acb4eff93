"""Weeks: totals against the goal, and the streak with its one forgiven week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.units import WeekStart
from retro_timer.training.entry import TrainingEntry
from retro_timer.training.weeks import Streak, start_of_week, streak, week_totals

MONDAY = date(2026, 3, 2)


def wednesdays(*weeks: int) -> list[date]:
    """The Wednesday of each of some weeks, counted from the first Monday."""
    return [MONDAY + timedelta(days=7 * week + 2) for week in weeks]


@pytest.mark.parametrize(
    ("first", "start"),
    [
        (WeekStart.MONDAY, date(2026, 3, 2)),
        (WeekStart.SUNDAY, date(2026, 3, 1)),
        (WeekStart.SATURDAY, date(2026, 2, 28)),
    ],
)
def test_a_week_starts_on_the_walkers_day(first: WeekStart, start: date) -> None:
    assert start_of_week(date(2026, 3, 6), first) == start
    assert start_of_week(start, first) == start
    assert start_of_week(start - timedelta(days=1), first) == start - timedelta(days=7)


def test_the_totals_of_a_week() -> None:
    walks = [
        TrainingEntry(MONDAY, walked_seconds=600, backward_seconds=240, longest_bout=60),
        TrainingEntry(MONDAY, walked_seconds=300, backward_seconds=120, longest_bout=90, as_planned=False, share=0.5),
        TrainingEntry(MONDAY + timedelta(days=6), walked_seconds=100, backward_seconds=10, longest_bout=10),
        TrainingEntry(MONDAY + timedelta(days=7), walked_seconds=9999),
        TrainingEntry(MONDAY - timedelta(days=1), walked_seconds=9999),
    ]
    totals = week_totals(walks, MONDAY + timedelta(days=3))
    assert (totals.sessions, totals.days, totals.seconds) == (3, 2, 1000)
    assert (totals.backward_seconds, totals.longest_bout) == (370, 90)
    assert week_totals(walks, MONDAY + timedelta(days=6), WeekStart.SUNDAY).start == MONDAY + timedelta(days=6)


@pytest.mark.parametrize(
    ("walked", "today", "expected"),
    [
        ((), 0, Streak()),
        ((0,), 0, Streak(1)),
        ((0, 1, 2), 2, Streak(3)),
        ((0, 1), 2, Streak(2)),
        ((0, 1), 3, Streak(2, 1, at_risk=True)),
        ((0, 1), 4, Streak()),
        ((0, 2), 2, Streak(2, 1)),
        ((0, 3), 3, Streak(1)),
        ((0, 2, 4), 4, Streak(3, 2)),
        ((0, 1, 3), 4, Streak(3, 1)),
        ((5,), 2, Streak()),
    ],
)
def test_one_missed_week_is_forgiven_two_in_a_row_are_not(
    walked: tuple[int, ...], today: int, expected: Streak
) -> None:
    assert streak(wednesdays(*walked), MONDAY + timedelta(days=7 * today + 3)) == expected


def test_the_week_start_decides_the_week_of_a_session() -> None:
    sunday, monday = MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)
    assert streak([sunday, monday], monday).weeks == 2
    assert streak([sunday, monday], monday, WeekStart.SUNDAY).weeks == 1


@given(st.sets(st.integers(0, 200)), st.integers(0, 210), st.sampled_from(WeekStart))
def test_more_sessions_never_shorten_the_streak(days: set[int], today: int, first: WeekStart) -> None:
    walks = [MONDAY + timedelta(days=day) for day in days]
    now = MONDAY + timedelta(days=today)
    more = [*walks, now]
    assert streak(more, now, first).weeks >= max(1, streak(walks, now, first).weeks)
    assert not streak(more, now, first).at_risk


def counted_back(walked: set[int], this_week: int) -> tuple[int, int, bool]:
    """The streak as the rule is written: from this week back, by numbers of weeks."""
    weeks, forgiven, missed = int(this_week in walked), 0, 0
    for week in range(this_week - 1, min(walked, default=this_week) - 1, -1):
        if week in walked:
            weeks, forgiven, missed = weeks + 1, forgiven + missed, 0
            continue
        missed += 1
        if missed == 2:
            break
    return weeks, forgiven, weeks > 0 and not walked & {this_week, this_week - 1}


@given(st.sets(st.integers(0, 40)), st.integers(0, 44))
def test_a_streak_is_the_same_counted_forward_and_back(walked: set[int], today: int) -> None:
    walked = {week for week in walked if week <= today}
    days = [MONDAY + timedelta(weeks=week, days=week % 7) for week in sorted(walked)]
    found = streak(days, MONDAY + timedelta(weeks=today, days=6))
    assert (found.weeks, found.forgiven, found.at_risk) == counted_back(walked, today)
