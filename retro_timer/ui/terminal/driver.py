"""A terminal driver that does not poll, and draws on standard output.

Textual's driver polls for input ten times a second and delays the exit by two polls; this one sleeps until there is
input or it is stopped. Invalid input never prevents later keys from being read. Textual draws on standard error, which
may be redirected to a file. Everything else is inherited.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from io import TextIOWrapper
from threading import Event
from typing import TYPE_CHECKING, Final

from textual import constants
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from retro_timer.ui.context import app_of, services_of
from retro_timer.ui.key_parser import PASTE_END, KeyParser

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

assert sys.platform != "win32"  # noqa: S101  (for the type checker)

POLL_INTERVAL: Final = 0.1
"""Seconds between two polls for the rest of an incomplete key, as in Textual."""
POLLS: Final = 3
"""Number of these polls; the parser gives up after a tenth of a second."""
PASTE_LASTS: Final = 1.0
"""Seconds after which a paste without an end marker is treated as over, so that keys work again."""
_AT_ONCE: Final = 4096
_RESTORED: Final = (
    b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[<u\x1b[?1049l\x1b[?25h"
)
"""Sequences that end application mode: paste, wrap, mouse, focus, kitty keys, alternate screen, cursor."""
_REPORT_BASE_KEYS: Final = "\x1b[=4;2u"
"""Requests base-layout keys from terminals with the kitty keyboard protocol."""


class _Stop(Event):
    """An event that also wakes a thread waiting on a file descriptor."""

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
    """A driver that reads input without polling."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert isinstance(sys.__stdout__, TextIOWrapper)  # noqa: S101  (a terminal)
        sys.__stdout__.reconfigure(errors="backslashreplace")  # as standard error does: no text stops the drawing
        self._file = sys.__stdout__
        self.exit_event: _Stop = _Stop()
        self._released = False
        if size is None:
            self._size = self._get_terminal_size()

    def _get_terminal_size(self) -> tuple[int, int]:
        """The real size of the terminal, ignoring COLUMNS and LINES."""
        with suppress(OSError):
            width, height = os.get_terminal_size(self.fileno)
            if width and height:
                return width, height
        return super()._get_terminal_size()

    def write(self, data: str) -> None:
        """Write to the terminal, unless it has been given back."""
        if not self._released:
            super().write(data)

    def stop_application_mode(self) -> None:
        """Restore the terminal, once; afterwards it belongs to the shell, or is closed."""
        if not self._released:
            if sequence := self._old_title():
                self.write(sequence)
            super().stop_application_mode()
            self._released = True

    def disable_input(self) -> None:
        """Stop reading keys; further input belongs to the shell."""
        if not self._released:
            super().disable_input()

    def start_application_mode(self) -> None:
        """Set up the terminal, and handle resizes on the event loop.

        Textual reads the size in the signal handler, which a second signal can interrupt, so that the older size is
        sent last.
        """
        self._released = False
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        if not constants.DISABLE_KITTY_KEY:
            self.write(_REPORT_BASE_KEYS)
            self.flush()
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._resized)

    def release_terminal(self) -> None:
        """Restore the terminal at once, without blocking, before a forced exit."""
        if self._released:
            return
        with suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            os.set_blocking(self.fileno, False)
            try:
                os.write(self.fileno, self._old_title().encode() + _RESTORED)
            finally:
                os.set_blocking(self.fileno, True)  # the shell shares it

    def _old_title(self) -> str:
        """The sequence that restores the terminal's old title; empty if there is nothing to restore."""
        take_back = app_of(self._app).take_back_title
        return take_back() if take_back is not None else ""

    def _resized(self) -> None:
        """Send the size to the app, unless the terminal reports it."""
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def process_message(self, message: Message) -> None:
        """Forward a message. A size reported by the terminal is verified with the system, as input can be forged."""
        if isinstance(message, Resize):
            self._report_size(message)
        else:
            super().process_message(message)

    def _run_input_thread(self) -> None:
        """Read keys in a thread; an error ends the program and is logged. Overrides Textual's hook."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  (raised again in the event loop)
            app = app_of(self._app)
            app.call_later(app.fail, error)

    def run_input_thread(self) -> None:
        """Read and forward input until stopped."""
        parser = KeyParser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        polls = 0
        pasted_since = 0.0
        # Not the default selector: on macOS it does not support terminals.
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self.exit_event.awake, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(POLL_INTERVAL if polls or parser.pasting else None)}
                polls = max(0, polls - 1)
                if not parser.pasting:
                    pasted_since = time.monotonic()
                elif time.monotonic() - pasted_since > PASTE_LASTS:
                    parser = self._parsed(parser, PASTE_END)
                if self.fileno in ready:
                    if not (data := self._read()):
                        selector.unregister(self.fileno)  # end of input
                        continue
                    polls = POLLS
                    parser = self._parsed(parser, decode(data))
                parser = self._parsed(parser)

    def _parsed(self, parser: KeyParser, data: str = "") -> KeyParser:
        """Parse and forward input, or a timeout without input; returns the parser to use next.

        A parser that raises is unusable and is replaced, so that later keys can be read.
        """
        try:
            for message in parser.read(data) if data else parser.tick():
                self.process_message(message)
        except Exception as error:  # noqa: BLE001  (input may be anything)
            services_of(self._app).log(f"cannot parse terminal input {data!r}: {type(error).__name__}: {error}")
            return KeyParser()
        return parser

    def _report_size(self, message: Resize) -> None:
        """Forward a size reported by the terminal, if requested and equal to the real size."""
        if not self._in_band_window_resize:
            return
        with suppress(OSError):
            real = Size(*os.get_terminal_size(self.fileno))
            if real and real != message.size:
                message = Resize(real, real)
        super().process_message(message)

    def _read(self) -> bytes:
        """Read input; empty if the terminal is closed."""
        try:
            return os.read(self.fileno, _AT_ONCE)
        except OSError:
            return b""
