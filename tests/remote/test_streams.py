"""Connecting to a session on an event loop: nothing waits for it, and no socket stays open."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from threading import Event

import pytest

from retro_timer.remote import address
from retro_timer.remote.address import Address, UnreachableError
from retro_timer.remote.messages import ClientHello
from retro_timer.remote.protocol import PROTOCOL
from retro_timer.remote.streams import open_streams
from tests.remote.support import GENEROUS_S

NOWHERE = Address(Path("nowhere.sock"), 1, "abc")
HELLO = ClientHello(PROTOCOL)


class Slow:
    """A session that is connected to when it is let."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.begun, self.may_end = Event(), Event()

    def connect(self, _address: Address, _timeout: float) -> tuple[socket.socket, str]:
        self.begun.set()
        assert self.may_end.wait(GENEROUS_S)
        return self.ours, "secret"

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, GENEROUS_S)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(address, "connect", made.connect)
    return made


async def test_the_event_loop_runs_on_while_a_session_does_not_answer(slow: Slow) -> None:
    opening = asyncio.create_task(open_streams(NOWHERE, HELLO))
    await slow.has_begun()
    assert not opening.done()
    slow.may_end.set()
    _reader, writer = await opening
    with slow.theirs:
        assert b'"secret"' in await asyncio.to_thread(slow.theirs.recv, 1000)
        writer.close()
        await writer.wait_closed()


async def test_a_connection_that_nobody_waits_for_any_more_is_closed(slow: Slow) -> None:
    opening = asyncio.create_task(open_streams(NOWHERE, HELLO))
    await slow.has_begun()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    slow.may_end.set()
    with slow.theirs:
        slow.theirs.settimeout(GENEROUS_S)
        assert await asyncio.to_thread(slow.theirs.recv, 1) == b""


async def test_a_session_whose_process_has_ended_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="its process has ended"):
        await open_streams(Address(tmp_path / "1-a.sock", 1, "a"), HELLO)
