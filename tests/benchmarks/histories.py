"""How long screens and queries take with more and more sessions in the history; times in milliseconds."""

from __future__ import annotations

import asyncio
import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from msgspec.structs import replace
from textual.widgets import OptionList

from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.progress import Span, progress_of
from retro_timer.runtime.today import today_of
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback, NextDay
from retro_timer.storage.database_file import check_file
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.store import Store
from retro_timer.storage.writer import write_session
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.widgets.today import EXAMINATION, TodayPanel
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker
from tests.storage.test_training_entries import session_of
from tests.ui.support import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot
    from textual.screen import Screen

    from retro_timer.storage.history import History

WALKS_A_WEEK: Final = 5
SIZE: Final = (120, 40)
LONGEST: Final = 30.0
"""Seconds to wait for a screen."""


def fill(history: History, count: int) -> None:
    """Write sessions up the ladder, five a week, in large transactions."""
    ladder = [session_of(workout.id) for workout in presets()]
    for first in range(0, count, 5000):
        with history.database.writing() as connection:
            for index in range(first, min(count, first + 5000)):
                walked = ladder[min(len(ladder) - 1, index * 10 // max(count, 10))]
                start = replace(walked.summary.start, uuid=str(UUID(int=index)), started=_morning_of(index))
                said = Feedback(effort=2 + index % 4, next_day=NextDay.NORMAL)
                write_session(connection, replace(walked, summary=replace(walked.summary, start=start, feedback=said)))


def morning_after(count: int) -> datetime:
    """The day after the last of a number of sessions."""
    return _morning_of(count - 1) + timedelta(days=1) if count else MORNING


def _morning_of(index: int) -> datetime:
    return MORNING + timedelta(weeks=index // WALKS_A_WEEK, days=index % WALKS_A_WEEK)


def make(directory: Path, count: int) -> None:
    """Make a history with a number of sessions."""
    with open_history(directory, lambda: MORNING).history as history:
        fill(history, count)


def stage_in(directory: Path, count: int) -> Stage:
    """The app on the day after the last session, with its own store."""
    settings = changed(changed(Settings(), "first_start.done", True), "units.week_start", "monday")
    clock = FakeClock(wall=morning_after(count))
    return Stage(clock=clock, store=Store(directory, clock), loaded=Loaded(settings, ()))


async def open_screens(directory: Path, count: int) -> dict[str, float]:
    """Open Home, then Progress; measures until each is drawn, and until its data is shown."""
    stage, taken = stage_in(directory, count), dict[str, float]()
    begun = time.perf_counter()
    async with stage.app.run_test(size=SIZE) as pilot:
        taken["home"] = await shown(pilot, begun, HomeScreen)
        taken["home, with the plan"] = await shown(
            pilot, begun, HomeScreen, lambda home: bool(home.query("TodayPanel.-known"))
        )
        assert stage.app.screen.query_one(TodayPanel).today
        await pilot.pause()
        begun = time.perf_counter()
        stage.app.push_screen(ProgressScreen())
        taken["progress"] = await shown(pilot, begun, ProgressScreen)
        taken["progress, with the sessions"] = await shown(
            pilot, begun, ProgressScreen, lambda progress: read(progress, count)
        )
    store = stage.app.services.store
    assert store
    store.close()
    return taken


def read(progress: Screen[Any], count: int) -> bool:
    """Whether Progress shows its data."""
    if count == 0:
        return progress.has_class("-empty")
    return bool(progress.query_one("#sessions", OptionList).option_count)


def reading(app: App[int]) -> bool:
    """Whether data is still being read."""
    return any(worker.group != EXAMINATION for worker in app.workers)


async def shown(
    pilot: Pilot[int], begun: float, kind: type[Screen[Any]], has: Callable[[Screen[Any]], bool] | None = None
) -> float:
    """Wait until a screen is drawn, and optionally until its data is shown; returns the time since it was requested."""
    app = pilot.app

    def ready() -> bool:
        return isinstance(app.screen, kind) and app.screen.is_mounted and (has is None or has(app.screen))

    async with asyncio.timeout(LONGEST):
        while not ready() or (has is not None and reading(app)):  # noqa: ASYNC110  (no event for it)
            await asyncio.sleep(0.0005)
        drawn = asyncio.Event()
        app.screen.call_after_refresh(drawn.set)
        await drawn.wait()
    return (time.perf_counter() - begun) * 1000


def reads(directory: Path, count: int, times: int) -> dict[str, float]:
    """The queries of the history, without a screen."""
    now = morning_after(count)
    last, middle = now.date(), str(UUID(int=count // 2))
    monday, settings = WeekStart.MONDAY, Settings()

    def reopen() -> None:
        open_history(directory, lambda: now).history.close()

    with open_history(directory, lambda: now).history as history:
        calls: dict[str, Callable[[], object]] = {
            "the day on Home": lambda: today_of(history, settings, monday, now),
            "progress, 12 weeks": lambda: progress_of(history, Span.TWELVE_WEEKS, now, monday),
            "progress, a year": lambda: progress_of(history, Span.YEAR, now, monday),
            "first page of the list": history.page,
            "a page in the middle": lambda: history.page(after=middle),
            "days of a year": lambda: history.days(since=last - timedelta(days=365), until=date.max),
            "one session with its intervals": lambda: history.session(middle),
            "bests": history.bests,
            "opening the file": reopen,
            "looking it through, behind Home": lambda: check_file(directory / FILE_NAME),
        }
        return {name: typical(call, times) for name, call in calls.items()}


def typical(call: Callable[[], object], times: int) -> float:
    """The median of some calls, after one warm-up call."""
    taken = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken[1:])[times // 2]


def beat(directory: Path, times: int) -> float:
    """One heartbeat of the journal of a running session, with many other sessions in the history."""
    walker = Walker(directory, FakeClock(wall=MORNING - timedelta(days=2)))
    walker.on(45)

    def once() -> None:
        walker.clock.move(500)
        walker.journal.flush()

    taken = typical(once, times)
    walker.journal.close()
    return taken
