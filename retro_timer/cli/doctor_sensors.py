"""The sensors in `retro-timer doctor`: the extra, Bluetooth, the chosen sensors, and when they last measured.

It does not search for sensors: only `retro-timer sensors scan` does that.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from retro_timer.desktop import bus
from retro_timer.sensors.nearby import KIND_NAMES, chosen_sensors, missing_extra
from retro_timer.session.sensing import Chosen, SensorKind
from retro_timer.storage.errors import StorageError
from retro_timer.storage.measured import last_measured
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from retro_timer.runtime.wiring import Setup

_BLUEZ: Final = "org.bluez"
_ADAPTER: Final = "org.bluez.Adapter1"
_OBJECTS: Final = "org.freedesktop.DBus.ObjectManager"
NOT_ASKED: Final = "not asked; retro-timer sensors scan does"


class SensorsReport(Struct, frozen=True):
    """The report about sensors.

    Attributes:
        extra: why sensors cannot be used, as one clause; empty if the extra is installed.
        bluetooth: why Bluetooth cannot be used, as one clause; empty if it is on, None if this was not checked.
        chosen: the walker's sensors.
        last: the day on which a session last measured a speed, or a heart rate.
        unread: why `last` could not be read from the history, as one clause; empty if it was.
    """

    extra: str
    bluetooth: str | None
    chosen: dict[SensorKind, Chosen]
    last: dict[SensorKind, date]
    unread: str = ""

    def lines(self) -> Iterator[str]:
        """The report as lines of text."""
        if self.extra:
            yield f"sensors: not installed; {self.extra}"
        else:
            yield "sensors: installed"
            yield f"bluetooth: {NOT_ASKED if self.bluetooth is None else self.bluetooth or 'on'}"
        for kind, name in KIND_NAMES.items():
            yield f"{name}: {self._line(kind)}"

    def as_json(self) -> dict[str, object]:
        """The report for JSON."""
        return {
            "extra": self.extra,
            "bluetooth": self.bluetooth,
            **{kind.value: self._facts(kind) for kind in SensorKind},
        }

    def _line(self, kind: SensorKind) -> str:
        chosen = self.chosen.get(kind)
        if chosen is None:
            return "none chosen" if self.extra else "none chosen; retro-timer sensors scan finds them"
        called = f"{chosen.name or chosen.address} ({chosen.address})"
        if self.unread:
            return f"{called}; {self.unread}"
        if kind in self.last:
            return f"{called}, last measured on {self.last[kind].isoformat()}"
        return f"{called}, nothing measured yet; retro-timer sensors test {chosen.address} tries it"

    def _facts(self, kind: SensorKind) -> dict[str, object] | None:
        chosen, last = self.chosen.get(kind), self.last.get(kind)
        if chosen is None:
            return None
        return {"name": chosen.name, "address": chosen.address, "last": last.isoformat() if last else None}


def report_sensors(setup: Setup) -> SensorsReport:
    """Make the report. Waits at most for answers from D-Bus, and does not search for sensors."""
    chosen, extra = chosen_sensors(setup.loaded.settings.sensors), missing_extra()
    bluetooth = None if extra else bluetooth_problem()
    if not chosen:
        return SensorsReport(extra, bluetooth, chosen, {})
    try:
        return SensorsReport(extra, bluetooth, chosen, last_measured(setup.store.readable_history().history))
    except StorageError as problem:
        return SensorsReport(extra, bluetooth, chosen, {}, one_line(str(problem)))


def bluetooth_problem(platform: str = sys.platform) -> str | None:
    """Why Bluetooth cannot be used, as one clause; empty if it is on.

    None where it cannot be checked: macOS ends a program that uses Bluetooth without permission, and on Windows we know
    of no way without connecting to a sensor.
    """
    if platform in ("darwin", "win32"):
        return None
    try:
        return asyncio.run(asyncio.wait_for(_adapters_problem(), bus.ANSWERS_WITHIN))
    except TimeoutError:
        return "the Bluetooth service does not answer"
    except bus.BusError as problem:
        return str(problem)


async def _adapters_problem() -> str:
    """Why no BlueZ adapter can be used, as one clause; empty if one can. Does not start the service."""
    connection = await bus.connect(system=True)
    try:
        there = await bus.call(connection, *bus.DBUS, "NameHasOwner", "s", _BLUEZ)
        if not there.body[0]:
            return "there is no Bluetooth service: start it (systemctl start bluetooth)"
        objects: Mapping[str, Mapping[str, Any]] = (
            await bus.call(connection, _BLUEZ, "/", _OBJECTS, "GetManagedObjects")
        ).body[0]
    finally:
        bus.disconnect(connection)
    adapters = [interfaces[_ADAPTER] for interfaces in objects.values() if _ADAPTER in interfaces]
    if not adapters:
        return "there is no Bluetooth adapter: plug one in, or use a machine that has one"
    is_on = any("Powered" in adapter and adapter["Powered"].value for adapter in adapters)
    return "" if is_on else "switched off: switch it on in the settings of your desktop (bluetoothctl power on)"
