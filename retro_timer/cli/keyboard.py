"""Input of a plain session: wait for the next moment, a typed line, or a stop of the process."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import stat
import sys
import threading
import time
from codecs import getincrementaldecoder
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.cli.held_enter import HeldEnter
from retro_timer.cli.plain import Notice
from retro_timer.clock import now_ms
from retro_timer.runtime.job_control import SIGNALS_TAKE, in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from retro_timer.runtime.runner import Runner

SLICE: Final = 0.05
"""Seconds between two checks of the clock; a stop of the process is dated to the last check."""
STALLED: Final = 0.5
"""Seconds between checks after which the process may have been stopped: await the signal that continued it."""
LONGEST: Final = 4096
"""Maximum length of a line in characters."""
_MOST_ENDS: Final = 20
"""How many times a terminal must report the end of input before it is believed, since each ctrl+d reports it."""


def can_be_read(stream: TextIO | None) -> bool:
    """Whether a stream can provide input: a terminal, an open pipe, a file."""
    try:
        fd = -1 if stream is None else stream.fileno()
        mode = os.fstat(fd).st_mode
        if stat.S_ISREG(mode):
            return os.lseek(fd, 0, os.SEEK_CUR) < os.fstat(fd).st_size
    except (OSError, ValueError):
        return False
    return os.isatty(fd) or not stat.S_ISCHR(mode)


class _Line(NamedTuple):
    """A line, and the moment it was read, in milliseconds."""

    text: str
    moment: int


class LineReader:
    """Reads typed lines in a thread.

    In a terminal, a held enter key acts once; the lines of a pipe or a file all act. While the session is in the
    background, input belongs to the shell: reading waits until the session is back in the foreground.

    Args:
        stream: the input. It is read without its buffer, whose lock would otherwise be held when the program ends.
    """

    def __init__(self, stream: TextIO) -> None:
        self._fd = stream.fileno()
        self._decode = getincrementaldecoder(stream.encoding or "utf-8")("replace").decode
        # Not a SimpleQueue: if a signal interrupts its `get` after the timeout, it waits forever.
        self._lines: queue.Queue[_Line | Notice] = queue.Queue()
        self._in_terminal = os.isatty(self._fd)
        self._enter = HeldEnter()
        self._ready: deque[str | Notice] = deque()
        threading.Thread(target=self._read, name="keys", daemon=True).start()

    def wake(self) -> None:
        """Let `get` return at once. Thread-safe."""
        self._lines.put(Notice.ASKED)

    def get(self, timeout: float) -> str | Notice | None:
        """The next line, or a notice that input has ended or that `wake` was called; None after the timeout."""
        until = time.monotonic() + timeout
        while not self._ready:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._wait(left)
        return self._ready.popleft()

    def _wait(self, timeout: float) -> None:
        """Wait for a line, or until it is clear that a waiting line does not come from a held key."""
        due = self._enter.due
        came = self._next(timeout if due is None else min(timeout, max(0, due - now_ms()) / 1000))
        if isinstance(came, _Line):
            self._ready.extend(self._enter.line(*came) if self._in_terminal else (came.text,))
            return
        self._ready.extend(self._enter.settle(now_ms()))
        if came is not None:
            self._ready.append(came)

    def _next(self, timeout: float) -> _Line | Notice | None:
        with contextlib.suppress(queue.Empty):
            return self._lines.get(timeout=timeout)
        return None

    def _read(self) -> None:
        if sys.platform != "win32":
            # Otherwise, reading in the background would stop the whole process again and again, even while a signal
            # is ending it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTIN})
        rest, ends, most = "", 0, _MOST_ENDS if self._in_terminal else 1
        while ends < most:
            if data := self._typed():
                *lines, rest = (rest + self._decode(data)).split("\n")
                for line in lines:
                    self._lines.put(_Line(line, now_ms()))
                rest = rest[-LONGEST:]
            else:
                ends += 1
                time.sleep(SLICE)
        if rest:
            self._lines.put(_Line(rest, now_ms()))
        self._lines.put(Notice.NO_KEYS)

    def _typed(self) -> bytes:
        """The next input; empty at the end of input."""
        while True:
            try:
                return os.read(self._fd, LONGEST)
            except OSError:
                if not in_background(self._fd):
                    return b""
            time.sleep(SLICE)


class Waiter:
    """Waits until the session is due, a line is typed, or the process is stopped.

    Args:
        lines: the typed lines; None if there is no input.
    """

    def __init__(self, lines: LineReader | None) -> None:
        self._lines = lines
        self._idle = threading.Event()
        self._asked = threading.Event()
        self._signals: queue.SimpleQueue[Notice] = queue.SimpleQueue()  # a handler may interrupt a `get` with a `put`
        self._stops = False
        self._last_check = time.monotonic()

    def __call__(
        self,
        runner: Runner,
        before: Callable[[], object] | None = None,
        at_most: Callable[[], float | None] | None = None,
    ) -> str | Notice | None:
        """Wait; returns what happened, or None when the runner is due.

        Args:
            runner: the runner of the session.
            before: called before waiting.
            at_most: returns the longest time to wait in seconds, or None for no limit; called after `before`.
        """
        if before is not None:
            before()
        if self._stops:
            self._stops = False
            self._stop()
        delay = runner.next_delay()
        if at_most is not None and (shorter := at_most()) is not None:
            delay = shorter if delay is None else min(delay, shorter)
        until = None if delay is None else time.monotonic() + delay
        while True:
            if (happened := self._check(runner)) is not None:
                return happened
            left = SLICE if until is None else until - time.monotonic()
            if left <= 0 or runner.conductor.sound_changed:
                return None
            if self._lines is None:
                self._idle.wait(min(left, SLICE))
            elif (typed := self._lines.get(min(left, SLICE))) is not None:
                if typed is Notice.NO_KEYS:
                    self._lines = None
                return typed

    def ask(self) -> None:
        """Make a waiting call return at once, because another device asks for something. Thread-safe."""
        self._asked.set()
        self._idle.set()
        if (lines := self._lines) is not None:
            lines.wake()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Notice, while the block runs, that the process is about to be stopped (ctrl+z), or was stopped.

        Writing in the background never stops the process, even with `stty tostop`: no signal could end it then.
        """
        handlers: dict[str, Callable[..., None] | signal.Handlers] = {
            "SIGTSTP": lambda *_: self._noticed(Notice.STOPS),
            "SIGCONT": lambda *_: self._noticed(Notice.CONTINUED),
            "SIGTTOU": signal.SIG_IGN,
        }
        before = {}
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
        try:
            yield
        finally:
            for number, found in before.items():
                signal.signal(number, found)

    def _stop(self) -> None:
        """Stop the process, as the shell asked; called once the pause has been announced and saved."""
        if sys.platform == "win32":
            return
        self._signals = queue.SimpleQueue()  # asked twice, it stops once
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            signal.raise_signal(signal.SIGTSTP)
        finally:
            signal.signal(signal.SIGTSTP, handler)
        time.sleep(SIGNALS_TAKE)
        if self._signals.empty():
            self._noticed(Notice.CONTINUED)  # it did not stop: without a shell nobody could continue it

    def _noticed(self, notice: Notice) -> None:
        self._signals.put(notice)

    def _check(self, runner: Runner) -> Notice | None:
        """A notice from a signal or a device since the last check; without a signal, the session has run until now."""
        if time.monotonic() - self._last_check > STALLED:
            time.sleep(SIGNALS_TAKE)
        self._last_check = time.monotonic()
        noticed = None if self._signals.empty() else self._signals.get_nowait()
        self._stops = noticed is Notice.STOPS
        if noticed is not None:
            return noticed
        runner.mark_running()
        if not self._asked.is_set():
            return None
        self._asked.clear()
        self._idle.clear()
        return Notice.ASKED


def keyboard() -> LineReader | None:
    """A reader of standard input; None if there is no input."""
    return LineReader(sys.stdin) if can_be_read(sys.stdin) else None
