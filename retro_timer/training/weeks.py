"""Weekly totals against the goal, and the streak. All dates are local dates."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.scheduling.units import WeekStart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.training.entry import TrainingEntry

STREAK_RULE: Final = (
    "A week counts if you walked in it, even part of a session. One missed week is forgiven; two in a row are not."
)
"""The rule of the streak, in the words shown to the walker."""
FORGIVEN: Final = 1
"""Missed weeks in a row that do not end a streak."""
_WEEK: Final = timedelta(days=7)


class Goal(Struct, frozen=True):
    """The goal of a week.

    Attributes:
        sessions: sessions per week, 3 to 5 (the articles the product is built from).
        minutes: minutes per session, 10 to 20 (same source).
    """

    sessions: int = 3
    minutes: int = 10

    @property
    def seconds(self) -> int:
        """The weekly goal in seconds of walking."""
        return self.sessions * self.minutes * 60


class WeekTotals(Struct, frozen=True):
    """Totals of one week.

    Attributes:
        start: the first day of the week.
        sessions: number of sessions, partial ones included.
        days: number of days with a session.
        seconds: total walking time.
        backward_seconds: the backward part of it.
        longest_bout: the longest backward bout, in seconds.
        logged: how many of the sessions were logged by hand or imported.
    """

    start: date
    sessions: int = 0
    days: int = 0
    seconds: int = 0
    backward_seconds: int = 0
    longest_bout: int = 0
    logged: int = 0


class Streak(Struct, frozen=True):
    """Consecutive weeks with a session, see `STREAK_RULE`.

    Attributes:
        weeks: number of weeks that count, without the forgiven ones.
        forgiven: number of forgiven weeks.
        at_risk: whether the streak ends unless there is a session before the week is over.
    """

    weeks: int = 0
    forgiven: int = 0
    at_risk: bool = False


def start_of_week(day: date, first: WeekStart = WeekStart.MONDAY) -> date:
    """The first day of the week that contains `day`."""
    return day - timedelta(days=(day.weekday() - first) % 7)


def week_totals(entries: Iterable[TrainingEntry], day: date, first: WeekStart = WeekStart.MONDAY) -> WeekTotals:
    """The totals of the week that contains `day`."""
    start = start_of_week(day, first)
    mine = [entry for entry in entries if start <= entry.day < start + _WEEK]
    return WeekTotals(
        start=start,
        sessions=len(mine),
        days=len({entry.day for entry in mine}),
        seconds=sum(entry.walked_seconds for entry in mine),
        backward_seconds=sum(entry.backward_seconds for entry in mine),
        longest_bout=max((entry.longest_bout for entry in mine), default=0),
        logged=sum(entry.logged for entry in mine),
    )


def streak(days: Iterable[date], today: date, first: WeekStart = WeekStart.MONDAY) -> Streak:
    """The streak as of today, from the days with a session. A week that is not over yet cannot be missed."""
    walked = sorted({start_of_week(day, first) for day in days if day <= today})
    if not walked:
        return Streak()
    weeks, forgiven = 1, 0
    for before, week in pairwise(walked):
        missed = (week - before) // _WEEK - 1
        weeks, forgiven = (weeks + 1, forgiven + missed) if missed <= FORGIVEN else (1, 0)
    missed = max(0, (start_of_week(today, first) - walked[-1]) // _WEEK - 1)
    return Streak() if missed > FORGIVEN else Streak(weeks, forgiven + missed, at_risk=missed == FORGIVEN)
