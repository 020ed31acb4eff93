"""Bluetooth, through bleak: finds sensors, and subscribes to what they send. Nothing is ever written to a sensor.

Only the sensor process uses Bluetooth: macOS terminates a process that does so without permission.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from retro_timer.extras import install_command
from retro_timer.session.sensing import LONGEST_NAME, NearbySensor, SensorKind
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from bleak import BleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from retro_timer.session.sensing import Chosen

    OnFrame = Callable[[bytes], None]

FOUND_WITHIN: Final = 8.0
"""Seconds of searching for a sensor before the next pause."""
CONNECTED_WITHIN: Final = 15.0
_UUID: Final = "0000{:04x}-0000-1000-8000-00805f9b34fb"
SERVICES: Final = {SensorKind.BELT: _UUID.format(0x1826), SensorKind.HEART: _UUID.format(0x180D)}
"""Fitness Machine, Heart Rate."""
TREADMILL_DATA: Final = _UUID.format(0x2ACD)
TRAINING_STATUS: Final = _UUID.format(0x2AD3)
MACHINE_STATUS: Final = _UUID.format(0x2ADA)
HEART_RATE: Final = _UUID.format(0x2A37)
NEEDED: Final = {SensorKind.BELT: TREADMILL_DATA, SensorKind.HEART: HEART_RATE}
"""The characteristic without which a device is not a sensor of a kind."""
_WRONG: Final = {SensorKind.BELT: "this is not a treadmill", SensorKind.HEART: "this is not a heart rate sensor"}
_DENIED: Final = "Bluetooth may not be used by this program"


def missing_bleak() -> str:
    """What to install for Bluetooth, as one clause."""
    return f"they need {install_command('sensors')}"


class RadioError(Exception):
    """A sensor cannot be reached. The message is one clause.

    Attributes:
        off: whether there is no Bluetooth at all, or it may not be used.
    """

    def __init__(self, why: str, *, off: bool = False) -> None:
        super().__init__(why)
        self.off = off


async def scan(seconds: float, found: Callable[[NearbySensor], None]) -> None:
    """Look for sensors, and report each as it is heard, again if it changes its name.

    Raises:
        RadioError: if that is not possible.
    """
    known: dict[tuple[SensorKind, str], str] = {}

    def heard(device: BLEDevice, advertised: AdvertisementData) -> None:
        name = name_of(device, advertised)
        for kind, service in SERVICES.items():
            if service in advertised.service_uuids and known.get((kind, device.address)) != name:
                known[kind, device.address] = name
                found(NearbySensor(kind, name, device.address, max(-127, min(20, advertised.rssi))))

    with _as_radio_error():
        from bleak import BleakScanner

        async with BleakScanner(heard):
            await asyncio.sleep(seconds)


def name_of(device: BLEDevice, advertised: AdvertisementData) -> str:
    """The name of a device, without characters that could control a terminal."""
    return one_line(advertised.local_name or device.name or "", LONGEST_NAME)


async def find(kind: SensorKind, chosen: Chosen, seconds: float = FOUND_WITHIN) -> BLEDevice:
    """Find a sensor by its address; by its name, if just one sensor of that kind has it.

    Raises:
        RadioError: if it is not there, or Bluetooth cannot be used.
    """
    there: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()
    namesakes: dict[str, BLEDevice] = {}

    def heard(device: BLEDevice, advertised: AdvertisementData) -> None:
        if device.address.upper() == chosen.address.upper():
            if not there.done():
                there.set_result(device)
        elif chosen.name and name_of(device, advertised) == chosen.name and SERVICES[kind] in advertised.service_uuids:
            namesakes[device.address] = device

    with _as_radio_error():
        from bleak import BleakScanner

        if sys.platform == "linux" and (device := await _connected_before(chosen)) is not None:
            return device
        async with BleakScanner(heard):
            with suppress(TimeoutError):
                return await asyncio.wait_for(there, seconds)
    if len(namesakes) == 1:
        return next(iter(namesakes.values()))
    raise RadioError(f"{len(namesakes)} devices have its name" if namesakes else "it is not nearby, or not switched on")


async def _connected_before(chosen: Chosen) -> BLEDevice | None:
    """A device that a killed process has left connected, and that is therefore not heard (Linux)."""
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager
    from bleak.backends.device import BLEDevice

    manager = await get_global_bluez_manager()
    path = f"{manager.get_default_adapter()}/dev_{chosen.address.upper().replace(':', '_')}"
    return BLEDevice(chosen.address, chosen.name, {"path": path, "props": {}}) if manager.is_connected(path) else None


@asynccontextmanager
async def connected(
    device: BLEDevice, kind: SensorKind, on_frame: Mapping[str, OnFrame], lost: Callable[[], None]
) -> AsyncIterator[None]:
    """Connect to a sensor, and subscribe to those characteristics that it has.

    Args:
        device: the sensor.
        kind: what it should measure.
        on_frame: called with each frame, by the characteristic it comes from.
        lost: called when the connection ends.

    Raises:
        RadioError: if that is not possible.
    """
    with _as_radio_error():
        from bleak import BleakClient

        client = BleakClient(device, lambda _: lost(), timeout=CONNECTED_WITHIN)
        async with client:
            if client.services.get_characteristic(NEEDED[kind]) is None:
                raise RadioError(_WRONG[kind])
            for uuid, take in on_frame.items():
                await _subscribe(client, uuid, take, needed=uuid == NEEDED[kind])
            yield


async def _subscribe(client: BleakClient, uuid: str, take: OnFrame, *, needed: bool) -> None:
    from bleak.exc import BleakError

    if client.services.get_characteristic(uuid) is None:
        return
    try:
        # On Linux without a separate file descriptor for the frames, so that a killed process leaves nothing open.
        await client.start_notify(uuid, lambda _, frame: take(bytes(frame)), bluez={"use_start_notify": True})
    except BleakError:
        if needed:
            raise


class _as_radio_error:  # noqa: N801  (reads as a function)
    """Turns the errors of bleak, and of what it uses, into `RadioError`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RadioError) or not isinstance(error, Exception):
            return
        raise _translated(error) from error


def _translated(error: Exception) -> RadioError:
    if isinstance(error, ImportError):
        return RadioError(missing_bleak(), off=True)
    from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError
    from bleak.exc import BleakBluetoothNotAvailableReason as Why

    if isinstance(error, BleakBluetoothNotAvailableError):
        off = {Why.POWERED_OFF: "Bluetooth is switched off", Why.NO_BLUETOOTH: "there is no Bluetooth adapter"}
        denied = _DENIED if error.reason.name.startswith("DENIED") else "Bluetooth cannot be used"
        return RadioError(off.get(error.reason, denied), off=True)
    if isinstance(error, BleakDBusError):
        return _of_bluez(error.dbus_error)
    if isinstance(error, TimeoutError):
        return RadioError("it does not answer")
    if isinstance(error, OSError | EOFError):
        return RadioError("there is no Bluetooth service", off=True)
    return RadioError(one_line(str(error), 120) or type(error).__name__)


def _of_bluez(name: str) -> RadioError:
    """The error for an error name of BlueZ or D-Bus."""
    last = name.rpartition(".")[2]
    if last in ("AccessDenied", "NotAuthorized", "NotPermitted"):
        return RadioError(_DENIED, off=True)
    if last == "NotReady":
        return RadioError("Bluetooth is switched off", off=True)
    if last in ("ServiceUnknown", "NameHasNoOwner"):
        return RadioError("there is no Bluetooth service", off=True)
    return RadioError(f"Bluetooth answers {one_line(last, 60)}")
