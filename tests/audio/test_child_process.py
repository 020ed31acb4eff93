"""The pipes of a child process, and how long its end is waited for, with a child that is none."""

from __future__ import annotations

import subprocess
from io import BytesIO
from queue import SimpleQueue
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio import child_process, protocol
from retro_timer.audio.child_process import ChildProcess

if TYPE_CHECKING:
    from collections.abc import Callable


class Pipe(BytesIO):
    """Standard input of a child, which keeps what was written when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed: SimpleQueue[bytes] = SimpleQueue()
        self.is_closed = Event()

    def flush(self) -> None:
        self.flushed.put(self.getvalue())

    def close(self) -> None:
        self.is_closed.set()


class Started:
    """A process that ends when it is told to, or never."""

    pid = 4711

    def __init__(self, says: bytes = b"", *, ends: bool = True, dies: bool = True) -> None:
        self.stdin = Pipe()
        self.stdout = BytesIO(says)
        self.waited: list[float] = []
        self.killed = 0
        self._ends = ends
        self._dies = dies

    def wait(self, seconds: float) -> int:
        self.waited.append(seconds)
        if self._ends or (self._dies and self.killed):
            return 0
        raise subprocess.TimeoutExpired("child", seconds)

    def kill(self) -> None:
        self.killed += 1


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[[Started], SimpleNamespace]:
    """Starts a link to a process; `heard` is what it says, up to its end."""

    def started(process: Started) -> SimpleNamespace:
        heard: list[protocol.Message | None] = []
        over = Event()

        def hear(message: protocol.Message | None) -> None:
            heard.append(message)
            if message is None:
                over.set()

        asked: list[list[str]] = []

        def start_child(argv: list[str]) -> Started:
            asked.append(argv)
            return process

        monkeypatch.setattr(child_process, "start_child", start_child)
        link = ChildProcess(hear, ["program", "argument"])
        assert over.wait(20)
        return SimpleNamespace(link=link, heard=heard, asked=asked)

    return started


def test_it_is_started_as_asked_and_has_the_number_of_its_process(start: Callable[[Started], SimpleNamespace]) -> None:
    made = start(Started())
    assert made.asked == [["program", "argument"]]
    assert made.link.pid == 4711


def test_lines_are_written_in_order_and_at_once(start: Callable[[Started], SimpleNamespace]) -> None:
    process = Started()
    link = start(process).link
    for line in (b"one\n", b"two\n", b"three\n"):
        link.send(line)
    while process.stdin.flushed.get(timeout=20) != b"one\ntwo\nthree\n":
        pass
    link.end(1.5)
    assert process.stdin.is_closed.wait(20)
    assert (process.waited, process.killed) == ([1.5], 0)


def test_messages_are_heard_as_long_as_the_protocol_allows_and_then_its_end(
    start: Callable[[Started], SimpleNamespace],
) -> None:
    longest = protocol.encode("log").rstrip().ljust(16_384 - 1) + b"\n"
    too_long = protocol.encode("open").rstrip().ljust(16_384) + b"\n"
    says = protocol.encode("beat") + b"nonsense\n" + longest + too_long + protocol.encode("lost")
    assert start(Started(says)).heard == [{"is": "beat"}, {"is": "log"}, {"is": "lost"}, None]


def test_what_does_not_end_is_killed_and_waited_for_a_little_longer(
    start: Callable[[Started], SimpleNamespace],
) -> None:
    for dies in (True, False):  # the second hangs in a call of the system
        process = Started(ends=False, dies=dies)
        start(process).link.end(0.5)
        assert (process.waited, process.killed) == ([0.5, 0.3], 1)
        assert process.stdin.is_closed.wait(20)


def test_what_is_killed_gets_no_more_lines(start: Callable[[Started], SimpleNamespace]) -> None:
    process = Started()
    link = start(process).link
    link.kill()
    assert process.stdin.is_closed.wait(20)
    link.send(b"late\n")
    assert (process.stdin.getvalue(), process.waited, process.killed) == (b"", [0.3], 1)
