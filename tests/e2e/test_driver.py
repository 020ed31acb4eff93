"""The keyboard of a real terminal: the program sleeps between keys."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.terminal import terminal

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")]
WALKED_BEFORE = "[first_start]\nsafety_read = true\nsound_checked = true\ndone = true\n"
LOOKS = 10
"""The wakeups in two seconds of a program that polls the keyboard half as often as Textual's driver."""


def used(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(WALKED_BEFORE)
    return tmp_path


def woken(pid: int) -> int:
    """How often the threads of a process have waited so far."""
    lines = [
        line for thread in Path(f"/proc/{pid}/task").iterdir() for line in (thread / "status").read_text().splitlines()
    ]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def test_keys_that_come_in_pieces_are_read_whole(tmp_path: Path) -> None:
    with terminal([], used(tmp_path)) as running:
        running.wait_for("First Try")
        running.send("?")
        running.wait_for("HELP")
        running.send("\x1b")  # escape is a key only if nothing follows
        running.wait_for(lambda text: "HELP" not in text)
        running.send("?")
        running.wait_for("HELP")
        for piece in ("\x1b", "[1", ";5", "Q"):  # ctrl+f2, in four pieces: an unknown key, and no escape
            running.send(piece)
        os.write(running.fd, b"\xe2\x80")  # the beginning of an incomplete character
        running.read_for(0.3)
        assert "HELP" in running.text
        running.send("\x1b")
        running.wait_for(lambda text: "HELP" not in text)
        running.send("\x11")  # ctrl+q
        assert running.wait() == 0
        assert running.restored() == []


@pytest.mark.parametrize("mode", [(), ("--plain",)], ids=["full screen", "plain"])
def test_the_title_shows_the_time_left_and_is_given_back(tmp_path: Path, mode: tuple[str, ...]) -> None:
    with terminal(["run", "builder", "--audio", "off", "--lead-in", "1", *mode], used(tmp_path)) as running:
        running.wait_for(lambda _: running.screen.title.startswith("WARM UP 2:59 - Builder"))
        assert running.restored()[-1] == "title"
        running.signal(signal.SIGTERM)
        assert running.wait() == 143
        assert running.restored() == []
        assert running.screen.title == ""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts in /proc")
def test_an_idle_screen_costs_nothing(tmp_path: Path) -> None:
    with terminal([], used(tmp_path)) as running:
        running.wait_for("First Try")
        until = time.monotonic() + 30
        while time.monotonic() < until:  # until what comes after the first frame is done
            before = woken(running.pid)
            running.read_for(2.0)
            if woken(running.pid) - before < LOOKS:
                break
        assert woken(running.pid) - before < LOOKS


def test_a_terminal_that_is_gone_ends_the_program(tmp_path: Path) -> None:
    with terminal([], used(tmp_path)) as running:
        running.wait_for("First Try")
        running.hang_up()
        running.wait()
        assert running.exit_code != 0


def test_the_real_terminal_size_takes_precedence(tmp_path: Path) -> None:
    environment = {"COLUMNS": "40", "LINES": "10"}
    with terminal([], used(tmp_path), size=(100, 30), environment=environment) as running:
        running.wait_for("First Try")
        running.wait_for(lambda text: max(len(line.rstrip()) for line in text.split("\n")) > 90)
        running.wait_for(lambda text: bool(text.split("\n")[29].strip()))
