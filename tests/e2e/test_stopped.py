"""Stopped by Ctrl+Z and then terminated: the program ends, its session can be resumed, the terminal is unchanged."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from retro_timer.clock import SystemClock
from retro_timer.storage.store import Store
from tests.terminal import PROGRAM, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc"),
]
SHELL: Final = ("bash", "--norc", "--noprofile", "-i")
WALK: Final = ("run", "back 5m", "--audio", "off", "--lead-in", "0")
GONE: Final = 2.0
"""Seconds after which a signalled process must have ended."""
JOURNAL: Final = 1.5
"""Seconds of walking after which the journal has been written."""


@contextmanager
def stopped_session(home: Path, *options: str) -> Iterator[tuple[Terminal, int]]:
    """A shell with job control in which a session was stopped by Ctrl+Z, and its process."""
    with terminal([], home, program=SHELL) as shell:
        shell.wait_for(prompt)
        shell.send(" ".join(f"'{part}'" for part in (*PROGRAM, *WALK, *options)) + "\r")
        shell.wait_for("BACKWARD 5:00" if options else "left")
        [child] = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
        shell.read_for(JOURNAL)
        shell.send("\x1a")
        shell.wait_for("Stopped")
        yield shell, int(child)


def prompt(text: str) -> bool:
    return "$" in text or "#" in text


def is_gone(shell: Terminal, pid: int) -> bool:
    """Whether a process ends in time; otherwise it is killed."""
    until = time.monotonic() + GONE
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02) if shell.hung_up else shell.read(0.02)
    os.kill(pid, signal.SIGKILL)
    return False


def closed(shell: Terminal, _pid: int) -> None:
    shell.hang_up()


def closed_in_the_background(shell: Terminal, _pid: int) -> None:
    shell.send("bg\r")
    shell.read_for(0.5)
    shell.hang_up()


def killed_by_the_shell(shell: Terminal, _pid: int) -> None:
    shell.send("kill %1\r")


def killed_in_the_background(shell: Terminal, _pid: int) -> None:
    shell.send("bg\r")
    shell.read_for(0.5)
    shell.send("kill %1\r")


def killed_where_nothing_may_write_in_the_background(shell: Terminal, pid: int) -> None:
    shell.send("stty tostop\r")
    killed_in_the_background(shell, pid)


def terminated_then_continued(_shell: Terminal, pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)


ENDS = (
    closed,
    closed_in_the_background,
    killed_by_the_shell,
    killed_in_the_background,
    killed_where_nothing_may_write_in_the_background,
    terminated_then_continued,
)


@pytest.mark.parametrize("options", [(), ("--plain",)], ids=["screen", "plain"])
@pytest.mark.parametrize("end", ENDS)
def test_a_stopped_session_ends_on_a_signal(
    end: Callable[[Terminal, int], None], options: tuple[str, ...], tmp_path: Path
) -> None:
    with stopped_session(tmp_path, *options) as (shell, pid):
        end(shell, pid)
        assert is_gone(shell, pid)
        [walk] = Store(tmp_path / "data", SystemClock()).interrupted()  # the session lock is free
        assert walk.record.position >= 1000
        if not shell.hung_up:
            shell.send("echo still $((1+1)) here\r")
            shell.wait_for("still 2 here")
            assert "alternate screen" not in shell.restored()


@pytest.mark.parametrize("options", [(), ("--plain",)], ids=["screen", "plain"])
def test_ctrl_z_pauses_where_no_shell_could_continue_a_process_that_is_stopped(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    with terminal([*WALK, *options], tmp_path) as alone:
        alone.wait_for("BACKWARD 5:00" if options else "left")
        alone.send("\x1a")
        alone.wait_for("paused while the program was stopped")
        alone.send("\r" if options else " ")
        alone.wait_for("Resuming: backward in" if options else lambda text: "program was stopped" not in text)
