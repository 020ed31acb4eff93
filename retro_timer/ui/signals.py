"""Signals while the screen is up: the terminal is restored whatever ends the program, and a stop is noticed.

Textual leaves the terminal raw on SIGTERM, and on a SIGCONT it did not expect it enters application mode a second
time, after which quitting hangs. Both are handled on the event loop here, where nothing is interrupted midway.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import SuspendNotSupported

from retro_timer.exits import SIGNALLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

_ENDING: Final = ("SIGTERM", "SIGHUP", "SIGINT")


class Signals:
    """The signal handlers of an app.

    Args:
        app: whose terminal it is.
        stopped: called when the process is about to be stopped or was stopped, so that the session can pause.
    """

    def __init__(self, app: App[int], stopped: Callable[[], None]) -> None:
        self._app = app
        self._stopped = stopped
        self._suspended = False

    def install(self) -> None:
        """Handle signals on the running event loop, as far as the system has them."""
        loop = asyncio.get_running_loop()
        for name in _ENDING:
            if number := getattr(signal, name, None):
                self._handle(loop, number, partial(self._end, number))
        if hasattr(signal, "SIGTSTP"):
            self._handle(loop, signal.SIGTSTP, self.suspend)
            self._handle(loop, signal.SIGCONT, self._continued)

    def suspend(self) -> None:
        """Go back to the shell, as Ctrl+Z does; returns when the process is continued."""
        self._stopped()
        self._suspended = True
        with suppress(SuspendNotSupported), self._app.suspend():
            os.kill(os.getpid(), signal.SIGSTOP)

    def _end(self, number: int) -> None:
        self._app.exit(return_code=SIGNALLED + number)

    def _continued(self) -> None:
        """The process was continued: after a stop from outside, the terminal is set up anew."""
        if self._suspended:
            self._suspended = False
            return
        self._stopped()
        with suppress(SuspendNotSupported), self._app.suspend():
            pass

    @staticmethod
    def _handle(loop: asyncio.AbstractEventLoop, number: int, handler: Callable[[], None]) -> None:
        try:
            loop.add_signal_handler(number, handler)
        except (NotImplementedError, RuntimeError, ValueError):
            # Windows, or not on the main thread (tests): the loop cannot take signals.
            with suppress(ValueError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(handler))
