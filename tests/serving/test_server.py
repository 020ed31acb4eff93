"""The server in this process, with fakes in place of the apps: whom it answers, what it hands on, how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tests.requirements_present import require_modules

require_modules("textual_serve")

import aiohttp  # noqa: E402  (comes with textual-serve)
from aiohttp import web  # noqa: E402  (the same)

from retro_timer.processes import command  # noqa: E402  (the same)
from retro_timer.serving import server as serving  # noqa: E402  (the same)
from retro_timer.serving.app_process import MAX_HEIGHT, MAX_WIDTH, screen_size  # noqa: E402  (the same)
from retro_timer.serving.server import MAX_SESSIONS, AppServer  # noqa: E402  (the same)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence


class FakeApp:
    """An app that records what it receives."""

    made: ClassVar[list[FakeApp]] = []

    def __init__(self, arguments: Sequence[str], **fields: Any) -> None:  # noqa: ANN401  (those of AppService)
        self.arguments = arguments
        self.fields = fields
        self.received: list[object] = []
        self.stopped = asyncio.Event()
        FakeApp.made.append(self)

    async def start(self, *size: int) -> None:
        self.received.append(("start", *size))

    async def stop(self) -> None:
        self.stopped.set()

    async def send_bytes(self, data: bytes) -> None:
        self.received.append(data)

    async def set_terminal_size(self, *size: int) -> None:
        self.received.append(("resize", *size))

    async def blur(self) -> None:
        self.received.append("blur")

    async def focus(self) -> None:
        self.received.append("focus")


class Served:
    """A server that runs in this process."""

    def __init__(self, port: int, client: aiohttp.ClientSession) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.client = client
        self.said: list[str] = []
        self.signals: dict[int, Callable[[], object]] = {}
        self.running: asyncio.Task[int] | None = None

    async def page(self, query: str = "width=80&height=24", **headers: str) -> aiohttp.ClientWebSocketResponse:
        """A websocket, as our own page opens it."""
        return await self.client.ws_connect(f"{self.address}/ws?{query}", headers={"Origin": self.address, **headers})

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Send the server a signal; returns its exit code."""
        assert self.running is not None
        self.signals[number]()
        return await self.running


@asynccontextmanager
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    FakeApp.made = []
    monkeypatch.setattr(serving, "AppProcess", FakeApp)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    async with aiohttp.ClientSession() as client:
        one = Served(port, client)
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(
            loop, "add_signal_handler", lambda number, call, *given: one.signals.update({number: lambda: call(*given)})
        )
        listening = asyncio.Event()

        def say(line: str) -> None:
            one.said.append(line)
            listening.set()

        one.running = asyncio.create_task(AppServer(["run", "--", "back 1m"], port, say)._run())
        async with asyncio.timeout(20):
            await listening.wait()
            yield one
            if not one.running.done():
                await one.end()


async def test_it_says_where_it_is_and_ends_with_the_code_of_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as server:
        assert server.said == [
            f"Retro Timer is at http://localhost:{server.port} (Ctrl+C ends it), for this machine only.",
            "Its sound plays on this machine.",
        ]
        pages = [await server.page() for _ in range(2)]
        assert await server.end(signal.SIGINT) == 128 + signal.SIGINT
        assert [app.stopped.is_set() for app in FakeApp.made] == [True, True]
        for page in pages:
            await page.close()


async def test_a_page_that_does_not_confirm_its_end_does_not_keep_its_app_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: list[dict[str, Any]] = []
    real = web.WebSocketResponse

    def made(**given: Any) -> object:  # noqa: ANN401  (aiohttp's)
        options.append(given)
        return real(**given)

    monkeypatch.setattr(web, "WebSocketResponse", made)
    async with served(monkeypatch) as server:
        page = await server.page()
        await page.send_str("garbage")  # and nothing of it is read any more
        await FakeApp.made[0].stopped.wait()
    assert options[0]["timeout"] == serving.CLOSES_WITHIN


async def test_a_second_signal_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as server:
        server.signals[signal.SIGTERM]()
        assert await server.end(signal.SIGINT) == 128 + signal.SIGTERM


