"""The app's interface for screens, widgets, keys and the terminal, which do not import the app itself."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual.app import App

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.events import Key
    from textual.message_pump import MessagePump

    from retro_timer.runtime.services import Services


@runtime_checkable
class LiveSession(Protocol):
    """The running session's interface for keys and for the screens above it."""

    @property
    def is_live(self) -> bool:
        """Whether keys act on it."""

    @property
    def is_active(self) -> bool:
        """Whether it is the top screen."""

    def do(self, name: str) -> object:
        """Perform a session action, even if another screen covers the session."""

    def refuse(self, why: str) -> None:
        """Refuse a key that has no effect, and say why."""


class AppContext(App[int]):
    """The app's interface.

    Attributes:
        services: the services for screens. A change of settings replaces them, so read them at each use.
    """

    services: Services
    take_back_title: Callable[[], str] | None = None
    """Returns the sequence that restores the terminal's old title; empty if no session's title is shown."""

    @property
    def live_session(self) -> LiveSession | None:
        """The session that keys act on, even if another screen covers it; None if none is running."""
        raise NotImplementedError

    async def change_settings(self, values: Mapping[str, object]) -> None:
        """Change and apply settings, all or none; None resets to the default.

        Raises:
            SettingsError: for an invalid value, or a file that cannot be changed.
        """
        raise NotImplementedError

    async def forward_key(self, event: Key) -> None:
        """Forward a key to the top screen."""
        await super().on_event(event)

    def action_session(self, name: str) -> None:
        """Perform a session action from a screen that covers the session."""
        if self.live_session is not None:
            self.live_session.do(name)

    def fail(self, error: BaseException) -> None:
        """End the program with an error from another thread."""
        raise error


def app_of(node: MessagePump) -> AppContext:
    """The app of a screen or widget."""
    app: object = node.app
    assert isinstance(app, AppContext)  # noqa: S101  (there is no other app)
    return app


def services_of(node: MessagePump) -> Services:
    """The current services for a screen or widget. Call on the event loop: a thread may outlive the screen."""
    return app_of(node).services


class DrawsAscii:
    """A mixin for widgets that draw different shapes in ASCII; the ASCII filter converts everything else."""

    @cached_property
    def ascii_only(self) -> bool:
        """Whether the widget draws in ASCII; cached on first use, so that one widget never mixes both."""
        return services_of(cast("MessagePump", self)).ascii_only
