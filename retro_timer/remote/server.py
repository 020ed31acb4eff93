"""A session's server: a thread that accepts clients, reads their requests, and sends them changes.

Nothing a client does delays the session: the server waits for no client, reads a limited number of lines, and drops
clients that do not read. It knows nothing about the session; clients' requests are passed to `Requests`.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import TYPE_CHECKING, Final, Protocol

from retro_timer import __version__
from retro_timer.clock import monotonic_ms
from retro_timer.remote.client_connection import ClientConnection
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClicksSent,
    ClientHello,
    CuesCancelled,
    CuesSent,
    Goodbye,
    Ping,
    Pong,
    SensorsMeasured,
    SpeakerClaim,
    SummaryAnswers,
    Welcome,
)
from retro_timer.remote.protocol import (
    MAX_CLIENTS,
    SPEAKER_ALIVE_MS,
    ProtocolError,
    decode_request,
    encode,
    version_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.remote.address import Listening
    from retro_timer.remote.messages import Request, Update

HELLO_WITHIN_MS: Final = 5000
"""A client that has not said hello after this many milliseconds is disconnected."""
GOODBYE_WITHIN_MS: Final = 1000
"""How long to keep trying to send a client its last line, in milliseconds."""
ACCEPT_AGAIN_MS: Final = 1000
"""Pause after a client could not be accepted, in milliseconds: there are no file descriptors left."""
_CHECK_S: Final = 0.05
_ENDS_WITHIN_S: Final = 0.5
_FOR_CUES: Final = (CuesSent, CuesCancelled, ClicksSent)


class Requests(Protocol):
    """Handles clients' requests. The calls come from the server's thread; they must neither block nor raise."""

    def joined(self, client: ClientConnection) -> None:
        """A client has said hello. Send it a `Welcome` first: only then does it get what is sent to all."""

    def left(self, client: ClientConnection) -> None:
        """A client that had joined is gone."""

    def asked(self, client: ClientConnection, request: ActionWanted | SummaryAnswers) -> None:
        """A client has asked for something, and wants an answer."""

    def speaker_changed(self, name: str, alone: bool, *, lost: bool) -> None:
        """Another device plays the sound, or none if the name is empty; `lost` if the last one left without a word."""


class SessionServer:
    """Serves the clients of a session.

    Args:
        listening: the socket; closed with the server.
        requests: handles clients' requests.
        now: the clock in milliseconds.
        log: writes a line to the log.
    """

    def __init__(
        self,
        listening: Listening,
        requests: Requests,
        *,
        now: Callable[[], float] = monotonic_ms,
        log: Callable[[str], None],
    ) -> None:
        self._listening = listening
        self._requests = requests
        self._now = now
        self._log = log
        self._clients: list[ClientConnection] = []
        self._joined: set[ClientConnection] = set()  # they have been sent `Welcome`
        self._claims: list[ClientConnection] = []  # those that play the sound, in the order in which they began
        self._speaker = ("", False)
        self._accepts_from: float | None = None  # None: it accepts
        self._outbox: deque[tuple[Update, ClientConnection | None]] = deque()
        self._ends: Goodbye | None = None
        self._selector = DefaultSelector()
        self._woken, self._wake = socket.socketpair()
        for end in (self._woken, self._wake, listening.socket):
            end.setblocking(False)
        self._selector.register(self._woken, EVENT_READ)
        self._selector.register(listening.socket, EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="remote", daemon=True)

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def send(self, message: Update, client: ClientConnection | None = None) -> None:
        """Send a message to a client, or to all that have joined. Thread-safe; never blocks."""
        self._outbox.append((message, client))
        self._wake_up()

    def close(self, goodbye: Goodbye) -> None:
        """Say goodbye to all clients and stop; waits half a second at most. Thread-safe."""
        self._ends = goodbye
        self._wake_up()
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_S)

    def _wake_up(self) -> None:
        with suppress(OSError):  # it is awake already, or has ended
            self._wake.send(b"\0")

    def _run(self) -> None:
        try:
            while self._ends is None:
                self.step(self._wait())
        except Exception as error:  # noqa: BLE001  (the session goes on without it)
            self._log(f"The session's socket failed: {type(error).__name__}: {error}.")
        finally:
            self._end()

    def _wait(self) -> float | None:
        """Seconds to wait before the next check; None if there is nothing to check, because there are no clients."""
        return _CHECK_S if self._clients or self._accepts_from is not None else None

    def step(self, timeout: float | None) -> None:
        """Handle whatever has arrived, or arrives within the timeout in seconds."""
        ready = self._selector.select(timeout)
        now = self._now()
        for key, mask in ready:
            if key.fileobj is self._woken:
                with suppress(OSError):
                    self._woken.recv(4096)
            elif key.fileobj is self._listening.socket:
                self._accept(now)
            elif isinstance(key.data, ClientConnection) and key.data in self._clients:
                self._serve(key.data, mask, now)
        self._deliver()
        for client in tuple(self._clients):
            self._check(client, now)
        self._accept_again(now)

    def _accept(self, now: float) -> None:
        try:
            accepted, _ = self._listening.socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return
        except OSError as error:
            self._log(f"No client can be accepted: {error}.")
            self._selector.unregister(self._listening.socket)
            self._accepts_from = now + ACCEPT_AGAIN_MS
            return
        accepted.setblocking(False)
        client = ClientConnection(accepted, now)
        self._clients.append(client)
        if len(self._clients) > MAX_CLIENTS:
            self._dismiss(client, f"{MAX_CLIENTS} devices follow this session already")

    def _accept_again(self, now: float) -> None:
        if self._accepts_from is not None and now >= self._accepts_from:
            self._accepts_from = None
            self._selector.register(self._listening.socket, EVENT_READ)

    def _serve(self, client: ClientConnection, mask: int, now: float) -> None:
        is_there = not mask & EVENT_WRITE or client.flush()
        if is_there and mask & EVENT_READ:
            is_there = client.receive()
        if is_there:
            self._read(client, now)
        else:
            self._drop(client)

    def _read(self, client: ClientConnection, now: float) -> None:
        """Handle the lines that a client may send now."""
        try:
            while not client.closing and (line := client.next_line(now)) is not None:
                self._handle(client, decode_request(line), now)
        except ProtocolError as error:
            self._dismiss(client, str(error))

    def _handle(self, client: ClientConnection, request: Request, now: float) -> None:
        if isinstance(request, ClientHello):
            self._greet(client, request)
        elif client.hello is None:
            self._dismiss(client, "the first message is hello")
        elif isinstance(request, Ping):
            self._queue(client, encode(Pong(sent=request.sent, at=self._now())))
        elif isinstance(request, SpeakerClaim):
            self._claim(client, request, now)
        elif client.hello.role == "view":
            self._queue(client, encode(Answer(id=request.id, done=False, why="this link is for looking only")))
        elif not client.actions.take(now):
            self._queue(client, encode(Answer(id=request.id, done=False, why="too many at once")))
        else:
            self._requests.asked(client, request)

    def _greet(self, client: ClientConnection, hello: ClientHello) -> None:
        if client.hello is not None:
            self._dismiss(client, "hello was said already")
        elif not self._knows(hello.token):
            self._dismiss(client, "this client may not follow the session")
        elif problem := version_problem(hello.protocol, their_program=hello.version, our_program=__version__):
            self._dismiss(client, problem)
        else:
            client.hello = hello
            self._requests.joined(client)

    def _knows(self, token: str) -> bool:
        """Whether a token is right, in constant time; without a token, the mode of the socket's file protects it."""
        if not self._listening.token:
            return not token
        from hmac import compare_digest  # costs a megabyte: only where it is needed

        return compare_digest(token.encode(), self._listening.token.encode())

    def _claim(self, client: ClientConnection, claim: SpeakerClaim, now: float) -> None:
        """Note that a client plays the sound, or no longer does."""
        if client.hello is None or client.hello.role == "view":
            return
        if not claim.on:
            self._unclaim(client, lost=False)
            return
        if client.claimed is None:
            self._claims.append(client)
        client.claimed, client.alone = now, claim.alone
        self._choose_speaker(lost=False)

    def _unclaim(self, client: ClientConnection, *, lost: bool) -> None:
        if client.claimed is not None:
            client.claimed = None
            self._claims.remove(client)
            self._choose_speaker(lost=lost)

    def _choose_speaker(self, *, lost: bool) -> None:
        """Of the clients that play the sound, make the one that began last the speaker."""
        last = self._claims[-1] if self._claims else None
        speaker = (last.name or "another device", last.alone) if last else ("", False)
        if speaker != self._speaker:
            self._speaker = speaker
            self._requests.speaker_changed(*speaker, lost=lost)

    def _deliver(self) -> None:
        """Queue the session's messages for its clients."""
        while self._outbox:
            message, client = self._outbox.popleft()
            line = encode(message)
            if client is None:
                for each in [each for each in self._joined if self._wants(each, message)]:
                    self._queue(each, line)
            elif client in self._clients:
                if isinstance(message, Welcome):
                    self._joined.add(client)
                self._queue(client, line)

    @staticmethod
    def _wants(client: ClientConnection, message: Update) -> bool:
        hello = client.hello
        if isinstance(message, SensorsMeasured):
            return hello is not None and hello.measured
        return not isinstance(message, _FOR_CUES) or (hello is not None and hello.cues)

    def _queue(self, client: ClientConnection, line: bytes) -> None:
        if not client.closing and not (client.queue(line) and client.flush()):
            self._drop(client)

    def _dismiss(self, client: ClientConnection, why: str) -> None:
        """Say why a client is disconnected, then do so."""
        self._queue(client, encode(Goodbye(why)))
        client.closing = True
        client.since = self._now()
        if not client.has_unsent:
            self._drop(client)

    def _drop(self, client: ClientConnection) -> None:
        """Disconnect a client."""
        if client not in self._clients:
            return
        self._clients.remove(client)
        self._joined.discard(client)
        with suppress(KeyError, ValueError):
            self._selector.unregister(client.socket)
        client.close()
        if client.hello is not None:
            self._unclaim(client, lost=True)
            self._requests.left(client)

    def _check(self, client: ClientConnection, now: float) -> None:
        """Do what is due for a client, and register what to wait for next."""
        if client.claimed is not None and now - client.claimed > SPEAKER_ALIVE_MS:
            self._unclaim(client, lost=True)
        if client.is_throttled:
            self._read(client, now)
        if client.closing:
            if not client.has_unsent or now - client.since > GOODBYE_WITHIN_MS:
                self._drop(client)
        elif client.hello is None and now - client.since > HELLO_WITHIN_MS:
            self._dismiss(client, "no hello came")
        if client in self._clients:
            self._watch(client)

    def _watch(self, client: ClientConnection) -> None:
        """Register for reading, unless the client has sent too much, and for writing if something is left to send."""
        wanted = EVENT_READ * (not client.closing and not client.is_throttled) | EVENT_WRITE * client.has_unsent
        known = self._selector.get_map().get(client.socket)
        if known is None:
            if wanted:
                self._selector.register(client.socket, wanted, client)
        elif not wanted:
            self._selector.unregister(client.socket)
        elif known.events != wanted:
            self._selector.modify(client.socket, wanted, client)

    def _end(self) -> None:
        """Say goodbye, and close everything."""
        self._deliver()
        for client in tuple(self._clients):
            if client in self._joined and self._ends is not None:
                self._queue(client, encode(self._ends))
            client.close()
        self._clients.clear()
        self._selector.close()
        self._listening.close()
        self._woken.close()
        self._wake.close()
