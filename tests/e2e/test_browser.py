"""The app in a real browser: a session counts down on the page."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import itertools
import os
import shutil
import socket
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest

from tests.requirements_present import require_modules, require_programs
from tests.terminal import PROGRAM, Screen, shows_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    import aiohttp

pytestmark = [pytest.mark.terminal, pytest.mark.slow]

KEEP_WHAT_IS_RECEIVED = """
window.received = "";
window.address = "";
const decoder = new TextDecoder();
const Original = window.WebSocket;
window.WebSocket = class extends Original {
  constructor(...all) {
    super(...all);
    window.address = String(all[0]);
    this.addEventListener("message", async (event) => {
      if (event.data instanceof Blob) {
        window.received += decoder.decode(await event.data.arrayBuffer(), { stream: true });
      } else if (event.data instanceof ArrayBuffer) {
        window.received += decoder.decode(event.data, { stream: true });
      }
    });
  }
};
"""


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended at the end of the block."""
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(what: str, found: Any, timeout: float = 40.0) -> Any:  # noqa: ANN401, ASYNC109  (an async function)
    """Retry until there is an answer."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if (answer := await found()) is not None:
                return answer
        await asyncio.sleep(0.1)
    raise AssertionError(f"{what} did not come")


class Page:
    """A page of the browser, driven through its debugging protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=30)
            if message.get("id") == number:
                result: dict[str, Any] = message["result"]
                return result

    async def value(self, expression: str) -> str:
        answer = await self.call("Runtime.evaluate", expression=expression)
        return str(answer["result"].get("value", ""))

    async def screen(self) -> str:
        """The terminal on the page, computed from what it was sent."""
        asked = parse_qs(urlsplit(await self.value("window.address")).query)
        width, height = (int(asked.get(name, ["80"])[0]) for name in ("width", "height"))
        screen = Screen(width, height)
        pyte.ByteStream(screen).feed((await self.value("window.received")).encode())
        return "\n".join(screen.display)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


@contextlib.asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    import aiohttp

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--remote-debugging-port=0",
        "--window-size=1000,700",
    ]
    with started([chromium, *options, f"--user-data-dir={folder}", "about:blank"]):

        async def page_socket() -> str | None:
            lines = (folder / "DevToolsActivePort").read_text().splitlines()
            if not lines:
                return None  # being written
            port = lines[0]
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            return str(pages[0]["webSocketDebuggerUrl"]) if pages else None

        async with aiohttp.ClientSession() as session:
            address = await until("the browser", page_socket)
            async with session.ws_connect(address, max_msg_size=0) as connection:
                yield Page(connection)


async def shows(page: Page, time_shown: str) -> bool | None:
    return True if shows_time(await page.screen(), time_shown) else None


async def test_a_session_counts_down_on_the_page(tmp_path: Path) -> None:
    require_modules("textual_serve")
    require_programs("chromium")
    import aiohttp

    port = free_port()
    environment = {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    command = [*PROGRAM, "serve", "back 50s, turn 3s, fwd 5s", "--port", str(port)]
    with started(command, environment):

        async def answers() -> bool | None:
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as answer:
                return True if answer.status == 200 else None

        await until("the server", answers)
        async with browser(tmp_path / "browser") as page:
            await page.call("Page.enable")
            await page.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_WHAT_IS_RECEIVED)
            await page.call("Page.navigate", url=f"http://127.0.0.1:{port}/?fontsize=16")
            pictures: list[bytes] = []
            for shown in ("0:48", "0:47", "0:46"):
                await until(f"second {shown}", partial(shows, page, shown))
                pictures.append(await page.picture())
            assert len(set(pictures)) == len(pictures)


def test_a_foreign_page_is_refused(tmp_path: Path) -> None:
    """A page of somebody else, open in the same browser, cannot drive the app."""
    require_modules("textual_serve")
    port = free_port()
    with started([*PROGRAM, "serve", "--port", str(port)], {"RETRO_TIMER_DATA_DIR": str(tmp_path)}):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        strange = [{"Host": "evil.example"}, {"Origin": "http://evil.example", "Upgrade": "websocket"}]
        for path, headers in zip(("/", "/ws"), strange, strict=True):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path, headers=headers)
            assert connection.getresponse().status == 403
            connection.close()
