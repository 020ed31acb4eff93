"""A shared session with a clock moved by hand, and clients that are read without waiting."""

from __future__ import annotations

import json
import queue
import time
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from retro_timer.config.keymap import resolve as resolve_keys
from retro_timer.config.schema import SensorSettings
from retro_timer.remote.address import addresses, connect, listen
from retro_timer.remote.messages import ClientHello, SummaryAnswers
from retro_timer.remote.protocol import PROTOCOL, decode_update, encode
from retro_timer.remote.shared_session import SharedSession
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.sensors.companion import SensorCompanion
from retro_timer.session.history import Feedback
from retro_timer.testing import FakeClock, RecordingPlayer
from tests.sensors.made import MadeSensors

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from msgspec import Struct

    from retro_timer.remote.messages import Request, Update
    from retro_timer.session.events import Event
    from retro_timer.testing import FakeSensors

GENEROUS_S: Final = 60.0
"""How long is waited for what comes at once."""
WALK: Final = "warm 1m, turn 10s, back 1m, turn 10s, fwd 1m, cool 30s"


EVERY_ANSWER: Final[dict[str, Any]] = {"effort": 3, "stumble": True, "pain": 1, "fall": True}
"""An answer to each question that a device may answer."""
assert {*EVERY_ANSWER, "id"} == {*SummaryAnswers.__struct_fields__}
SENSORS: Final = SensorSettings(belt="AA:00:00:00:00:01 Treadmill", heart="BB:00:00:00:00:01 Strap")


def answers_in(kept: Struct) -> dict[str, object]:
    """The answers that a device may give, as they are in the history or in a message."""
    names = {"pain": "pain_after"} if isinstance(kept, Feedback) else {}
    return {name: getattr(kept, names.get(name, name)) for name in EVERY_ANSWER}


class Wire:
    """A client's end of the socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.setblocking(False)
        self.lines: list[bytes] = []
        self.ended = False
        self._read = b""

    def send(self, *requests: Request | bytes) -> None:
        """Send messages, or any bytes."""
        self.socket.setblocking(True)
        try:
            self.socket.sendall(b"".join(each if isinstance(each, bytes) else encode(each) for each in requests))
        finally:
            self.socket.setblocking(False)

    def poll(self) -> None:
        """Read what has come."""
        try:
            while data := self.socket.recv(65_536):
                *lines, self._read = (self._read + data).split(b"\n")
                self.lines += lines
            self.ended = True
        except BlockingIOError:
            pass
        except ConnectionError:
            self.ended = True

    @property
    def updates(self) -> list[Update]:
        """What has come."""
        return [decode_update(line) for line in self.lines]

    def kinds(self) -> list[str]:
        """What has come, by kind."""
        return [json.loads(line)["is"] for line in self.lines]

    def last(self, kind: type[Any]) -> Any:  # noqa: ANN401  (a message of that kind)
        """The last message of a kind; None if there is none."""
        return next((update for update in reversed(self.updates) if isinstance(update, kind)), None)


class Rig:
    """A session that is shared, and what runs it: it posts to itself, as a screen or a plain session does."""

    def __init__(self, directory: Path, workout: str = WALK, *, unix: bool = True, **config: Any) -> None:  # noqa: ANN401
        self.directory = directory
        self.clock = FakeClock()
        self.player = RecordingPlayer()
        self.runner = Runner(resolve(workout), clock=self.clock, player=self.player, config=SessionConfig(**config))
        self.runner.start()
        self.keys = resolve_keys({}).keys
        self.calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self.taken: list[Event] = []
        self.answers: list[Feedback] = []
        self.log: list[str] = []
        self.wires: list[Wire] = []
        self.listening = listen(directory, unix=unix)
        self.shared = SharedSession(
            self.listening, self.runner, self, self.clock, sound_set="soft", log=self.log.append
        )

    def post(self, call: Callable[[], object]) -> None:
        """Call something when the session is pumped."""
        self.calls.put(call)

    def act(self, name: str) -> tuple[Event, ...]:
        """Perform an action."""
        return self.runner.act(name)

    def take(self, events: tuple[Event, ...]) -> None:
        """Note events."""
        self.taken += events

    def answer_summary(self, given: Feedback, done: Callable[[str], None]) -> None:
        """Note answers."""
        self.answers.append(given)
        done("")

    def connect(self, hello: ClientHello | None = None) -> Wire:
        """Connect a client, and say hello if one is given."""
        address = next(each for each in addresses(self.directory) if each.session == self.listening.session)
        connection, token = connect(address)
        wire = Wire(connection)
        self.wires.append(wire)
        if hello is not None:
            wire.send(replace(hello, token=hello.token or token))
        return wire

    def join(
        self,
        role: Any = "local",  # noqa: ANN401  (a role)
        name: str = "",
        *,
        cues: bool = False,
        measured: bool = False,
    ) -> Wire:
        """Connect a client that has been greeted."""
        wire = self.connect(ClientHello(PROTOCOL, role=role, name=name, cues=cues, measured=measured))
        self.until(lambda: "state" in wire.kinds() and (not cues or "clicks" in wire.kinds()))
        return wire

    def pump(self) -> None:
        """Perform what clients have asked for, and read what they were sent."""
        while not self.calls.empty():
            self.calls.get()()
        for wire in self.wires:
            wire.poll()

    def until(self, condition: Callable[[], bool]) -> None:
        """Pump until something is so."""
        ends = time.monotonic() + GENEROUS_S
        while not condition():
            assert time.monotonic() < ends, [wire.lines for wire in self.wires]
            self.pump()
            time.sleep(0.001)

    def follow_sensors(self, settings: SensorSettings = SENSORS) -> FakeSensors:
        """Let the session follow sensors, which report what they are told to."""
        make = MadeSensors()
        SensorCompanion(
            self.runner, settings, post=self.post, take=self._take_from_sensors, log=self.log.append, sensors=make
        )
        return make.last

    def _take_from_sensors(self, events: tuple[Event, ...]) -> None:
        self.take(events)
        self.shared.publish()

    def move(self, milliseconds: int) -> None:
        """Let time pass for the session."""
        self.clock.move(milliseconds)
        self.runner.advance()
        self.shared.publish()

    def settle(self) -> None:
        """Wait until everything sent so far was read: what is asked now is answered after it."""
        from retro_timer.remote.messages import Ping, Pong

        self.pump()  # what is still to be done is sent before the answers
        for number, wire in enumerate(self.wires):
            if not wire.ended:
                mark = 7_000_000 + number + len(wire.lines) * 100
                wire.send(Ping(float(mark)))
                self.until(
                    lambda wire=wire, mark=mark: (
                        wire.ended  # type: ignore[misc]
                        or any(isinstance(each, Pong) and each.sent == mark for each in wire.updates)
                    )
                )

    def close(self) -> None:
        """End the session."""
        self.shared.close()
        for wire in self.wires:
            wire.socket.close()
