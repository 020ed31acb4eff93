"""The command palette: finds actions, workouts, settings and themes; markup in names has no effect."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.command import Command, CommandPalette, Hits
from textual.events import Key
from textual.widgets import Input, OptionList

from retro_timer.config.keymap import action
from retro_timer.config.paths import Paths
from retro_timer.config.schema import SETTINGS
from retro_timer.config.settings import load
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.services import Services
from retro_timer.scheduling.presets import presets
from retro_timer.session.states import State
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.palette import Commands, PaletteCommand, actions, settings, themes, workouts
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.setting_labels import label_of
from retro_timer.ui.widgets.settings_list import SettingsList
from tests.ui.drawn import settled
from tests.ui.support import Stage, one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.scheduling.model import Workout


def app_on(walk: Workout | None = None, paths: Paths | None = None) -> RetroTimerApp:
    loaded = load(paths.settings) if paths else None
    return RetroTimerApp(
        Services(FakeClock(), lambda *_: RecordingPlayer(), paths=paths, loaded=loaded, pressed_at=one_by_one()),
        workout=walk,
    )


async def choose(pilot: Pilot[int], words: str) -> None:
    """Search for something, and choose the first hit."""
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
        for name in (
            *(f"Walk {workout.name}" for workout in presets()),
            *(f"Setting: {label_of(key)}" for key in SETTINGS if "first_start" not in key),
        ):
            assert name in names
        assert names.index("Theme: phosphor") < names.index("Theme: nord")
        done = [command.name for command in actions(app, app.screen)]
        assert action("home.settings").help.rstrip(".") in done
        assert done[-1] == action("app.quit").help.rstrip(".")


async def test_no_other_workout_can_be_started_during_a_session() -> None:
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


async def test_an_action_acts_on_the_session_that_runs_below() -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test() as pilot:
        session = app.screen
        assert isinstance(session, SessionScreen)
        await choose(pilot, "pause, or resume")
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


async def test_enter_right_behind_the_words_waits_for_the_search() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("ctrl+p", *"sound.ticks", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        for _ in range(500):
            await pilot.pause(0.02)
            if isinstance(app.screen, SettingsScreen) and any(found.chosen for found in app.screen.query(SettingsList)):
                break
        row = app.screen.query_one(SettingsList).chosen
        assert row is not None
        assert row.key == "sound.ticks"


@pytest.mark.parametrize(("words", "found"), [("zzzz", False), ("show all keys", True)])
async def test_enter_never_chooses_from_the_list_of_other_words(
    words: str, monkeypatch: pytest.MonkeyPatch, *, found: bool
) -> None:
    app, search = app_on(), Commands.search
    may_search = asyncio.Event()

    async def slow(commands: Commands, query: str) -> Hits:
        await may_search.wait()
        async for hit in search(commands, query):
            yield hit

    monkeypatch.setattr(Commands, "search", slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await app.workers.wait_for_complete()
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        assert palette._list_visible
        await pilot.press(*words, "enter")
        await pilot.pause()
        assert app.screen is palette
        may_search.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen) is found
        assert (app.screen is palette) is not found


async def test_enter_before_the_palette_knows_the_words_chooses_nothing() -> None:
    app = app_on(resolve("first-try"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await app.workers.wait_for_complete()
        palette = app.screen
        field = palette.query_one(Input)
        with field.prevent(Input.Changed):  # the message is still on its way
            field.value = "zzzz"
        await field.action_submit()
        await pilot.pause()
        assert app.screen is palette
        field.post_message(Input.Changed(field, "zzzz"))
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert app.screen is palette


async def test_a_theme_is_applied_and_saved(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    paths.settings.write_text("[first_start]\ndone = true\n")
    app = app_on(paths=paths)
    async with app.run_test() as pilot:
        await choose(pilot, "theme: amber")
        assert app.theme == "amber"
        await pilot.app.workers.wait_for_complete()
    assert load(paths.settings).settings.look.theme == "amber"


@pytest.mark.parametrize("name", ["[/]", "[b]bold", "[link=x]y[/link]", "[@click=app.quit]z", "a\\[b]"])
@pytest.mark.sampled(2)
async def test_markup_in_names_is_only_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def named(_app: object) -> Iterator[PaletteCommand]:
        yield PaletteCommand(name, name, lambda: None)

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


@pytest.mark.parametrize("words", ["theme: paper", "sound.ticks"])
async def test_themes_and_settings_are_available_during_a_session(words: str) -> None:
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
        await pilot.press("question_mark", "question_mark")
        assert isinstance(app.screen, HelpScreen)
        assert action("session.where").help.rstrip(".") in [command.name for command in actions(app, app.screen)]
        await choose(pilot, "pause, or resume")
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)
        assert session.conductor.session.state is State.PAUSED


def offered(stage: Stage) -> list[str]:
    """The names of the commands in the list."""
    options = stage.app.screen.query_one(OptionList).options
    return [str(option.hit.text) for option in options if isinstance(option, Command)]


async def test_it_leaves_itself_out_and_offers_workouts_first() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 40)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        names = offered(stage)
        assert names[0].startswith("Walk ")
        assert not any("palette" in name.casefold() for name in names)


async def test_a_theme_is_previewed_and_comes_back_on_escape() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 40)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p", *"paper")
        await settled(pilot)
        results = stage.app.screen.query_one(OptionList)
        names = offered(stage)
        results.highlighted = names.index("Theme: paper")
        await settled(pilot)
        assert stage.app.theme == "paper"
        await pilot.press("escape")
        await settled(pilot)
        assert stage.app.theme == "phosphor"


async def test_settings_with_listed_values_are_changed_at_once(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    paths.settings.write_text("[first_start]\ndone = true\n")
    app = app_on(paths=paths)
    async with app.run_test(size=(80, 24)) as pilot:
        home = app.screen
        await choose(pilot, "set start muted")
        await choose(pilot, "set voice: michael")
        assert app.screen is home
        await settled(pilot)
    changed = load(paths.settings).settings
    assert (changed.sound.muted, changed.sound.voice) == (True, "michael")
    assert not any("first_start." in command.help and "keys." not in command.help for command in settings(app))
