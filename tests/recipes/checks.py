"""The results of the recipes. `test_recipes` runs each of these tests in a copy to which its recipe was applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.library import Library
from retro_timer.cli.main import run_command_line
from retro_timer.cli.plain_keys import PlainKeys
from retro_timer.config.json_schema import json_schema
from retro_timer.config.keymap import resolve as resolve_keys
from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.formats.registry import WORKOUT_FORMATS, endings
from retro_timer.runtime.exit_codes import EXIT_BAD_INPUT
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import CueKind
from retro_timer.session.languages import english as phrases
from retro_timer.session.timeline import CueSettings, CueTimeline
from retro_timer.ui.palette import themes
from retro_timer.ui.pending_settings import PendingSettings
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.widgets.settings_list import SettingsList
from tests.training.simulation import advise
from tests.ui.support import Stage, text_of
from tests.ui.test_palette import choose
from tests.ui.test_today import MONDAY

if TYPE_CHECKING:
    from pathlib import Path

THREE_QUARTERS = "Three quarters."


async def test_a_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["presets"]) == 0
    assert "steady" in capsys.readouterr().out
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Steady" in "\n".join(text_of(stage.app))


def test_a_cue() -> None:
    schedule = flatten(parse("back 4m, turn 30s, back 10m"))
    due = [cue for cue in CueTimeline(schedule).between(0, schedule.total * 1000) if cue.words == (THREE_QUARTERS,)]
    assert [cue.at for cue in due] == [(4 * 60 + 30 + 450) * 1000]
    off = CueSettings(off=frozenset({CueKind.HALFWAY}))
    assert all(cue.words != (THREE_QUARTERS,) for cue in CueTimeline(schedule, off).between(0, schedule.total * 1000))
    assert THREE_QUARTERS in phrases.every_phrase()
    assert list(Library().unusable([THREE_QUARTERS])) == []


async def test_a_theme() -> None:
    stage = Stage()
    async with stage.app.run_test() as pilot:
        assert "Theme: midnight" in [command.name for command in themes(stage.app)]
        await choose(pilot, "theme: midnight")
        assert stage.app.theme == "midnight"
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(stage.app.screen, SettingsScreen)
        assert "midnight" in stage.app.screen._draft.themes
    assert PendingSettings(Settings(), ("midnight",)).read("look.theme", "midnight") == "midnight"


def test_a_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["export", "builder", "-o", str(tmp_path / "builder.md")]) == 0
    written = (tmp_path / "builder.md").read_text()
    assert written.startswith("# Builder\n\n- 3:00 Warm-up")
    assert written.count("- 2:00") == 5
    assert run_command_line(["export", "--help"]) == 0
    assert "a list to read" in capsys.readouterr().out
    assert ".md (markdown)" in endings(WORKOUT_FORMATS)


async def test_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["config", "get", "look.wheel"]) == 0
    assert capsys.readouterr().out == "2\n"
    assert run_command_line(["config", "set", "look.wheel", "11"]) == EXIT_BAD_INPUT
    assert "a whole number from 1 to 10 (lines)" in capsys.readouterr().err
    assert json_schema()["properties"]["look"]["properties"]["wheel"]["maximum"] == 10
    settings = changed(Settings(), "look.wheel", 5)
    stage = Stage(loaded=Loaded(changed(settings, "first_start.done", value=True), ()))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert stage.app.scroll_sensitivity_y == 5
        await choose(pilot, "setting: wheel")
        row = stage.app.screen.query_one(SettingsList).chosen
        assert row is not None
        assert (row.key, row.value) == ("look.wheel", "5 lines")


@pytest.mark.parametrize("how", ["key", "palette"])
async def test_a_screen(how: str) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        home = stage.app.screen
        await (pilot.press("b") if how == "key" else choose(pilot, "how much of each preset"))
        await pilot.pause()
        assert type(stage.app.screen).__name__ == "LadderScreen"
        assert " 8:00 backward  Builder" in "\n".join(text_of(stage.app))
        await pilot.press("escape")
        await pilot.pause()
        assert stage.app.screen is home


async def test_a_session_action() -> None:
    plain = PlainKeys(resolve_keys({}))
    assert plain.action_id("2") == "session.two_rounds"
    assert "2: Walk two rounds more." in list(plain.explained())
    stage = Stage("builder")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.move(pilot, 10_000)
        assert rounds(stage) == 4
        await pilot.press("2")
        assert rounds(stage) == 6
        await choose(pilot, "walk two rounds more")
        assert rounds(stage) == 8


def rounds(stage: Stage) -> int:
    return sum(entry.phase is Phase.BACKWARD for entry in stage.session_screen.conductor.session.schedule)


def test_what_the_plan_says() -> None:
    assert advise((), MONDAY).reason == "This is where everybody begins."
