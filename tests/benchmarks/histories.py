"""How long screens and reads take with ever more sessions in the history; times in milliseconds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from textual.widgets import OptionList

from retro_timer.progress import Span, progress_of
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import WeekStart
from retro_timer.storage.database import check_file
from retro_timer.storage.keeper import Keeper
from retro_timer.storage.model import Feedback, NextDay
from retro_timer.storage.opening import FILE_NAME, open_history
from retro_timer.storage.settings import Loaded, changed, defaults
from retro_timer.storage.writer import write_walk
from retro_timer.testing import FakeClock
from retro_timer.today import today_of
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.widgets.today import EXAMINATION, TodayPanel
from tests.storage.test_practice import walk_of
from tests.storage.walks import MORNING, Walker
from tests.ui.support import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot
    from textual.screen import Screen

    from retro_timer.storage.history import History

WALKS_A_DAY: Final = 5
SIZE: Final = (120, 40)
LONGEST: Final = 30.0
"""Seconds after which a screen will not be shown any more."""


def fill(history: History, count: int) -> None:
    """Write so many walks up the ladder, five a day, in large transactions."""
    ladder = [walk_of(workout.id) for workout in presets()]
    for first in range(0, count, 5000):
        with history.database.writing() as connection:
            for index in range(first, min(count, first + 5000)):
                walked = ladder[min(len(ladder) - 1, index * 10 // max(count, 10))]
                started = MORNING + timedelta(days=index // WALKS_A_DAY, hours=index % WALKS_A_DAY)
                start = replace(walked.summary.start, uuid=str(UUID(int=index)), started=started)
                said = Feedback(effort=2 + index % 4, next_day=NextDay.NORMAL)
                write_walk(connection, replace(walked, summary=replace(walked.summary, start=start, feedback=said)))


def morning_after(count: int) -> datetime:
    """The day after the last of so many walks."""
    return MORNING + timedelta(days=-(-count // WALKS_A_DAY))


def make(directory: Path, count: int) -> float:
    """A history that was looked at once; returns how long that first look took."""
    with open_history(directory, lambda: MORNING).history as history:
        fill(history, count)
    now = morning_after(count)
    begun = time.perf_counter()
    with open_history(directory, lambda: now).history as history:
        today_of(history, defaults(), WeekStart.MONDAY, now)
        return (time.perf_counter() - begun) * 1000


def stage_in(directory: Path, count: int) -> Stage:
    """The app on the day after the last walk, with a keeper of its own."""
    settings = changed(changed(defaults(), "first_start.done", True), "units.week_start", "monday")
    clock = FakeClock(wall=morning_after(count))
    return Stage(clock=clock, keeper=Keeper(directory, clock), loaded=Loaded(settings, ()))


async def open_screens(directory: Path, count: int) -> dict[str, float]:
    """Open Home, then Progress: until what each read is on the screen."""
    stage = stage_in(directory, count)
    begun = time.perf_counter()
    async with stage.app.run_test(size=SIZE) as pilot:
        home = await shown(pilot, begun, lambda screen: bool(screen.query("TodayPanel.-known")))
        assert stage.app.screen.query_one(TodayPanel).today
        await pilot.pause()
        begun = time.perf_counter()
        stage.app.push_screen(ProgressScreen(stage.app.services))
        progress = await shown(pilot, begun, lambda screen: read(screen, count))
    keeper = stage.app.services.keeper
    assert keeper
    keeper.close()
    return {"home": home, "progress": progress}


def read(screen: Screen[object], count: int) -> bool:
    """Whether Progress has shown what it read."""
    if not isinstance(screen, ProgressScreen):
        return False
    if count == 0:
        return screen.has_class("-empty")
    return bool(screen.query_one("#sessions", OptionList).option_count)


def reading(app: App[int]) -> bool:
    """Whether something is read that is to be shown."""
    return any(worker.group != EXAMINATION for worker in app.workers)


async def shown(pilot: Pilot[int], begun: float, ready: Callable[[Screen[object]], bool]) -> float:
    """Wait until a screen is ready and was drawn; how long that took since it was asked for."""
    app = pilot.app
    async with asyncio.timeout(LONGEST):
        while not (app.screen.is_mounted and ready(app.screen)) or reading(app):  # noqa: ASYNC110  (no event for it)
            await asyncio.sleep(0.0005)
        drawn = asyncio.Event()
        app.screen.call_after_refresh(drawn.set)
        await drawn.wait()
    return (time.perf_counter() - begun) * 1000


def reads(directory: Path, count: int, times: int) -> dict[str, float]:
    """What is asked of the history, without a screen."""
    now = morning_after(count)
    last, middle = now.date(), str(UUID(int=count // 2))
    monday, settings = WeekStart.MONDAY, defaults()

    def reopen() -> None:
        open_history(directory, lambda: now).history.close()

    with open_history(directory, lambda: now).history as history:
        calls: dict[str, Callable[[], object]] = {
            "the day on Home": lambda: today_of(history, settings, monday, now),
            "progress, 12 weeks": lambda: progress_of(history, Span.TWELVE_WEEKS, now, monday),
            "progress, a year": lambda: progress_of(history, Span.YEAR, now, monday),
            "first page of the list": history.page,
            "a page in the middle": lambda: history.page(after=middle),
            "weekly totals, a year": lambda: history.weeks(since=last - timedelta(days=365)),
            "days of a year": lambda: history.days(since=last - timedelta(days=365), until=date.max),
            "one walk with its intervals": lambda: history.walk(middle),
            "bests": history.bests,
            "opening the file": reopen,
            "looking it through, behind Home": lambda: check_file(directory / FILE_NAME),
        }
        return {name: typical(call, times) for name, call in calls.items()}


def typical(call: Callable[[], object], times: int) -> float:
    """The median of some calls, after one that does not count."""
    taken = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken[1:])[times // 2]


def beat(directory: Path, times: int) -> float:
    """One beat of the journal of a session that is walked, on top of so many others."""
    walker = Walker(directory, FakeClock(wall=MORNING - timedelta(days=2)))
    walker.on(45)

    def once() -> None:
        walker.clock.move(500)
        walker.journal.flush()

    taken = typical(once, times)
    walker.journal.close()
    return taken
