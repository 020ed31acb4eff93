"""Every command in every environment ends with a sentence and an exit code that says something."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.environments import COMMANDS, ENVIRONMENTS, furnish, try_command
from tests.faults.program import Home

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("needs a shell", allow_module_level=True)

THIRDS = 3
SHORT = ["run", "back 2s", "--plain", "--audio", "off", "--lead-in", "0"]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("furnished"))
    furnish(home)
    return home.path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def chosen(environment: str) -> list[str]:
    """A third of the commands, others for each environment; all of them with RETRO_TIMER_WHOLE=1."""
    place = list(ENVIRONMENTS).index(environment)
    whole = os.environ.get("RETRO_TIMER_WHOLE") == "1"
    return [each for number, each in enumerate(COMMANDS) if whole or number % THIRDS == place % THIRDS]


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_command_reports_a_failure_in_words(environment: str, furnished: Path, tmp_path: Path) -> None:
    problems = {}
    for number, command in enumerate(chosen(environment)):
        folder = tmp_path / str(number)
        folder.mkdir()
        ran = try_command(command, environment, furnished, folder)
        if ran.problem:
            problems[command] = ran.problem
    assert problems == {}


def test_output_that_cannot_be_written_is_reported_and_fails(home: Home) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  (a device)
        done = subprocess.run(
            [sys.executable, "-m", "retro_timer", "presets"],
            env=home.environment(), stdout=full, stderr=subprocess.PIPE, check=False, timeout=30,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == b"retro-timer: the output cannot be written: no space left on device\n"


def test_a_session_whose_output_cannot_be_written_continues_and_is_saved(home: Home) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  (a device)
        done = subprocess.run(
            [sys.executable, "-m", "retro_timer", *SHORT],
            env=home.environment(), stdout=full, stderr=subprocess.PIPE, check=False, timeout=30,
        )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.count(b"\n") == 1
    assert b"the session continues" in done.stderr
    assert [row["state"] for row in home.run("history", "--json").json] == ["finished"]


def test_json_is_json_in_every_encoding(home: Home) -> None:
    for encoding in ("ascii", "latin-1", "utf-8"):
        home.variables["PYTHONIOENCODING"] = encoding
        ran = home.run("show", 'back 1s "é 👣"', "--json")
        text = ran.out.decode(encoding)
        assert json.loads(text)["intervals"][0]["label"] == "é 👣"


def test_a_very_large_limit_lists_everything(home: Home) -> None:
    assert home.run(*SHORT).code == 0
    ran = home.run("history", "--json", "--limit", "99999999999999999999")
    assert ran.code == 0
    assert ran.err == b""
    assert len(ran.json) == 1


@pytest.mark.parametrize("command", [["import", "{files}/history.json"], SHORT, ["history"], ["plan"]], ids=" ".join)
def test_ctrl_c_at_any_moment_of_the_start_is_quiet(command: list[str], furnished: Path, home: Home) -> None:
    """Python itself, before the program begins, is not ours: the program says that it is there by its first module."""
    choice = random.Random(9)
    arguments = [part.format(files=furnished / "files") for part in command]
    begin = (
        "import os, signal, sys; from retro_timer.__main__ import main; "
        "signal.signal(signal.SIGINT, lambda *_: os._exit(130)); os.write(2, b'.'); sys.exit(main())"
    )
    for _ in range(6):
        running = subprocess.Popen(
            [sys.executable, "-c", begin, *arguments],
            env=home.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert running.stderr is not None
        running.stderr.read(1)
        try:
            running.wait(choice.uniform(0.01, 0.3))
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
        assert b"Traceback" not in err
        assert b"ignored" not in err
        assert running.returncode in (0, 130, -signal.SIGINT), err
