"""Sessions of real processes that another process shows and steers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal import PROGRAM, own_directories, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [pytest.mark.real_time, pytest.mark.skipif(sys.platform == "win32", reason="stops and sockets of POSIX")]


def command(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def status(environment: Mapping[str, str]) -> dict[str, Any]:
    """What `status --json` says of the only session."""
    ran = command(environment, "status", "--json")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_plain_session_is_paused_from_another_process(tmp_path: Path) -> None:
    """Nobody can type: standard input is closed. It waits for whoever paused it; killed, it leaves nothing behind."""
    environment = {**os.environ, **own_directories(tmp_path)}
    walk = [*PROGRAM, "run", "back 5m", "--plain", "--json", "--audio", "off", "--lead-in", "0"]
    with subprocess.Popen(
        walk, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert "started" in process.stdout.readline()
            while command(environment, "status").returncode == 3:
                assert process.poll() is None
            ran = command(environment, "send", "pause")
            assert (ran.returncode, ran.stderr) == (0, "")
            assert "PAUSED" in ran.stdout
            assert status(environment)["state"] == "paused"
            assert command(environment, "send", "skip").returncode == 0
            assert process.wait(timeout=60) == 1
        finally:
            process.kill()
    assert command(environment, "status").returncode == 3
    assert list((tmp_path / "run").iterdir()) == []


def test_a_watched_session_that_is_killed_leaves_no_socket_behind(tmp_path: Path) -> None:
    """`watch` shows the session of a terminal, steers it, and ends when its process is gone."""
    environment = {**os.environ, **own_directories(tmp_path)}
    with terminal(["run", "back 5m", "--audio", "off", "--lead-in", "0"], tmp_path) as walked:
        while command(environment, "status").returncode == 3:
            walked.read(0.1)
        with terminal(["watch"], tmp_path) as watching:
            watching.wait_for("next finish")
            watching.send(" ")
            walked.wait_for("resumes")
            watching.wait_for("resumes")
            walked.signal(signal.SIGKILL)
            watching.wait_for("connection")
            assert watching.wait() == 0
    ran = command(environment, "status")
    assert (ran.returncode, ran.stderr) == (3, "retro-timer: no session is running\n")
    assert list((tmp_path / "run").iterdir()) == []
