"""A real browser for tests: headless Chromium, driven through its debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    import aiohttp


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the length of the block."""
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

    async def result(self, expression: str) -> Any:  # noqa: ANN401  (whatever it computes)
        """The awaited result of an expression, as JSON."""
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def resize(self, width: int, height: int) -> None:
        """Emulate the size of a device, with touch unless it is large."""
        small = width < 1000
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=small
        )
        await self.call("Emulation.setTouchEmulationEnabled", enabled=small)

    async def tap(self, selector: str) -> None:
        """Touch the middle of an element."""
        x, y = await self.result(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2] })()"
        )
        await self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        await self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    async def picture(self) -> bytes:
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


@contextlib.asynccontextmanager
async def browser(folder: Path, *more: str, environment: dict[str, str] | None = None) -> AsyncIterator[Page]:
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
    with started([chromium, *options, *more, f"--user-data-dir={folder}", "about:blank"], environment):

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


@contextlib.asynccontextmanager
async def another_page(folder: Path) -> AsyncIterator[Page]:
    """A second page of the browser that runs with this folder."""
    import aiohttp

    port = (folder / "DevToolsActivePort").read_text().splitlines()[0]
    async with aiohttp.ClientSession() as session:
        async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as answer:
            made = await answer.json()
        async with session.ws_connect(made["webSocketDebuggerUrl"], max_msg_size=0) as connection:
            yield Page(connection)
        await (await session.get(f"http://127.0.0.1:{port}/json/close/{made['id']}")).read()
