"""The session's side of its helper process, which starts after the first frame and never delays the session.

Everything that talks to the desktop or runs other programs is in that process (`desktop.process`), so that it costs the
session neither memory nor time. The helper ends when the pipe from the session closes, however the session ended.
"""

from __future__ import annotations

import json
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

import msgspec

from retro_timer.desktop.kept_awake import KeptAwake
from retro_timer.errors import reason
from retro_timer.processes import command, start_child
from retro_timer.structs import from_json

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping

MODULE: Final = "retro_timer.desktop.process"
HANDED_OVER_WITHIN: Final = 0.5
"""Seconds that a session waits at its end for the helper to receive everything."""
LONGEST: Final = 4096
"""Limit of a report in bytes."""
MOST_UNSENT: Final = 200
"""Messages that may wait for a helper that does not read; more are dropped, and that is logged once."""


class Helper:
    """The helper process.

    Args:
        hello: its first message, which says what to do.
        log: writes a line about what went wrong; called in any thread.
        on_report: called in a thread with what is kept awake; None if the helper reports nothing.
        argv: another command line, for tests.
    """

    def __init__(
        self,
        hello: Mapping[str, Any],
        log: Callable[[str], None],
        on_report: Callable[[KeptAwake], None] | None = None,
        argv: list[str] | None = None,
    ) -> None:
        self._log = log
        self._on_report = on_report
        self._unsent: SimpleQueue[bytes | None] = SimpleQueue()
        self._full = False
        self._handed_over = Event()
        self.send(hello)
        Thread(target=self._run, args=(argv or command(MODULE),), name="desktop", daemon=True).start()

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue a message; never blocks, never raises."""
        if self._unsent.qsize() < MOST_UNSENT:
            self._unsent.put(json.dumps(message).encode() + b"\n")
        elif not self._full:
            self._full = True
            self._log("The desktop helper does not answer: events are left out.")

    def close(self) -> None:
        """Let the helper end after the hooks' programs have finished; waits until it has received everything."""
        self._unsent.put(None)
        self._handed_over.wait(HANDED_OVER_WITHIN)

    def _run(self, argv: list[str]) -> None:
        """Start the helper and send it everything; then wait for it to exit, which it does after its last program."""
        process = self._started(argv)
        if process is not None:
            if self._on_report is not None:
                Thread(target=self._read, args=(process, self._on_report), name="desktop-read", daemon=True).start()
            self._write(process)
        self._handed_over.set()
        if process is not None:
            process.wait()

    def _started(self, argv: list[str]) -> subprocess.Popen[bytes] | None:
        try:
            return start_child(argv, reports=self._on_report is not None)
        except OSError as error:
            self._log(f"The desktop helper could not be started: {reason(error)}.")
            return None

    def _read(self, process: subprocess.Popen[bytes], on_report: Callable[[KeptAwake], None]) -> None:
        pipe = process.stdout
        assert pipe is not None  # noqa: S101  (it was asked for)
        with pipe:
            while line := pipe.readline(LONGEST):
                with suppress(msgspec.DecodeError):
                    on_report(from_json(line, KeptAwake))

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        pipe = process.stdin
        assert pipe is not None  # noqa: S101  (it was asked for)
        try:
            with pipe:
                while (line := self._unsent.get()) is not None:
                    pipe.write(line)
                    pipe.flush()
        except OSError:  # it has ended
            self._log(f"The desktop helper has ended, with {process.wait()}.")
