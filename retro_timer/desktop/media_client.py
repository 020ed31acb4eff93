"""The helper as a client of the session's socket: follows the session, and requests actions one at a time."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from retro_timer import __version__
from retro_timer.clock import monotonic_ms
from retro_timer.desktop.media import Moment
from retro_timer.remote.address import UnreachableError, addresses
from retro_timer.remote.messages import ActionWanted, Answer, ClientHello, Goodbye, SharedSchedule, SharedState, Welcome
from retro_timer.remote.protocol import PROTOCOL, ProtocolError, decode_update, encode
from retro_timer.remote.streams import open_streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOUND_WITHIN: Final = 20.0
"""Timeout in seconds for the session's socket to appear."""
ANSWERED_WITHIN: Final = 5.0
"""Timeout in seconds for an answer from the session."""
_LOOKED_EVERY: Final = 0.1
_NAME: Final = "media keys"


class MediaClient:
    """A client of one session.

    Args:
        changed: called when the session has changed.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._name = ""
        self._schedule: SharedSchedule | None = None
        self._state: SharedState | None = None
        self._offset = 0.0
        self._writer: asyncio.StreamWriter | None = None
        self._one_at_a_time = asyncio.Lock()
        self._answer: asyncio.Future[Answer] | None = None
        self._asked = 0

    @property
    def moment(self) -> Moment | None:
        """The known state of the session; None until the session has sent it."""
        if self._schedule is None or self._state is None:
            return None
        return Moment(self._name, self._schedule, self._state, self._offset)

    async def follow(self, directory: Path, pid: int) -> None:
        """Follow the session of a process until it is over.

        Raises:
            UnreachableError: if it has no socket.
            ProtocolError: if it sends something invalid, or no longer answers.
        """
        reader, writer = await _connected(directory, pid)
        self._writer = writer
        try:
            while line := await reader.readline():
                update = decode_update(line)
                if isinstance(update, Goodbye):
                    return
                self._take(update)
        except (OSError, ValueError) as error:
            raise ProtocolError(f"the session does not answer: {error}") from error
        finally:
            self._writer = None
            if self._answer is not None:
                self._answer.cancel()
            writer.close()

    async def perform(self, verb: str) -> None:
        """Perform the action for a verb of the player interface, once the previous verb has taken effect."""
        async with self._one_at_a_time:
            moment, writer = self.moment, self._writer
            action = moment.action(verb) if moment is not None else ""
            if not action or writer is None:
                return
            self._asked += 1
            self._answer = asyncio.get_running_loop().create_future()
            with suppress(TimeoutError, OSError, asyncio.CancelledError):
                writer.write(encode(ActionWanted(id=self._asked, name=action)))
                await writer.drain()
                await asyncio.wait_for(self._answer, ANSWERED_WITHIN)
            self._answer = None

    def _take(self, update: object) -> None:
        if isinstance(update, Welcome):
            self._name = update.name
        elif isinstance(update, SharedSchedule):
            self._schedule = update
            self._changed()
        elif isinstance(update, SharedState):
            self._state, self._offset = update, update.at - monotonic_ms()
            self._changed()
        elif isinstance(update, Answer):
            self._answered(update)

    def _answered(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done() and answer.id == self._asked:
            self._answer.set_result(answer)


async def _connected(directory: Path, pid: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Find the socket of a process, which appears after its first frame, and say hello."""
    until = time.monotonic() + FOUND_WITHIN
    while not (found := [address for address in addresses(directory) if address.process == pid]):
        if time.monotonic() > until:
            raise UnreachableError("the session has no socket")
        await asyncio.sleep(_LOOKED_EVERY)
    return await open_streams(found[-1], ClientHello(PROTOCOL, name=_NAME, version=__version__))
