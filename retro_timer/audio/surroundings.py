"""What the supervisor acts on, handed in so that a test can play the world: a clock, a screen, a bell, a child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from retro_timer.audio.choose import Found, look_around
from retro_timer.audio.link import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.audio.wire import Message
    from retro_timer.session.ports import SoundState


class Child(Protocol):
    """What is needed of a `Link`."""

    @property
    def pid(self) -> int:
        """Its process id."""

    def send(self, line: bytes, /) -> None:
        """Queue a line."""

    def end(self, patience_s: float, /) -> None:
        """Let it end by itself, or kill it."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the supervisor acts on.

    Attributes:
        show: is handed the state and the detail of the sound.
        log: takes one line about what happened.
        clock: the monotonic clock in milliseconds.
        ring: rings the terminal's bell; None when there is none.
        look_around: finds the backends of this machine.
        launch: starts a child, which is heard through the callable it is handed.
    """

    show: Callable[[SoundState, str], None]
    log: Callable[[str], None]
    clock: Callable[[], int]
    ring: Callable[[], None] | None = None
    look_around: Callable[[], tuple[Found, ...]] = look_around
    launch: Callable[[Callable[[Message | None], None]], Child] = Link
