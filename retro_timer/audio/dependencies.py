"""The dependencies of the supervisor, injected so that tests can replace them: clock, screen, bell, child process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from retro_timer.audio.child_process import ChildProcess
from retro_timer.audio.choose import Found, find_backends

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.protocol import Message
    from retro_timer.session.ports import SoundState


class ChildHandle(Protocol):
    """The interface of `ChildProcess`."""

    @property
    def pid(self) -> int:
        """The process id."""

    def send(self, line: bytes, /) -> None:
        """Queue a line."""

    def end(self, timeout_s: float, /) -> None:
        """Let it exit, or kill it after `timeout_s`."""

    def kill(self) -> None:
        """Kill it."""


class Dependencies(Struct, frozen=True):
    """The dependencies of the supervisor.

    Attributes:
        show: called with the state and the detail of the sound.
        log: writes a line to the log.
        clock: the monotonic clock in milliseconds.
        ring: rings the terminal's bell; None if there is none.
        find_backends: finds the backends of this machine.
        launch: starts a child; its argument is called with each message.
    """

    show: Callable[[SoundState, str], None]
    log: Callable[[str], None]
    clock: Callable[[], int]
    ring: Callable[[], None] | None = None
    find_backends: Callable[[], tuple[Found, ...]] = find_backends
    launch: Callable[[Callable[[Message | None], None]], ChildHandle] = ChildProcess
