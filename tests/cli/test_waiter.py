"""How a plain session waits: for its next moment, for a typed line, for a signal."""

from __future__ import annotations

import queue
import signal
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from retro_timer.cli import keyboard as keyboards
from retro_timer.cli.keyboard import SLICE, LineReader, Waiter, keyboard
from retro_timer.cli.plain import Notice

if TYPE_CHECKING:
    from retro_timer.runtime.runner import Runner

Happening = str | Notice | Callable[[], object] | None


class FakeRunner:
    """A runner that is due after some milliseconds, and counts how often it is looked at."""

    def __init__(self, delay: float | None) -> None:
        self.delay = delay
        self.looks = 0
        self.conductor = SimpleNamespace(sound_changed=False)

    def next_delay(self) -> float | None:
        return self.delay

    def mark_running(self) -> None:
        self.looks += 1


class FakeLines:
    """Lines that come while they are waited for; something that happens instead is called."""

    def __init__(self, *happenings: Happening) -> None:
        self.left = list(happenings)
        self.timeouts: list[float] = []

    def get(self, timeout: float) -> str | Notice | None:
        self.timeouts.append(timeout)
        happening = self.left.pop(0) if self.left else None
        if callable(happening):
            happening()
            return None
        return happening


def wait(waiter: Waiter, delay: float | None) -> str | Notice | None:
    return waiter(cast("Runner", FakeRunner(delay)))


def waiting(*happenings: Happening) -> tuple[Waiter, FakeLines]:
    lines = FakeLines(*happenings)
    return Waiter(cast("LineReader", lines)), lines


def test_it_returns_when_the_runner_is_due() -> None:
    waiter, lines = waiting()
    assert wait(waiter, 0) is None
    assert lines.timeouts == []


@pytest.mark.parametrize("delay", [None, 3600])
def test_it_returns_when_the_sound_was_lost_or_is_back(delay: float | None) -> None:
    runner = FakeRunner(delay)
    waiter, lines = waiting(lambda: setattr(runner.conductor, "sound_changed", True))
    assert waiter(cast("Runner", runner)) is None
    assert len(lines.timeouts) == 1


def test_without_input_it_waits_for_the_moment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [100.0], list[float]()

    def idle(timeout: float) -> None:
        waits.append(timeout)
        now[0] += timeout

    monkeypatch.setattr(keyboards, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=idle))
    waiter = Waiter(None)
    monkeypatch.setattr(waiter, "_idle", SimpleNamespace(wait=idle))
    runner = FakeRunner(0.12)
    assert waiter(cast("Runner", runner)) is None
    assert waits == [SLICE, SLICE, pytest.approx(0.02)]
    assert runner.looks == 4
    assert now[0] == pytest.approx(100.12)


def test_a_line_is_returned_at_once_whatever_the_delay() -> None:
    for delay in (None, 60.0):
        waiter, lines = waiting(None, "x", "n")
        assert wait(waiter, delay) == "x"
        assert max(lines.timeouts) <= SLICE
        assert wait(waiter, delay) == "n"


def test_the_end_of_input_is_reported_once() -> None:
    waiter, lines = waiting(Notice.NO_KEYS, "x")
    assert wait(waiter, 60) is Notice.NO_KEYS
    assert wait(waiter, 0.001) is None
    assert lines.left == ["x"]


class Signals:
    """The signals of this process, which only the test sends."""

    def __init__(self, *, refused: tuple[int, ...] = (), stops: bool = True) -> None:
        self.handlers: dict[int, object] = dict.fromkeys(refused, signal.SIG_IGN)
        self.raised: list[tuple[int, object]] = []
        self.stops = stops

    def signal(self, number: int, handler: object) -> object:
        before = self.getsignal(number)
        self.handlers[number] = handler
        return before

    def getsignal(self, number: int) -> object:
        return self.handlers.get(number, signal.SIG_DFL)

    def send(self, number: int) -> None:
        handler = self.handlers[number]
        assert callable(handler)
        handler(number, None)

    def raise_signal(self, number: int) -> None:
        """What stops this process; it is continued at once."""
        self.raised.append((number, self.handlers[number]))
        if self.stops:
            self.send(signal.SIGCONT)


def signals_of(monkeypatch: pytest.MonkeyPatch, signals: Signals) -> Signals:
    monkeypatch.setattr(keyboards, "signal", SimpleNamespace(
        SIGTSTP=signal.SIGTSTP, SIGCONT=signal.SIGCONT, SIGTTOU=signal.SIGTTOU, SIG_IGN=signal.SIG_IGN,
        SIG_DFL=signal.SIG_DFL, signal=signals.signal, getsignal=signals.getsignal, raise_signal=signals.raise_signal,
    ))  # fmt: skip
    monkeypatch.setattr(keyboards, "SIGNALS_TAKE", 0)
    return signals


