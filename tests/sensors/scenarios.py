"""Thirty walks with sensors on a mock BlueZ: a real runner, a real sensor process, bleak, and a private D-Bus daemon.

`python -m tests.sensors.scenarios` prints for each what was measured: how long after the belt stopped the session
paused, and how often a sensor was written to.
"""

from __future__ import annotations

import asyncio
import os
import signal
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from retro_timer.clock import SystemClock
from retro_timer.config.schema import SensorSettings
from retro_timer.processes import command
from retro_timer.runtime.runner import Runner
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.scheduling.notation import parse
from retro_timer.sensors.child import MODULE, SensorProcess
from retro_timer.sensors.companion import SensorCompanion
from retro_timer.session.events import CueHeard, Event, Paused, PauseReason
from retro_timer.session.sensing import LinkState, SensorKind
from retro_timer.session.states import Rules, State
from retro_timer.testing import RecordingPlayer
from tests.desktop.private_bus import PrivateBus
from tests.sensors.bluez import (
    BATTERY,
    FITNESS,
    HEART,
    HEART_RATE,
    MACHINE_STATUS,
    TREADMILL_DATA,
    MockBlueZ,
    Peripheral,
    belt,
    strap,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from retro_timer.session.sensing import Chosen, SensorReport

WITHIN: Final = 40.0
"""Seconds for which something is waited for."""
BOUND_MS: Final = 2500
"""The longest time from the first frame of zero to the pause, in milliseconds."""
UUID_OF_BELT, UUID_OF_STRAP = TREADMILL_DATA, HEART_RATE
ELAPSED: Final = 1 << 10


def treadmill_frame(kmh: float, *, elapsed: int | None = None, more: bool = False) -> bytes:
    flags = (0 if elapsed is None else ELAPSED) | more
    clock = b"" if elapsed is None else elapsed.to_bytes(2, "little")
    return flags.to_bytes(2, "little") + round(kmh * 100).to_bytes(2, "little") + clock


class Found(NamedTuple):
    """What a scenario measured: the time to the pause in milliseconds, if there was one, and the writes."""

    paused_after: int | None
    writes: int


class Walk:
    """A session with sensors, on buses of its own.

    Args:
        peripherals: what is nearby.
        workout: what is walked.
        pauses: the setting.
        mock: how the adapter is.
        heart: whether a heart rate sensor is chosen.
    """

    def __init__(
        self,
        *peripherals: Peripheral,
        workout: str = "back 10m",
        pauses: str = "both",
        powered: bool = True,
        denied: bool = False,
        heart: bool = True,
    ) -> None:
        self.bus = PrivateBus()
        self.mock = MockBlueZ(*peripherals, powered=powered, denied=denied)
        chosen_belt, chosen_strap = belt(), strap()
        self._settings = SensorSettings(
            belt=f"{chosen_belt.address} {chosen_belt.name}",
            heart=f"{chosen_strap.address} {chosen_strap.name}" if heart else None,
            pause=pauses,
        )
        config = SessionConfig(rules=Rules(lead_in=0))
        self.player = RecordingPlayer()
        self.runner = Runner(parse(workout), clock=SystemClock(), player=self.player, config=config)
        self.events: list[Event] = []
        self.stopped_at: float | None = None
        self.paused_at: float | None = None
        self.log: list[str] = []
        self._process: SensorProcess | None = None

    async def __aenter__(self) -> Self:
        await self.mock.start(self.bus.environment)
        self.loop = asyncio.get_running_loop()
        self.take(self.runner.start())
        self.companion = SensorCompanion(
            self.runner,
            self._settings,
            post=self.loop.call_soon_threadsafe,
            take=self.take,
            log=self.log.append,
            sensors=self._sensors,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.companion.close)
        await asyncio.sleep(0.05)
        self.runner.close()
        self.mock.close()
        self.bus.close()

    def _sensors(
        self,
        follow: Mapping[SensorKind, Chosen],
        on_report: Callable[[SensorReport], object],
        log: Callable[[str], None],
        *,
        scan: bool = False,
    ) -> SensorProcess:
        where = [f"{name}={value}" for name, value in self.bus.environment.items()]
        argv = ["env", *where, *command(MODULE)]
        self._process = SensorProcess(follow, on_report, log, scan=scan, argv=argv, again=(0.2,))
        return self._process

    def take(self, events: tuple[Event, ...]) -> None:
        self.events.extend(events)
        if self.paused_at is None and any(isinstance(each, Paused) for each in events):
            self.paused_at = monotonic()

    # What happens.

    async def linked(self, kind: SensorKind = SensorKind.BELT, state: LinkState = LinkState.OK) -> None:
        await self.until(lambda: self.companion.links[kind].state is state)

    async def until(self, true: Callable[[], object]) -> None:
        end = monotonic() + WITHIN
        while not true():
            assert monotonic() < end, (self.companion.links, self.mock.calls[-5:], self.log)
            for each in self.mock.peripherals:
                self.mock.advertise(each)
            self.take(self.runner.advance())
            await asyncio.sleep(0.05)

    async def send(self, *frames: bytes, every: float = 0.1, uuid: int = UUID_OF_BELT) -> None:
        """Send frames of the belt, or of the strap, so many seconds apart."""
        device = self.mock.peripherals[0 if uuid != UUID_OF_STRAP else 1]
        for frame in frames:
            self.mock.send(device, uuid, frame)
            if uuid == UUID_OF_BELT and self.stopped_at is None and frame[2:4] == b"\0\0" and len(frame) == 4:
                self.stopped_at = monotonic()
            await asyncio.sleep(every)
            self.take(self.runner.advance())

    async def walk(self, kmh: float = 1.6, *, frames: int = 5, every: float = 0.1) -> None:
        await self.linked()
        await self.send(*[treadmill_frame(kmh)] * frames, every=every)
        await self.until(lambda: self.companion.speed_kmh == kmh)

    def kill(self) -> None:
        assert self._process is not None
        process = self._process._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)

    @property
    def is_paused_by_belt(self) -> bool:
        return self.runner.session.pause_reason is PauseReason.BELT

    @property
    def said(self) -> list[str]:
        queued = [due.cue.text for due in self.player.queued]
        return queued + [event.cue.text for event in self.events if isinstance(event, CueHeard)]

    def found(self) -> Found:
        measured = None
        if self.stopped_at is not None and self.paused_at is not None:
            measured = round((self.paused_at - self.stopped_at) * 1000)
        allowed = {"StartNotify", "StopNotify"}
        assert {name for _, name in self.mock.gatt_calls} <= allowed, self.mock.gatt_calls
        return Found(measured, len(self.mock.writes))


