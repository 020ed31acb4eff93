"""A client that follows a session on an event loop, and reconnects by itself."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer import __version__
from retro_timer.clock import monotonic_ms
from retro_timer.errors import reason
from retro_timer.remote.address import UnreachableError
from retro_timer.remote.client import GoodbyeError
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    Goodbye,
    Ping,
    Pong,
    SensorsMeasured,
    SharedSchedule,
    SharedState,
    Welcome,
)
from retro_timer.remote.protocol import PROTOCOL, ProtocolError, decode_update, encode
from retro_timer.remote.remote_session import RemoteSession
from retro_timer.remote.streams import open_streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.remote.address import Address
    from retro_timer.remote.messages import Request, Update

AGAIN_S: Final = 1.0
"""Delay before connecting again after the connection was lost, in seconds."""
CONNECTS_WITHIN_S: Final = 0.2
"""Timeout for connecting within this machine, in seconds."""
PING_S: Final = 5.0
"""Time between two requests for the session's clock, in seconds."""


class Viewer(Protocol):
    """Shows a followed session."""

    def changed(self) -> None:
        """The session or the connection has changed."""

    def answered(self, answer: Answer) -> None:
        """An action was performed, or refused."""


class Follower:
    """Follows a session.

    Args:
        address: the session's address.
        viewer: shows it.
        now: this machine's clock in milliseconds.

    Attributes:
        session: the session as last reported; None until then.
        lost: why there is no connection now, as one clause; empty if there is one.
        over: whether the session is over: its process has said so, or its socket is gone.
    """

    def __init__(self, address: Address, viewer: Viewer, now: Callable[[], float] = monotonic_ms) -> None:
        self.session: RemoteSession | None = None
        self.lost = ""
        self.over = False
        self._address = address
        self._viewer = viewer
        self._now = now
        self._offset = 0.0  # from this machine's clock to the session's
        self._shortest = float("inf")  # the round trip it was measured by
        self._writer: asyncio.StreamWriter | None = None
        self._asked = 0
        self._welcome: Welcome | None = None
        self._schedule: SharedSchedule | None = None
        self._measured: SensorsMeasured | None = None

    @property
    def moment(self) -> int:
        """The session's clock now, in milliseconds."""
        return round(self._now() + self._offset)

    async def follow(self) -> None:
        """Follow the session until it is over.

        Raises:
            UserError: if the session cannot be followed: it is of another version, or not a session.
        """
        while not self.over:
            try:
                await self._follow_once()
            except GoodbyeError as goodbye:
                self.over = goodbye.over
                self.lost = str(goodbye)
                if not self.over and self.session is None:
                    raise
            except UnreachableError as problem:
                self.lost = str(problem)
                self.over = self.session is not None and not self._address.path.exists()
                if self.session is None:
                    raise
            self._writer = None
            self._viewer.changed()
            if not self.over:
                await asyncio.sleep(AGAIN_S)

    def act(self, name: str) -> None:
        """Ask for an action; the viewer gets the answer."""
        self._asked += 1
        if self._writer is None:
            self._viewer.answered(Answer(self._asked, done=False, why=f"no connection: {self.lost or 'not yet'}"))
        else:
            self._send(ActionWanted(self._asked, name))

    async def _follow_once(self) -> None:
        loop = asyncio.get_running_loop()
        hello = ClientHello(PROTOCOL, name="watch", version=__version__, measured=True)
        reader, writer = await open_streams(self._address, hello, CONNECTS_WITHIN_S)
        self._writer = writer
        pings = loop.create_task(self._keep_pinging())
        try:
            while True:
                self._take(decode_update(await self._line(reader)))
        finally:
            pings.cancel()
            self._writer = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            line = await reader.readline()
        except ValueError as error:
            raise ProtocolError("a line is too long") from error
        except OSError as error:
            raise UnreachableError(f"the connection has ended: {reason(error)}") from error
        if not line.endswith(b"\n"):
            raise UnreachableError("the connection has ended")
        return line

    async def _keep_pinging(self) -> None:
        while True:
            self._send(Ping(self._now()))
            await asyncio.sleep(PING_S)

    def _send(self, request: Request) -> None:
        if self._writer is not None:
            self._writer.write(encode(request))

    def _take(self, update: Update) -> None:
        if isinstance(update, Goodbye):
            raise GoodbyeError(update)
        if isinstance(update, Pong):
            self._measure(update)
        elif isinstance(update, Answer):
            self._viewer.answered(update)
        elif isinstance(update, Welcome):
            self._welcome, self._measured = update, None
        else:
            if isinstance(update, SharedSchedule):
                self._schedule = update
            if isinstance(update, SensorsMeasured):
                self._measured = update
            self._show(update)

    def _show(self, update: Update) -> None:
        """Take a change; the first state after a greeting replaces the session."""
        if self._welcome is None or self._schedule is None:
            return
        if self.lost or self.session is None:
            if not isinstance(update, SharedState):
                return
            self.session = RemoteSession(self._welcome, self._schedule, update, self._measured)
            self.lost = ""
        elif not self.session.take(update):
            return
        self._viewer.changed()

    def _measure(self, pong: Pong) -> None:
        """Measure the offset of the session's clock; the shortest of all round trips gives the best estimate."""
        now = self._now()
        trip = now - pong.sent
        if 0 <= trip <= self._shortest:
            self._shortest, self._offset = trip, pong.at - (now + pong.sent) / 2
