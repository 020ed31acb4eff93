"""One page that follows the session: the messages to it, and the requests it may make."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import WSMsgType

from retro_timer.clock import monotonic_ms
from retro_timer.page import messages
from retro_timer.remote.client_connection import Allowance
from retro_timer.remote.messages import ActionWanted, Answer, Goodbye, Ping, Pong, SpeakerClaim, SummaryAnswers
from retro_timer.remote.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from retro_timer.page.access import Role
    from retro_timer.page.clips import PageClips
    from retro_timer.page.session_link import SessionLink

MESSAGES_A_SECOND: Final = 20
MESSAGES_AT_ONCE: Final = 60
BEAT_S: Final = 0.5
"""Seconds between two messages that ask a page whether it still speaks."""
SLOW_S: Final = 10.0
"""Seconds that a page may take to read a message."""
BAD_MESSAGE: Final = 1007
FLOOD: Final = 1008
SESSION_LOST: Final = 4503
"""Codes with which a websocket is closed."""
_CUES: Final = b'{"is":"cues"'
_HELLO: Final = b'{"is":"hello"'
_BYE: Final = b'{"is":"bye"'


class Visitor:
    """A page whose key was accepted.

    Args:
        websocket: the connection to the page.
        link: the connection to the session.
        role: what the page may do.
        name: the device's name.
        clips: finds the clips of cues.
        speaks: called when the page begins to speak.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        websocket: web.WebSocketResponse,
        link: SessionLink,
        role: Role,
        name: str,
        *,
        clips: PageClips,
        speaks: Callable[[Visitor], None],
    ) -> None:
        self._websocket = websocket
        self._link = link
        self._role = role
        self.name = name
        self._clips = clips
        self._speaks = speaks
        self._offered: frozenset[str] = frozenset()
        self._allowance = Allowance(MESSAGES_A_SECOND, MESSAGES_AT_ONCE)
        self.speaking = False
        self._yielding: asyncio.Task[None] | None = None  # kept: the event loop itself holds tasks only weakly
        self.over = False
        """Whether the session has said that it is over."""

    async def follow(self) -> None:
        """Forward messages in both directions until one side ends."""
        tasks = [asyncio.create_task(each()) for each in (self._from_session, self._from_page, self._beat)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            self._link.close()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionError | TimeoutError):
                raise result

    def silence(self) -> None:
        """Tell the page that another one speaks from now on."""
        self.speaking = False
        self._yielding = asyncio.get_running_loop().create_task(self._yield())

    async def _yield(self) -> None:
        with suppress(ConnectionError, TimeoutError):
            await self._send_message(messages.Yield())

    async def _send_message(self, message: msgspec.Struct) -> None:
        await self._send(messages.encode_text(message))

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(SLOW_S):
            await self._websocket.send_str(text)

    async def _from_session(self) -> None:
        while line := await self._link.read():
            if line.startswith(_CUES):
                line = self._with_clips(line)
            elif line.startswith(_HELLO):
                actions = msgspec.json.decode(line)["actions"]
                self._offered = frozenset(each["name"] for each in actions if each["page"])
            self.over = self.over or (line.startswith(_BYE) and bool(msgspec.json.decode(line).get("over")))
            await self._send(line.decode().rstrip())
        if not self.over:
            await self._send_message(Goodbye("the connection to the session was lost"))
        await self._websocket.close(code=SESSION_LOST)

    def _with_clips(self, line: bytes) -> bytes:
        """Add the names of the clips to a `cues` message."""
        message: dict[str, Any] = msgspec.json.decode(line)
        for cue in message["cues"]:
            cue["clips"] = self._clips.names(tuple(cue["words"]))
        return msgspec.json.encode(message)

    async def _from_page(self) -> None:
        async for message in self._websocket:
            if not self._allowance.take(monotonic_ms()):
                await self._websocket.close(code=FLOOD, message=b"too many messages")
                return
            try:
                wanted = messages.decode_wanted(message.data if message.type is WSMsgType.TEXT else "")
            except ProtocolError:
                await self._websocket.close(code=BAD_MESSAGE, message=b"no message of a page")
                return
            await self._do(wanted)

    async def _do(self, wanted: messages.Wanted) -> None:
        if isinstance(wanted, Ping):
            await self._send_message(Pong(wanted.sent, monotonic_ms()))
        elif self._role == "view":
            if isinstance(wanted, ActionWanted | SummaryAnswers):
                await self._send_message(Answer(wanted.id, done=False, why="this link only shows the session"))
        elif isinstance(wanted, ActionWanted) and wanted.name not in self._offered:
            await self._send_message(Answer(wanted.id, done=False, why="a page cannot do that"))
        else:
            if isinstance(wanted, SpeakerClaim):
                begins = wanted.on and not self.speaking
                self.speaking = wanted.on
                if begins:
                    self._speaks(self)
            await self._link.send(wanted)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            if self.speaking:
                with suppress(ConnectionError):
                    await self._send_message(messages.Beat())
