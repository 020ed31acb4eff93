"""How child processes are started: the same program as their parent, wherever Python would look first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import retro_timer
from retro_timer.processes import command

ROOT = Path(retro_timer.__file__).parents[1]
MODULES = ("audio.child", "audio.decoding", "desktop.process", "page.child", "sensors.process")
UNWANTED = 'raise SystemExit(f"{__file__} was imported")'


def child(module: str, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a child in a folder, without any input."""
    return subprocess.run(
        command(f"retro_timer.{module}", *arguments),
        env={"PATH": os.environ["PATH"], **variables},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder with another package of our name."""
    (tmp_path / "retro_timer").mkdir()
    (tmp_path / "retro_timer" / "__init__.py").write_text(UNWANTED)
    return tmp_path


@pytest.mark.parametrize("module", MODULES)
def test_another_package_of_our_name_is_not_started(foreign: Path, module: str) -> None:
    started = child(module, foreign, PYTHONPATH=str(foreign))
    assert not started.stderr
    assert started.returncode in {0, 2, 64}  # without input, some report an error


@pytest.mark.parametrize("module", MODULES)
def test_files_of_the_current_directory_are_not_imported(tmp_path: Path, module: str) -> None:
    for name in ("asyncio", "json", "msgspec", "queue", "random", "types"):
        (tmp_path / f"{name}.py").write_text(UNWANTED)
    assert not child(module, tmp_path).stderr


@pytest.mark.parametrize("module", MODULES)
def test_no_child_warns(tmp_path: Path, module: str) -> None:
    assert not child(module, tmp_path, PYTHONWARNINGS="error").stderr


def test_a_child_has_its_arguments_and_its_exit_code(tmp_path: Path) -> None:
    shown = child("__main__", tmp_path, "--version")
    assert shown.stdout == f"retro-timer {retro_timer.__version__}\n"
    assert child("__main__", tmp_path, "--nothing").returncode == 2


def test_a_child_looks_where_its_parent_does(foreign: Path) -> None:
    """If a parent ignores the environment, as with `python -I`, so do its children."""
    (foreign / "json.py").write_text(UNWANTED)
    program = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "from subprocess import call\n"
        "from retro_timer.processes import command\n"
        "sys.exit(call(command('retro_timer.__main__', 'presets', '--json')))\n"
    )
    asked = [sys.executable, "-I", "-c", program]
    variables = {**os.environ, "PYTHONPATH": str(foreign)}
    started = subprocess.run(asked, env=variables, capture_output=True, text=True, check=False)
    assert (started.returncode, started.stderr) == (0, "")
