"""Shell completion of everything that can be listed, and examples in every help."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete

from retro_timer.cli.completion import SHELLS, script
from retro_timer.cli.main import app
from retro_timer.config.settings_file import SettingsFile
from tests.cli.ran import Ran, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.ran import Run

FREE = {"--pace", "--note", "--name", "--phases", "status --format"}
"""Text of any kind: there is nothing to offer."""


def completed(*typed: str) -> list[str]:
    """The completions of the last word of a command line; a type instead of what the shell completes itself."""
    found = ShellComplete(app, {}, "retro-timer", "_RETRO_TIMER_COMPLETE").get_completions(list(typed[:-1]), typed[-1])
    return [item.value if item.type == "plain" else item.type for item in found]


def commands(command: click.Command = app, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, with their names."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}".strip())


def test_every_text_that_can_be_listed_is_completed() -> None:
    missing = []
    for path, command in commands():
        for each in command.params:
            name = each.opts[-1]
            is_free = not FREE.isdisjoint((name, f"{path} {name}")) or getattr(each, "is_flag", False)
            if each.type is click.STRING and each._custom_shell_complete is None and not is_free:
                missing.append(f"{path} {name}")
    assert missing == []


def test_every_help_has_an_example() -> None:
    assert [path for path, each in commands() if "Example" not in f"{each.help}{each.epilog}"] == []


def test_workouts_formats_and_backends(run: Run, home: Path) -> None:
    assert completed("run", "fi") == ["first-try"]
    assert completed("show", "./hills") == ["file"]
    file = home / "mine.json"
    file.write_text('{"name": "Evening", "notation": "back 1m"}', encoding="utf-8")
    assert run("import", str(file)).code == 0
    assert completed("run", "ev") == ["evening"]
    assert completed("import", "any") == ["file"]
    assert completed("export", "builder", "--format", "t") == ["toml", "tcx"]
    assert completed("run", "builder", "--audio", "o") == ["off"]


def test_sessions_of_the_history(run: Run, home: Path) -> None:
    assert completed("history", "edit", "") == ["last"]
    assert run("history", "add", "first-try").code == 0
    [newest] = run("history", "--json").json
    assert completed("history", "edit", "") == ["last", newest["id"][:8]]
    assert completed("--data-dir", str(home / "other"), "export", "--session", "") == ["last"]
    (home / "data" / "history.db").write_bytes(b"no history")
    assert completed("history", "--card", "") == ["last"]
    assert (home / "data" / "history.db").read_bytes() == b"no history"  # it is only read, and left where it is


def test_chosen_sensors(home: Path) -> None:
    assert completed("sensors", "use", "") == []
    SettingsFile(home / "config" / "settings.toml").set({"sensors.belt": "AA:BB:CC:DD:EE:FF Treadmill"})
    assert completed("sensors", "test", "A") == ["AA:BB:CC:DD:EE:FF"]


@pytest.fixture
def installed(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Ran]:
    """What each shell's installation printed."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    return {shell: run("completion", "install", shell) for shell in SHELLS}


def test_each_script_is_where_its_shell_looks(installed: dict[str, Ran], home: Path) -> None:
    places = {
        "bash": ".local/share/bash-completion/completions/retro-timer",
        "zsh": ".local/share/zsh/site-functions/_retro-timer",
        "fish": ".config/fish/completions/retro-timer.fish",
    }
    for shell, place in places.items():
        assert installed[shell].code == 0
        assert place in installed[shell].out
        assert (home / place).read_text("utf-8") == script(shell)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_its_script() -> None:
    asks = (
        "retro_timer() { printf 'plain,first-try\\nplain,builder\\n'; }\n"
        "env() { retro_timer; }\n"
        "COMP_WORDS=(retro-timer run ''); COMP_CWORD=2; _retro_timer_completion retro-timer; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script('bash')}\n{asks}"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("first-try builder\n", "")


def test_what_cannot_be_installed_is_said(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    refused(run("completion", "install"), "say which shell: bash, zsh, fish")
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "blocked"))
    (home / "blocked").write_text("a file", encoding="utf-8")
    refused(run("completion", "install"), "retro-timer.fish", "cannot be written")
    assert run("completion", "show", "zsh").out.startswith("#compdef retro-timer")
