"""After a kill and a restart, the session is offered and resumes where it stopped."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.terminal import PROGRAM, terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")]
WALK = ("run", "back 60s, turn 3s, fwd 5s", "--audio", "off", "--lead-in", "0")


def states(home: Path) -> list[str]:
    """The states of the sessions in the history."""
    with closing(sqlite3.connect(home / "data" / "history.db")) as history:
        return [state for (state,) in history.execute("SELECT state FROM sessions ORDER BY started")]


def walked_seconds(home: Path, table: str = "sessions") -> list[float]:
    """The walking time of each session in the history, or of the running one."""
    with closing(sqlite3.connect(home / "data" / "history.db")) as history:
        return [walked / 1000 for (walked,) in history.execute(f"SELECT walked FROM {table}")]  # noqa: S608


def kill_after_three_seconds(home: Path) -> None:
    with terminal(WALK, home) as running:
        running.wait_for("▲ 0:03")
        running.signal(signal.SIGKILL)
        running.wait()


def test_home_offers_the_killed_session_and_resumes_it(tmp_path: Path) -> None:
    kill_after_three_seconds(tmp_path)
    with terminal([], tmp_path) as running:
        running.wait_for("BEFORE YOU WALK BACKWARD")
        running.send("\x1b")
        running.wait_for("A session was interrupted")
        running.send("r")
        running.wait_for("picked up where you stopped")
        running.wait_for(lambda text: "▲ 0:02" in text or "▲ 0:03" in text)
        running.end_early()
        running.wait_for("First Try")
        running.send("q")
        assert running.wait() == 0
        assert not running.restored()
    assert states(tmp_path) == ["ended-early"]


def test_plain_resume_reports_the_result(tmp_path: Path) -> None:
    kill_after_three_seconds(tmp_path)
    environment = {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    done = subprocess.run(
        [*PROGRAM, "resume", "--keep"], env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    assert "kept as ended early" in done.stdout
    assert states(tmp_path) == ["ended-early"]
    again = subprocess.run(
        [*PROGRAM, "resume"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert (again.returncode, again.stderr) == (2, "no session was interrupted\n")


def test_a_session_resumed_in_one_window_cannot_be_decided_in_another(tmp_path: Path) -> None:
    """One window shows the offer, a second one resumes, then the first one decides."""
    kill_after_three_seconds(tmp_path)
    environment = {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    with terminal([], tmp_path) as first:
        first.wait_for("BEFORE YOU WALK BACKWARD")
        first.send("\x1b")
        first.wait_for("A session was interrupted")
        (before,) = walked_seconds(tmp_path)
        resume = [*PROGRAM, "resume", "--plain", "--json", "--audio", "off"]
        with subprocess.Popen(resume, env=environment, stdout=subprocess.PIPE, text=True) as second:
            assert second.stdout
            for line in second.stdout:
                if '"resumed"' in line:
                    break
            for key in "kd":
                first.send(key)
                first.wait_for("a session is running")
                assert states(tmp_path) == ["walking"]
            while walked_seconds(tmp_path, "journal")[0] < before + 1:  # what would be lost
                assert second.poll() is None
            second.terminate()
            assert second.wait() == 143
        (walked,) = walked_seconds(tmp_path)
        assert walked >= before + 1
        first.send("d")
        first.wait_for("Nothing was changed: this")
        first.wait_for(lambda text: "A session was interrupted" not in text)
        assert states(tmp_path) == ["interrupted"]
        assert walked_seconds(tmp_path) == [walked]
        first.send("q")
        assert first.wait() == 0


def test_a_second_window_does_not_walk(tmp_path: Path) -> None:
    environment = {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    with terminal(WALK, tmp_path) as first:
        first.wait_for("▲ 0:01")
        second = subprocess.run(
            [*PROGRAM, *WALK, "--plain", "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert second.returncode == 2
        assert "a session is running in another window" in second.stderr
        assert not second.stdout
        with terminal(WALK, tmp_path) as third:
            assert third.wait() == 2
            assert "a session is running in another window" in third.output.decode()
        first.end_early()
        assert first.wait() == 1
    assert states(tmp_path) == ["ended-early"]
