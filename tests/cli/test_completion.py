"""Shell completion of everything that can be listed, and examples in every help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pytest
from click.shell_completion import ShellComplete

from retro_timer.cli.completion import SHELLS, script
from retro_timer.cli.main import app
from retro_timer.config.settings_file import SettingsFile
from tests.cli.ran import Ran, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.ran import Run

KNEE: Final = Path(__file__).resolve().parents[2] / "docs" / "knee.toml"
FREE = {"--pace", "--note", "--name", "--phases", "status --format", "--replacing", "completion offer words"}
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
    assert run("import", str(KNEE)).code == 0
    assert completed("run", "knee-1") == ["knee-1"]
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


def offered(run: Run, *arguments: str) -> list[str]:
    """What `completion offer` prints, without what each word is."""
    return [line.rsplit("\t", 1)[0] for line in run("completion", "offer", *arguments).out.splitlines()]


def test_scripts_get_the_kind_and_the_text_of_the_last_word(run: Run) -> None:
    assert run("completion", "offer", "--", "run", "fi").out == (
        "word\tfirst-try\tTwo minutes backward in two short bouts.\n"
    )
    assert offered(run, "--", "run", "x", "--audio=o") == ["word\t--audio=off"]
    assert offered(run, "--", "import", "") == ["file\t"]
    assert "word\trun" in offered(run)
    assert offered(run, "--", "run", "warm 1m, 2x(") == [
        f"word\twarm 1m, 2x({phase}" for phase in ("warm", "back", "turn", "fwd", "rest", "cool")
    ]
    assert offered(run, "--", "run", "back 2m | c") == ["word\tback 2m | cool"]


BASH = (
    ("retro-timer run fi", "fi", "first-try"),
    ("~/my\\ bin/retro-timer  run   'fi", "fi", "first-try"),
    ("retro-timer sensors use A", "A", "AA:BB:CC:DD:EE:FF"),
    ("retro-timer sensors use AA:BB:", "", "CC:DD:EE:FF"),
    ('retro-timer sensors use "AA:B', "B", "AA:BB:CC:DD:EE:FF"),
    ("retro-timer run x --audio=o", "o", "off"),
    ('retro-timer run x --audio="o', "o", "off"),
    ("retro-timer run 'back 2m, tu", "tu", "back 2m, turn"),
    ("retro-timer run back\\ 2m,\\ tu", "back\\ 2m,\\ tu", "back\\ 2m,\\ turn"),
)
"""A line, what bash says it replaces, and what it must be given."""


@pytest.mark.parametrize(("line", "replaced", "expected"), BASH)
def test_bash_is_given_what_it_replaces(run: Run, home: Path, line: str, replaced: str, expected: str) -> None:
    SettingsFile(home / "config" / "settings.toml").set({"sensors.belt": "AA:BB:CC:DD:EE:FF Treadmill"})
    assert offered(run, f"--replacing={replaced}", "--", line) == [f"word\t{expected}"]


def test_paths_to_copy_are_quoted_and_a_missing_shell_is_named(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "ein Heim"))
    monkeypatch.setenv("PATH", str(home))
    ran = run("completion", "install", "zsh")
    assert f"fpath=('{home}/ein Heim/zsh/site-functions' $fpath)" in ran.out
    assert "zsh was not found here" in ran.out
    assert (
        f"source '{home}/ein Heim/bash-completion/completions/retro-timer'" in run("completion", "install", "bash").out
    )


def test_what_cannot_be_installed_is_said(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    refused(run("completion", "install"), "say which shell: bash, zsh, fish")
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "blocked"))
    (home / "blocked").write_text("a file", encoding="utf-8")
    refused(run("completion", "install"), "retro-timer.fish", "cannot be written")
    assert run("completion", "show", "zsh").out.startswith("#compdef retro-timer")