async def stops(walk: Walk, *, every: float = 0.1) -> None:
    """The belt stops: the session pauses within the bound."""
    await walk.send(*[treadmill_frame(0)] * 3, every=every)
    await walk.until(lambda: walk.is_paused_by_belt)


# The scenarios, by name.


async def stops_at(every: float) -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk(every=every)
        await stops(walk, every=every)
        return walk.found()


async def resumes() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        await stops(walk)
        await walk.send(*[treadmill_frame(0.8)] * 3)
        await walk.until(lambda: walk.runner.session.state is State.LEAD_IN)
        return walk.found()


async def pause_only() -> Found:
    async with Walk(belt(), strap(), pauses="pause") as walk:
        await walk.walk()
        await stops(walk)
        await walk.send(*[treadmill_frame(0.8)] * 5)
        assert walk.is_paused_by_belt
        return walk.found()


async def off() -> Found:
    async with Walk(belt(), strap(), pauses="off") as walk:
        await walk.walk()
        await walk.send(*[treadmill_frame(0)] * 5)
        assert walk.runner.session.state is State.RUNNING
        return walk.found()


async def own_pause() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        walk.take(walk.runner.act("pause"))
        await walk.send(*[treadmill_frame(0)] * 3, *[treadmill_frame(1.0)] * 4)
        assert walk.runner.session.pause_reason is PauseReason.WALKER
        return Found(None, walk.found().writes)


async def moves_in_a_turn() -> Found:
    async with Walk(belt(), strap(), workout="turn 4s, back 10m") as walk:
        await walk.linked()
        await walk.until(lambda: walk.mock.send(walk.mock.peripherals[0], TREADMILL_DATA, treadmill_frame(1.6)))
        walk.take(walk.runner.act("back"))  # the turn begins again, now that the belt is heard
        await walk.send(*[treadmill_frame(1.6)] * 30)
        assert "The belt is still moving." in walk.said, walk.said
        return walk.found()


