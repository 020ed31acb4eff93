"""Runs a real program in a real pseudo-terminal, and reads its output as a terminal would show it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pyte

from retro_timer.ui.drawing.glyphs import Fit, digit_rows, fit_digits
from retro_timer.ui.widgets.countdown import LETTER_WIDTH

if sys.platform != "win32":
    import fcntl
    import pty
    import struct
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PROGRAM = (sys.executable, "-m", "retro_timer")


class Screen(pyte.Screen):
    """A terminal's screen that ignores newer control sequences."""

    def report_device_status(self, mode: int, **_kwargs: object) -> None:
        """Do not answer: the program must not wait for it."""

    def select_graphic_rendition(self, *attributes: int, **_kwargs: object) -> None:
        """Colours do not matter here; private sequences are not colours."""


@dataclass
class Terminal:
    """A running program and its screen."""

    pid: int
    fd: int
    width: int
    height: int
    slave: int
    before: list[Any]
    output: bytearray = field(default_factory=bytearray)
    exit_code: int | None = None
    hung_up: bool = False

    def __post_init__(self) -> None:
        self.screen = Screen(self.width, self.height)
        self.stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(self.screen.display)

    def read(self, seconds: float) -> bool:
        """Read the next output, within a time; False if the program has closed its side. To wait, use `read_for`."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.take(data)
        return bool(data)

    def take(self, data: bytes) -> None:
        """Show output on the screen."""
        self.output += data
        with contextlib.suppress(TypeError):  # a sequence that pyte knows without its arguments
            self.stream.feed(data)

    def read_for(self, seconds: float) -> None:
        """Read all output for some time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self.read(left):
            pass

    def wait_for(self, what: str | Callable[[str], bool], timeout: float = 20.0) -> float:
        """Read until the screen shows a text; returns the moment.

        Raises:
            AssertionError: with the screen, when it does not come in time.
        """
        shown = (lambda text: what in text) if isinstance(what, str) else what
        deadline = time.monotonic() + timeout
        while not shown(self.text):
            left = deadline - time.monotonic()
            if left <= 0 or not self.read(min(left, 0.1)):
                raise AssertionError(f"{what!r} was not shown:\n{self.text}")
        return time.monotonic()

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self.fd, keys.encode())

    def answer(self, key: str) -> None:
        """Type an answer to a question that has just appeared, once a person could have read it."""
        self.read_for(0.4)
        self.send(key)

    def end_early(self) -> None:
        """End the session, and close its summary unanswered."""
        self.send("q")
        self.wait_for("End this session?")
        self.answer("y")
        self.wait_for("how hard?")
        self.send("\x1b")

    def resize(self, width: int, height: int) -> None:
        """Resize the terminal."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def hang_up(self) -> None:
        """Close the terminal, like closing its window."""
        os.close(self.slave)
        os.close(self.fd)
        self.hung_up = True

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def wait(self, timeout: float = 20.0) -> int:
        """Wait for the program to end; returns its exit code, negative for a signal that ended it."""
        deadline = time.monotonic() + timeout
        while self.exit_code is None:
            time.sleep(0.02) if self.hung_up else self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"the program did not end:\n{self.text}")
        while not self.hung_up and self.read(0.05) and select.select([self.fd], [], [], 0)[0]:
            pass
        return self.exit_code

    def restored(self) -> list[str]:
        """The terminal settings that the program did not restore; empty if it restored all."""
        left = []
        if termios.tcgetattr(self.fd) != self.before:
            left.append("termios")
        for name, on, off in (("alternate screen", b"1049h", b"1049l"), ("mouse", b"1000h", b"1000l")):
            if self.output.rfind(b"\x1b[?" + on) > self.output.rfind(b"\x1b[?" + off):
                left.append(name)
        if self.output.rfind(b"\x1b[?25l") > self.output.rfind(b"\x1b[?25h"):
            left.append("hidden cursor")
        if self.output.rfind(b"\x1b[22;0t") > self.output.rfind(b"\x1b[23;0t"):
            left.append("title")
        return left


def own_directories(home: Path) -> dict[str, str]:
    """The variables with which a program keeps all its files under `home`."""
    names = {"RETRO_TIMER_DATA_DIR": "data", "RETRO_TIMER_CONFIG_DIR": "config", "RETRO_TIMER_RUNTIME_DIR": "run"}
    return {name: str(home / directory) for name, directory in names.items()}


@contextlib.contextmanager
def terminal(
    arguments: Sequence[str],
    home: Path,
    *,
    size: tuple[int, int] = (80, 24),
    program: Sequence[str] = PROGRAM,
    environment: dict[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run the program in a pseudo-terminal, with its files under `home`; it is killed at the end if it still runs."""
    width, height = size
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    before = termios.tcgetattr(slave)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        **own_directories(home),
        **(environment or {}),
    }
    pid = os.fork()
    if pid == 0:  # pragma: no cover  (the child becomes the program)
        os.login_tty(slave) if hasattr(os, "login_tty") else _login_tty(slave)
        os.close(master)
        os.execvpe(program[0], [*program, *arguments], variables)  # noqa: S606  (a program of ours)
    # The slave stays open here, so that its settings can be compared after the program has ended.
    running = Terminal(pid, master, width, height, slave, before)
    try:
        yield running
    finally:
        if running.exit_code is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if not running.hung_up:
            os.close(slave)
            os.close(master)


def _login_tty(slave: int) -> None:  # pragma: no cover  (in the child)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)


def shows_time(text: str, time_shown: str) -> bool:
    """Whether a screen shows a time in giant digits, at the size drawn for some part of its height."""
    lines = text.split("\n")
    return any(_contains(lines, rows) for rows in _drawings(time_shown, len(lines[0]), len(lines)))


@cache
def _drawings(time_shown: str, width: int, height: int) -> tuple[list[str], ...]:
    """A time at each size that the countdown may draw on a screen, without the empty space around it."""
    fits = {
        fit_digits(time_shown, room, rows) for room in (width, width - LETTER_WIDTH) for rows in range(4, height + 1)
    }
    return tuple(_drawn(time_shown, fit) for fit in fits if fit)


def _drawn(time_shown: str, fit: Fit) -> list[str]:
    glyphs = [
        digit_rows(character, fit.colon if character == ":" else fit.digit, fit.height) for character in time_shown
    ]
    return [(" " * fit.gap).join(glyph[row] for glyph in glyphs) for row in range(fit.height)]


def _contains(lines: list[str], rows: list[str]) -> bool:
    """Whether the lines contain the rows, all at the same column."""
    for top in range(len(lines) - len(rows) + 1):
        # A space in the last column of a row is not always in the screen's text: compare without it.
        at = lines[top].find(rows[0].rstrip())
        if at >= 0 and all(
            lines[top + offset][at : at + len(row)].rstrip() == row.rstrip() for offset, row in enumerate(rows)
        ):
            return True
    return False
