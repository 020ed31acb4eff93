"""BlueZ in place of the real one, on a private bus: an adapter, with sensors that connect and send what they are told.

It knows every call that was made of it: `writes` are those that would have written to a sensor.
Interfaces: https://github.com/bluez/bluez/tree/master/doc (org.bluez.Adapter, Device, GattService, GattCharacteristic).
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from retro_timer.desktop.bus import DBUS, address, call
from tests.desktop.private_bus import PrivateBus

with suppress(ImportError):  # without the extra, the tests that need it are skipped
    from dbus_fast.aio import MessageBus
    from dbus_fast.constants import MessageType
    from dbus_fast.message import Message
    from dbus_fast.signature import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ADAPTER: Final = "/org/bluez/hci0"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
OBJECTS: Final = "org.freedesktop.DBus.ObjectManager"
WRITING: Final = frozenset({"WriteValue", "AcquireWrite", "Pair", "Set"})
READING: Final = frozenset({"StartNotify", "StopNotify", "ReadValue", "AcquireNotify"})
UUID: Final = "0000{:04x}-0000-1000-8000-00805f9b34fb"
FITNESS, HEART, BATTERY = 0x1826, 0x180D, 0x180F
TREADMILL_DATA, TRAINING_STATUS, CONTROL_POINT, MACHINE_STATUS, HEART_RATE = 0x2ACD, 0x2AD3, 0x2AD9, 0x2ADA, 0x2A37
OF_A_BELT: Final = (TREADMILL_DATA, TRAINING_STATUS, CONTROL_POINT, MACHINE_STATUS)


@dataclass
class Peripheral:
    """A sensor nearby.

    Attributes:
        address: its address.
        name: its name.
        service: the service it advertises and has.
        characteristics: those of the service.
        heard: whether it is switched on, and near.
        refuses: the error of a try to connect.
        connected: whether it is connected.
        subscribed: the characteristics whose frames are wanted.
    """

    address: str
    name: str
    service: int
    characteristics: Sequence[int]
    heard: bool = True
    refuses: str = ""
    connected: bool = False
    subscribed: set[int] = field(default_factory=set)

    @property
    def path(self) -> str:
        return f"{ADAPTER}/dev_{self.address.replace(':', '_')}"

    def path_of(self, characteristic: int) -> str:
        return f"{self.path}/service0010/char{0x11 + list(self.characteristics).index(characteristic):04x}"


def belt(number: int = 1, name: str = "Treadmill", characteristics: Sequence[int] = OF_A_BELT) -> Peripheral:
    return Peripheral(f"AA:00:00:00:00:{number:02X}", name, FITNESS, characteristics)


def strap(number: int = 1, name: str = "Strap") -> Peripheral:
    return Peripheral(f"BB:00:00:00:00:{number:02X}", name, HEART, (HEART_RATE,))


class MockBlueZ:
    """The service `org.bluez` on the bus that the environment leads to.

    Attributes:
        calls: every call: what it was for, and its name.
        powered: whether the adapter is switched on.
        denied: whether every call is refused for want of permission.
    """

    def __init__(self, *peripherals: Peripheral, powered: bool = True, denied: bool = False) -> None:
        self.peripherals = list(peripherals)
        self.powered = powered
        self.denied = denied
        self.calls: list[tuple[str, str]] = []
        self._bus: MessageBus | None = None
        self._scans: set[str] = set()
        self._callers: dict[str, set[str]] = {}  # who has connected which device

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that write to a sensor."""
        return [each for each in self.calls if each[1] in WRITING]

    @property
    def gatt_calls(self) -> list[tuple[str, str]]:
        """All calls of characteristics, descriptors and services."""
        return [each for each in self.calls if each[1] in READING | WRITING or "/service" in each[0]]

    async def start(self, environment: Mapping[str, str]) -> None:
        self._bus = bus = await MessageBus(bus_address=address(environment, system=True)).connect()
        bus.add_message_handler(self._handle)
        await call(bus, *DBUS, "RequestName", "su", "org.bluez", 0)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await call(bus, *DBUS, "AddMatch", "s", rule)

    def close(self) -> None:
        if self._bus is not None and self._bus.connected:
            self._bus.remove_message_handler(self._handle)
            self._bus.disconnect()

    # What happens to the sensors.

    def send(self, peripheral: Peripheral, characteristic: int, frame: bytes) -> bool:
        """Send a frame, if the sensor is connected and the frame is wanted; returns whether it was."""
        if not peripheral.connected or characteristic not in peripheral.subscribed:
            return False
        self._changed(peripheral.path_of(characteristic), "GattCharacteristic1", {"Value": Variant("ay", frame)})
        return True

    def lose(self, peripheral: Peripheral) -> None:
        """Cut the connection."""
        peripheral.connected = False
        peripheral.subscribed.clear()
        values = {"Connected": Variant("b", False), "ServicesResolved": Variant("b", False)}
        self._changed(peripheral.path, "Device1", values)

    def advertise(self, peripheral: Peripheral) -> None:
        """Let it be heard by those who look for sensors."""
        if self._scans and peripheral.heard and not peripheral.connected:
            self._changed(peripheral.path, "Device1", {"RSSI": Variant("n", -60)})

    def switch(self, *, on: bool) -> None:
        """Switch the adapter on or off, which cuts all connections."""
        self.powered = on
        self._changed(ADAPTER, "Adapter1", {"Powered": Variant("b", on)})
        if not on:
            for each in self.peripherals:
                if each.connected:
                    self.lose(each)

    def _changed(self, path: str, interface: str, values: dict[str, Variant]) -> None:
        assert self._bus is not None
        body = [f"org.bluez.{interface}", values, []]
        self._bus.send(Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body))

    # What is asked of it.

    def _handle(self, message: Message) -> Message | bool | None:
        if message.member == "NameOwnerChanged" and not message.body[2]:
            self._forget(message.body[0])
        if message.message_type is not MessageType.METHOD_CALL or not str(message.path).startswith("/"):
            return None
        if message.interface not in (OBJECTS, PROPERTIES) and not str(message.interface).startswith("org.bluez"):
            return None
        self.calls.append((str(message.path), str(message.member)))
        if self.denied:
            return Message.new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "no")
        if message.member == "GetManagedObjects":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects()])
        handler = getattr(self, f"_on_{str(message.member).lower()}", None)
        if handler is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", str(message.member))
        answer: Message = handler(message)
        return answer

    def _forget(self, caller: str) -> None:
        """A process has gone: its scans and subscriptions end, its connections stay, as with BlueZ."""
        self._scans.discard(caller)
        for each in self.peripherals:
            if caller in self._callers.get(each.path, set()):
                each.subscribed.clear()

    def _on_setdiscoveryfilter(self, message: Message) -> Message:
        return Message.new_method_return(message)

    def _on_startdiscovery(self, message: Message) -> Message:
        if not self.powered:
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        self._scans.add(str(message.sender))
        loop = asyncio.get_running_loop()
        for each in self.peripherals:
            loop.call_later(0.02, self.advertise, each)
        return Message.new_method_return(message)

    def _on_stopdiscovery(self, message: Message) -> Message:
        self._scans.discard(str(message.sender))
        return Message.new_method_return(message)

    def _on_connect(self, message: Message) -> Message:
        each = self._of(message)
        if each.refuses or not each.heard:
            return Message.new_error(message, each.refuses or "org.bluez.Error.Failed", "le-connection-failed")
        each.connected = True
        values = {"Connected": Variant("b", True), "ServicesResolved": Variant("b", True)}
        self._changed(each.path, "Device1", values)
        return Message.new_method_return(message)

    def _on_disconnect(self, message: Message) -> Message:
        self.lose(self._of(message))
        return Message.new_method_return(message)

    def _on_startnotify(self, message: Message) -> Message:
        each = self._of(message)
        self._callers.setdefault(each.path, set()).add(str(message.sender))
        wanted = [uuid for uuid in each.characteristics if each.path_of(uuid) == message.path]
        each.subscribed.update(wanted)
        return Message.new_method_return(message)

    def _on_stopnotify(self, message: Message) -> Message:
        return Message.new_method_return(message)

    def _on_writevalue(self, message: Message) -> Message:
        return Message.new_method_return(message)

    def _of(self, message: Message) -> Peripheral:
        return next(each for each in self.peripherals if str(message.path).startswith(each.path))

    def _objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {
            ADAPTER: {
                "org.bluez.Adapter1": {
                    "Address": Variant("s", "00:00:00:00:00:01"), "Name": Variant("s", "mock"),
                    "Powered": Variant("b", self.powered), "Roles": Variant("as", ["central"]),
                }
            }
        }  # fmt: skip
        for each in self.peripherals:
            found[each.path] = {
                "org.bluez.Device1": {
                    "Address": Variant("s", each.address), "Name": Variant("s", each.name),
                    "Alias": Variant("s", each.name or each.address), "Adapter": Variant("o", ADAPTER),
                    "Paired": Variant("b", False), "Connected": Variant("b", each.connected),
                    "ServicesResolved": Variant("b", each.connected),
                    "UUIDs": Variant("as", [UUID.format(each.service)]),
                }
            }  # fmt: skip
            service = f"{each.path}/service0010"
            found[service] = {
                "org.bluez.GattService1": {
                    "UUID": Variant("s", UUID.format(each.service)), "Device": Variant("o", each.path),
                    "Primary": Variant("b", True),
                }
            }  # fmt: skip
            for uuid in each.characteristics:
                flags = ["write", "indicate"] if uuid == CONTROL_POINT else ["notify"]
                found[each.path_of(uuid)] = {
                    "org.bluez.GattCharacteristic1": {
                        "UUID": Variant("s", UUID.format(uuid)), "Service": Variant("o", service),
                        "Flags": Variant("as", flags), "MTU": Variant("q", 185),
                    }
                }  # fmt: skip
        return found


@contextmanager
def sending(every: float) -> Iterator[dict[str, str]]:
    """A treadmill and a strap that send every so many seconds; yields the variables that lead to them."""
    bus, ended, ready = PrivateBus(), threading.Event(), threading.Event()

    async def serve() -> None:
        mock = MockBlueZ(belt(), strap())
        await mock.start(bus.environment)
        ready.set()
        count = 0
        while not ended.is_set():
            count += 1
            for each in mock.peripherals:
                mock.advertise(each)
            mock.send(mock.peripherals[0], TREADMILL_DATA, bytes([0, 0, 150 + count % 20, 0]))
            mock.send(mock.peripherals[1], HEART_RATE, bytes([0, 100 + count % 20]))
            await asyncio.sleep(every)
        mock.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield bus.environment
    finally:
        ended.set()
        thread.join()
        bus.close()
