"""A server for the app, based on textual-serve, for browsers on this machine only.

We serve our own page, since the one in textual-serve loads a font from a third party. Only our page may use the
websocket, and only under this machine's own host names: otherwise any web page open in the same browser could control
the app, and, through a name that resolves to this machine, even read it. All input from pages is bounded.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import WSMsgType, web
from textual_serve.server import Server, to_int

from retro_timer.processes import command
from retro_timer.runtime.exit_codes import SIGNALLED, STOP_SIGNALS
from retro_timer.serving.app_process import AppProcess, screen_size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TEMPLATES: Final = Path(__file__).parent / "templates"
ADDRESS: Final = "127.0.0.1"
NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
MAX_SESSIONS: Final = 8
MAX_MESSAGE: Final = 64 * 1024
"""Limit in bytes of a message from a page: a key, a size, some pasted text."""
CLOSES_WITHIN: Final = 0.5
"""Seconds a page has to confirm that its connection is closed; its app ends then."""
_FONT_SIZES: Final = range(6, 97)
_LOG: Final = logging.getLogger("retro-timer")


class AppServer(Server):
    """Serves the app to browsers of this machine.

    Args:
        arguments: command-line arguments for the app.
        port: the port to listen on.
        say: prints a line.
    """

    def __init__(self, arguments: Sequence[str], port: int, say: Callable[[str], None]) -> None:
        super().__init__("", host=ADDRESS, port=port, title="Retro Timer", templates_path=TEMPLATES)
        self._arguments = command("retro_timer.__main__", *arguments)
        self._say = say
        self._hosts = {name if port == 80 else f"{name}:{port}" for name in NAMES}
        self._sessions: set[AppProcess] = set()

    def run(self) -> int:
        """Serve until a signal arrives; returns the exit code.

        Raises:
            OSError: if the port cannot be used.
        """
        logging.basicConfig(level=logging.WARNING, format="retro-timer: %(message)s")
        return asyncio.run(self._run())

    async def _run(self) -> int:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()

        def end(number: int) -> None:
            if not ended.done():
                ended.set_result(SIGNALLED + number)

        with suppress(NotImplementedError):  # Windows: Ctrl+C raises
            for number in STOP_SIGNALS:
                loop.add_signal_handler(number, end, number)
        app = await self._make_app()
        app.middlewares.append(self._refuse_strangers)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, ADDRESS, self.port).start()
            self._say(f"Retro Timer is at http://localhost:{self.port} (Ctrl+C ends it), for this machine only.")
            self._say("Its sound plays on this machine.")
            return await ended
        finally:
            await asyncio.gather(*(session.stop() for session in self._sessions))
            await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Do nothing: the address is printed once the server listens."""

    @aiohttp_jinja2.template("app_index.html")  # type: ignore[untyped-decorator, unused-ignore]
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """Render the page, with URLs that use the browser's name for this machine."""
        wanted = to_int(request.query.get("fontsize", "16"), 16)
        return {
            "font_size": wanted if wanted in _FONT_SIZES else 16,
            "websocket_url": f"ws://{request.host}{request.app.router['websocket'].url_for()}",
            "static_url": "/static/",
        }

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Connect our page to a new app process."""
        if request.headers.get("Origin") != f"http://{request.headers['Host']}":
            raise web.HTTPForbidden(text="only the page of this server may use it")
        if len(self._sessions) >= MAX_SESSIONS:
            raise web.HTTPServiceUnavailable(text=f"{MAX_SESSIONS} pages are open already: close one")
        width, height = (to_int(request.query.get(name, ""), usual) for name, usual in (("width", 80), ("height", 24)))
        websocket = web.WebSocketResponse(timeout=CLOSES_WITHIN, heartbeat=15, max_msg_size=MAX_MESSAGE)
        session = AppProcess(
            self._arguments,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=websocket.close,
            download_manager=self.download_manager,
        )
        self._sessions.add(session)
        try:
            await websocket.prepare(request)
            await session.start(*screen_size(width, height))
            await self._receive(websocket, session)
        finally:
            await session.stop()
            self._sessions.discard(session)
        return websocket

    async def _receive(self, websocket: web.WebSocketResponse, session: AppProcess) -> None:
        """Forward messages from the page; close the connection on an unknown one."""
        async for message in websocket:
            try:
                data = message.data if message.type is WSMsgType.TEXT else ""
                await _handle_message(json.loads(data), websocket, session)
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
                _LOG.warning("closed the connection to a page that sent an unknown message (%s)", type(error).__name__)
                await websocket.close(code=1007)

    @web.middleware
    async def _refuse_strangers(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse host names that are not this machine's own (DNS rebinding)."""
        host = request.headers.get("Host", "")
        if host not in self._hosts:
            raise _refusal(host)
        return await handler(request)


def _refusal(host: str) -> web.HTTPException:
    try:
        is_name = bool(urlsplit(f"//{host}").hostname)
    except ValueError:
        is_name = False
    if is_name:
        return web.HTTPForbidden(text="this server answers to localhost only")
    return web.HTTPBadRequest(text="the Host header is not a host name")


async def _handle_message(message: Any, websocket: web.WebSocketResponse, session: AppProcess) -> None:  # noqa: ANN401
    """Handle one message.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: if it is not one of ours.
    """
    match message:
        case ["stdin", str() as keys]:
            await session.send_bytes(keys.encode())
        case ["resize", {"width": width, "height": height}]:
            await session.set_terminal_size(*screen_size(width, height))
        case ["ping", str() | int() | float() as data]:
            await websocket.send_json(["pong", data])
        case ["blur", *_]:
            await session.blur()
        case ["focus", *_]:
            await session.focus()
        case _:
            raise ValueError("unknown message")
