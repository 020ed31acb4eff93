"""Plain sessions as processes: keys from pipes, closed streams, and stops of the process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.terminal import PROGRAM, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.real_time, pytest.mark.skipif(sys.platform == "win32", reason="stops and pipes of POSIX")]
WALK = ("--plain", "--audio", "off", "--lead-in", "0")


def variables(home: Path) -> dict[str, str]:
    here = {"RETRO_TIMER_DATA_DIR": str(home / "data"), "RETRO_TIMER_CONFIG_DIR": str(home / "config")}
    return {**os.environ, **here}


class PlainSession:
    """A plain session that prints JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, event: str) -> dict[str, Any]:
        """Read up to the next event of a kind."""
        assert self.process.stdout
        for line in self.process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found["event"] == event:
                return found
        raise AssertionError(f"no {event} came")

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


@contextmanager
def walking(home: Path, workout: str, *more: str) -> Iterator[PlainSession]:
    command = [*PROGRAM, "run", workout, *WALK, "--json", *more]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=variables(home)) as process:
        try:
            yield PlainSession(process)
        finally:
            process.kill()


def test_keys_come_through_a_pipe(tmp_path: Path) -> None:
    with walking(tmp_path, "back 60s") as walk:
        walk.until("interval")
        walk.type("X")
        assert walk.until("paused")["reason"] == "bail-out"
        walk.type("zz")
        assert "does nothing here" in walk.until("refused")["text"]
        walk.type("й")
        assert walk.until("ended")
        assert walk.process.wait(20) == 1


@pytest.mark.parametrize("stopped", [0.4, 2.5])
def test_a_stop_from_outside_pauses_at_the_moment_of_the_stop(tmp_path: Path, stopped: float) -> None:
    with walking(tmp_path, "back 60s") as walk:
        walk.until("interval")
        started = time.monotonic()
        time.sleep(1.33)
        walk.process.send_signal(signal.SIGSTOP)
        at = time.monotonic() - started
        time.sleep(stopped)
        walk.process.send_signal(signal.SIGCONT)
        paused = walk.until("paused")
        assert paused["reason"] == "stopped"
        assert paused["at"] == pytest.approx(at, abs=0.1)
        assert "paused while the program was stopped" in walk.until("notice")["text"]


def run(home: Path, *arguments: str, stdin: int | IO[bytes] | None) -> subprocess.CompletedProcess[str]:
    close = (lambda: os.close(0)) if stdin is None else None
    return subprocess.run(
        [*PROGRAM, "run", *arguments, *WALK], check=False, capture_output=True, text=True, env=variables(home),
        stdin=subprocess.DEVNULL if stdin is None else stdin, preexec_fn=close, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("stdin", [None, subprocess.DEVNULL], ids=["closed", "null"])
def test_without_input_a_session_runs_but_turns_cannot_wait(tmp_path: Path, stdin: int | None) -> None:
    done = run(tmp_path, "back 1s, turn 1s", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete, walked 0:02" in done.stdout
    refused = run(tmp_path, "back 1s, turn 1s", "--wait-at-turns", stdin=stdin)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "turns cannot wait: no keys can be read" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_at_the_end_of_input_a_turn_does_not_wait(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.write(writes, b"u\n")
    os.close(writes)
    with os.fdopen(reads, "rb") as stream:
        done = run(tmp_path, "turn 1s, back 1s", "--wait-at-turns", stdin=stream)
    assert done.returncode == 0
    assert "the turn does not wait" in done.stdout


@contextmanager
def shell(home: Path, workout: str, *more: str) -> Iterator[Terminal]:
    """A shell with job control, in which a session was started."""
    with terminal([], home, program=["bash", "--norc", "--noprofile", "-i"]) as running:
        running.wait_for(lambda text: "$" in text or "#" in text)
        running.send(" ".join([*PROGRAM, "run", f"'{workout}'", *WALK, *more, "\r"]))
        yield running


def to_the_foreground(running: Terminal) -> None:
    running.send("fg\r")
    running.wait_for(lambda _: os.tcgetpgrp(running.fd) != running.pid)


@pytest.mark.terminal
@pytest.mark.parametrize("back", ["fg\r", "bg\r"])
def test_ctrl_z_pauses_and_the_session_says_so_when_it_runs_again(tmp_path: Path, back: str) -> None:
    with shell(tmp_path, "back 60s") as running:
        running.wait_for("BACKWARD 1:00")
        running.read_for(1.0)
        running.send("\x1a")
        running.wait_for("Stopped")
        assert "paused (stopped)" in running.text
        running.send(back)
        running.wait_for("an empty line resumes")
        if back == "bg\r":
            to_the_foreground(running)
        running.send("\r")
        running.wait_for("Resuming: backward in")
        running.send("q\r")
        running.wait_for("ended early")


@pytest.mark.terminal
def test_in_the_background_a_session_runs_and_typed_input_goes_to_the_shell(tmp_path: Path) -> None:
    with shell(tmp_path, "back 3s, fwd 60s", "&") as running:
        running.wait_for("BACKWARD 0:03")
        running.send("echo typed to $((1+1)) shells\r")
        running.wait_for("typed to 2 shells")
        running.wait_for("FORWARD 1:00")
        to_the_foreground(running)
        running.send("q\r")
        running.wait_for("ended early")


@pytest.mark.terminal
@pytest.mark.parametrize("typed", ["", "x"])
def test_enter_that_is_held_pauses_once(typed: str, tmp_path: Path) -> None:
    with terminal(["run", "back 60s", *WALK], tmp_path) as running:
        running.wait_for("BACKWARD 1:00")
        running.send(f"{typed}\r")
        running.read_for(0.4)  # by then a keyboard repeats a key, whatever the program has shown
        running.send("\r" * 14)
        running.wait_for("paused (")
        running.read_for(1.0)
        assert running.text.count("paused (") == 1
        assert "Press space" not in running.text  # an empty line resumes
        assert "Resuming" not in running.text
        running.send("\r")
        running.wait_for("Resuming: backward in")