async def too_fast() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk(6.2)
        assert any("too fast" in text for text in walk.said), walk.said
        return walk.found()


async def straps(name: str, frame: bytes, rate: int | None) -> Found:
    async with Walk(belt(), strap(name=name)) as walk:
        await walk.linked(SensorKind.HEART)
        await walk.until(lambda: walk.mock.send(walk.mock.peripherals[1], HEART_RATE, frame))
        await walk.send(frame, frame, uuid=HEART_RATE)
        await asyncio.sleep(0.2)
        assert walk.companion.heart_rate == rate
        return walk.found()


async def belt_drops_out() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        walk.mock.lose(walk.mock.peripherals[0])
        await walk.linked(state=LinkState.LOST)
        assert walk.runner.session.state is State.RUNNING
        await walk.walk(1.7)
        await stops(walk)
        return walk.found()


async def strap_drops_out() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.linked(SensorKind.HEART)
        walk.mock.lose(walk.mock.peripherals[1])
        await walk.linked(SensorKind.HEART, LinkState.LOST)
        await walk.linked(SensorKind.HEART)
        return walk.found()


async def process_killed() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        walk.kill()
        await walk.linked(state=LinkState.LOST)
        assert walk.runner.session.state is State.RUNNING
        await walk.walk(1.8)
        await stops(walk)
        return walk.found()


async def switched_off_and_on() -> Found:
    async with Walk(belt(), strap(), powered=False) as walk:
        await walk.linked(state=LinkState.OFF)
        assert "switched off" in walk.companion.links[SensorKind.BELT].why
        walk.mock.switch(on=True)
        await walk.walk()
        return walk.found()


async def adapter_goes_off() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        walk.mock.switch(on=False)
        await walk.until(lambda: walk.companion.links[SensorKind.BELT].state is not LinkState.OK)
        assert walk.runner.session.state is State.RUNNING
        return walk.found()


async def permission_refused() -> Found:
    async with Walk(belt(), strap(), denied=True) as walk:
        await walk.linked(state=LinkState.OFF)
        assert walk.companion.links[SensorKind.BELT].why == "Bluetooth may not be used by this program"
        return walk.found()


async def connection_refused() -> Found:
    device = belt()
    device.refuses = "org.bluez.Error.Failed"
    async with Walk(device, strap()) as walk:
        await walk.linked(state=LinkState.LOST)
        device.refuses = ""
        await walk.linked()
        return walk.found()


async def taken_by_another_service(device: Peripheral) -> Found:
    async with Walk(device, strap()) as walk:
        await walk.linked(state=LinkState.LOST)
        assert walk.companion.links[SensorKind.BELT].why == "this is not a treadmill"
        return walk.found()


async def damaged(*frames: bytes) -> Found:
    """Frames that cannot be read change nothing, and a belt that stops afterwards is noticed."""
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        await walk.send(*frames)
        assert walk.runner.session.state is State.RUNNING
        assert walk.companion.links[SensorKind.BELT].state is LinkState.OK
        walk.stopped_at = walk.paused_at = None
        await walk.send(*[treadmill_frame(1.6)] * 3)
        await stops(walk)
        return walk.found()


async def repeats_its_speed() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        walk.mock.send(walk.mock.peripherals[0], MACHINE_STATUS, bytes.fromhex("0202"))
        walk.stopped_at = monotonic()
        for _ in range(30):
            await walk.send(treadmill_frame(1.6))
            if walk.is_paused_by_belt:
                break
        assert walk.is_paused_by_belt
        return walk.found()


async def floods() -> Found:
    async with Walk(belt(), strap()) as walk:
        await walk.walk()
        for kmh in range(400):
            walk.mock.send(walk.mock.peripherals[0], TREADMILL_DATA, treadmill_frame(1 + kmh / 200))
            if kmh % 50 == 49:
                await asyncio.sleep(0.01)
        await stops(walk)
        return walk.found()


async def name_with_escapes() -> Found:
    async with Walk(belt(name="\x1b[2J\x1b]0;owned\a[/]"), strap(name="\u202eevil")) as walk:
        await walk.walk()
        return walk.found()


