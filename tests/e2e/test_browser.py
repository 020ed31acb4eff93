"""The app in a real browser: a session counts down on the page."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest

from tests.browser import Page, browser, free_port, started, until
from tests.requirements_present import require_modules, require_programs
from tests.terminal import PROGRAM, Screen, shows_time

if TYPE_CHECKING:
    from pathlib import Path

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


async def terminal_of(page: Page) -> str:
    """The terminal on the page, computed from what it was sent."""
    asked = parse_qs(urlsplit(await page.value("window.address")).query)
    width, height = (int(asked.get(name, ["80"])[0]) for name in ("width", "height"))
    screen = Screen(width, height)
    pyte.ByteStream(screen).feed((await page.value("window.received")).encode())
    return "\n".join(screen.display)


async def shows(page: Page, time_shown: str) -> bool | None:
    return True if shows_time(await terminal_of(page), time_shown) else None


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
