"""The log: bounded, readable only by its owner, a printable line each; a failure to write is told and never raised."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli.main import run_command_line
from retro_timer.cli.walk import rescued
from retro_timer.runtime.log import MAX_BYTES, MAX_LINE, Log
from retro_timer.runtime.wiring import Setup
from retro_timer.testing import FakeClock
from tests.architecture import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

LONG = "x" * (MAX_LINE - 1)
ROTATES_AFTER = MAX_BYTES // MAX_LINE
"""So many of the longest lines fill a log."""
STUCK = """
import sys, threading
from datetime import datetime
from pathlib import Path
from retro_timer.runtime import log as module

begun = threading.Event()
def never(path, flags):
    begun.set()
    threading.Event().wait()
module.open_own = never
log = module.Log(Path(sys.argv[1]), datetime.now)
threading.Thread(target=log.say, args=("a line",), daemon=True).start()
begun.wait()
"""


def log_in(place: Path) -> Log:
    return Log(place / "retro-timer.log", FakeClock().wall)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def in_the_way(data: Path) -> None:
    """Put a directory where the log is to be: nobody can write to that."""
    (data / "retro-timer.log").mkdir(parents=True)


def test_lines_have_their_time_and_nothing_that_controls_a_terminal(data: Path) -> None:
    log = log_in(data)
    log.say("one\x1b[2J\ntwo \u202e \udc80")
    log.say("y" * 2 * MAX_LINE)
    first, second = log.lines()
    assert first == f"{FakeClock().wall():%Y-%m-%d %H:%M:%S} one?[2J?two ? ?"
    assert second.endswith("…")
    assert log.problem == ""
    assert stat.S_IMODE(data.stat().st_mode) == 0o700 or sys.platform == "win32"


def test_a_full_log_is_rotated_and_one_old_one_is_kept(data: Path) -> None:
    log = log_in(data)
    for n in range(2 * ROTATES_AFTER + 10):
        log.say(f"{n} {LONG}")
    sizes = {path.name: path.stat().st_size for path in data.iterdir()}
    assert sorted(sizes) == ["retro-timer.log", "retro-timer.log.1"]
    assert max(sizes.values()) <= MAX_BYTES
    assert f" {2 * ROTATES_AFTER + 9} " in log.lines()[-1]
    assert log.problem == ""
    if sys.platform != "win32":
        assert {stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()} == {0o600}


def test_what_another_window_rotates_is_written_to_the_fresh_file(data: Path) -> None:
    ours, theirs = log_in(data), log_in(data)
    ours.say("ours")
    for _ in range(ROTATES_AFTER + 1):
        theirs.say(LONG)
    ours.say("ours again")
    assert ours.lines()[-1].endswith("ours again")
    assert ours.problem == theirs.problem == ""


def test_lines_of_many_threads_are_whole(data: Path) -> None:
    log = log_in(data)

    def say() -> None:
        for _ in range(50):
            log.say("z" * 100)

    threads = [Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.lines()) == 200
    assert all(line.endswith(" " + "z" * 100) for line in log.lines())


def test_a_log_that_cannot_be_written_is_said_at_the_end(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_the_way(data)
    setup, errors = Setup(data_dir=str(data)), io.StringIO()
    setup.say("a line")
    assert rescued(setup, 0, errors) == 0
    assert errors.getvalue() == f"retro-timer: {setup.log_problem}\n"
    assert setup.log_problem.startswith("the log cannot be written: ")
    assert capsys.readouterr() == ("", "")


def test_a_log_that_is_written_is_not_spoken_of(data: Path) -> None:
    setup, errors = Setup(data_dir=str(data)), io.StringIO()
    setup.say("a line")
    rescued(setup, 0, errors)
    assert errors.getvalue() == ""


def test_a_log_that_cannot_even_be_opened_raises_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(24, "Too many open files")

    setup = Setup(data_dir=str(data))
    monkeypatch.setattr("retro_timer.runtime.log.Log.__init__", refuse)
    setup.say("a line")
    assert "Too many open files" in setup.log_problem


def test_a_write_that_fails_is_kept_as_the_problem(data: Path) -> None:
    log = log_in(data)
    if not log_device_full(log):
        pytest.skip("there is no /dev/full here")
    log.say("a line")
    assert log.problem == "the log cannot be written: no space left on device"


def log_device_full(log: Log) -> bool:
    """Let the log write to a disk that is full; returns whether that can be had here."""
    try:
        stream = open("/dev/full", "a", encoding="utf-8")  # noqa: PTH123, SIM115  (the log closes it)
    except OSError:
        return False
    log.stream = stream
    return True


def test_doctor_names_a_log_that_cannot_be_read(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_the_way(data)
    run_command_line(["doctor", "--silent", "--data-dir", str(data)])
    assert "retro-timer: the log cannot be read: " in capsys.readouterr().err


def test_the_program_ends_while_the_disk_does_not_answer(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK, str(data / "log")],
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.returncode == 0
