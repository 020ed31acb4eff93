"""Weeks of practice: totals against the goal, and the streak. All dates are local dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.units import WeekStart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.scheduling.practice import Practice

STREAK_RULE: Final = (
    "A week counts when you walked in it, a partial session too; one missed week is forgiven, two in a row end it."
)
"""The rule of the streak, as the walker reads it."""
FORGIVEN: Final = 1
"""Missed weeks in a row that do not end a streak."""
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a week should hold.

    Attributes:
        sessions: a week, 3 to 5 (the articles the product is built from).
        minutes: a session, 10 to 20 (the same).
    """

    sessions: int = 3
    minutes: int = 10

    @property
    def seconds(self) -> int:
        """The goal of a week in seconds of walking."""
        return self.sessions * self.minutes * 60


@dataclass(frozen=True, slots=True)
class WeekTotals:
    """What was walked in a week.

    Attributes:
        start: its first day.
        sessions: walks, partial ones too.
        days: days on which was walked.
        seconds: all that was walked.
        backward_seconds: what of it was walked backward.
        longest_bout: the longest stretch backward, in seconds.
    """

    start: date
    sessions: int = 0
    days: int = 0
    seconds: int = 0
    backward_seconds: int = 0
    longest_bout: int = 0

    def reaches(self, goal: Goal) -> bool:
        """Whether both sessions and minutes are there."""
        return self.sessions >= goal.sessions and self.seconds >= goal.seconds


@dataclass(frozen=True, slots=True)
class Streak:
    """Weeks of practice without a break, see `STREAK_RULE`.

    Attributes:
        weeks: that counted; forgiven ones are not among them.
        forgiven: how many were forgiven.
        at_risk: whether it ends unless something is walked before this week is over.
    """

    weeks: int = 0
    forgiven: int = 0
    at_risk: bool = False


class Run(NamedTuple):
    """Weeks in a row that were walked in, up to the last of them: what a streak is told from as time goes on.

    Attributes:
        weeks: that counted.
        forgiven: how many between them were forgiven.
        last: the first day of the last one; None where nothing was walked.
    """

    weeks: int = 0
    forgiven: int = 0
    last: date | None = None


def start_of_week(day: date, first: WeekStart = WeekStart.MONDAY) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=(day.weekday() - first) % 7)


def week_totals(practices: Iterable[Practice], day: date, first: WeekStart = WeekStart.MONDAY) -> WeekTotals:
    """What was walked in the week that a day is in."""
    start = start_of_week(day, first)
    mine = [practice for practice in practices if start <= practice.day < start + _WEEK]
    return WeekTotals(
        start=start,
        sessions=len(mine),
        days=len({practice.day for practice in mine}),
        seconds=sum(practice.walked_seconds for practice in mine),
        backward_seconds=sum(practice.backward_seconds for practice in mine),
        longest_bout=max((practice.longest_bout for practice in mine), default=0),
    )


def streak(
    practices: Iterable[Practice], today: date, first: WeekStart = WeekStart.MONDAY, before: Run | None = None
) -> Streak:
    """The streak as of today. A week that is not over yet cannot be missed.

    Args:
        practices: the walks; all of them, or those since `before`.
        today: the local date.
        first: the first day of a week.
        before: the run that earlier walks make.
    """
    run = run_of((practice.day for practice in practices if practice.day <= today), first, before)
    if run.last is None:
        return Streak()
    missed = max(0, (start_of_week(today, first) - run.last) // _WEEK - 1)
    return Streak() if missed > FORGIVEN else Streak(run.weeks, run.forgiven + missed, at_risk=missed == FORGIVEN)


def run_of(days: Iterable[date], first: WeekStart = WeekStart.MONDAY, before: Run | None = None) -> Run:
    """The run that days make, in any order, after an earlier one; days before its end are in it already."""
    run = before or Run()
    for week in sorted({start_of_week(day, first) for day in days}):
        if run.last is None or week > run.last + (FORGIVEN + 1) * _WEEK:
            run = Run(1, 0, week)
        elif week > run.last:
            run = Run(run.weeks + 1, run.forgiven + (week - run.last) // _WEEK - 1, week)
    return run
