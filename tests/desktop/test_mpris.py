"""Media keys by D-Bus, proven with playerctl on a private bus; and what can go wrong there."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.desktop.bus import DBUS, BusError, call, connect
from retro_timer.desktop.mpris import NAME, PATH, PLAYER, PROPERTIES, ROOT, MediaPlayer
from retro_timer.remote.messages import (
    ActionWanted,
    Answer,
    ClientHello,
    Goodbye,
    SharedInterval,
    SharedRules,
    SharedSchedule,
    SharedSound,
    SharedState,
    VoiceInUse,
    Welcome,
)
from retro_timer.remote.protocol import PROTOCOL, decode_request, encode
from tests.desktop.private_bus import PrivateBus, until
from tests.requirements_present import require_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from retro_timer.remote.messages import Update

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
SCHEDULE = SharedSchedule((SharedInterval("backward", 120), SharedInterval("turn", 30), SharedInterval("forward", 60)))
AGAIN = (0.05,)


class FakeSession:
    """A session's socket, with a session of three intervals behind it that only moves by actions.

    Attributes:
        performed: the actions that were asked for.
    """

    def __init__(self, directory: Path, pid: int) -> None:
        self.performed: list[str] = []
        self.state, self.reason, self.index = "running", "", 0
        self._path = directory / f"{pid}-abcd.sock"
        self._server: asyncio.Server | None = None
        self._clients: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def close(self) -> None:
        assert self._server is not None
        self.send(Goodbye("the session is over", over=True))
        for writer in self._clients:
            writer.close()
        self._server.close()
        self._path.unlink(missing_ok=True)

    def send(self, update: Update) -> None:
        for writer in self._clients:
            writer.write(encode(update))

    def change(self, **values: Any) -> None:  # noqa: ANN401
        """Change state, reason or index, and tell the clients."""
        vars(self).update(values)
        self.send(self.shared)

    @property
    def shared(self) -> SharedState:
        position = sum(interval.duration for interval in SCHEDULE.intervals[: self.index]) * 1000 + 5_000
        return SharedState(
            at=round(time.monotonic() * 1000), state=self.state, reason=self.reason, index=self.index,
            phase=SCHEDULE.intervals[self.index].phase, position=position, runs_from=None, caption="", unsaved="",
            sound=SharedSound("ok"),
        )  # fmt: skip

    def perform(self, action: str) -> None:
        self.performed.append(action)
        if action == "pause":
            self.state = "running" if self.state == "paused" else "paused"
        elif action == "bail_out":
            self.state = "paused"
        elif action in ("skip", "turned"):
            self.index, self.state = min(self.index + 1, 2), "running"
        elif action == "back":
            self.index = max(self.index - 1, 0)
        self.reason = {"pause": "walker", "bail_out": "bail-out"}.get(action, self.reason)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(decode_request(await reader.readline()), ClientHello)
        rules, voice = SharedRules(10, 5, False, 10), VoiceInUse("en", "heart", "soft")
        welcome = Welcome(PROTOCOL, "1", "abcd", "Builder", 1, False, rules, {}, voice, ())
        self._clients.append(writer)
        for update in (welcome, SCHEDULE, self.shared):
            writer.write(encode(update))
        while line := await reader.readline():
            request = decode_request(line)
            assert isinstance(request, ActionWanted)
            self.perform(request.name)
            self.send(self.shared)
            writer.write(encode(Answer(request.id, done=True)))


@pytest.fixture(autouse=True)
def playerctl_is_installed() -> None:
    require_programs("playerctl")


@pytest.fixture
def sockets() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rt-", dir="/tmp") as directory:
        yield Path(directory)


class Desktop:
    """A session, its media player, and the bus that both are on."""

    def __init__(self, sockets: Path, pid: int = 1) -> None:
        self.session = FakeSession(sockets, pid)
        self.logged: list[str] = []
        self._sockets, self._pid = sockets, pid
        self.player: MediaPlayer | None = None

    async def start(self) -> None:
        await self.session.start()
        self.player = MediaPlayer(self._pid, self._sockets, self.logged.append, AGAIN)

    async def close(self) -> None:
        assert self.player is not None
        await self.player.close()
        await self.session.close()


@pytest.fixture
async def desktop(private_bus: PrivateBus, sockets: Path) -> AsyncIterator[Desktop]:  # noqa: ARG001  (it has to run)
    found = Desktop(sockets)
    await found.start()
    await shown("status", "Playing")
    yield found
    await found.close()


async def playerctl(*arguments: str) -> str:
    """What playerctl prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("playerctl", *arguments, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return (out or err).decode().strip()


async def shown(*arguments: str) -> None:
    """Wait until playerctl prints the last argument when it is asked for the others."""
    *asked, wanted = arguments
    end = time.monotonic() + 60
    while (found := await playerctl(*asked)) != wanted:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


async def names() -> list[str]:
    """The players on the bus."""
    bus = await connect()
    answer = await call(bus, *DBUS, "ListNames")
    bus.disconnect()
    return sorted(name for name in answer.body[0] if name.startswith("org.mpris."))


@pytest.mark.slow
async def test_every_verb_twenty_times_has_its_effect_before_playerctl_returns(desktop: Desktop) -> None:
    session = desktop.session
    for _ in range(20):
        for verb, action, status in (
            ("pause", "pause", "Paused"),
            ("pause", "", "Paused"),
            ("play", "pause", "Playing"),
            ("play", "", "Playing"),
            ("play-pause", "pause", "Paused"),
            ("play-pause", "pause", "Playing"),
            ("next", "skip", "Playing"),
            ("previous", "back", "Playing"),
            ("stop", "bail_out", "Stopped"),
            ("play", "pause", "Playing"),
        ):
            session.performed.clear()
            assert await playerctl(verb) == ""
            assert session.performed == ([action] if action else [])
            assert await playerctl("status") == status


async def test_next_confirms_a_turn_that_waits(desktop: Desktop) -> None:
    desktop.session.change(state="holding", index=1)
    await shown("metadata", "title", "Turn 0:30")
    await playerctl("next")
    assert desktop.session.performed == ["turned"]
    await shown("metadata", "title", "Forward 1:00")


async def test_panels_see_phase_next_workout_length_and_position(desktop: Desktop) -> None:
    form = "{{title}}|{{artist}}|{{album}}|{{mpris:length}}|{{xesam:trackNumber}}"
    await shown("metadata", "--format", form, "Backward 2:00|next: Turn 0:30|Builder|120000000|1")
    desktop.session.change(index=2)
    await shown("metadata", "--format", form, "Forward 1:00|then it is over|Builder|60000000|3")
    bus = await connect()
    assert (await call(bus, NAME, PATH, PROPERTIES, "Get", "ss", PLAYER, "Position")).body[0].value == 5_000_000
    bus.disconnect()


async def test_the_properties_that_a_player_must_have(desktop: Desktop) -> None:
    bus = await connect()
    for interface, least in ((ROOT, 6), (PLAYER, 13)):
        answer = await call(bus, NAME, PATH, PROPERTIES, "GetAll", "s", interface)
        assert len(answer.body[0]) >= least
    for body, error in (((PLAYER, "Nonsense"), "UnknownProperty"), ((ROOT, "PlaybackStatus"), "UnknownProperty")):
        with pytest.raises(BusError, match=error):
            await call(bus, NAME, PATH, PROPERTIES, "Get", "ss", *body)
    from dbus_fast.signature import Variant

    with pytest.raises(BusError, match="PropertyReadOnly"):
        await call(bus, NAME, PATH, PROPERTIES, "Set", "ssv", PLAYER, "Volume", Variant("d", 0.5))
    with pytest.raises(BusError, match="UnknownMethod"):
        await call(bus, NAME, PATH, PLAYER, "Explode")
    xml = (await call(bus, NAME, PATH, "org.freedesktop.DBus.Introspectable", "Introspect")).body[0]
    assert PLAYER in xml
    await call(bus, NAME, PATH, PLAYER, "Seek", "x", 5)
    await call(bus, NAME, PATH, ROOT, "Raise")
    assert desktop.session.performed == []
    bus.disconnect()


async def test_it_is_back_after_the_bus_died(private_bus: PrivateBus, desktop: Desktop) -> None:
    private_bus.kill()
    desktop.session.change(index=1)
    private_bus.start()
    await shown("metadata", "title", "Turn 0:30")
    await playerctl("next")
    assert desktop.session.performed == ["skip"]


async def test_two_sessions_are_two_players_and_so_is_a_name_taken_by_another(desktop: Desktop, sockets: Path) -> None:
    second = Desktop(sockets, pid=2)
    await second.start()
    await shown("-p", "retro_timer.instance2", "status", "Playing")
    assert await names() == [NAME, f"{NAME}.instance2"]
    await playerctl("-p", "retro_timer.instance2", "pause")
    assert (desktop.session.performed, second.session.performed) == ([], ["pause"])
    await second.close()


async def test_a_name_that_is_taken_altogether_is_logged(private_bus: PrivateBus, sockets: Path) -> None:  # noqa: ARG001
    taken = await connect()
    for name in (NAME, f"{NAME}.instance1"):
        await call(taken, *DBUS, "RequestName", "su", name, 4)
    desktop = Desktop(sockets)
    await desktop.start()
    await until(lambda: desktop.logged)
    assert desktop.logged == [f"Media keys do not work: another program has the name {NAME}."]
    taken.disconnect()
    await shown("status", "Playing")
    await desktop.close()


@pytest.mark.usefixtures("private_bus")
async def test_it_leaves_the_bus_when_the_session_is_over_or_talks_nonsense(sockets: Path) -> None:
    for nonsense in (False, True):
        desktop = Desktop(sockets)
        await desktop.start()
        await shown("status", "Playing")
        if nonsense:
            desktop.session._clients[0].write(b"nonsense\n")
        else:
            await desktop.session.close()
        await shown("status", "No players found")
        assert len(desktop.logged) == nonsense
        assert desktop.player is not None
        await desktop.player.close()
        if nonsense:
            await desktop.session.close()


@pytest.mark.usefixtures("private_bus")
async def test_a_session_without_a_socket_is_logged(sockets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.desktop.media_client.FOUND_WITHIN", 0.2)
    logged: list[str] = []
    player = MediaPlayer(os.getpid(), sockets, logged.append, AGAIN)
    await until(lambda: logged)
    assert logged == ["Media keys do not reach the session: the session has no socket."]
    await player.close()
