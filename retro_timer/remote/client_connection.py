"""One client of a session's server: its lines in both directions, and their limits."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from retro_timer.remote.protocol import MAX_REQUEST, ProtocolError

if TYPE_CHECKING:
    import socket

    from retro_timer.remote.messages import ClientHello

MAX_BACKLOG: Final = 256 * 1024
"""Bytes that may wait for a client; one with a longer backlog is dropped when the next line is due."""
LINES_A_SECOND: Final = 100
LINES_AT_ONCE: Final = 100
ACTIONS_A_SECOND: Final = 8
ACTIONS_AT_ONCE: Final = 16
_READ_AT_ONCE: Final = 4096


class Allowance:
    """A limit on how often something may happen: a number of times at once, and a number per second afterwards."""

    def __init__(self, per_second: float, at_once: int) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._left = float(at_once)
        self._seen: float | None = None

    def take(self, now: float) -> bool:
        """Whether it may happen at a moment, in milliseconds; if so, it is counted."""
        if self._seen is not None:
            self._left = min(self._at_once, self._left + (now - self._seen) * self._per_second / 1000)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class ClientConnection:
    """A connected client. Only the server's thread uses it, except for `hello`, which does not change.

    Args:
        connection: its socket, which never blocks.
        now: the moment in milliseconds.

    Attributes:
        hello: its first message; None until it has come.
        since: when it connected.
        claimed: when it last said that it plays the sound; None if it does not.
        alone: whether the session's own sound is to be silent meanwhile.
        closing: whether nothing more is read, and it is disconnected once everything is sent.
    """

    def __init__(self, connection: socket.socket, now: float) -> None:
        self.socket = connection
        self.hello: ClientHello | None = None
        self.since = now
        self.claimed: float | None = None
        self.alone = False
        self.closing = False
        self.actions = Allowance(ACTIONS_A_SECOND, ACTIONS_AT_ONCE)
        self._lines = Allowance(LINES_A_SECOND, LINES_AT_ONCE)
        self._read = bytearray()
        self._unsent: deque[memoryview] = deque()
        self._backlog = 0

    @property
    def name(self) -> str:
        """The name that it gave itself."""
        return self.hello.name if self.hello else ""

    @property
    def has_unsent(self) -> bool:
        """Whether something still has to be sent."""
        return bool(self._unsent)

    def receive(self) -> bool:
        """Read the data that has arrived; returns False at the end of the connection."""
        try:
            data = self.socket.recv(_READ_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self._read += data
        return bool(data)

    def next_line(self, now: float) -> bytes | None:
        """The next whole line; None if there is none yet, or the limit of lines is reached for now.

        Raises:
            ProtocolError: if the line is too long.
        """
        end = self._read.find(b"\n", 0, MAX_REQUEST + 1)
        if end < 0:
            if len(self._read) > MAX_REQUEST:
                raise ProtocolError(f"a line has more than {MAX_REQUEST:,} bytes")
            return None
        if not self._lines.take(now):
            return None
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        return line

    @property
    def is_throttled(self) -> bool:
        """Whether a whole line is waiting because too many came; nothing more is read until it has been taken."""
        return b"\n" in self._read

    def queue(self, line: bytes) -> bool:
        """Queue a line; returns False if the client reads too slowly."""
        if self._backlog > MAX_BACKLOG:
            return False
        self._unsent.append(memoryview(line))
        self._backlog += len(line)
        return True

    def flush(self) -> bool:
        """Send as much as the client takes; returns False if it is gone."""
        while self._unsent:
            try:
                sent = self.socket.send(self._unsent[0])
            except (BlockingIOError, InterruptedError):
                return True
            except OSError:
                return False
            self._backlog -= sent
            if sent == len(self._unsent[0]):
                self._unsent.popleft()
            else:
                self._unsent[0] = self._unsent[0][sent:]
        return True

    def close(self) -> None:
        """Disconnect."""
        with suppress(OSError):
            self.socket.close()
