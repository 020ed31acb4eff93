"""`retro-timer config`: the schema, shell completion, and values that are printed completely."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from retro_timer.cli.main import app, run_command_line
from retro_timer.config.json_schema import json_schema
from retro_timer.config.keymap import ACTIONS
from retro_timer.config.schema import SETTINGS
from retro_timer.ui.themes import PALETTES

if TYPE_CHECKING:
    from pathlib import Path


def completed(*typed: str) -> list[str]:
    """The completions of the last word of a command line."""
    found = ShellComplete(app, {}, "retro-timer", "_RETRO_TIMER_COMPLETE").get_completions(list(typed[:-1]), typed[-1])
    return [item.value if item.type == "plain" else item.type for item in found]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_a_schema_is_saved_next_to_the_files_it_is_for(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, place in (("settings", "."), ("workout", "workouts"), ("programme", "programmes")):
        assert run_command_line(["config", "schema", kind]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert run_command_line(["config", "schema", kind, "--save"]) == 0
        assert capsys.readouterr().out.endswith(f"#:schema ./{kind}.schema.json\n")
        assert json.loads((home / "config" / place / f"{kind}.schema.json").read_text("utf-8")) == printed
    (home / "config" / "workouts" / "mine.toml").write_text(
        '#:schema ./workout.schema.json\nnotation = "back 1m"\n', encoding="utf-8"
    )
    assert run_command_line(["show", "mine"]) == 0


@pytest.mark.parametrize("command", ["get", "set", "unset"])
def test_every_key_is_completed(command: str) -> None:
    assert completed("config", command, "") == [*SETTINGS, *(f"keys.{action.id}" for action in ACTIONS)]
    assert completed("config", command, "look.t") == ["look.theme"]


def test_unset_says_what_it_did(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text("[sound]\nloudnes = 3\nticks = 5\n", encoding="utf-8")
    assert run_command_line(["config", "unset", "sound.ticks"]) == 0
    assert run_command_line(["config", "unset", "sound.loudnes"]) == 0
    assert capsys.readouterr().out == "sound.ticks = 3\nsound.loudnes was removed\n"
    assert run_command_line(["config", "unset", "sound.loudnes"]) == 2
    assert "no setting is called sound.loudnes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "typed", "offered"),
    [
        ("units.speed", "", ["auto", "km/h", "mph"]),
        ("units.week-start", "s", ["saturday", "sunday"]),
        ("sound.muted", "t", ["true"]),
        ("sound_files.tick", "/so", ["file"]),
        ("sound.ticks", "", []),
        ("keys.session.pause", "", []),
        ("no.such", "", []),
    ],
)
def test_values_that_can_be_listed_are_completed(key: str, typed: str, offered: list[str]) -> None:
    assert completed("config", "set", key, typed) == offered


def test_themes_are_completed_ours_first() -> None:
    offered = completed("config", "set", "look.theme", "")
    assert offered[: len(PALETTES)] == [palette.name for palette in PALETTES]
    assert "tokyo-night" in offered


def test_a_long_value_is_printed_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"/sounds/{'a' * 300}.wav"
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text(f'[sound_files]\ntick = "{path}"\n')
    assert run_command_line(["config", "get", "sound_files.tick"]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert run_command_line(["config", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sound_files.tick"] == path
