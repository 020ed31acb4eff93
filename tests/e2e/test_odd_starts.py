"""Odd ways to start: variables, options of Python and homes that a person may have, with real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

import retro_timer
from tests.terminal import own_directories, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")]

REHEARSAL = ("run", "back 3s", "--plain", "--rehearse", "60", "--lead-in", "0")
WALK = ("run", "back 50s, turn 3s", "--audio", "off", "--lead-in", "0")


class Start(NamedTuple):
    """What is odd."""

    variables: Mapping[str, str] = {}
    options: tuple[str, ...] = ()


ODD = {
    "no home": Start({"HOME": ""}),
    "a home that is a file": Start({"HOME": "/etc/passwd"}),
    "relative directories": Start({"XDG_DATA_HOME": "here", "XDG_CONFIG_HOME": "", "XDG_RUNTIME_DIR": "here"}),
    "no locale": Start({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "an unknown locale": Start({"LC_ALL": "xx_YY.nothing"}),
    "an encoding without error handlers": Start({"PYTHONIOENCODING": "idna"}),
    "no columns": Start({"COLUMNS": "0", "LINES": "-1"}),
    "no assertions and docstrings": Start(options=("-OO",)),
    "warnings are errors in all processes": Start({"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"}),
    "warnings are errors": Start(options=("-X", "dev", "-X", "warn_default_encoding", "-W", "error")),
    "no temporary directory, no time zone": Start({"TMPDIR": "/nowhere", "TZ": "No/Where"}),
    "an unknown terminal": Start({"TERM": "nothing"}),
}


def python(how: Start, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a process; nothing it prints is a traceback or a warning."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **how.variables}
    done = subprocess.run(
        [sys.executable, *how.options, "-m", "retro_timer", *arguments],
        env=variables,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
    return done


@pytest.mark.parametrize("name", ODD)
def test_a_walk_on_plain_lines(tmp_path: Path, name: str) -> None:
    walked = python(ODD[name], *REHEARSAL, home=tmp_path)
    assert "complete, walked 0:03" in walked.stdout
    assert not (tmp_path / "here").exists()  # the specification says that relative ones are not used
    assert python(ODD[name], "presets", home=tmp_path).returncode == 0


SHOWN = ("an encoding without error handlers", "no columns", "no assertions and docstrings", "warnings are errors")


@pytest.mark.parametrize("name", SHOWN)
def test_a_walk_on_the_full_screen_that_is_left_at_once(tmp_path: Path, name: str) -> None:
    odd = ODD[name]
    program = (sys.executable, *odd.options, "-m", "retro_timer")
    with terminal(WALK, tmp_path, program=program, environment=dict(odd.variables)) as running:
        running.wait_for("next")
        running.send("\x03")
        assert running.wait() == 130
        assert not running.restored()
        assert b"Warning" not in running.output
        assert b"Traceback" not in running.output


@pytest.mark.parametrize("errors", ["errors.txt", "/dev/full", "&-"])
def test_the_full_screen_wherever_errors_go(tmp_path: Path, errors: str) -> None:
    shell = ("/bin/sh", "-c", f'cd {tmp_path}; exec "$@" 2>{errors}', "sh", sys.executable, "-m", "retro_timer")
    with terminal(WALK, tmp_path, program=shell) as running:
        running.wait_for("next")
        running.send("\x03")
        assert running.wait() == 130
        assert not running.restored()
    assert [path.read_text() for path in tmp_path.glob("errors.txt")] in ([], [""])


def test_files_of_the_current_directory_are_not_imported(tmp_path: Path) -> None:
    for name in ("click", "logging", "msgspec", "queue", "random", "retro_timer/text", "sqlite3", "string", "tomllib"):
        (tmp_path / name).parent.mkdir(exist_ok=True)  # a folder without `__init__.py` is no package of its own
        (tmp_path / f"{name}.py").write_text("raise SystemExit(__file__)")
    assert "complete" in python(Start(), *REHEARSAL, home=tmp_path).stdout


def test_a_folder_with_the_package_and_what_it_needs(tmp_path: Path) -> None:
    """As `pip install --target` makes it."""
    (tmp_path / "retro_timer").symlink_to(Path(retro_timer.__file__).parent)
    for path in Path(click.__file__).parents[1].iterdir():
        if path.name != "retro_timer":
            (tmp_path / path.name).symlink_to(path)
    assert "complete" in python(Start(options=("-S",)), *REHEARSAL, home=tmp_path).stdout


def test_without_what_it_needs_it_says_how_to_install_that(tmp_path: Path) -> None:
    (tmp_path / "retro_timer").symlink_to(Path(retro_timer.__file__).parent)
    refused = python(Start(options=("-S",)), "presets", home=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("retro-timer: click is not installed; ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value"), [("TEXTUAL_COLOR_SYSTEM", "odd"), ("TEXTUAL_DRIVER", "odd"), ("TEXTUAL_DRIVER", "os:odd")]
)
def test_a_variable_of_textual_that_is_wrong_is_named(tmp_path: Path, variable: str, value: str) -> None:
    with terminal(WALK, tmp_path, environment={variable: value}) as running:
        running.wait_for(variable)
        assert running.wait() == 2
        assert b"Traceback" not in running.output


def test_from_a_folder_with_spaces_that_cannot_be_written_to(tmp_path: Path) -> None:
    """As installed for all users: no bytecode is written beside the code."""
    place = tmp_path / "für alle hier"
    place.mkdir()
    (place / "retro_timer").symlink_to(Path(retro_timer.__file__).parent)
    place.chmod(0o555)
    variables = {"PYTHONPATH": str(place), "PYTHONPYCACHEPREFIX": "/proc/nowhere", **own_directories(tmp_path)}
    assert "complete" in python(Start(variables), *REHEARSAL, home=tmp_path).stdout
