"""Other devices of a plain session: its front end for `retro_timer.remote`."""

from __future__ import annotations

import queue
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from retro_timer.errors import UserError
from retro_timer.remote.address import listen
from retro_timer.remote.shared_session import SharedSession
from retro_timer.session.states import State
from retro_timer.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from retro_timer.cli.plain import Plain
    from retro_timer.runtime.runner import Runner
    from retro_timer.runtime.wiring import Setup
    from retro_timer.session.events import Event
    from retro_timer.session.history import Feedback

ANSWERS_WITHIN_S: Final = 90.0
"""How long a session that is over waits for answers from a page, in seconds."""


class Devices:
    """The devices that follow a plain session.

    Args:
        setup: provides the clock, the store and the settings.
        runner: the session.
        plain: prints it.
        keys: the walker's keys, by action id.
        wake: wakes the session's loop, which then calls `perform`. Thread-safe.
    """

    def __init__(
        self, setup: Setup, runner: Runner, plain: Plain, keys: Mapping[str, tuple[str, ...]], wake: Callable[[], None]
    ) -> None:
        self.keys = keys
        self._setup = setup
        self._runner = runner
        self._plain = plain
        self._wake = wake
        self._calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._session: SharedSession | None = None
        self._speaker = ""
        self._waits_until: float | None = None
        self._has_paused = False

    def start(self, directory: Callable[[], Path]) -> None:
        """Listen for devices; if that is not possible, print the reason and continue without them."""
        try:
            listening = listen(directory())
        except UserError as problem:
            sys.stderr.write(f"retro-timer: other devices cannot follow this session: {problem}\n")
            return
        sound_set = self._setup.loaded.settings.sound.set
        self._session = SharedSession(
            listening, self._runner, self, self._setup.clock, sound_set=sound_set, log=self._setup.say
        )

    def close(self) -> None:
        """Tell all devices that the session is over."""
        if self._session is not None:
            self._session.close()

    def perform(self) -> None:
        """Perform the devices' requests."""
        while not self._calls.empty():
            self._calls.get()()

    def publish(self) -> None:
        """Send the devices all changes."""
        if self._session is not None:
            self._session.publish()

    @property
    def can_continue(self) -> bool:
        """Whether the session can wait for a device: one that can steer is following, or one has paused the session."""
        if self._session is None:
            return False
        return self._session.is_steered or (self._has_paused and self._runner.session.state is State.PAUSED)

    def wait_for_answers(self) -> bool:
        """Whether to wait for a page's answers about the session, which is over; the limit runs from the first call."""
        session = self._session
        if session is None or self._runner.journal is None or session.is_answered or not session.is_followed_by_page:
            return False
        if self._waits_until is None:
            self._waits_until = time.monotonic() + ANSWERS_WITHIN_S
            timer = threading.Timer(ANSWERS_WITHIN_S, self._wake)
            timer.daemon = True
            timer.start()
        return time.monotonic() < self._waits_until

    # The interface that the shared session needs from its front end.

    def post(self, call: Callable[[], object]) -> None:
        """Call a function soon in the session's loop."""
        self._calls.put(call)
        self._wake()

    def act(self, name: str) -> tuple[Event, ...]:
        """Perform a session action, and print what happened."""
        events = self._runner.act(name)
        self._plain.show(events)
        self._has_paused = self._runner.session.state is State.PAUSED
        return events

    def take(self, events: tuple[Event, ...]) -> None:
        """Print events, and which device plays the sound if that has changed."""
        self._plain.show(events)
        if self._runner.speaker != self._speaker:
            self._speaker = self._runner.speaker
            self._plain.say(f"sound: {self._speaker or 'here again'}")

    def answer_summary(self, given: Feedback, done: Callable[[str], None]) -> None:
        """Save a device's answers about the session."""
        try:
            kept = self._setup.store.give_feedback(self._runner.stored_session().summary.uuid, given)
        except StorageError as problem:
            done(str(problem))
            return
        done("" if kept else "the session is not in the history")
