"""Walking a workout: on the full screen, or line by line."""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from retro_timer.exits import EXIT_DONE, EXIT_ENDED_EARLY, EXIT_INTERRUPTED, EXIT_REFUSED, SIGNALLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from retro_timer.commands.setup import Setup
    from retro_timer.runner import Runner
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.model import Interrupted


SWITCH: Final = 0.0005
"""Seconds after which a busy thread lets another run that waits, while a screen is shown; Python's own are ten times
as many."""


class Stopped(BaseException):
    """A signal asks the program to stop. `code` is the exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


def shows_screen() -> bool:
    """Whether there is a full screen to be shown on; where the terminal is the obstacle, that is said."""
    if "web_driver" in os.environ.get("TEXTUAL_DRIVER", ""):
        return True  # a browser: textual-serve talks through pipes
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from retro_timer.ui.terminal import obstacle  # noqa: PLC0415  (pipes need not be asked)

    if reason := obstacle(os.environ, windows=sys.platform == "win32"):
        sys.stderr.write(f"retro-timer: {reason}\n")
        return False
    return True


def on_the_full_screen(setup: Setup, workout: Workout | None, interrupted: Interrupted | None = None) -> int:
    """Show the app, on a workout or on Home; returns the exit code."""
    from retro_timer.ui.app import RetroTimerApp  # noqa: PLC0415  (a screen is shown: Textual is needed)

    # The thread that writes to the terminal need not wait long for what is imported after the first frame.
    sys.setswitchinterval(SWITCH)
    app = RetroTimerApp(setup.services(), walk=workout, interrupted=interrupted)
    app.run()
    return app.return_code or EXIT_DONE


def line_by_line(setup: Setup, workout: Workout, *, as_json: bool, interrupted: Interrupted | None = None) -> int:
    """Walk a workout without a screen; returns the exit code."""
    from retro_timer.plain import PLAIN_KEYS, Plain  # noqa: PLC0415  (not needed on the full screen)
    from retro_timer.storage.problems import BusyError  # noqa: PLC0415  (the full screen looks later)

    gc.enable()
    runner = setup.runner(workout, ring=_ring, interrupted=interrupted)
    plain = Plain(runner, write_line, as_json=as_json)
    try:
        with signals_raise():
            runner.keep(setup.keeper)
            plain.start()
            plain.run(Waiter(LineReader() if sys.stdin.isatty() else None, PLAIN_KEYS))
    except BusyError as busy:
        sys.stderr.write(f"retro-timer: {busy}\n")
        return EXIT_REFUSED
    except (Stopped, KeyboardInterrupt) as stop:
        plain.broken_off()
        return stop.code if isinstance(stop, Stopped) else EXIT_INTERRUPTED
    finally:
        runner.close()
    return EXIT_DONE if plain.finished else EXIT_ENDED_EARLY


class Waiter:
    """Waits until something is due, or a line is typed that is the key of an action."""

    LONGEST = 0.5
    """Seconds after which a signal is looked at even where waiting cannot be interrupted."""

    def __init__(self, lines: LineReader | None, keys: Mapping[str, str]) -> None:
        self._lines = lines
        self._keys = keys
        self._idle = threading.Event()

    def __call__(self, runner: Runner) -> str | None:
        """Wait; returns the name of the action that was typed, if any."""
        delay = runner.next_delay()
        until = None if delay is None else time.monotonic() + delay
        while True:
            left = self.LONGEST if until is None else until - time.monotonic()
            if left <= 0:
                return None
            if self._lines is None:
                self._idle.wait(min(left, self.LONGEST))
            elif (line := self._lines.get(min(left, self.LONGEST))) is not None and line in self._keys:
                return self._keys[line]


class LineReader:
    """Lines typed during a plain session, read on a thread of their own."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="keys", daemon=True).start()

    def get(self, timeout: float) -> str | None:
        """The next line without the spaces around it, None when none comes in time."""
        with contextlib.suppress(queue.Empty):
            return self._lines.get(timeout=timeout).strip()
        return None

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)


def write_line(line: str) -> None:
    """Write a line and let it be seen at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ring() -> None:
    """Ring the terminal's bell, where there is a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\a")
        sys.stderr.flush()


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Turn the signals that ask to stop into `Stopped` while the block runs."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(SIGNALLED + number)

    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
