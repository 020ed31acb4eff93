"""The task of the page's server process."""

from __future__ import annotations

from msgspec import Struct

from retro_timer.page.access import PageKeys  # noqa: TC001  (msgspec reads it)


class Task(Struct, frozen=True):
    """What the process is to do.

    Attributes:
        keys: the secrets of the links.
        runtime: the runtime directory, which has the socket of the session.
        process: the process of the session.
        port: the port; None for the first free one.
        lan: whether to listen on all addresses.
    """

    keys: PageKeys
    runtime: str
    process: int
    port: int | None = None
    lan: bool = False