@pytest.mark.parametrize(("query", "size"), [("", 16), ("?fontsize=20", 20), ("?fontsize=5", 16), ("?fontsize=x", 16)])
async def test_the_page_is_our_own_and_talks_to_the_host_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, query: str, size: int
) -> None:
    async with served(monkeypatch) as server, server.client.get(f"http://localhost:{server.port}/{query}") as answer:
        text = await answer.text()
        assert answer.status == 200
        assert f"ws://localhost:{server.port}/ws" in text
        assert f'data-font-size="{size}"' in text
        assert "https://" not in text


async def test_only_names_of_this_machine_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as server:
        for host, status in {
            f"localhost:{server.port}": 200, f"127.0.0.1:{server.port}": 200, f"[::1]:{server.port}": 200,
            "evil.example": 403, f"evil.example:{server.port}": 403, "localhost:1": 403, "[::1": 400, "": 400,
        }.items():  # fmt: skip
            async with server.client.get(f"{server.address}/", headers={"Host": host}) as answer:
                assert (host, answer.status) == (host, status)


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "https://127.0.0.1", "http://localhost:1"])
async def test_only_the_servers_own_page_gets_an_app(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    async with served(monkeypatch) as server:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await server.page(Origin=origin)
        assert refused.value.status == 403
        assert FakeApp.made == []


async def test_every_page_has_an_app_of_its_own_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as server:
        pages = [await server.page() for _ in range(MAX_SESSIONS)]
        assert len(FakeApp.made) == MAX_SESSIONS
        same = tuple(command("retro_timer.__main__", "run", "--", "back 1m"))
        assert {tuple(app.arguments) for app in FakeApp.made} == {same}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await server.page()
        assert refused.value.status == 503
        await pages[0].close()
        await FakeApp.made[0].stopped.wait()
        assert not any(app.stopped.is_set() for app in FakeApp.made[1:])
        again = await server.page()
        for page in (again, *pages[1:]):
            await page.close()


async def test_what_a_page_sends_reaches_its_app(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as server:
        page = await server.page("width=100&height=99999999")
        sent = (["stdin", "é"], ["resize", {"width": 0, "height": 50}], ["blur"], ["focus"], ["ping", 7])
        for message in sent:
            await page.send_json(message)
        assert await page.receive_json() == ["pong", 7]
        (app,) = FakeApp.made
        assert app.received == [("start", 100, MAX_HEIGHT), "é".encode(), ("resize", 1, 50), "blur", "focus"]
        await app.fields["write_bytes"](b"drawn")
        assert await page.receive_bytes() == b"drawn"
        await page.close()


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", '["stdin", 5]', '["resize"]', '["resize", {"width": "a", "height": []}]', '["x"]', b"\x00"],
)
async def test_a_page_that_sends_anything_else_is_closed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, message: str | bytes
) -> None:
    async with served(monkeypatch) as server:
        page = await server.page()
        await (page.send_str(message) if isinstance(message, str) else page.send_bytes(message))
        assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE
        assert page.close_code == 1007
        (app,) = FakeApp.made
        await app.stopped.wait()
        assert app.received == [("start", 80, 24)]
        assert len([line for line in caplog.messages if "unknown message" in line]) == 1


def test_running_it_returns_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ended(_server: AppServer) -> int:
        return 143

    monkeypatch.setattr(AppServer, "_run", ended)
    assert AppServer([], 8000, print).run() == 143


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ((80, 24), (80, 24)),
        ((0, -5), (1, 1)),
        ((10**9, 10**9), (MAX_WIDTH, MAX_HEIGHT)),
        ((1, MAX_HEIGHT), (1, MAX_HEIGHT)),
    ],
)
def test_sizes_are_bounded(asked: tuple[int, int], size: tuple[int, int]) -> None:
    assert screen_size(*asked) == size


@pytest.mark.parametrize("wrong", [(True, 24), (80, "24"), (None, 24), (80.0, 24)])
def test_invalid_sizes_are_refused(wrong: tuple[object, object]) -> None:
    with pytest.raises(ValueError, match="two whole numbers"):
        screen_size(*wrong)
