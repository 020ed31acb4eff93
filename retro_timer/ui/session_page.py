"""The web page of the session on the screen: its process and its status."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from retro_timer.config.schema import Settings
from retro_timer.page.supervisor import PageStatus, missing_extra
from retro_timer.ui.bridge import on_loop
from retro_timer.ui.context import services_of
from retro_timer.ui.run_in_thread import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from retro_timer.page.supervisor import PageSupervisor


class SessionPage:
    """A session's page, which opens when it is first requested.

    Args:
        node: the session screen.
        changed: called on its event loop when the status has changed.
    """

    def __init__(self, node: MessagePump, changed: Callable[[], None]) -> None:
        self._node = node
        self._show = on_loop(node, changed)
        self._supervisor: PageSupervisor | None = None
        self._starting = False
        self._closed = False
        self._status = PageStatus()

    @property
    def status(self) -> PageStatus:
        """The page's current status."""
        return self._status

    async def open(self) -> None:
        """Start the page, unless it has been started."""
        services = services_of(self._node)
        if self._starting or services.runtime_directory is None or services.sound_options is None:
            return
        self._starting = True
        if problem := await in_thread(missing_extra):
            self._starting = False
            self._take(PageStatus(problem=problem))
            return
        await in_thread(self._start)

    async def switch_network(self) -> None:
        """Open the page to the network, or limit it to this machine again."""
        if self._supervisor is not None:
            await in_thread(self._supervisor.switch_network)

    def close(self) -> None:
        """Close the page. Blocks for a second at most; thread-safe."""
        self._closed = True
        if self._supervisor is not None:
            self._supervisor.close()

    def _start(self) -> None:
        from retro_timer.page.start import start_page

        services = services_of(self._node)
        assert services.runtime_directory is not None  # noqa: S101  (checked before)
        assert services.sound_options is not None  # noqa: S101  (the same)
        self._supervisor = start_page(
            process=os.getpid(),
            runtime=services.runtime_directory(),
            data=services.paths.data if services.paths else None,
            settings=services.loaded.settings if services.loaded else Settings(),
            sound=services.sound_options(),
            changed=self._take,
            lan=services.page.lan,
            port=services.page.port,
        )
        if self._closed:
            self._supervisor.close()

    def _take(self, status: PageStatus) -> None:
        """Take a new status; called from any thread."""
        self._status = status
        self._show()
