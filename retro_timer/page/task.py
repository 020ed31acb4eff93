"""The task of the page server's process."""

from __future__ import annotations

from msgspec import Struct

from retro_timer.page.access import PageKeys  # noqa: TC001  (msgspec reads it)


class Task(Struct, frozen=True):
    """Which session the process serves, and how.

    Attributes:
        keys: the keys in the links.
        runtime: the runtime directory, which has the session's socket.
        process: the session's process.
        port: the port; None for the first free one.
        lan: whether to listen on all addresses.
    """

    keys: PageKeys
    runtime: str
    process: int
    port: int | None = None
    lan: bool = False
