"""Sessions in the real app without a terminal, on a clock moved by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.resolve import resolve
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from tests.ui.support import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

Shown = TypeVar("Shown", bound=Screen[Any])

SHORT = "warm 5s, turn 5s, back 5s, turn 5s, fwd 5s"
STEPS = 6
"""Steps of five seconds, lead-in included: the session is ended shortly before its own end, which would open the
summary by itself.
"""
TIMEOUT = 20.0
"""Seconds to wait for something to happen."""


def stage_in(directory: Path, workout: str | None = None) -> Stage:
    """The app with a history in a directory, on Home or in a session."""
    settings = changed(Settings(), "first_start.done", True)
    clock = FakeClock()
    return Stage(workout, clock=clock, store=Store(directory, clock), loaded=Loaded(settings, ()))


async def drawn(pilot: Pilot[int]) -> None:
    """Wait until everything is drawn."""
    async with asyncio.timeout(TIMEOUT):
        while True:
            screen, done = pilot.app.screen, asyncio.Event()
            screen.call_after_refresh(done.set)
            # A covered screen is no longer drawn.
            while not done.is_set() and pilot.app.screen is screen:  # noqa: ASYNC110  (no event for it)
                await asyncio.sleep(0.0005)
            if done.is_set():
                return


async def walk_on(stage: Stage, pilot: Pilot[int], seconds: int = 1) -> None:
    """Let some seconds pass, draw the screen, and let the player play."""
    clock = stage.app.services.clock
    assert isinstance(clock, FakeClock)
    clock.move(1000 * seconds)
    stage.session_screen.tick()
    stage.player.play_until(clock.now())
    await drawn(pilot)


async def walk_once(stage: Stage, pilot: Pilot[int], *, adjust: bool = False) -> None:
    """Go from Home through a short session and its summary back to Home.

    Args:
        stage: the app.
        pilot: presses the keys.
        adjust: whether to open the panel of lengths on the way.
    """
    stage.app.push_screen(SessionScreen(resolve(SHORT), stage.app.services))
    await until(pilot, SessionScreen)
    for step in range(STEPS):
        if adjust and step == STEPS // 2:
            stage.session_screen.action_adjust()
            (await until(pilot, AdjustScreen)).action_close()
            await until(pilot, SessionScreen)
        await walk_on(stage, pilot, 5)
    stage.session_screen.action_act("quit")
    stage.session_screen.action_enter()
    summary = await until(pilot, SummaryScreen)
    await pilot.app.workers.wait_for_complete()
    await summary.action_done()
    await until(pilot, HomeScreen)
    await pilot.app.workers.wait_for_complete()
    stage.player.queued.clear()


async def until(pilot: Pilot[int], kind: type[Shown]) -> Shown:
    """Wait until a screen of a type is drawn."""
    async with asyncio.timeout(TIMEOUT):
        while not (isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted):  # noqa: ASYNC110  (no event for it)
            await asyncio.sleep(0.0005)
    await drawn(pilot)
    shown = pilot.app.screen
    assert isinstance(shown, kind)
    return shown
