"""Modules that quick commands must never load."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.architecture import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"textual", "asyncio", "sqlite3", "miniaudio", "simpleaudio", "rich", "multiprocessing"}
NO_SCREEN = {"textual", "miniaudio", "simpleaudio", "rich"}


def loaded(arguments: list[str], data: Path) -> set[str]:
    """The packages that a command has loaded at its end."""
    program = (
        "import sys\n"
        "from retro_timer.cli.main import run_command_line\n"
        "code = run_command_line(sys.argv[1:])\n"
        "print('\\n--', code, *{name.split('.')[0] for name in sys.modules})\n"
        "print(*(name for name in sys.modules if name.startswith('retro_timer.')))\n"
    )
    environment = {
        "RETRO_TIMER_DATA_DIR": str(data),
        "RETRO_TIMER_CONFIG_DIR": str(data),
        "PYTHONPATH": str(PACKAGE.parent),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, timeout=60, check=True, env=environment,
    )  # fmt: skip
    modules, own = done.stdout.splitlines()[-2:]
    dashes, code, *names = modules.split()
    assert (dashes, code) == ("--", "0"), done.stdout + done.stderr
    return {*names, *own.split()}


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "presets", "show builder", "show builder --json", "run --help"]
)
def test_a_quick_command_imports_nothing_slow(arguments: str, tmp_path: Path) -> None:
    found = loaded(arguments.split(), tmp_path)
    assert "retro_timer.cli.main" in found
    assert not found & HEAVY
    assert not {
        name for name in found if name.startswith(("retro_timer.ui", "retro_timer.audio", "retro_timer.storage"))
    }


@pytest.mark.parametrize("arguments", ["history", "plan"])
def test_a_command_without_a_screen_loads_none(arguments: str, tmp_path: Path) -> None:
    found = loaded(arguments.split(), tmp_path)
    assert not found & NO_SCREEN
    assert not {name for name in found if name.startswith(("retro_timer.ui", "retro_timer.audio"))}


def test_a_rehearsal_on_plain_lines_loads_no_screen(tmp_path: Path) -> None:
    """Sound is off in a rehearsal; the screen is not there."""
    arguments = ["run", "back 2s", "--plain", "--json", "--rehearse", "60", "--lead-in", "0"]
    assert not loaded(arguments, tmp_path) & NO_SCREEN
