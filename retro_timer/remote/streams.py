"""Opening a connection to a session on an event loop, for every client that runs on one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from retro_timer.remote.protocol import MAX_UPDATE, encode

if TYPE_CHECKING:
    import socket

    from retro_timer.remote.messages import ClientHello


async def open_streams(
    connection: socket.socket, hello: ClientHello
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Say hello to a session on a connected socket; reading a line longer than the protocol allows is an error.

    Args:
        connection: the socket, from `address.connect`.
        hello: the first message.
    """
    connection.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=connection, limit=MAX_UPDATE + 1)
    writer.write(encode(hello))
    return reader, writer
