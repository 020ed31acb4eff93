"""Progress in words: totals, the streak, and the best sessions, each on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.units import show_distance
from retro_timer.session.history import day_at
from retro_timer.session.states import shown_seconds
from retro_timer.text import clock_time, counted

if TYPE_CHECKING:
    from retro_timer.runtime.progress import Progress
    from retro_timer.session.history import Bests, SessionSummary


def totals(progress: Progress, *, imperial: bool = False) -> str:
    """The totals of the span; with sensors, also what they measured."""
    sessions = counted(progress.sessions, "session")
    text = f"{sessions}   {_hours(progress.walked)} walked   {_hours(progress.backward)} backward"
    if not progress.measured:
        return text
    distance = show_distance(progress.measured, imperial=imperial)
    return f"{text}, {_hours(progress.measured_seconds)} and {distance} measured"


def streak(progress: Progress) -> str:
    """The streak."""
    weeks = progress.streak.weeks
    return "" if not weeks else f"streak {counted(weeks, 'week')}"


def bests(found: Bests, day_ends: int) -> tuple[str, str]:
    """The records, one line each; days end `day_ends` hours after midnight."""
    longest, most = found.longest_backward, found.most_backward
    return (
        f"bout     {_record(longest.totals.longest_backward, longest, day_ends)}" if longest else "your longest bout",
        f"session  {_record(most.totals.backward, most, day_ends)}" if most else "your most backward minutes",
    )


def _record(milliseconds: int, summary: SessionSummary, day_ends: int) -> str:
    day = day_at(summary.start.started, day_ends)
    return f"{clock_time(shown_seconds(milliseconds)):>5}  {day.day} {day:%b %Y}"


def _hours(seconds: int) -> str:
    """Seconds as hours and minutes, or to the second where that matters: 0:55, not 0 min."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:,} h {minutes:02} min" if hours else clock_time(seconds)
