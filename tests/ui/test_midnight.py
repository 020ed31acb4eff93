"""Home left open: it follows the walker's day without being asked, and does not look at the clock before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from textual.events import AppBlur, AppFocus

from retro_timer.runtime.today import until_next_day
from retro_timer.session.history import Feedback
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.plan import PlanScreen
from retro_timer.ui.widgets.today import TodayPanel
from tests.ui.drawn import settled
from tests.ui.support import history
from tests.ui.test_today import add, home_in, shown, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.support import Stage

HOUR: Final = 3_600_000
WALKED: Final = "You've already walked today."
DAY_AFTER: Final = "How was the day after your last walk?"


def late(tmp_path: Path, left: int, day_ends: int = 0) -> Stage:
    """Home some milliseconds before the walker's day ends, after a walk on that day."""
    stage = home_in(tmp_path, **{"plan.day_ends": day_ends})
    add(stage, 0, feedback=Feedback(effort=3))
    stage.clock.move((15 + day_ends) * HOUR - left)  # it starts at nine
    return stage


@pytest.mark.parametrize("day_ends", [0, 3])
async def test_home_follows_the_day_and_asks_about_the_one_before(tmp_path: Path, day_ends: int) -> None:
    stage = late(tmp_path, left=50, day_ends=day_ends)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: WALKED in shown(stage))
        stage.clock.move(100)
        await until(pilot, lambda: DAY_AFTER in shown(stage))
        await pilot.press("escape")
        await until(pilot, lambda: "Walk First Try again" in shown(stage))


async def test_home_left_open_asks_about_the_day_after_each_session(tmp_path: Path) -> None:
    stage = late(tmp_path, left=5 * HOUR)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        for _ in range(2):
            await until(pilot, lambda: WALKED in shown(stage))
            stage.app.post_message(AppBlur())
            await settled(pilot)
            stage.clock.sleep(24 * HOUR)
            stage.app.post_message(AppFocus())
            await until(pilot, lambda: DAY_AFTER in shown(stage))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(stage.app.screen, HomeScreen))
            add(stage, 0, feedback=Feedback(effort=3))
            stage.app.screen.query_one(TodayPanel).read()


async def test_the_timer_waits_for_the_end_of_the_day_by_the_apps_clock(tmp_path: Path) -> None:
    stage = late(tmp_path, left=5 * HOUR)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: WALKED in shown(stage))
        timers = list(stage.app.screen.query_one(TodayPanel)._timers)
        assert [round(timer._interval) for timer in timers] == [5 * 3600]


async def test_after_a_sleep_home_follows_the_day_when_the_terminal_has_the_focus_again(tmp_path: Path) -> None:
    stage = late(tmp_path, left=5 * HOUR)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: WALKED in shown(stage))
        stage.app.post_message(AppBlur())
        await settled(pilot)
        stage.clock.sleep(10 * HOUR)
        stage.app.post_message(AppFocus())
        await until(pilot, lambda: DAY_AFTER in shown(stage))


async def test_a_covered_home_neither_reads_nor_asks_until_it_is_shown_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = late(tmp_path, left=5 * HOUR)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: WALKED in shown(stage))
        await pilot.press("l")
        await settled(pilot)
        stage.clock.sleep(10 * HOUR)
        with monkeypatch.context() as covered:
            covered.setattr(TodayPanel, "read", lambda _: pytest.fail("it read the history"))
            stage.app.post_message(AppBlur())
            stage.app.post_message(AppFocus())
            await settled(pilot)
        assert isinstance(stage.app.screen, PlanScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(stage.app.screen, DayAfterScreen))


async def test_the_same_day_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = late(tmp_path, left=5 * HOUR)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: WALKED in shown(stage))
        assert isinstance(stage.app.screen, HomeScreen)
        monkeypatch.setattr(TodayPanel, "read", lambda _: pytest.fail("it read the history"))
        stage.app.post_message(AppBlur())
        stage.app.post_message(AppFocus())
        await settled(pilot)
    assert history(stage).page()


def test_the_next_day_begins_when_the_walkers_day_ends() -> None:
    now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert until_next_day(now, 0) == timedelta(minutes=30)
    assert until_next_day(now, 3) == timedelta(hours=3, minutes=30)
    assert until_next_day(now + timedelta(hours=2), 3) == timedelta(hours=1, minutes=30)
    assert until_next_day(now + timedelta(hours=5), 3) == timedelta(hours=22, minutes=30)
