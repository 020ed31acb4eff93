"""A blocking client of a session on this machine. Calls wait at most as long as the timeout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from retro_timer import __version__
from retro_timer.errors import reason
from retro_timer.remote.address import UnreachableError, connect
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    Goodbye,
    SensorsMeasured,
    SharedSchedule,
    SharedState,
    Welcome,
)
from retro_timer.remote.protocol import MAX_UPDATE, PROTOCOL, decode_update, encode
from retro_timer.remote.remote_session import RemoteSession
from retro_timer.text import one_line

if TYPE_CHECKING:
    from retro_timer.remote.address import Address
    from retro_timer.remote.messages import Request, Role, Update

TIMEOUT_S: Final = 5.0
"""Timeout for an answer, in seconds: longer than a session is ever busy, shorter than a person would wait."""
_READ_AT_ONCE: Final = 65_536


class GoodbyeError(UnreachableError):
    """The session has ended the connection.

    Attributes:
        over: whether the session is over.
    """

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(one_line(goodbye.why))
        self.over = goodbye.over


class SessionClient:
    """A connection to a session.

    Args:
        address: the session's address.
        role: what this client may do.
        name: the client's name.
        timeout: how long each call waits, in seconds.

    Attributes:
        session: the session as last reported.

    Raises:
        UnreachableError: if the session cannot be reached, or is of another version.
        ProtocolError: if the other side is not a session.
    """

    def __init__(self, address: Address, *, role: Role = "local", name: str = "", timeout: float = TIMEOUT_S) -> None:
        self._socket, token = connect(address, timeout)
        self._read = bytearray()
        self._asked = 0
        try:
            self._send(ClientHello(PROTOCOL, role, name, token=token, version=__version__, measured=True))
            self.session = RemoteSession(*self._greeting())
        except BaseException:
            self.close()
            raise

    def _greeting(self) -> tuple[Welcome, SharedSchedule, SharedState, SensorsMeasured | None]:
        welcome: Welcome | None = None
        schedule: SharedSchedule | None = None
        measured: SensorsMeasured | None = None
        while True:
            update = self._next()
            if isinstance(update, Welcome):
                welcome = update
            elif isinstance(update, SharedSchedule):
                schedule = update
            elif isinstance(update, SensorsMeasured):
                measured = update
            elif isinstance(update, SharedState) and welcome is not None and schedule is not None:
                return welcome, schedule, update, measured

    def act(self, name: str) -> Answer:
        """Ask for an action, and wait for the answer; `session` is then up to date.

        Raises:
            UnreachableError: if no answer comes.
            ProtocolError: if the session sends something invalid.
        """
        self._asked += 1
        self._send(ActionWanted(self._asked, name))
        while True:
            update = self._next()
            if isinstance(update, Answer) and update.id == self._asked:
                return update
            self.session.take(update)

    def close(self) -> None:
        """Disconnect."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _send(self, request: Request) -> None:
        try:
            self._socket.sendall(encode(request))
        except OSError as error:
            raise UnreachableError(f"the connection has ended: {reason(error)}") from error

    def _next(self) -> Update:
        """The next message."""
        searched = 0
        while (end := self._read.find(b"\n", searched)) < 0:
            searched = len(self._read)
            try:
                data = self._socket.recv(_READ_AT_ONCE)
            except TimeoutError as error:
                raise UnreachableError("it does not answer") from error
            except OSError as error:
                raise UnreachableError(f"the connection has ended: {reason(error)}") from error
            if not data or searched > MAX_UPDATE:
                raise UnreachableError("the connection has ended")
            self._read += data
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        update = decode_update(line)
        if isinstance(update, Goodbye):
            raise GoodbyeError(update)
        return update
