"""`retro-timer serve` with foreign pages and invalid messages."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.program import PROGRAM, Home
from tests.requirements_present import require_modules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc"),
]
HUGE = 99_999_999


def apps_of(process: asyncio.subprocess.Process) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in listed.split()]


class Served:
    """A running server and its apps."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, session: aiohttp.ClientSession) -> None:
        self.process, self.port, self.session = process, port, session

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def children(self) -> list[int]:
        """The running apps."""
        return apps_of(self.process)

    async def page(self, **options: Any) -> aiohttp.ClientWebSocketResponse:  # noqa: ANN401  (those of aiohttp)
        """A websocket, opened like our own page does."""
        headers = {"Origin": self.address}
        page: aiohttp.ClientWebSocketResponse = await self.session.ws_connect(
            f"{self.address}/ws?width=80&height=24", headers=headers, **options
        )
        return page

    async def until(self, number: int, seconds: float = 30.0) -> float:
        """Wait until a number of apps run; returns the time it took."""
        began = time.monotonic()
        while len(self.children()) != number:
            assert time.monotonic() - began < seconds, self.children()
            await asyncio.sleep(0.02)
        return time.monotonic() - began


@contextlib.asynccontextmanager
async def served(home: Path) -> AsyncIterator[Served]:
    require_modules("textual_serve")
    import aiohttp

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "serve", "back 60s", "--port", str(port),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=Home(home).environment({"PYTHONUNBUFFERED": "1"}),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert b"for this machine only" in await asyncio.wait_for(process.stdout.readline(), 30)
        async with aiohttp.ClientSession() as session:
            yield Served(process, port, session)
    finally:
        if process.returncode is None:
            for app in apps_of(process):  # they would keep its standard error open
                os.kill(app, signal.SIGKILL)
            process.kill()
        await process.communicate()


def resident(process: int) -> int:
    """Kilobytes of memory that a process uses."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def errors(server: Served) -> str:
    """End the server; returns its standard error."""
    server.process.terminate()
    _, err = await asyncio.wait_for(server.process.communicate(), 10)
    return err.decode()


async def test_only_our_own_page_is_answered(tmp_path: Path) -> None:
    import aiohttp

    async with served(tmp_path) as server:
        port = server.port
        hosts = {
            f"127.0.0.1:{port}": 200, f"localhost:{port}": 200, "evil.example": 403, f"evil.example:{port}": 403,
            "[::1": 400, f"localhost:{port}.evil.example": 403, "localhost:1": 403, "": 400, "127.0.0.1:port": 403,
        }  # fmt: skip
        for host, status in hosts.items():
            async with server.session.get(f"{server.address}/", headers={"Host": host}) as answer:
                assert (host, answer.status) == (host, status)
        for origin in (
            None, "null", "file://", "http://evil.example", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}.evil.example",
            f"chrome-extension://127.0.0.1:{port}", f"http://127.0.0.1:{port}@evil.example", f"http://localhost:{port}",
        ):  # fmt: skip
            headers = {} if origin is None else {"Origin": origin}
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await server.session.ws_connect(f"{server.address}/ws", headers=headers)
            assert (origin, refused.value.status) == (origin, 403)
        assert server.children() == []


async def test_a_huge_size_is_bounded_and_the_end_comes_within_two_seconds(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        page = await server.page()
        await server.until(1)
        await page.receive_bytes(timeout=30)
        await page.send_json(["resize", {"width": HUGE, "height": HUGE}])
        (app,) = server.children()
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            with contextlib.suppress(asyncio.TimeoutError):
                await page.receive(timeout=0.2)
            assert resident(app) < 400_000
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(server.process.wait(), 10) == 143
        assert time.monotonic() - began < 2
        with pytest.raises(ProcessLookupError):
            os.kill(app, 0)


async def test_an_app_ends_with_its_page(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        page = await server.page()
        await server.until(1)
        await page.receive_bytes(timeout=30)
        await page.close()
        assert await server.until(0) < 2.5
        page = await server.page()
        await server.until(1)
        await page.receive_bytes(timeout=30)  # stopped before it is the app, it would hold up the server that starts it
        os.kill(server.children()[0], signal.SIGSTOP)  # one that does not listen any more
        await page.close()
        assert await server.until(0) < 2.5


GARBAGE: tuple[str | bytes, ...] = (
    "", "{", "[]", "[1]", '["resize"]', '["resize", {"width": "a", "height": []}]', '["stdin", 5]', "[" * 5000,
    b"\x00\xff", '["stdin", "\\ud800"]', "x" * 200_000,
)  # fmt: skip


async def test_garbage_ends_its_page_with_one_line(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        for garbage in GARBAGE:
            page = await server.page()
            await server.until(1)
            await (page.send_str(garbage) if isinstance(garbage, str) else page.send_bytes(garbage))
            await server.until(0)
        lines = (await errors(server)).splitlines()
    said = "retro-timer: closed the connection to a page that sent "
    assert [line for line in lines if not line.startswith(said)] == []
    assert len(lines) <= len(GARBAGE)


async def test_only_so_many_pages_are_served(tmp_path: Path) -> None:
    import aiohttp

    from retro_timer.serving.server import MAX_SESSIONS

    async with served(tmp_path) as server:
        # At once: all but one of the apps soon end by themselves, since another has the session.
        answers = await asyncio.gather(*(server.page() for _ in range(MAX_SESSIONS + 1)), return_exceptions=True)
        pages = [each for each in answers if isinstance(each, aiohttp.ClientWebSocketResponse)]
        [refused] = [each for each in answers if isinstance(each, aiohttp.WSServerHandshakeError)]
        assert (len(pages), refused.status) == (MAX_SESSIONS, 503)
        await asyncio.gather(*(page.close() for page in pages))
        await server.until(0)


def test_a_used_port_is_reported_before_anything_else(tmp_path: Path) -> None:
    require_modules("textual_serve")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = Home(tmp_path).run("serve", "--port", str(port))
    assert ran.code == 2
    assert ran.out == b""
    assert ran.err.startswith(b"retro-timer: cannot listen on port")
    assert ran.err.count(b"\n") == 1