async def one_name_twice() -> Found:
    """The chosen address is gone, and two others have its name: neither is taken."""
    async with Walk(belt(7), strap(), belt(8)) as walk:
        await walk.linked(state=LinkState.LOST)
        assert walk.companion.links[SensorKind.BELT].why == "2 devices have its name"
        return walk.found()


async def another_address() -> Found:
    """The chosen address is gone, and one other has its name: it is the same strap with a new address."""
    async with Walk(belt(9), strap()) as walk:
        await walk.walk()
        return walk.found()


async def not_there() -> Found:
    missing = belt()
    missing.heard = False
    async with Walk(missing, strap()) as walk:
        await walk.linked(state=LinkState.LOST)
        assert walk.companion.links[SensorKind.BELT].why == "it is not nearby, or not switched on"
        await walk.linked(SensorKind.HEART)
        return walk.found()


async def other_belt() -> Found:
    """A second treadmill, such as the neighbour's, is left alone."""
    async with Walk(belt(), strap(), belt(2, "Neighbour")) as walk:
        await walk.walk()
        assert not walk.mock.peripherals[2].connected
        return walk.found()


SCENARIOS: Final[Mapping[str, Callable[[], Awaitable[Found]]]] = {
    "the belt stops, 1 Hz": lambda: stops_at(1.0),
    "the belt stops, 10 Hz": lambda: stops_at(0.1),
    "it moves again": resumes,
    "pause only": pause_only,
    "pause off": off,
    "the walker's own pause": own_pause,
    "moving in a turn": moves_in_a_turn,
    "too fast backward": too_fast,
    "first strap, 8 bits": lambda: straps("Strap", bytes([0, 112]), 112),
    "second strap, 16 bits and beats": lambda: straps("Band", bytes.fromhex("1170000004"), 112),
    "third strap, no contact": lambda: straps("Chest", bytes.fromhex("0470"), None),
    "a strap that sends 65535": lambda: straps("Broken", bytes.fromhex("01ffff"), None),
    "the belt drops out": belt_drops_out,
    "the strap drops out": strap_drops_out,
    "the process is killed": process_killed,
    "Bluetooth is off, then on": switched_off_and_on,
    "Bluetooth goes off": adapter_goes_off,
    "permission refused": permission_refused,
    "the connection is refused once": connection_refused,
    "the address has a heart rate service": lambda: taken_by_another_service(
        Peripheral(belt().address, "Treadmill", HEART, (HEART_RATE,))
    ),
    "the address has a fitness service without data": lambda: taken_by_another_service(
        Peripheral(belt().address, "Treadmill", FITNESS, (BATTERY,))
    ),
    "frames cut short": lambda: damaged(b"", b"\0", b"\0\0", b"\0\0\1", bytes.fromhex("fe1fa0")),
    "all flags, 65535 in every field": lambda: damaged(b"\xff" * 36, bytes.fromhex("fe1f") + b"\xff" * 34),
    "impossible speeds": lambda: damaged(bytes.fromhex("0000ffff"), bytes.fromhex("0000fefe")),
    "a paused belt that repeats its speed": repeats_its_speed,
    "a belt that floods": floods,
    "names with escapes": name_with_escapes,
    "one name twice": one_name_twice,
    "a new address": another_address,
    "no belt, and a neighbour's": lambda: _both(not_there, other_belt),
}


async def _both(*scenarios: Callable[[], Awaitable[Found]]) -> Found:
    found = [await scenario() for scenario in scenarios]
    return Found(None, sum(each.writes for each in found))


async def run_all(names: Sequence[str], at_once: int = 6) -> dict[str, Found]:
    """Run scenarios, some at once."""
    free = asyncio.Semaphore(at_once)

    async def run(name: str) -> Found:
        async with free:
            return await SCENARIOS[name]()

    found = await asyncio.gather(*(run(name) for name in names))
    return dict(zip(names, found, strict=True))


def main() -> None:
    results = asyncio.run(run_all(list(SCENARIOS)))
    for name, found in results.items():
        paused = "" if found.paused_after is None else f"paused after {found.paused_after} ms"
        print(f"{name:50}  writes = {found.writes}  {paused}")
    print(f"{len(results)} scenarios, writes = {sum(found.writes for found in results.values())}")


if __name__ == "__main__":
    main()
