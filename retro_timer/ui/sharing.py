"""Shares a screen's session with other devices: starts and stops sharing, and gives `retro_timer.remote` an interface.

Loaded after the first frame; starts listening in a thread.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from retro_timer.errors import UserError
from retro_timer.remote.address import listen
from retro_timer.remote.shared_session import SharedSession
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.preferences import keymap_of, settings_of
from retro_timer.ui.run_in_thread import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.message_pump import MessagePump

    from retro_timer.remote.address import Listening
    from retro_timer.runtime.runner import Runner
    from retro_timer.session.events import Event
    from retro_timer.session.history import Feedback


class SharedScreen(Protocol):
    """The interface of a session screen for other devices."""

    @property
    def runner(self) -> Runner:
        """The runner of the session."""

    def do_for_device(self, name: str) -> tuple[Event, ...]:
        """Perform a session action for another device; returns what happened."""

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events that no key caused."""

    async def answer_summary(self, given: Feedback) -> str:
        """Save a device's answers about the session. Returns why they are not saved, as one clause; empty if saved."""


class Sharing:
    """Shares a screen's session.

    Args:
        node: the screen.
        screen: the same screen, by its interface for other devices.
    """

    def __init__(self, node: MessagePump, screen: SharedScreen) -> None:
        self._node = node
        self._screen = screen
        self._services = services_of(node)
        self._session: SharedSession | None = None
        self._listening: Listening | None = None
        self._closed = False
        self._closing = threading.Lock()

    async def start(self) -> str:
        """Listen for other devices. Returns why that is not possible, as one clause; empty if it is."""
        if self._services.runtime_directory is None:
            return ""
        problem = await in_thread(self._listen)
        if self._listening is None:
            return problem
        services, runner = self._services, self._screen.runner
        sound_set = settings_of(services).sound.set
        with self._closing:
            if not self._closed:
                self._session = SharedSession(
                    self._listening, runner, self, services.clock, sound_set=sound_set, log=services.log
                )
        return ""

    def publish(self) -> None:
        """Send the changes to other devices."""
        if self._session is not None:
            self._session.publish()

    def close(self) -> None:
        """Stop sharing. Thread-safe; waits half a second at most."""
        with self._closing:
            self._closed = True
            if self._session is not None:
                self._session.close()
            elif self._listening is not None:
                self._listening.close()

    def _listen(self) -> str:
        """Start listening, in a thread; the screen may have closed meanwhile."""
        assert self._services.runtime_directory is not None  # noqa: S101  (for the type checker)
        try:
            listening = listen(self._services.runtime_directory())
        except UserError as problem:
            return str(problem)
        with self._closing:
            if self._closed:
                listening.close()
            else:
                self._listening = listening
        return ""

    # The shared session's interface for its front end.

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The walker's keys."""
        return keymap_of(self._services).keys

    def post(self, call: Callable[[], object]) -> None:
        """Call something soon on the event loop."""
        on_loop(self._node, call)()

    def act(self, name: str) -> tuple[Event, ...]:
        """Perform a session action."""
        return self._screen.do_for_device(name)

    def take(self, events: tuple[Event, ...]) -> None:
        """Show the effect of events."""
        self._screen.take(events)

    def answer_summary(self, given: Feedback, done: Callable[[str], None]) -> None:
        """Save answers about the session."""

        async def keep() -> None:
            done(await self._screen.answer_summary(given))

        self._node.app.run_worker(keep())
