"""A list of attacks on the page. `python -m tests.page.attacks` tries all of them and prints a table.

Each try returns what happened and whether it was refused: a refused one gets nothing of the session, and does
nothing to it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

from tests.page import attack_lists as lists
from tests.page.fakes import KEYS, FakeSession, served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    Try = Callable[["Target"], Awaitable["Outcome"]]

SESSION_WORDS = (b"Builder", b"runs_from", b"schedule", KEYS.steer.encode(), KEYS.view.encode())


class Outcome(NamedTuple):
    """What came of a try."""

    refused: bool
    what: str


class Attack(NamedTuple):
    """A try."""

    kind: str
    what: str
    run: Try


class Target:
    """The server under attack."""

    def __init__(self, port: int, session: FakeSession, client: aiohttp.ClientSession) -> None:
        self.port = port
        self.session = session
        self.client = client
        self.origin = f"http://127.0.0.1:{port}"

    async def raw(self, request: bytes) -> Outcome:
        """Send a request as it stands; refused is what has a status from 400 on, or none, and tells nothing."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request.replace(b"{port}", str(self.port).encode()))
            async with asyncio.timeout(20):
                head = await reader.readuntil(b"\r\n")
                rest = b"" if head.startswith(b"HTTP/1.1 101") else await reader.read(65536)
        except (asyncio.IncompleteReadError, ConnectionError):
            return Outcome(refused=True, what="disconnected")
        finally:
            writer.close()
        status = int(head.split()[1])
        return Outcome(status >= 400 and not any(word in rest for word in SESSION_WORDS), f"status {status}")

    async def get(self, path: str, *, method: str = "GET", host: str | None = None, **headers: str) -> Outcome:
        """Send a request with headers."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        named = "127.0.0.1:{port}" if host is None else host
        if "Connection" not in headers:
            lines.append("Connection: close")
        head = "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {named}", *lines, "", ""])
        return await self.raw(head.encode("utf-8", "surrogateescape"))

    async def upgrade(self, *, host: str | None = None, origin: str | None = None) -> Outcome:
        """Ask for the websocket."""
        headers = {} if origin is None else {"Origin": origin}
        key = base64.b64encode(b"0123456789abcdef").decode()
        return await self.get(
            "/session", host=host, Upgrade="websocket", Connection="Upgrade", Sec_WebSocket_Version="13",
            Sec_WebSocket_Key=key, **headers,
        )  # fmt: skip

    async def page(self, first: object) -> aiohttp.ClientWebSocketResponse:
        """Open a websocket as our own page does, and send a first message."""
        socket = await self.client.ws_connect(f"{self.origin}/session", origin=self.origin, max_msg_size=0)
        await socket.send_str(first if isinstance(first, str) else json.dumps(first))
        return socket

    async def closed(self, socket: aiohttp.ClientWebSocketResponse) -> tuple[int | None, str]:
        """Read to the end: the code, and all that came."""
        came = ""
        async with asyncio.timeout(30):
            async for message in socket:
                came += str(message.data)
        return socket.close_code, came


def hello(key: object, **fields: object) -> dict[str, object]:
    """The first message of a page."""
    return {"is": "hello", "protocol": 1, "key": key, "name": "phone", **fields}


def attacks() -> Iterator[Attack]:
    """All tries."""
    yield from _requests()
    yield from _keys()
    yield from _messages()


def _requests() -> Iterator[Attack]:
    for name in lists.HOSTS:
        yield Attack("host", f"page as {name[:40]!r}", partial(Target.get, path="/", host=name))
        yield Attack("host", f"session as {name[:40]!r}", partial(Target.upgrade, host=name, origin=f"http://{name}"))
    for origin in lists.ORIGINS:
        yield Attack("origin", repr(origin), partial(Target.upgrade, origin=origin))
    for site in ("cross-site", "same-site", "nonsense"):
        yield Attack("origin", f"Sec-Fetch-Site: {site}", partial(Target.get, path="/", Sec_Fetch_Site=site))
    for path in lists.PATHS:
        shown = path if len(path) < 50 else f"{path[:30]}… ({len(path)} characters)"
        yield Attack("path", shown, partial(Target.get, path=path, Authorization=f"Bearer {KEYS.view}"))
    for method in lists.METHODS:
        yield Attack("method", method, partial(Target.get, path="/", method=method))
        yield Attack("method", f"{method} of the session", partial(Target.get, path="/session", method=method))
    for what, request in lists.REQUESTS.items():
        yield Attack("request", what, partial(Target.raw, request=request))


def _keys() -> Iterator[Attack]:
    for what, each in lists.wrong_keys(KEYS.steer, KEYS.view).items():
        yield Attack("key", what, partial(_wrong_first, first=hello(each)))
    for what, first in lists.WRONG_FIRST.items():
        yield Attack("key", f"message: {what}", partial(_wrong_first, first=first))
    for what, value in lists.wrong_bearers(KEYS.steer).items():
        yield Attack(
            "key", f"clip, {what}", partial(Target.get, path="/clips/voice/walk-backward", Authorization=value)
        )
    yield Attack("key", "clip, none", partial(Target.get, path="/clips/sounds/tick"))
    yield Attack("key", "clip, in the address", partial(Target.get, path=f"/clips/sounds/tick?key={KEYS.steer}"))
    yield Attack("key", "clip, as a cookie", partial(Target.get, path="/clips/sounds/tick", Cookie=f"key={KEYS.steer}"))


def _messages() -> Iterator[Attack]:
    for frame in lists.FRAMES:
        shown = frame[:30].decode("latin-1") + (f"… ({len(frame):,} bytes)" if len(frame) > 30 else "")
        yield Attack("message", repr(shown), partial(_bad_frame, frame=frame, binary=False))
    yield Attack("message", "binary", partial(_bad_frame, frame=b'{"is": "ping", "sent": 1}', binary=True))
    for name in lists.NOT_OFFERED:
        yield Attack("action", f"{name!r} by a page", partial(_action, key=KEYS.steer, name=name))
    for name in ("pause", "bail_out", "skip", "quit", "undo", "turned", "mute"):
        yield Attack("action", f"{name!r} by the view link", partial(_action, key=KEYS.view, name=name))
    for what, message in lists.VIEW_ASKS.items():
        yield Attack("action", f"{what} by the view link", partial(_view_asks, message=message))
    yield Attack("flood", "300 messages at once", _flood)
    yield Attack("flood", "60 sockets without a key", _strangers)


async def _wrong_first(at: Target, first: object) -> Outcome:
    code, came = await at.closed(await at.page(first))
    return Outcome(code == 4401 and not came, f"closed, {code}")


async def _admitted(at: Target, key: str) -> aiohttp.ClientWebSocketResponse:
    socket = await at.page(hello(key))
    for _ in range(4):
        await socket.receive(timeout=30)
    return socket


async def _bad_frame(at: Target, frame: bytes, *, binary: bool) -> Outcome:
    socket, before = await _admitted(at, KEYS.steer), len(at.session.asked)
    try:
        await socket.send_frame(frame, aiohttp.WSMsgType.BINARY if binary else aiohttp.WSMsgType.TEXT)
    except ConnectionError:
        await socket.close()
        return Outcome(refused=True, what="disconnected")
    code, _ = await at.closed(socket)
    return Outcome(code in (1006, 1007, 1009) and len(at.session.asked) == before, f"closed, {code}")


async def _action(at: Target, key: str, name: str) -> Outcome:
    socket, before = await _admitted(at, key), len(at.session.asked)
    await socket.send_json({"is": "action", "id": 7, "name": name})
    answer = json.loads((await socket.receive(timeout=30)).data)
    await socket.close()
    return Outcome(not answer["done"] and len(at.session.asked) == before, answer["why"])


async def _view_asks(at: Target, message: object) -> Outcome:
    socket, before = await _admitted(at, KEYS.view), len(at.session.asked)
    await socket.send_json(message)
    await socket.send_json({"is": "ping", "sent": 5})
    while json.loads((await socket.receive(timeout=30)).data).get("is") != "pong":
        pass
    await socket.close()
    return Outcome(len(at.session.asked) == before, "ignored")


async def _flood(at: Target) -> Outcome:
    socket = await _admitted(at, KEYS.steer)
    try:
        for number in range(300):
            await socket.send_json({"is": "ping", "sent": number})
    except ConnectionError:
        await socket.close()
        return Outcome(refused=True, what="disconnected")
    code, _ = await at.closed(socket)
    return Outcome(code == 1008, f"closed, {code}")


async def _strangers(at: Target) -> Outcome:
    sockets, refused = [], 0
    for _ in range(60):
        try:
            sockets.append(await at.client.ws_connect(f"{at.origin}/session", origin=at.origin))
        except aiohttp.WSServerHandshakeError:
            refused += 1
    for socket in sockets:
        await socket.close()
    walker = await _admitted(at, KEYS.steer)
    await walker.close()
    return Outcome(refused == 60 - 32, f"{refused} refused")


async def allowed() -> list[Outcome]:
    """What our own page does, in the same ways: none of it may be refused, or the attacks would prove nothing."""
    session = FakeSession()
    async with served(session) as (_, port), aiohttp.ClientSession() as client:
        target = Target(port, session, client)
        socket = await _admitted(target, KEYS.steer)
        await socket.send_json({"is": "action", "id": 1, "name": "pause"})
        answer = json.loads((await socket.receive(timeout=30)).data)
        await socket.close()
        return [
            await target.get("/"),
            await target.get("/", Sec_Fetch_Site="none"),
            await target.upgrade(origin="http://127.0.0.1:{port}"),
            await target.get("/clips/voice/walk-backward", Authorization=f"Bearer {KEYS.view}"),
            Outcome(not answer["done"], answer["why"]),
        ]


async def tried() -> list[tuple[Attack, Outcome]]:
    """Try everything; returns what came of it."""
    session = FakeSession()
    async with served(session) as (_, port), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        target = Target(port, session, client)
        return [(attack, await attack.run(target)) for attack in attacks()]


if __name__ == "__main__":
    results = asyncio.run(tried())
    for attack, outcome in results:
        print(
            f"{'refused' if outcome.refused else 'NOT REFUSED':12} {attack.kind:8} {outcome.what:34.34} {attack.what}"
        )
    refused = sum(outcome.refused for _, outcome in results)
    print(f"{refused} of {len(results)} tries were refused")
