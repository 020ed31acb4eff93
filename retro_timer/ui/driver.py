"""The terminal's driver, for a program that runs for half an hour and is touched ten times.

Textual's own looks for input ten times a second and keeps an ending program waiting for two such looks; this one
sleeps until something is typed or it is told to stop. All else is Textual's.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
from codecs import getincrementaldecoder
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Final

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

if TYPE_CHECKING:
    from textual.app import App

LOOK: Final = 0.1
"""Seconds between two looks for the rest of a key that came in part, as in Textual."""
LOOKS: Final = 3
"""How many of them; the parser gives up on the rest after a tenth of a second."""
_AT_ONCE: Final = 4096


class _Stop(Event):
    """An event that also wakes who sleeps on a file descriptor."""

    def __init__(self) -> None:
        super().__init__()
        self.awake, self._wake = os.pipe()
        os.set_blocking(self.awake, False)

    def set(self) -> None:
        super().set()
        os.write(self._wake, b".")

    def clear(self) -> None:
        super().clear()
        with suppress(BlockingIOError):
            os.read(self.awake, _AT_ONCE)


class SleepingDriver(LinuxDriver):
    """Reads the keyboard when there is something to read."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event: _Stop = _Stop()

    def start_application_mode(self) -> None:
        """Take the terminal, and hear on the event loop when it has another size.

        Textual reads the size in the signal handler itself, which a second signal can interrupt: the older size is
        then told last.
        """
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._resized)

    def _resized(self) -> None:
        """Tell the app the size, unless the terminal tells it."""
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def run_input_thread(self) -> None:
        """Wait for input and hand on what it says, until told to stop."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        looks = 0
        # Not the default one: that of macOS cannot wait for a terminal.
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self.exit_event.awake, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(LOOK if looks else None)}
                looks = max(0, looks - 1)
                if self.fileno in ready:
                    if not (data := self._read()):
                        selector.unregister(self.fileno)  # nobody types any more
                        continue
                    looks = LOOKS
                    for message in parser.feed(decode(data)):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal is gone."""
        try:
            return os.read(self.fileno, _AT_ONCE)
        except OSError:
            return b""
