"""The connection to one sensor, maintained in the sensor process: found, lost, found again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from retro_timer.sensors.belief import BeltReader, heart_reading
from retro_timer.sensors.radio import (
    HEART_RATE,
    MACHINE_STATUS,
    TRAINING_STATUS,
    TREADMILL_DATA,
    RadioError,
    connected,
    find,
)
from retro_timer.session.sensing import LinkState, Reading, SensorKind, SensorLink

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.session.sensing import Chosen, SensorReport

    Report = Callable[[SensorReport], None]

AGAIN: Final = (1.0, 2.0, 5.0, 15.0)
"""Delays in seconds before a lost sensor is looked for again; the last one repeats."""
SILENT_AFTER: Final = 8.0
"""Seconds without a frame after which a connected sensor counts as lost; most send one a second."""
MOST_A_SECOND: Final = 20
"""How many readings of a sensor are passed on per second; the rest from a device that floods are dropped."""


class DeviceLink:
    """Keeps the connection to a sensor.

    Args:
        kind: what it measures.
        chosen: which one it is.
        report: called with its readings, and with changes of the connection.
        searching: held while a sensor is searched for and connected, because an adapter does one at a time.
        again: delays in seconds before the next try; the last one repeats.
    """

    def __init__(
        self, kind: SensorKind, chosen: Chosen, report: Report, searching: asyncio.Lock, again: Sequence[float] = AGAIN
    ) -> None:
        self._kind = kind
        self._chosen = chosen
        self._report = report
        self._searching = searching
        self._again = again
        self._heard_at = 0.0
        self._passed: Reading | None = None
        self._passed_at = 0.0
        self._state: SensorLink | None = None

    async def keep(self) -> None:
        """Find the sensor and follow it forever; tries again after a while if it is lost."""
        tries = 0
        while True:
            if self._state is None:
                self._say(LinkState.SEARCHING)
            try:
                await self._follow()
                tries = 0
                self._say(LinkState.LOST, "the connection was lost")
            except RadioError as error:
                self._say(LinkState.OFF if error.off else LinkState.LOST, str(error))
            await asyncio.sleep(self._again[min(tries, len(self._again) - 1)])
            tries += 1

    async def _follow(self) -> None:
        """Connect, and follow until the connection is lost."""
        lost = asyncio.Event()
        async with AsyncExitStack() as stack:
            async with self._searching:
                device = await find(self._kind, self._chosen)
                await stack.enter_async_context(connected(device, self._kind, self._handlers(), lost.set))
            self._say(LinkState.OK)
            self._heard_at = monotonic()
            while not lost.is_set():
                left = self._heard_at + SILENT_AFTER - monotonic()
                if left <= 0:
                    self._say(LinkState.LOST, "it sends nothing")  # until it sends something
                await _wait(lost, left if left > 0 else SILENT_AFTER)

    def _handlers(self) -> dict[str, Callable[[bytes], None]]:
        if self._kind is SensorKind.HEART:
            return {HEART_RATE: lambda frame: self._pass_on(heart_reading(frame))}
        belt = BeltReader()
        return {
            TREADMILL_DATA: lambda frame: self._pass_on(belt.data(frame, monotonic())),
            MACHINE_STATUS: lambda frame: belt.machine(frame, monotonic()),
            TRAINING_STATUS: lambda frame: belt.training(frame, monotonic()),
        }

    def _pass_on(self, reading: Reading | None) -> None:
        """Report a reading; from a device that floods only some, but each that starts or stops the belt."""
        self._heard_at = now = monotonic()
        if reading is None:
            return
        self._say(LinkState.OK)
        before = self._passed
        turns = before is None or bool(before.speed_kmh) != bool(reading.speed_kmh)
        if turns or now - self._passed_at >= 1 / MOST_A_SECOND:
            self._passed, self._passed_at = reading, now
            self._report(reading)

    def _say(self, state: LinkState, why: str = "") -> None:
        """Report the state of the connection, if it has changed."""
        link = SensorLink(self._kind, state, why)
        if link != self._state:
            self._state = link
            self._report(link)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
