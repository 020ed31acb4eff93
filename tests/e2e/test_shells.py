"""Completion as the real shells do it: bash, zsh and fish, by the files that `completion install` writes."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli.main import run_command_line
from retro_timer.config.settings_file import SettingsFile
from tests.requirements_present import require_programs
from tests.terminal import own_directories, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")]

BASHRC = "PS1='ready> '; source ~/.local/share/bash-completion/completions/retro-timer"
ZSHRC = "PS1='ready> '; fpath=(~/.local/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a space and an umlaut, what can be completed in it, and the scripts, installed twice."""
    home = tmp_path / "ein Heim für alle"
    (home / "walks für").mkdir(parents=True)
    program = home / "walks für" / "retro-timer"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m retro_timer "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    for name, value in {"HOME": str(home), **own_directories(home)}.items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    file = home / "walks für" / "hill.json"
    file.write_text('{"name": "Frühling: am Abend", "notation": "back 1m"}', encoding="utf-8")
    assert run_command_line(["import", str(file)]) == 0
    SettingsFile(home / "config" / "settings.toml").set({"sensors.belt": "AA:BB:CC:DD:EE:FF Mill, the 2nd: new"})
    for shell in ("bash", "zsh", "fish") * 2:
        assert run_command_line(["completion", "install", shell]) == 0
    (home / ".bashrc").write_text(BASHRC, encoding="utf-8")
    (home / ".zshrc").write_text(ZSHRC, encoding="utf-8")
    return home


@contextmanager
def shell(name: str, home: Path) -> Iterator[Terminal]:
    """A shell in a terminal, ready for input, with the program on its path."""
    require_programs(name)
    path = f"{home / 'walks für'}:{os.environ['PATH']}"
    with terminal((), home, program=(name, "-i"), size=(100, 24), environment={"PATH": path}) as running:
        running.wait_for("ready>")
        yield running


def completes(running: Terminal, typed: str, shown: str) -> None:
    """Press Tab behind a beginning; what the shell makes of it must be shown."""
    running.send(f"{typed}\t")
    running.wait_for(f"ready> {shown}")
    running.send("\x15\x0c")
    running.wait_for(lambda text: text.rstrip() == "ready>")


LINES = (
    ("retro-timer run fi", "retro-timer run first-try "),
    ("retro-timer show frü", "retro-timer show frühling-am-abend "),
    ("retro-timer run x --audio=mi", "retro-timer run x --audio=miniaudio "),
    ("retro-timer sensors test AA:B", "retro-timer sensors test AA:BB:CC:DD:EE:FF "),
    ("retro-timer run 'back 2m, tu", "retro-timer run 'back 2m, turn"),
    ("~/walks\\ für/retro-timer import ~/walks\\ für/hi", "~/walks\\ für/retro-timer import ~/walks\\ für/hill.json "),
)


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_tab_in_a_real_shell(home: Path, name: str) -> None:
    with shell(name, home) as running:
        for typed, shown in LINES:
            completes(running, typed, shown)


def in_fish(home: Path, *lines: str) -> list[list[str]]:
    """What fish offers for each line: words, each with what it is behind a tab."""
    require_programs("fish")
    asks = "; ".join(f"complete -C {line!r}; echo ---" for line in lines)
    variables = {**os.environ, "PATH": f"{home / 'walks für'}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    done = subprocess.run(["fish", "-c", asks], env=variables, cwd=home, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [found.splitlines() for found in done.stdout.split("---\n")[:-1]]


def test_fish(home: Path) -> None:
    preset, own, option, sensor, notation, file, directory, nothing = in_fish(
        home,
        "retro-timer run fi",
        "retro-timer show frü",
        "retro-timer run x --audio=mi",
        "retro-timer sensors test AA:B",
        "retro-timer run 'back 2m, tu",
        "~/walks\\ für/retro-timer import 'walks für/hi",
        "retro-timer --data-dir=wa",
        "retro-timer import x --pace 3",
    )
    assert preset == ["first-try\tTwo minutes backward in two short bouts."]
    assert own == ["frühling-am-abend\tFrühling: am Abend"]
    assert option == ["--audio=miniaudio"]
    assert sensor == ["AA:BB:CC:DD:EE:FF\tMill, the 2nd: new"]
    assert notation == ["back 2m, turn"]
    assert [line.split("\t")[0] for line in file] == ["walks für/hill.json"]
    assert [line.split("\t")[0] for line in directory] == ["--data-dir=walks für/"]
    assert nothing == []
