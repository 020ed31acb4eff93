"""The celebration after a session: shows a first or a record once, while the session's dot in the week fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from retro_timer.ui.context import services_of
from retro_timer.ui.facts import achievement_from
from retro_timer.ui.run_in_thread import run_in_thread
from retro_timer.ui.widgets.title import Title
from retro_timer.ui.widgets.today import week_dots

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from retro_timer.runtime.today import Today
    from retro_timer.session.history import SessionSummary
    from retro_timer.training.weeks import WeekTotals

FILLS_AFTER: Final = 0.6
"""Seconds until the session's dot in the week fills."""


class Celebration:
    """Celebrates a session on its summary, once.

    Args:
        screen: the summary, which has a `Title`.
        summary: the session.
        show: shows the week.
    """

    def __init__(self, screen: Screen[Any], summary: SessionSummary, show: Callable[[str], None]) -> None:
        self._screen = screen
        self._summary = summary
        self._show = show
        self._done = False

    async def celebrate(self, today: Today) -> None:
        """Show what the session achieved, and fill its dot in the week."""
        if self._done:
            return
        self._done = True
        services = services_of(self._screen)
        achieved = await run_in_thread(self._screen, achievement_from, services, self._summary)
        if achieved:
            self._screen.query_one(Title).show(achieved)
        before = replace(today.week, sessions=max(0, today.week.sessions - 1))
        if services.moving:
            self._show_week(before, today)
            self._screen.set_timer(FILLS_AFTER, lambda: self._show_week(today.week, today))
        else:
            self._show_week(today.week, today)

    def _show_week(self, week: WeekTotals, today: Today) -> None:
        dots = week_dots(week, today.goal.sessions, ascii_only=services_of(self._screen).ascii_only)
        self._show(f"this week {dots}")
