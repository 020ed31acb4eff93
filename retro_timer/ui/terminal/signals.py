"""Signal handling while the app is running: restores the terminal however the app ends, and detects stops.

Textual leaves the terminal raw on SIGTERM, and on an unexpected SIGCONT it enters application mode a second time, after
which exiting hangs. Both signals are handled on the event loop here, so that they do not interrupt other code.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from retro_timer.runtime.exit_codes import EXIT_TIMEOUT, SIGNALLED, STOP_SIGNALS, end_by_force_after
from retro_timer.ui.bridge import on_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App


class _EndedError(Exception):
    """A signal ended the program while it was suspended."""


class Signals:
    """The signal handlers of an app.

    Args:
        app: the app.
        stopped: called when the process is about to be stopped or was stopped, to pause the session.
    """

    def __init__(self, app: App[int], stopped: Callable[[], None]) -> None:
        self._app = app
        self._stopped = stopped
        self._ending = False
        self._expected = 0  # SIGCONTs that ended our own stops, and that the event loop has yet to handle

    def install(self) -> None:
        """Install the handlers on the running event loop, as far as the system supports the signals."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            self._handle(loop, number, partial(self._end, number))
        if sys.platform != "win32":
            self._handle(loop, signal.SIGTSTP, self.suspend)
            self._handle(loop, signal.SIGCONT, self._continued)

    def suspend(self) -> None:
        """Suspend to the shell, as Ctrl+Z does; returns when the process is in the foreground again, or ends.

        A process that ends while it is suspended does not touch the terminal again.
        """
        if sys.platform == "win32":
            return
        self._stopped()
        with suppress(SuspendNotSupported, _EndedError), self._app.suspend():
            self._stop()

    def _stop(self) -> None:
        """Stop the process until it is in the foreground again; no effect if there is no shell to continue it.

        Raises:
            _EndedError: if a signal ended the program meanwhile.
        """
        if sys.platform == "win32":
            return
        from retro_timer.runtime.job_control import SIGNALS_TAKE, foreground_group

        assert sys.__stdin__ is not None  # noqa: S101  (the driver reads from it)
        terminal = sys.__stdin__.fileno()
        received: list[int] = []
        numbers = [*STOP_SIGNALS, signal.SIGCONT]
        loop_handlers = [signal.signal(number, lambda number, _: received.append(number)) for number in numbers]
        stop_handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            while not set(received) & set(STOP_SIGNALS):
                signal.raise_signal(signal.SIGTSTP)
                time.sleep(SIGNALS_TAKE)
                group = foreground_group(terminal)
                if group is None:
                    received.append(signal.SIGHUP)  # the terminal is gone
                elif group == os.getpgrp():
                    break
        finally:
            # The event loop also received them and calls its handlers later.
            self._expected += received.count(signal.SIGCONT)
            signal.signal(signal.SIGTSTP, stop_handler)
            for number, handler in zip(numbers, loop_handlers, strict=True):
                signal.signal(number, handler)
        for number in received:
            if number != signal.SIGCONT:
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # do not stop during exit
                self._end(number)
                raise _EndedError

    def _end(self, number: int) -> None:
        self._ending = True
        code = SIGNALLED + number
        end_by_force_after(EXIT_TIMEOUT, code, self._release_terminal)
        self._app.exit(return_code=code)

    def _release_terminal(self) -> None:
        """Restore the terminal if the app no longer can."""
        driver = self._app._driver  # noqa: SLF001  (Textual has no public access)
        if (release_terminal := getattr(driver, "release_terminal", None)) is not None:
            release_terminal()

    def _continued(self) -> None:
        """Handle SIGCONT: after an external stop, set up the terminal again."""
        if self._expected:
            self._expected -= 1
            return
        if self._ending:
            return
        self._stopped()
        with suppress(SuspendNotSupported, _EndedError), self._app.suspend():
            pass

    def _handle(self, loop: asyncio.AbstractEventLoop, number: int, handler: Callable[[], None]) -> None:
        try:
            loop.add_signal_handler(number, handler)
        except (NotImplementedError, RuntimeError, ValueError):
            # On Windows, or outside the main thread (tests), the event loop cannot handle signals.
            with suppress(ValueError):
                signal.signal(number, lambda *_: on_loop(self._app, handler)())
