"""Clients that are none, that flood, that do not read: the session goes on, and others are served."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.remote.client_connection import ACTIONS_AT_ONCE, LINES_AT_ONCE, MAX_BACKLOG, Allowance
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    Goodbye,
    Ping,
    Pong,
    Request,
    SharedState,
    SpeakerClaim,
    SummaryAnswers,
)
from retro_timer.remote.protocol import (
    MAX_CLIENTS,
    MAX_REQUEST,
    PROTOCOL,
    ProtocolError,
    decode_request,
    decode_update,
    encode,
)
from retro_timer.remote.server import HELLO_WITHIN_MS
from tests.remote.support import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HELLO = encode(ClientHello(PROTOCOL))
ids = st.integers(0, 1 << 53)
texts = st.text(max_size=80)
scores = st.none() | st.integers(0, 10)
requests: st.SearchStrategy[Request] = st.one_of(
    st.builds(
        ClientHello, st.integers(), st.sampled_from(["local", "page", "view"]), texts, st.booleans(), texts, texts
    ),
    st.builds(ActionWanted, ids, texts),
    st.builds(Ping, st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(SpeakerClaim, st.booleans(), st.booleans()),
    st.builds(SummaryAnswers, ids, scores, st.none() | st.booleans(), scores),
)


@given(requests)
def test_a_request_survives_the_line(request_: Request) -> None:
    line = encode(request_)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_request(line) == request_


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_an_error(line: bytes) -> None:
    for decode in (decode_request, decode_update):
        try:
            message: Any = decode(line)
        except ProtocolError:
            continue
        assert encode(message)


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b'"hello"\n',
        b"\xff\xfe\n",
        b'{"is": "hello"}\n',
        b'{"is": "hello", "protocol": "1"}\n',
        b'{"is": "hello", "protocol": 1, "role": "root"}\n',
        b'{"is": "hello", "protocol": 1, "name": "' + b"n" * 81 + b'"}\n',
        b'{"is": "state"}\n',
        b"[" * 4000 + b"\n",
        b'{"is": "action", "id": 1, "name": "pause"}\n',
        b'{"is": "ping", "sent": 1}\n',
        b"\x00" * 100 + b"\n",
        b"x" * (MAX_REQUEST + 1),
        HELLO + HELLO,
        HELLO + b'{"is": "action", "id": -1, "name": "pause"}\n',
        HELLO + b'{"is": "action", "id": 1e99, "name": "pause"}\n',
        HELLO + b'{"is": "action", "id": 1, "name": ["pause"]}\n',
        HELLO + b'{"is": "action", "id": 1, "name": "' + b"p" * 5000 + b'"}\n',
        HELLO + b'{"is": "ping", "sent": NaN}\n',
        HELLO + b'{"is": "summary", "id": 1, "effort": 11}\n',
        HELLO + b'{"is": "summary", "id": 1, "pain": -1}\n',
        HELLO + b'{"is": "speaker", "on": 1}\n',
    ],
)
def test_what_is_no_message_ends_the_connection_with_one_line(rig: Rig, line: bytes) -> None:
    other, wire = rig.join(), rig.connect()
    wire.send(line)
    rig.until(lambda: wire.ended)
    assert wire.kinds()[-1] == "bye"
    assert wire.last(Goodbye).why.isprintable()
    other.send(Ping(1.0))
    rig.until(lambda: other.last(Pong) is not None)


def test_ten_megabytes_are_not_read(rig: Rig) -> None:
    """Of JSON that never ends, a few thousand bytes are read, and the connection ends."""
    wire = rig.connect()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        wire.send(b'{"is": "hello", "name": "' + b"n" * 10_000_000)
    rig.until(lambda: wire.ended)


def test_who_says_nothing_is_disconnected(rig: Rig) -> None:
    wire = rig.connect()
    rig.join()  # so the first one was accepted, too
    rig.clock.move(HELLO_WITHIN_MS + 1)
    rig.until(lambda: wire.ended)
    assert wire.last(Goodbye).why == "no hello came"


def test_there_are_sixteen_clients_and_no_more(rig: Rig) -> None:
    wires = [rig.join() for _ in range(MAX_CLIENTS)]
    extra = rig.connect()
    rig.until(lambda: extra.ended)
    assert extra.last(Goodbye).why == "16 devices follow this session already"
    wires[0].socket.close()
    rig.wires.remove(wires[0])
    rig.settle()
    rig.settle()
    assert rig.join().last(SharedState) is not None


def test_a_flood_of_actions_is_refused_and_nobody_else_waits(rig: Rig) -> None:
    flooding, other = rig.join(), rig.join()
    rig.move(10_000)
    flooding.send(*(ActionWanted(number, "longer") for number in range(90)))
    rig.until(lambda: sum(isinstance(each, Answer) for each in flooding.updates) == 90)
    answers = [each for each in flooding.updates if isinstance(each, Answer)]
    assert sum(answer.why != "too many at once" for answer in answers) == ACTIONS_AT_ONCE
    other.send(ActionWanted(1, "pause"))
    rig.until(lambda: other.last(Answer) is not None)
    assert other.last(Answer).done


def test_of_a_flood_of_lines_a_number_is_read_and_later_the_rest(rig: Rig) -> None:
    """The clock stands still here, so no more may be read; a second later another hundred."""
    wire, other = rig.join(), rig.join()
    wire.send(*(Ping(float(number)) for number in range(250)))

    def answered() -> int:
        return sum(isinstance(each, Pong) for each in wire.updates)

    for _ in range(3):
        other.send(Ping(0.0))
        rig.until(lambda: other.last(Pong) is not None)
        other.lines.clear()
    rig.until(lambda: answered() >= LINES_AT_ONCE - 1)
    assert answered() <= LINES_AT_ONCE
    rig.clock.move(1000)
    rig.until(lambda: answered() >= 2 * LINES_AT_ONCE - 1)
    rig.clock.move(1000)
    rig.until(lambda: answered() == 250)


def test_who_does_not_read_is_dropped_and_nobody_else_waits(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "other", "500x(back 1m, fwd 1m)", rules=_no_lead_in())
    try:
        slow, other = rig.join(), rig.join()
        rig.wires.remove(slow)
        for number in range(60):
            rig.clock.move(1000)
            other.send(ActionWanted(number, "longer"))
            rig.until(lambda number=number: any(  # type: ignore[misc]
                isinstance(each, Answer) and each.id == number for each in other.updates
            ))  # fmt: skip
        assert len(rig.shared._followers) == 1
        slow.socket.setblocking(True)
        unread = 0
        while data := slow.socket.recv(1 << 20):
            unread += len(data)
        assert unread <= 4 * MAX_BACKLOG + (1 << 20)
        slow.socket.close()
    finally:
        rig.close()


def _no_lead_in() -> Any:  # noqa: ANN401
    from retro_timer.session.states import Rules

    return Rules(lead_in=0)


def test_random_bytes_hurt_nobody(rig: Rig) -> None:
    """Forty clients send anything, cut anywhere; the forty-first is served."""
    chance = random.Random(16)
    for _ in range(40):
        wire = rig.connect()
        parts = [HELLO, encode(Ping(1.0)), chance.randbytes(chance.randrange(60)), b"\n", b'{"is":"action","id":']
        wire.send(*chance.sample(parts, chance.randrange(1, 5)))
        wire.socket.close()
        rig.wires.remove(wire)
    rig.until(lambda: not rig.shared._followers)
    rig.clock.move(HELLO_WITHIN_MS + 1)
    assert rig.join().last(SharedState) is not None


def test_with_a_token_file_the_token_is_needed(tmp_path: Path) -> None:
    """Where there are no Unix sockets; what is wrong is not said."""
    rig = Rig(tmp_path / "other", unix=False)
    try:
        assert rig.join().last(SharedState).state == "lead-in"
        [file] = rig.directory.iterdir()
        assert file.suffix == ".json"
        assert file.stat().st_mode & 0o777 == 0o600
        for token in ("x", rig.listening.token[:-1], rig.listening.token + "x", "é"):
            wire = rig.connect(ClientHello(PROTOCOL, token=token))
            rig.until(lambda wire=wire: wire.ended)  # type: ignore[misc]
            assert wire.last(Goodbye).why == "this client may not follow the session"
    finally:
        rig.close()
    assert list(rig.directory.iterdir()) == []


def test_an_allowance_fills_up_again() -> None:
    allowance = Allowance(2, 3)
    assert [allowance.take(1000) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(moment) for moment in (1499, 1500, 1500, 60_000)] == [False, True, False, True]
    assert [allowance.take(60_000) for _ in range(3)] == [True, True, False]


@pytest.fixture(autouse=True)
def _nobody_is_left(rig: Rig) -> Iterator[None]:
    """Whatever clients do, the server's thread is alive at the end."""
    yield
    for wire in rig.wires:
        wire.socket.close()
    rig.wires.clear()
    rig.until(lambda: not rig.shared._followers)
    assert rig.join().last(SharedState) is not None
