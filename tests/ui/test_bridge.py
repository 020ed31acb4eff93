"""Reports from the player's thread reach the screens in Textual's own context, at any time."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from textual._context import active_app

import retro_timer
from retro_timer.runtime.services import Services
from retro_timer.session.languages import english
from retro_timer.session.ports import SoundState
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.screens.first_start import FirstStartScreen, Page
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.sound_check import sample
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


class ThreadedPlayer(RecordingPlayer):
    """A player that is still starting, and reports from its own thread, like the real one."""

    def __init__(self, changed: Callable[[], None], ring: Callable[[], None]) -> None:
        super().__init__()
        self.state = SoundState.STARTING
        self.changed = changed
        self.ring = ring

    async def report(self, pilot: Pilot[int], state: SoundState, detail: str = "") -> None:
        async with asyncio.timeout(30):  # a player reports only after it was started
            while not self.started:
                await pilot.pause()
        self.state, self.detail = state, detail
        await self.call(pilot, self.changed)

    async def call(self, pilot: Pilot[int], call: Callable[[], None]) -> None:
        thread = Thread(target=call)
        thread.start()
        await asyncio.to_thread(thread.join)
        await pilot.pause()
        await pilot.pause()


class House:
    """The players that were made, in order."""

    def __init__(self) -> None:
        self.players: list[ThreadedPlayer] = []

    def make(self, changed: Callable[[], None], ring: Callable[[], None]) -> ThreadedPlayer:
        self.players.append(ThreadedPlayer(changed, ring))
        return self.players[-1]


async def test_sound_that_is_ready_late_plays_the_sound_check_without_blocking_the_screen() -> None:
    """A report from the player's thread sets the timer of the sound check."""
    house = House()
    clock = FakeClock()
    app = RetroTimerApp(Services(clock, house.make))
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(FirstStartScreen(app.services, [Page.SOUND]))
        await pilot.pause()
        (player,) = house.players
        assert not player.queued
        await player.report(pilot, SoundState.OK)
        assert len(player.queued) == 4
        screen = app.screen
        assert isinstance(screen, FirstStartScreen)
        clock.move(400)
        async with asyncio.timeout(10):
            while not screen.query_one("#step0").has_class("-heard"):
                assert screen._timer is not None
                assert screen._timer._task is not None
                assert not screen._timer._task.done() or not screen._timer._task.exception(), "the timer died"
                await asyncio.sleep(0.01)


async def test_the_session_screen_shows_what_the_thread_reported() -> None:
    house = House()
    stage = Stage("back 1m", make_player=house.make)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        (player,) = house.players
        await player.report(pilot, SoundState.NONE, "no output")
        assert any("NO AUDIO" in line for line in text_of(stage.app))
        await player.call(pilot, player.ring)
        await player.report(pilot, SoundState.OK)
        assert any("sound ok" in line for line in text_of(stage.app))


async def test_sound_that_returns_while_paused_says_where_the_walker_is() -> None:
    house = House()
    stage = Stage("back 1m", make_player=house.make)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        (player,) = house.players
        await player.report(pilot, SoundState.OK)
        await stage.move(pilot, 8_000)
        await pilot.press("x")
        await stage.move(pilot, 5_000)
        player.queued.clear()
        player.losses += 1
        await player.report(pilot, SoundState.LOST)
        await player.report(pilot, SoundState.OK)
        assert [due.cue.text for due in player.queued] == ["Sound is back.", "Hold the rail. Step off."]


async def test_a_missed_cue_is_marked_in_its_caption_and_counted() -> None:
    house = House()
    stage = Stage("back 1m, fwd 1m", make_player=house.make)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        (player,) = house.players
        await player.report(pilot, SoundState.OK)
        await stage.move(pilot, 3000, 61_000)
        said = stage.session_screen._display._captioned
        assert said is not None
        assert any(said.text in line and "not heard" not in line for line in text_of(stage.app))
        player.missed = (said,)
        await player.report(pilot, SoundState.OK, "1 cue not heard in time")
        assert any(f"not heard: {said.text}" in line for line in text_of(stage.app))
        assert any("sound ok, 1 missed" in line for line in text_of(stage.app))


async def test_a_sample_in_the_settings_is_played_once_the_sound_is_open() -> None:
    house = House()
    stage = Stage(make_player=house.make)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = SettingsScreen(stage.app.services)
        stage.app.push_screen(screen)
        await pilot.pause()
        screen._preview.play(stage.app.services, sample(english))
        (player,) = house.players
        await player.report(pilot, SoundState.OK)
        assert len(player.queued) == 1


async def test_a_call_from_a_thread_has_the_active_app() -> None:
    stage = Stage()
    seen: list[object] = []
    async with stage.app.run_test() as pilot:
        for pump in (stage.app, stage.app.screen):
            call = on_loop(pump, lambda: seen.append(active_app.get()))
            thread = Thread(target=call)
            thread.start()
            await asyncio.to_thread(thread.join)
        await pilot.pause()
    assert seen == [stage.app, stage.app]


async def test_a_call_that_comes_too_early_or_too_late_is_left_out() -> None:
    stage = Stage("back 1m")
    called: list[None] = []
    early = on_loop(FirstStartScreen(Services(stage.clock, House().make)), lambda: called.append(None))
    late = on_loop(stage.app, lambda: called.append(None))
    early()
    async with stage.app.run_test():
        pass
    late()
    await asyncio.sleep(0)
    assert not called


def test_nothing_goes_past_the_bridge() -> None:
    package = Path(retro_timer.__file__).parent
    # Their event loops are not the screens' event loop.
    own_processes = {package / "runtime" / "session_input.py"}
    for path in {*package.rglob("*.py")} - own_processes:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        past = used & {"call_soon_threadsafe", "run_coroutine_threadsafe", "call_from_thread"}
        assert not past, f"{path.relative_to(package)} uses {past}: `ui.bridge` is the way"
