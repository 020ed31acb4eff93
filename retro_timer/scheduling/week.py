"""Weeks of practice: totals against the goal, and the streak. All dates are local dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.units import WeekStart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.scheduling.practice import Practice

STREAK_RULE: Final = (
    "A week counts when you walked in it, a partial session too; one missed week is forgiven, two in a row end it."
)
"""The rule of the streak, as the walker reads it."""
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


def streak(practices: Iterable[Practice], today: date, first: WeekStart = WeekStart.MONDAY) -> Streak:
    """The streak as of today. A week that is not over yet cannot be missed."""
    walked = {start_of_week(practice.day, first) for practice in practices if practice.day <= today}
    this_week = start_of_week(today, first)
    weeks = forgiven = missed = 0
    week = this_week
    if week in walked:
        weeks = 1
    while missed < 2 and walked and week > min(walked):
        week -= _WEEK
        if week in walked:
            weeks, forgiven, missed = weeks + 1, forgiven + missed, 0
        else:
            missed += 1
    at_risk = weeks > 0 and this_week not in walked and this_week - _WEEK not in walked
    return Streak(weeks, forgiven, at_risk)
