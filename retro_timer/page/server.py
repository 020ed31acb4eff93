"""The page's web server: our own files, the clips, and a websocket for each page. Everything else is refused.

Everything a page sends is validated and limited in size. Without the key in its link a page gets nothing from the
session, and nobody learns which part of a key was wrong. The key comes after the `#` of the link: browsers never send
that part, so it appears in no log along the way.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from aiohttp import WSMsgType, web
from aiohttp.http_exceptions import HttpProcessingError

from retro_timer.clock import monotonic_ms
from retro_timer.errors import UserError
from retro_timer.page import access, messages
from retro_timer.page.visitor import SESSION_LOST, Visitor
from retro_timer.remote.messages import Goodbye
from retro_timer.remote.protocol import PROTOCOL, ProtocolError

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    from aiohttp.web_protocol import RequestHandler

    from retro_timer.audio.options import SoundOptions
    from retro_timer.page.access import PageKeys, Role
    from retro_timer.page.clips import PageClips
    from retro_timer.page.session_link import SessionLink

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Join = Callable[[Role, str], Awaitable[SessionLink]]

MAX_PAGES: Final = 16
MAX_STRANGERS: Final = 32
"""Limit of websockets that have not shown a key yet."""
MAX_CONNECTIONS: Final = 256
HELLO_S: Final = 5.0
"""Seconds within which a page must show its key."""
IDLE_S: Final = 10.0
"""Seconds after which a connection without a request is closed."""
DEAD_S: Final = 10.0
"""Seconds between two pings of the websocket protocol, which check that a page is still there."""
WRONG_KEY: Final = 4401
WRONG_VERSION: Final = 4400
FULL: Final = 4429
FIRST_REFUSAL: Final = 400
"""Status codes from this one on are refusals."""
_FILES: Final = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
_LOG: Final = logging.getLogger("retro-timer.page")
_TYPES: Final = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


class PageServer:
    """Serves the page of one session.

    Args:
        keys: the keys in the links.
        join: connects to the session with a device's role and name.
        sound: how the session sounds.
        clips: finds the clips.
        names: names of this machine that are accepted as hosts besides its addresses.
    """

    def __init__(
        self, keys: PageKeys, join: Join, sound: SoundOptions, clips: PageClips, names: frozenset[str] = frozenset()
    ) -> None:
        self._keys = keys
        self._join = join
        self._sound = sound
        self._clips = clips
        self._names = names
        self._visitors: dict[Visitor, None] = {}
        self._strangers = 0
        self._connections: set[RequestHandler] = set()
        self._busy: set[RequestHandler] = set()
        self._ports: set[int] = set()
        self.session_over = asyncio.Event()
        """Set when the session has said that it is over."""

    @property
    def pages(self) -> int:
        """How many pages follow the session."""
        return len(self._visitors)

    async def serve(self, sockets: list[socket.socket], until: Awaitable[object]) -> None:
        """Serve on some sockets until `until` completes."""
        self._ports = {each.getsockname()[1] for each in sockets}
        app = web.Application(middlewares=[self._guard], client_max_size=1024)
        for path in _FILES:
            app.router.add_get(path, self._file, allow_head=True)
        app.router.add_get("/session", self._session, allow_head=False)
        app.router.add_get("/clips/{kind}/{name}", self._clip, allow_head=False)
        app.on_response_prepare.append(_add_headers)
        _LOG.addFilter(_is_our_fault)
        runner = web.AppRunner(
            app,
            shutdown_timeout=0.2,
            access_log=None,
            keepalive_timeout=IDLE_S,
            lingering_time=1.0,
            max_headers=64,
            logger=_LOG,
        )
        await runner.setup()
        assert runner.server is not None  # noqa: S101  (it was set up)
        make, loop = runner.server, asyncio.get_running_loop()
        servers = [await loop.create_server(lambda: self._connection(make), sock=each) for each in sockets]
        try:
            await until
        finally:
            for server in servers:
                server.close()
            await runner.cleanup()

    def _connection(self, make: Callable[[], RequestHandler]) -> RequestHandler:
        """Make a connection's handler, which is closed if no request comes, or if there are too many connections."""
        handler, loop = make(), asyncio.get_running_loop()
        self._connections = {each for each in self._connections if each.transport is not None}
        full = len(self._connections) >= MAX_CONNECTIONS
        self._connections.add(handler)
        self._busy &= self._connections
        loop.call_later(0 if full else IDLE_S, self._close_idle, handler)
        return handler

    def _close_idle(self, handler: RequestHandler) -> None:
        if handler not in self._busy:
            handler.force_close()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse distant devices, and host names that are not ours, before anything else."""
        self._busy.add(request.protocol)
        transport = request.transport
        peer = transport.get_extra_info("peername") if transport else None
        reached = transport.get_extra_info("sockname") if transport else None
        if not peer or not reached or not access.peer_is_near(peer[0]):
            raise web.HTTPForbidden(text="this page is for devices nearby\n")
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not access.host_is_ours(hosts[0], reached[0], reached[1], self._names):
            raise web.HTTPForbidden(text="this server has another name\n")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden(text="only its own page may use this server\n")
        return await handler(request)

    async def _file(self, request: web.Request) -> web.Response:
        name = _FILES[request.path]
        body = (files("retro_timer.page") / "static" / name).read_bytes()
        return web.Response(body=body, content_type=_TYPES[name.rpartition(".")[2]], charset="utf-8")

    async def _clip(self, request: web.Request) -> web.Response:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self._keys.role(key) is None:
            raise web.HTTPForbidden(text="a key is missing, or wrong\n")
        kind, name = request.match_info["kind"], request.match_info["name"]
        body, content_type = None, "audio/wav"
        if kind == "sounds":
            body = self._clips.sound(name)
        elif kind == "voice":
            with suppress(OSError):
                body, content_type = self._clips.words(name), "audio/flac"
        if body is None:
            raise web.HTTPNotFound(text="there is no such clip\n")
        return web.Response(body=body, content_type=content_type)

    async def _session(self, request: web.Request) -> web.StreamResponse:
        """The websocket of a page."""
        if not access.origin_is_ours(request.headers.get("Origin"), request.headers["Host"]):
            raise web.HTTPForbidden(text="only its own page may use this server\n")
        if self._strangers >= MAX_STRANGERS:
            raise web.HTTPServiceUnavailable(text="too many devices are connecting\n")
        websocket = web.WebSocketResponse(heartbeat=DEAD_S, max_msg_size=messages.MAX_MESSAGE, compress=False)
        if not websocket.can_prepare(request):
            raise web.HTTPBadRequest(text="this is a websocket\n")
        self._strangers += 1
        try:
            await websocket.prepare(request)
            admitted = await self._admit(websocket)
        finally:
            self._strangers -= 1
        if admitted is not None:
            await self._follow(websocket, *admitted)
        return websocket

    async def _admit(self, websocket: web.WebSocketResponse) -> tuple[Role, str] | None:
        """Read a page's key; returns its role and the kind of device, or None once the page has been sent away."""
        try:
            async with asyncio.timeout(HELLO_S):
                first = await websocket.receive()
            hello = messages.decode_hello(first.data if first.type is WSMsgType.TEXT else "")
        except (TimeoutError, ProtocolError):
            hello = None
        role = None if hello is None else self._keys.role(hello.key)
        if hello is None or role is None:
            await websocket.close(code=WRONG_KEY)
        elif hello.protocol != PROTOCOL:
            await websocket.close(code=WRONG_VERSION)
        elif len(self._visitors) >= MAX_PAGES:
            await websocket.send_str(messages.encode_text(Goodbye(f"{MAX_PAGES} devices follow already: close one")))
            await websocket.close(code=FULL)
        else:
            return role, hello.name
        return None

    async def _follow(self, websocket: web.WebSocketResponse, role: Role, kind: str) -> None:
        name = self._free_name(kind)
        try:
            link = await self._join(role, name)
        except (OSError, UserError):
            await websocket.close(code=SESSION_LOST)
            return
        visitor = Visitor(websocket, link, role, name, clips=self._clips, speaks=self._speaks)
        self._visitors[visitor] = None
        welcome = messages.Admitted(
            may="steer" if role == "page" else "watch",
            name=name,
            at=monotonic_ms(),
            voice_volume=self._sound.voice_volume,
            sounds_volume=self._sound.sounds_volume,
            word_gap=self._sound.phrases.WORD_GAP_MS,
        )
        try:
            await websocket.send_str(messages.encode_text(welcome))
            await visitor.follow()
        except (ConnectionError, TimeoutError):
            pass  # the page is gone
        finally:
            link.close()
            self._visitors.pop(visitor, None)
            if visitor.over:
                self.session_over.set()
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(1):
                    await websocket.close()

    def _free_name(self, kind: str) -> str:
        """A name for a device: its kind, with a number if that name is taken."""
        kind = kind if kind in ("phone", "tablet", "TV", "browser") else "browser"
        taken = {visitor.name for visitor in self._visitors}
        numbered = (f"{kind} {number}" for number in range(2, MAX_PAGES + 2))
        return kind if kind not in taken else next(name for name in numbered if name not in taken)

    def _speaks(self, speaker: Visitor) -> None:
        """Silence the page that spoke until now."""
        for each in self._visitors:
            if each is not speaker and each.speaking:
                each.silence()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(access.HEADERS)
    host = request.headers["Host"] if response.status < FIRST_REFUSAL else "localhost"  # checked only if not refused
    response.headers["Content-Security-Policy"] = access.content_policy(host)


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Whether an error is worth logging; malformed requests are not, because anybody could fill the log with them."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, HttpProcessingError)
