"""Exit codes, stop signals, and forced exit of a program that hangs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from retro_timer.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

EXIT_DONE: Final = 0
EXIT_ENDED_EARLY: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_REFUSED: Final = 2
"""A session is running in another window: nothing was changed."""
EXIT_NOTHING_RUNS: Final = 3
"""The exit code of `NothingRunsError`."""
EXIT_INTERRUPTED: Final = 130
EXIT_TERMINATED: Final = 143
SIGNALLED: Final = 128
"""Added to the number of the signal that ended the program."""
EXIT_TIMEOUT: Final = 1.6
"""Seconds that the program may take to save and to finish its sound after a stop signal."""

_CALLBACKS_TAKE: Final = 0.3
"""Seconds that the callbacks of `at_forced_end` may take."""
_at_forced_end: Final[list[Callable[[], object]]] = []


def at_forced_end(call: Callable[[], object]) -> None:
    """Register a callback that runs right before a forced exit, as `atexit` does for a normal one."""
    _at_forced_end.append(call)


def end_by_force_after(seconds: float, code: int, first: Callable[[], None] | None = None) -> None:
    """Force the program to exit after some seconds, unless it has ended by itself.

    Args:
        seconds: how long it may take to end by itself.
        code: the exit code.
        first: called right before the exit, in its own thread; must not block.
    """

    def end() -> None:
        try:
            if first is not None:
                first()
            callbacks = threading.Thread(target=_run_callbacks, daemon=True)  # a callback may block on the disk, too
            callbacks.start()
            callbacks.join(_CALLBACKS_TAKE)
        finally:
            os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def _run_callbacks() -> None:
    with suppress(OSError):  # the reader of the stream may be gone
        for call in _at_forced_end:
            call()


STOP_SIGNALS: Final = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGXCPU")
    if (number := getattr(signal, name, None)) is not None
)
"""Signals that end a program by default, but give it time to clean up."""
_SOON: Final = 0.005
_AGAIN: Final = 2.0
"""Seconds after which another signal has an effect: the first may be lost where Python ignores exceptions."""


class NothingRunsError(UserError):
    """There is no running session to show or to steer."""

    def __init__(self) -> None:
        super().__init__("no session is running")


class Stopped(BaseException):
    """Raised by a stop signal. `code` is the exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Turn stop signals into exceptions while the block runs, so that cleanup code runs.

    Ctrl+C raises KeyboardInterrupt, the others `Stopped`. Further signals in the next two seconds do not interrupt the
    cleanup. After the block they end the process silently, as by default: only the interpreter is left to shut down.
    """
    last, code = -_AGAIN, EXIT_DONE

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal last, code
        code = SIGNALLED + number
        if time.monotonic() - last < _AGAIN:
            return
        last = time.monotonic()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        end_by_force_after(EXIT_TIMEOUT, SIGNALLED + number)
        raise Stopped(SIGNALLED + number)

    def lost(what: sys.UnraisableHookArgs) -> None:
        """Raise again if Python dropped the exception because it occurred in a callback, such as a weak reference's."""
        nonlocal last
        if not isinstance(what.exc_value, KeyboardInterrupt | Stopped):
            sys.__unraisablehook__(what)
            return
        last = -_AGAIN
        number = what.exc_value.code - SIGNALLED if isinstance(what.exc_value, Stopped) else signal.SIGINT
        threading.Timer(_SOON, os.kill, (os.getpid(), number)).start()

    sys.unraisablehook = lost
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    except Exception:
        if code == EXIT_DONE:
            raise
        # Python turns some interruptions into other errors, for example in a class body.
        raise SystemExit(code) from None
    finally:
        sys.unraisablehook = sys.__unraisablehook__
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
