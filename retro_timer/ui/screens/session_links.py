"""The links of a full-screen session: to the desktop, other devices, its web page, and sensors.

Loaded after the first frame, which does not need them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from retro_timer.ui.context import services_of
from retro_timer.ui.desktop_link import DesktopLink
from retro_timer.ui.run_in_thread import start_worker
from retro_timer.ui.sharing import SharedScreen, Sharing

if TYPE_CHECKING:
    from textual.screen import Screen

    from retro_timer.runtime.services import Services
    from retro_timer.ui.screens.session_sensors import SessionSensors
    from retro_timer.ui.session_page import SessionPage
    from retro_timer.ui.view_model import SessionView


def has_sensors(services: Services) -> bool:
    """Whether the walker has chosen sensors, and this is not a rehearsal."""
    if services.loaded is None or services.rehearsal:
        return False
    sensors = services.loaded.settings.sensors
    return bool(sensors.belt or sensors.heart)


class LinkedScreen(SharedScreen, Protocol):
    """The interface of a session screen for its links."""

    def warn(self, text: str) -> None:
        """Show a warning about staying awake for a few seconds."""


class SessionLinks:
    """The links of a session.

    Args:
        node: the session screen.
        screen: the same screen, by its interface for links.
    """

    def __init__(self, node: Screen[Any], screen: LinkedScreen) -> None:
        self._node = node
        self._screen = screen
        self._desktop: DesktopLink | None = None
        self._sharing: Sharing | None = None
        self._page: SessionPage | None = None
        self._sensors: SessionSensors | None = None

    def begin(self, view: SessionView) -> None:
        """Link the session to the desktop and its sensors, and let other devices follow it."""
        self._desktop = DesktopLink(self._node, self._screen.runner, self._screen.warn)
        self._desktop.show(view)
        start_worker(self._node, self._share)
        if has_sensors(services_of(self._node)):
            from retro_timer.ui.screens.session_sensors import SessionSensors

            self._sensors = SessionSensors(self._node, self._screen)
            self._sensors.show(view)

    def show(self, view: SessionView) -> None:
        """Update the links with the session's current state."""
        if self._desktop is not None:
            self._desktop.show(view)
        if self._sensors is not None:
            self._sensors.show(view)
        if self._sharing is not None:
            self._sharing.publish()

    def open_page(self) -> None:
        """Open the session's web page, and show the link to it; not after the session's end."""
        if self._screen.runner.session.state.is_over:
            return
        from retro_timer.ui.screens.page_link import PageLinkScreen
        from retro_timer.ui.session_page import SessionPage

        if self._page is None:
            self._page = SessionPage(self._node, self._page_changed)
        self._node.run_worker(self._page.open())
        self._node.app.push_screen(PageLinkScreen(self._page))

    def leave(self) -> None:
        """Restore the terminal's old title, because the screen closes."""
        if self._desktop is not None:
            self._desktop.leave()

    def close(self) -> None:
        """End all links. Blocks for a few seconds at most; thread-safe."""
        if self._desktop is not None:
            self._desktop.close()
        if self._page is not None:
            self._page.close()
        if self._sensors is not None:
            self._sensors.close()
        if self._sharing is not None:
            self._sharing.close()

    def _page_changed(self) -> None:
        from retro_timer.ui.screens.page_link import PageLinkScreen

        if isinstance(self._node.app.screen, PageLinkScreen):
            self._node.app.screen.show()

    async def _share(self) -> None:
        """Let other devices follow the session."""
        self._sharing = Sharing(self._node, self._screen)
        problem = await self._sharing.start()
        if problem:
            says = f"Other devices cannot follow this session: {problem}."
            self._node.notify(says, severity="warning", markup=False)
        elif services_of(self._node).page.open:
            self.open_page()
