"""The command palette: finds actions, workouts, settings and themes, and reads no markup in names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from retro_timer.keymap import action
from retro_timer.resolve import resolve
from retro_timer.scheduling.presets import presets
from retro_timer.session.engine import State
from retro_timer.storage.paths import Paths
from retro_timer.storage.settings import load
from retro_timer.storage.settings_table import TABLE
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.palette import Command, Commands, actions, settings, themes, workouts
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.services import Services
from retro_timer.ui.widgets.settings_list import SettingsList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.scheduling.workout import Workout


def app_on(walk: Workout | None = None, paths: Paths | None = None) -> RetroTimerApp:
    loaded = load(paths.settings) if paths else None
    return RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer(), paths=paths, loaded=loaded), walk=walk)


async def choose(pilot: Pilot[int], words: str) -> None:
    """Look for something, and take the first that is found."""
    await pilot.press("ctrl+p", *words)
    palette = pilot.app.screen
    assert isinstance(palette, CommandPalette)
    await palette.workers.wait_for_complete()
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def test_everything_there_is_can_be_found() -> None:
    app = app_on()
    async with app.run_test():
        names = [command.name for command in (*workouts(app), *settings(app), *themes(app))]
        for name in (*(f"Walk {workout.name}" for workout in presets()), *(f"Setting: {s.key}" for s in TABLE)):
            assert name in names
        assert names.index("Theme: phosphor") < names.index("Theme: nord")
        done = [command.name for command in actions(app, app.screen)]
        assert action("home.settings").help.rstrip(".") in done
        assert done[-1] == action("app.quit").help.rstrip(".")


async def test_nothing_else_can_be_walked_while_a_session_is_under_way() -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test():
        assert list(workouts(app)) == []
        assert action("session.pause").help.rstrip(".") in [command.name for command in actions(app, app.screen)]


async def test_a_workout_is_walked() -> None:
    app = app_on()
    async with app.run_test() as pilot:
        await choose(pilot, "walk builder")
        assert isinstance(app.screen, SessionScreen)
        assert app.screen.runner.workout.id == "builder"


async def test_an_action_is_done_on_the_session_that_runs_on_beneath() -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test() as pilot:
        session = app.screen
        assert isinstance(session, SessionScreen)
        await choose(pilot, "pause, or go on")
        assert session.conductor.session.state is State.PAUSED


async def test_help_is_opened() -> None:
    app = app_on()
    async with app.run_test() as pilot:
        await choose(pilot, "show all keys")
        assert isinstance(app.screen, HelpScreen)


async def test_the_settings_open_at_the_one_that_was_looked_for() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "sound.ticks")
        assert isinstance(app.screen, SettingsScreen)
        row = app.screen.query_one(SettingsList).chosen
        assert row is not None
        assert row.key == "sound.ticks"


async def test_a_theme_is_put_on_for_good(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    paths.settings.write_text("[first_start]\ndone = true\n")
    app = app_on(paths=paths)
    async with app.run_test() as pilot:
        await choose(pilot, "theme: amber")
        assert app.theme == "amber"
        await pilot.app.workers.wait_for_complete()
    assert load(paths.settings).settings.look.theme == "amber"


@pytest.mark.parametrize("name", ["[/]", "[b]bold", "[link=x]y[/link]", "[@click=app.quit]z", "a\\[b]"])
async def test_markup_in_names_is_only_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def named(_app: object) -> Iterator[Command]:
        yield Command(name, name, lambda: None)

    monkeypatch.setattr("retro_timer.ui.palette.workouts", named)
    app = app_on()
    async with app.run_test() as pilot:
        provider = Commands(app.screen)
        hits = [hit async for hit in provider.search(name)]
        assert [str(hit.prompt) for hit in hits][:1] == [name]
        await pilot.press("ctrl+p", *name)
        await app.screen.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)


async def test_the_keys_of_an_action_are_found_among_the_settings() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "keys.session.bail_out")
        assert isinstance(app.screen, SettingsScreen)
        row = app.screen.query_one(SettingsList).chosen
        assert row is not None
        assert row.key == "keys.session.bail_out"


@pytest.mark.parametrize("words", ["theme: paper", "setting: sound.ticks"])
async def test_themes_and_settings_are_at_hand_while_a_session_runs_on(words: str) -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test(size=(80, 24)) as pilot:
        session = app.screen
        assert isinstance(session, SessionScreen)
        await choose(pilot, words)
        assert app.theme == "paper" if words.startswith("theme") else isinstance(app.screen, SettingsScreen)
        assert session.conductor.session.state is State.LEAD_IN


async def test_from_the_help_the_screen_below_does_what_is_found() -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test(size=(80, 24)) as pilot:
        session = app.screen
        assert isinstance(session, SessionScreen)
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        assert action("session.where").help.rstrip(".") in [command.name for command in actions(app, app.screen)]
        await choose(pilot, "pause, or go on")
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)
        assert session.conductor.session.state is State.PAUSED
