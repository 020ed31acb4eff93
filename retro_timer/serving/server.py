"""A server for the app, made from textual-serve.

Two things differ. The page is our own: the one that comes with textual-serve fetches a font from another company. And
a websocket is only accepted from the page that this server sent: otherwise any web page open in the same browser
could drive the app, and with a name that resolves to this machine even read it.
"""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import web
from textual_serve.server import Server, to_int

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEMPLATES: Final = Path(__file__).parent / "templates"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_FONT_SIZES: Final = range(6, 97)


class AppServer(Server):
    """Serves the app to browsers.

    Args:
        arguments: for the program, behind its name.
        host: the address to listen on.
        port: the port to listen on.
        say: prints a line.
    """

    def __init__(self, arguments: Sequence[str], host: str, port: int, say: Callable[[str], None]) -> None:
        command = shlex.join([sys.executable, "-m", "retro_timer", *arguments])
        super().__init__(command, host=host, port=port, title="Retro Timer", templates_path=TEMPLATES)
        self._say = say

    def initialize_logging(self) -> None:
        """Only what went wrong is of interest."""
        logging.basicConfig(level=logging.WARNING, format="retro-timer: %(message)s")

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002  (the server's signature)
        """Say where it is, and who can reach it."""
        for line in self.announcement():
            self._say(line)

    def announcement(self) -> tuple[str, ...]:
        """Where the app is, and what that opens up."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = f"http://{'localhost' if self.host in LOOPBACK else host}:{self.port}"
        lines = [f"Retro Timer is at {shown} (Ctrl+C ends it). Its sound comes out of this machine."]
        if self.host not in LOOPBACK:
            lines.append(
                "Everybody who can reach this machine over the network can now use the app, see and delete your "
                "history, and read what is sent: there is no password and no encryption."
            )
        return tuple(lines)

    @aiohttp_jinja2.template("app_index.html")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """The page, with addresses as the browser knows this machine."""
        self._refuse_strangers(request)
        wanted = to_int(request.query.get("fontsize", "16"), 16)
        return {
            "font_size": wanted if wanted in _FONT_SIZES else 16,
            "websocket_url": f"ws://{request.host}{request.app.router['websocket'].url_for()}",
            "static_url": "/static/",
        }

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Let our own page drive the app."""
        self._refuse_strangers(request)
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.host:
            raise web.HTTPForbidden(text="only the page of this server may use it")
        return await super().handle_websocket(request)

    def _refuse_strangers(self, request: web.Request) -> None:
        """On the loopback address, answer only to the names of this machine: others were made to resolve to it."""
        name = urlsplit(f"//{request.host}").hostname
        if self.host in LOOPBACK and name not in LOOPBACK:
            raise web.HTTPForbidden(text="this server answers to localhost only")
