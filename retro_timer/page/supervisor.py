"""Starts the page server's process, and restarts it if it ends unexpectedly. No web server is imported here."""

from __future__ import annotations

from functools import partial
from threading import Lock, Timer
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from retro_timer.audio.child_process import ChildProcess
from retro_timer.audio.protocol import Message, encode_options, text, whole
from retro_timer.errors import reason
from retro_timer.extras import install_command
from retro_timer.page.links import Links
from retro_timer.processes import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.options import SoundOptions
    from retro_timer.page.task import Task

    Launch = Callable[[Callable[[Message | None], None]], ChildProcess]

BACKOFF_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds until the next start, by the number of failures in a row."""
_END_S: Final = 1.0
MODULES: Final = ("aiohttp", "segno")


def missing_extra() -> str:
    """What to install for the page, in one sentence; empty if everything is there."""
    from importlib.util import find_spec

    missing = [name for name in MODULES if find_spec(name) is None]
    return f"the page needs {' and '.join(missing)}: {install_command('page')}" if missing else ""


class PageStatus(Struct, frozen=True):
    """The status of the page.

    Attributes:
        links: the links, once it can be reached.
        problem: why it cannot be reached, as one clause; empty if it can, or is starting.
        pages: how many devices follow the session.
        over: whether the session is over, and the page with it.
    """

    links: Links | None = None
    problem: str = ""
    pages: int = 0
    over: bool = False


def _launch(on_message: Callable[[Message | None], None]) -> ChildProcess:
    return ChildProcess(on_message, command("retro_timer.page.child"))


class PageSupervisor:
    """Keeps the page of a session reachable.

    Args:
        task: the process's task.
        sound: how the session sounds.
        changed: called with each new status, in any thread.
        launch: starts the process.
    """

    def __init__(
        self, task: Task, sound: SoundOptions, changed: Callable[[PageStatus], None], launch: Launch = _launch
    ) -> None:
        self._task = task
        self._sound = sound
        self._changed = changed
        self._launch = launch
        self._lock = Lock()
        self._child: ChildProcess | None = None
        self._number = 0
        self._failures = 0
        self._again: Timer | None = None
        self._closed = False
        self.status = PageStatus()

    @property
    def pid(self) -> int | None:
        """The process id of the server; None if it is not running."""
        child = self._child
        return None if child is None else child.pid

    @property
    def lan(self) -> bool:
        """Whether the page is open to the network."""
        return self._task.lan

    def start(self) -> None:
        """Start the process; its status follows later."""
        with self._lock:
            if self._closed:
                return
            self._number += 1
            try:
                self._child = self._launch(partial(self._on_message, self._number))
            except OSError as error:
                self._child = None
                self._retry(f"it could not be started: {reason(error)}")
            else:
                self._child.send(msgspec.json.encode(self._task) + b"\n")
                self._child.send(encode_options(self._sound))
                return
        self._changed(self.status)

    def switch_network(self) -> None:
        """Open the page to the network, or restrict it to this machine again; the links change."""
        with self._lock:
            self._task = replace(self._task, lan=not self._task.lan)
            child, self._child = self._child, None
            self._number += 1
        if child is not None:
            child.end(_END_S)
        self._show(PageStatus())
        self.start()

    def close(self) -> None:
        """End the process. Takes a second at most."""
        with self._lock:
            self._closed = True
            self._number += 1
            child, self._child = self._child, None
            if self._again is not None:
                self._again.cancel()
        if child is not None:
            child.end(_END_S)

    def _on_message(self, number: int, message: Message | None) -> None:
        """Called in the reader thread of the process."""
        if number != self._number:
            return
        if message is None:
            self._ended()
        elif message["is"] == "open":
            port = whole(message, "port")
            self._failures = 0
            self._task = replace(self._task, port=port)  # the links stay valid after a restart
            self._show(PageStatus(Links.of(self._task.keys, port or 0, lan=self._task.lan)))
        elif message["is"] == "pages":
            self._show(replace(self.status, pages=whole(message, "count") or 0))
        elif message["is"] == "over":
            self._closed = True
            self._show(PageStatus(over=True))
        elif message["is"] == "failed":
            self._show(PageStatus(problem=text(message, "why")))

    def _ended(self) -> None:
        with self._lock:
            self._child = None
            if self._closed:
                return
            self._retry(self.status.problem or "it ended; starting it again")
        self._changed(self.status)

    def _retry(self, problem: str) -> None:
        delay = BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)]
        self._failures += 1
        self.status = PageStatus(problem=problem)
        self._again = Timer(delay, self.start)
        self._again.daemon = True
        self._again.start()

    def _show(self, status: PageStatus) -> None:
        self.status = status
        self._changed(status)