needs_stops = pytest.mark.skipif(sys.platform == "win32", reason="no process is stopped there")


@needs_stops
@pytest.mark.parametrize("stops", [True, False])
def test_ctrl_z_is_reported_before_the_process_stops_and_again_when_it_continues(
    monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    signals = signals_of(monkeypatch, Signals(stops=stops))
    waiter, _ = waiting(lambda: signals.send(signal.SIGTSTP))
    with waiter.watching():
        assert wait(waiter, 60) is Notice.STOPS
        assert signals.raised == []
        assert wait(waiter, 60) is Notice.CONTINUED
    assert signals.raised == [(signal.SIGTSTP, signal.SIG_DFL)]
    assert wait(waiter, 0) is None


@needs_stops
def test_two_stop_signals_stop_the_process_once(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = signals_of(monkeypatch, Signals())
    waiter, _ = waiting()
    with waiter.watching():
        signals.send(signal.SIGTSTP)
        signals.send(signal.SIGTSTP)
        assert wait(waiter, 60) is Notice.STOPS
        assert wait(waiter, 60) is Notice.CONTINUED
        assert wait(waiter, 0) is None
    assert len(signals.raised) == 1


@needs_stops
def test_signals_are_as_before_afterwards_and_what_was_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = signals_of(monkeypatch, Signals(refused=(signal.SIGTSTP,)))
    waiter, _ = waiting()
    with waiter.watching():
        assert signals.handlers[signal.SIGTSTP] is signal.SIG_IGN
        assert signals.handlers[signal.SIGTTOU] is signal.SIG_IGN
        assert callable(signals.handlers[signal.SIGCONT])
    assert signals.handlers[signal.SIGTTOU] is signal.SIG_DFL
    assert signals.handlers[signal.SIGCONT] is signal.SIG_DFL


@needs_stops
def test_after_a_stall_it_waits_for_the_signal_that_continued_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = signals_of(monkeypatch, Signals())
    waiter, _ = waiting()
    now = [time.monotonic()]

    def sleep(_seconds: float) -> None:
        signals.send(signal.SIGCONT)

    with waiter.watching():
        monkeypatch.setattr(keyboards, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
        now[0] += 3
        runner = FakeRunner(60)
        assert waiter(cast("Runner", runner)) is Notice.CONTINUED
        assert runner.looks == 0, "it is not known to have run until now"


# Lines as they come from a terminal


class Terminal:
    """A reader whose lines are put in by the test, as from a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 5000
        monkeypatch.setattr(LineReader, "_read", lambda _: None)
        monkeypatch.setattr(keyboards, "now_ms", lambda: self.now)
        monkeypatch.setattr(keyboards, "os", SimpleNamespace(isatty=lambda _: True))
        stream = SimpleNamespace(fileno=lambda: 0, encoding="utf-8")
        self.reader = LineReader(stream)  # type: ignore[arg-type]  # all of it that is used

    def types(self, text: str, after: int) -> None:
        self.now += after
        self.reader._lines.put(keyboards._Line(text, self.now))


def test_enter_held_down_in_a_terminal_acts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    terminal.types("n", 0)
    terminal.types("", 500)
    for _ in range(10):
        terminal.types("", 30)
    terminal.now += 2000
    assert terminal.reader.get(0.01) == "n"
    assert terminal.reader.get(0.01) is None


def test_the_end_of_input_comes_after_what_was_typed_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    terminal.types("n", 0)
    terminal.reader._lines.put(Notice.NO_KEYS)
    assert [terminal.reader.get(0.01), terminal.reader.get(0.01)] == ["n", Notice.NO_KEYS]
    assert terminal.reader.get(0) is None


def test_there_is_no_keyboard_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert keyboard() is None


def test_in_the_background_reading_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
    for answer in (OSError(5, "in the background"), OSError(5, "in the background"), b"x\n"):
        answers.put(answer)
    slept: list[float] = []

    def read(_fd: int, _most: int) -> bytes:
        answer = answers.get_nowait()
        if isinstance(answer, OSError):
            raise answer
        return answer

    terminal = Terminal(monkeypatch)
    monkeypatch.setattr(keyboards, "os", SimpleNamespace(read=read))
    monkeypatch.setattr(keyboards, "time", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr(keyboards, "in_background", lambda _: True)
    assert terminal.reader._typed() == b"x\n"
    assert slept == [SLICE, SLICE]
    answers.put(OSError(5, "hung up"))
    monkeypatch.setattr(keyboards, "in_background", lambda _: False)
    assert terminal.reader._typed() == b""
