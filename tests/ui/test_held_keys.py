"""Held keys in and around a session, at the moments when a terminal sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from retro_timer.session.states import State
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.plan import PlanScreen
from retro_timer.ui.screens.progress import ProgressScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.settings_list import SettingsList
from tests.ui.support import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen

    from retro_timer.session.engine import Session

WORKOUT = "warm 60s, 3x(turn 10s, back 60s, turn 10s | fwd 60s), cool 60s"
FIRST_REPEAT = 500
REPEAT = 33


class Keyboard:
    """A session, and a keyboard whose keys can be held."""

    def __init__(self, directory: Path | None = None, workout: str | None = WORKOUT) -> None:
        clock = FakeClock()
        kept = {"store": Store(directory, clock)} if directory else {}
        self.stage = Stage(workout, clock=clock, pressed_at=lambda _time: clock.now(), **kept)
        self.clock = self.stage.clock = clock

    @property
    def session(self) -> Session:
        return self.stage.session_screen.conductor.session

    async def walk(self, pilot: Pilot[int], milliseconds: int) -> None:
        """Walk for some time after the lead-in."""
        await pilot.pause()
        await self.stage.move(pilot, 10_000, milliseconds)

    async def after(self, pilot: Pilot[int], milliseconds: int, key: str) -> None:
        """Press or repeat a key some time after the last one."""
        self.clock.move(milliseconds)
        await pilot.press(key)

    async def hold(self, pilot: Pilot[int], key: str, repeats: int = 14, first: int = FIRST_REPEAT) -> None:
        """Hold a key, then release it."""
        await self.after(pilot, 1000, key)
        for number in range(repeats):
            await self.after(pilot, REPEAT if number else first, key)
        await self.release(pilot)

    async def release(self, pilot: Pilot[int]) -> None:
        """Let the time pass for which a key waits for a repeat."""
        self.clock.move(200)
        await self.stage.app.key_path.settle()
        await pilot.pause()


@pytest.mark.parametrize("first", [250, 400, 700])
async def test_holding_skip_skips_once(first: int) -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 20_000)
        await board.hold(pilot, "n", first=first)
        assert board.session.index == 1


async def test_holding_pause_stays_paused_and_holding_undo_undoes_once() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 20_000)
        await board.hold(pilot, "space")
        assert board.session.state is State.PAUSED
        await board.after(pilot, 1000, "n")
        await board.after(pilot, 1000, "n")
        await board.hold(pilot, "u")
        assert board.session.index == 1


async def test_holding_a_length_key_repeats() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 5_000)
        await board.hold(pilot, "plus", repeats=5)
        assert board.session.schedule[0].duration == 60 + 6 * 10


@pytest.mark.parametrize("gap", [100, 240, 300, 600])
async def test_back_twice_goes_back_twice_however_slowly(gap: int) -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 80_000)
        await board.after(pilot, 0, "p")
        await board.after(pilot, gap, "p")
        await board.release(pilot)
        assert board.session.index == 1


async def test_two_quick_skips_skip_twice() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 20_000)
        await board.after(pilot, 0, "n")
        await board.after(pilot, 120, "n")
        assert board.session.index == 2


async def test_a_held_enter_at_the_end_does_not_close_the_summary(tmp_path: Path) -> None:
    board = Keyboard(tmp_path, "back 30s")
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 30_000)
        await board.hold(pilot, "enter")
        assert isinstance(board.stage.app.screen, SummaryScreen)


async def test_a_held_key_does_nothing_on_the_screen_that_it_opened() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 20_000)
        await board.hold(pilot, "escape")
        assert isinstance(board.stage.app.screen, Question)
        await board.after(pilot, 1000, "escape")
        assert isinstance(board.stage.app.screen, SessionScreen)


async def test_another_key_is_never_delayed() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 80_000)
        await board.after(pilot, 0, "p")
        await board.after(pilot, 300, "p")
        await board.after(pilot, 20, "x")
        assert board.session.index == 1
        assert board.session.state is State.PAUSED


async def test_a_delayed_press_acts_by_itself() -> None:
    board = Keyboard()
    async with board.stage.app.run_test(size=(80, 24)) as pilot:
        await board.walk(pilot, 80_000)
        await board.after(pilot, 0, "p")
        await board.after(pilot, 300, "p")
        assert board.session.index == 2
        board.clock.move(200)
        while board.session.index == 2:
            await pilot.pause(0.01)
        assert board.session.index == 1


@pytest.mark.parametrize(
    ("key", "screen"), [("l", PlanScreen), ("p", ProgressScreen), ("s", SettingsScreen), ("question_mark", HelpScreen)]
)
async def test_a_key_held_on_home_opens_one_screen_and_does_nothing_there(
    tmp_path: Path, key: str, screen: type[Screen[object]]
) -> None:
    board = Keyboard(tmp_path, None)
    app = board.stage.app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await board.hold(pilot, key)
        assert isinstance(app.screen, screen)
        assert len(app.screen_stack) == 2


async def test_a_held_arrow_moves_on_in_a_list(tmp_path: Path) -> None:
    board = Keyboard(tmp_path, None)
    app = board.stage.app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await board.hold(pilot, "down", repeats=3)
        assert app.screen.query_one(SettingsList)._cursor > 3


async def test_a_held_letter_repeats_and_a_held_backspace_erases(tmp_path: Path) -> None:
    board = Keyboard(tmp_path, None)
    app = board.stage.app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await board.hold(pilot, "a", repeats=5)
        assert app.screen.query_one(Input).value == "a" * 6
        await board.hold(pilot, "backspace", repeats=5)
        assert not app.screen.query_one(Input).value
