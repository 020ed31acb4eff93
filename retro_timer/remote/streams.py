"""Opening a connection to a session on an event loop, for every client that runs on one."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING

from msgspec.structs import replace

from retro_timer.remote import address
from retro_timer.remote.protocol import MAX_UPDATE, encode

if TYPE_CHECKING:
    import socket

    from retro_timer.remote.messages import ClientHello

    Connected = tuple[socket.socket, str]


async def open_streams(
    session: address.Address, hello: ClientHello, within: float = address.ANSWERS_WITHIN_S
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a session and say hello; reading a line longer than the protocol allows is an error.

    A session that does not answer holds up nothing else on the event loop. If this is cancelled, no socket stays open.

    Args:
        session: the session's address.
        hello: the first message; the token is added.
        within: seconds to wait for the session.

    Raises:
        UnreachableError: if nobody answers.
    """
    connection, token = await _connected(session, within)
    try:
        connection.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=connection, limit=MAX_UPDATE + 1)
    except BaseException:
        connection.close()
        raise
    writer.write(encode(replace(hello, token=token)))
    return reader, writer


async def _connected(session: address.Address, within: float) -> Connected:
    """Connect in a thread.

    Not with `asyncio.to_thread`, whose result is lost if the caller is cancelled, and with it the open socket.
    """
    future: Future[Connected] = Future()
    future.set_running_or_notify_cancel()

    def work() -> None:
        try:
            future.set_result(address.connect(session, within))
        except BaseException as error:  # noqa: BLE001  (raised again in the caller)
            future.set_exception(error)

    Thread(target=work, name="connecting", daemon=True).start()
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        future.add_done_callback(_close)
        raise


def _close(future: Future[Connected]) -> None:
    if future.exception() is None:
        future.result()[0].close()
