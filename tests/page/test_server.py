"""The page's server in this process, with a fake session: who gets what, and when."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.requirements_present import require_modules

require_modules("aiohttp")

import aiohttp  # noqa: E402  (in the extra `page`)
import pytest  # noqa: E402  (the same)

from retro_timer.clock import monotonic_ms  # noqa: E402  (the same)
from retro_timer.page import server as serving  # noqa: E402  (the same)
from retro_timer.page import visitor as visiting  # noqa: E402  (the same)
from retro_timer.remote.messages import ActionWanted, CuesSent, Goodbye, SharedCue, SpeakerClaim, SummaryAnswers  # noqa: E402  (the same)
from tests.page.fakes import KEYS, FakeSession, served  # noqa: E402  (the same)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

WITHIN = 60


class Guest:
    """A page, as its websocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind."""
        async with asyncio.timeout(WITHIN):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.receive_str())
                if message["is"] == kind:
                    return message

    async def send(self, kind: str, **fields: object) -> None:
        await self.socket.send_json({"is": kind, **fields})

    async def closed(self) -> int | None:
        async with asyncio.timeout(WITHIN):
            async for _ in self.socket:
                pass
        return self.socket.close_code


class House:
    """A server with pages."""

    def __init__(
        self, session: FakeSession, server: serving.PageServer, port: int, client: aiohttp.ClientSession
    ) -> None:
        self.session = session
        self.server = server
        self.address = f"http://127.0.0.1:{port}"
        self.port = port
        self.client = client

    async def guest(self, key: str = KEYS.steer, name: str = "phone") -> Guest:
        socket = await self.client.ws_connect(f"{self.address}/session", origin=self.address)
        await socket.send_json({"is": "hello", "protocol": 1, "key": key, "name": name})
        return Guest(socket)

    async def until(self, what: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN):
            while not what():  # noqa: ASYNC110  (the server has no event for each of them)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    session = FakeSession()
    async with (
        served(session) as (server, port),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client,
    ):
        yield House(session, server, port, client)


async def test_a_page_gets_the_session_and_what_changes() -> None:
    async with house() as home:
        guest = await home.guest()
        admitted = await guest.next("page")
        assert (admitted["may"], admitted["name"], admitted["voice_volume"]) == ("steer", "phone", 100)
        assert abs(admitted["at"] - monotonic_ms()) < 60_000
        assert (await guest.next("hello"))["name"] == "Builder"
        assert len((await guest.next("schedule"))["intervals"]) == 18
        assert (await guest.next("state"))["phase"] == "backward"
        home.session.move(1, 0)
        assert (await guest.next("state"))["phase"] == "turn"


async def test_what_a_page_asks_reaches_the_session_and_is_answered() -> None:
    async with house() as home:
        guest = await home.guest()
        await guest.next("state")
        await guest.send("action", id=5, name="pause")
        assert await guest.next("answer") == {"is": "answer", "id": 5, "done": True, "why": ""}
        await guest.send("summary", id=6, effort=4, stumble=False)
        assert (await guest.next("answer"))["id"] == 6
        assert home.session.asked == [ActionWanted(5, "pause"), SummaryAnswers(6, effort=4, stumble=False)]


async def test_ending_and_settings_are_not_offered() -> None:
    async with house() as home:
        guest = await home.guest()
        await guest.next("state")
        await guest.send("action", id=1, name="quit")
        assert not (await guest.next("answer"))["done"]
        assert home.session.asked == []


async def test_the_view_link_shows_and_does_nothing() -> None:
    async with house() as home:
        guest = await home.guest(KEYS.view, "TV")
        assert (await guest.next("page"))["may"] == "watch"
        await guest.next("state")
        await guest.send("action", id=1, name="bail_out")
        assert not (await guest.next("answer"))["done"]
        assert [link.role for link in home.session.links] == ["view"]
        assert home.session.asked == []


async def test_pings_are_answered_with_the_clock_of_the_session() -> None:
    async with house() as home:
        guest = await home.guest()
        before = monotonic_ms()
        await guest.send("ping", sent=12.5)
        pong = await guest.next("pong")
        assert pong["sent"] == 12.5
        assert before <= pong["at"] <= monotonic_ms()
        assert home.session.asked == []  # the session is not bothered


async def test_cues_come_with_the_names_of_their_clips() -> None:
    async with house() as home:
        guest = await home.guest()
        await guest.next("state")
        home.session.send(
            CuesSent((SharedCue(1, "phase", "backward", ("Walk backward.", "Two minutes.", "Not a clip.")),))
        )
        (cue,) = (await guest.next("cues"))["cues"]
        assert cue["clips"] == ["walk-backward", "two-minutes"]
        for name in ("sounds/backward", "voice/walk-backward"):
            answer = await home.client.get(
                f"{home.address}/clips/{name}", headers={"Authorization": f"Bearer {KEYS.view}"}
            )
            assert answer.status == 200
            assert (await answer.read())[:4] in (b"RIFF", b"fLaC")


async def test_two_pages_have_two_names_and_one_speaks() -> None:
    async with house() as home:
        one, other = await home.guest(), await home.guest()
        assert {(await each.next("page"))["name"] for each in (one, other)} == {"phone", "phone 2"}
        await one.next("state")
        await one.send("speaker", on=True)
        assert (await other.next("state"))["sound"]["speaker"] == ""
        assert (await other.next("state"))["sound"]["speaker"]
        await one.next("beat")
        await other.send("speaker", on=True)
        await one.next("yield")
        await other.next("beat")
        assert home.session.asked == [SpeakerClaim(on=True), SpeakerClaim(on=True)]


async def test_sixteen_pages_may_follow_and_the_next_learns_why_not() -> None:
    async with house() as home:
        guests = [await home.guest() for _ in range(serving.MAX_PAGES)]
        for each in guests:
            await each.next("state")
        late = await home.guest()
        assert "16 devices" in (await late.next("bye"))["why"]
        assert await late.closed() == serving.FULL
        await guests[0].socket.close()
        await home.until(lambda: home.server.pages < serving.MAX_PAGES)
        await (await home.guest()).next("state")


async def test_a_page_that_never_reads_holds_up_nobody_and_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "SLOW_S", 0.5)
    async with house() as home:
        sleeper = await home.guest()
        await sleeper.next("state")
        sleeper.socket._reader._protocol.pause_reading()  # as a page whose device sleeps
        guest = await home.guest()
        await guest.next("state")
        big = Goodbye("x" * 1_000_000)
        for _ in range(20):
            home.session.links[0].lines.put_nowait(json.dumps({"is": "state", "caption": big.why}).encode() + b"\n")
        home.session.move(1, 0)
        assert (await guest.next("state"))["phase"] == "turn"
        await home.until(lambda: home.server.pages == 1)


async def test_strangers_are_sent_away_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HELLO_S", 0.1)
    async with house() as home:
        silent = Guest(await home.client.ws_connect(f"{home.address}/session", origin=home.address))
        assert await silent.closed() == serving.WRONG_KEY


async def test_a_connection_that_asks_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "IDLE_S", 0.1)
    async with house() as home:
        reader, writer = await asyncio.open_connection("127.0.0.1", home.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: loc")
        async with asyncio.timeout(WITHIN):
            assert await reader.read() == b""
        writer.close()


async def test_a_lost_session_ends_the_connection_so_that_the_page_tries_again() -> None:
    async with house() as home:
        guest = await home.guest()
        await guest.next("state")
        home.session.lose()
        assert not (await guest.next("bye"))["over"]
        assert await guest.closed() == visiting.SESSION_LOST
        home.session.gone = True
        assert await (await home.guest()).closed() == visiting.SESSION_LOST
        home.session.gone = False
        await (await home.guest()).next("state")


async def test_the_end_of_the_session_is_passed_on() -> None:
    async with house() as home:
        guest = await home.guest()
        await guest.next("state")
        home.session.send(Goodbye("the session is over", over=True))
        assert (await guest.next("bye"))["over"]
        home.session.lose()
        await guest.closed()
        async with asyncio.timeout(WITHIN):
            await home.server.session_over.wait()


async def test_every_answer_has_the_policy_and_no_cookie() -> None:
    async with house() as home:
        for path in ("/", "/page.css", "/page.js", "/nothing"):
            answer = await home.client.get(home.address + path)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Server"] == "retro-timer"
            assert answer.headers["Cache-Control"] == "no-store"  # the voice of the next session may be another


async def test_it_listens_on_this_machine_only() -> None:
    async with house() as home:
        with socket.socket() as probe:
            probe.settimeout(2)
            own = socket.gethostbyname(socket.gethostname())
            if own.startswith("127."):
                pytest.skip("this machine has no other address")
            assert probe.connect_ex((own, home.port)) != 0
