"""The page server's connections to the session, one for each page."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from retro_timer import __version__
from retro_timer.remote.messages import ClientHello
from retro_timer.remote.protocol import PROTOCOL, encode
from retro_timer.remote.streams import open_streams

if TYPE_CHECKING:
    from retro_timer.page.access import Role
    from retro_timer.remote.address import Address
    from retro_timer.remote.messages import Request


class SessionLink(Protocol):
    """A connection to a session; tests have their own."""

    async def read(self) -> bytes:
        """The next line; empty at the end of the connection."""

    async def send(self, message: Request) -> None:
        """Send a message; does nothing if the connection has ended."""

    def close(self) -> None:
        """Disconnect."""


class SocketLink:
    """A connection through the session's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        """The next line; empty at the end of the connection."""
        try:
            return await self._reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return b""

    async def send(self, message: Request) -> None:
        """Send a message; does nothing if the connection has ended."""
        with suppress(OSError):
            self._writer.write(encode(message))
            await self._writer.drain()

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


async def join(session: Address, role: Role, name: str) -> SocketLink:
    """Connect to a session as a page.

    Args:
        session: the session's address.
        role: what the page may do.
        name: the device's name on every screen.

    Raises:
        UnreachableError: if the session does not answer.
    """
    hello = ClientHello(PROTOCOL, role, name, cues=True, version=__version__, measured=True)
    return SocketLink(*await open_streams(session, hello))
