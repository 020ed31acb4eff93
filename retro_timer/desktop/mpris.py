"""The session as a media player on D-Bus: for media keys, headset buttons, and the desktop's own media controls.

https://specifications.freedesktop.org/mpris-spec/latest/
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from retro_timer.clock import monotonic_ms
from retro_timer.desktop.bus import DBUS, TRIED_AGAIN, BusError, call, connect, disconnect, lost, wait_to_try_again
from retro_timer.desktop.media import JUMP_US, STOPPED
from retro_timer.desktop.media_client import MediaClient
from retro_timer.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

NAME: Final = "org.mpris.MediaPlayer2.retro_timer"
PATH: Final = "/org/mpris/MediaPlayer2"
ROOT: Final = "org.mpris.MediaPlayer2"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
VERBS: Final = ("PlayPause", "Pause", "Play", "Next", "Previous", "Stop")
NOTHING: Final = ("Raise", "Quit", "Seek", "SetPosition", "OpenUri")
"""Methods that every player must have, but that do nothing here."""
_DO_NOT_QUEUE: Final = 4
_OWNER: Final = (1, 4)
_XML: Final = f"""<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
 <interface name="org.freedesktop.DBus.Introspectable">
  <method name="Introspect"><arg name="xml" type="s" direction="out"/></method>
 </interface>
 <interface name="{PROPERTIES}">
  <method name="Get">
   <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/>
  </method>
  <method name="GetAll"><arg type="s" direction="in"/><arg type="a{{sv}}" direction="out"/></method>
  <method name="Set"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="in"/></method>
  <signal name="PropertiesChanged"><arg type="s"/><arg type="a{{sv}}"/><arg type="as"/></signal>
 </interface>
 <interface name="{ROOT}">
  <method name="Raise"/><method name="Quit"/>
  <property name="CanQuit" type="b" access="read"/><property name="CanRaise" type="b" access="read"/>
  <property name="HasTrackList" type="b" access="read"/><property name="Identity" type="s" access="read"/>
  <property name="SupportedUriSchemes" type="as" access="read"/>
  <property name="SupportedMimeTypes" type="as" access="read"/>
 </interface>
 <interface name="{PLAYER}">
  <method name="Next"/><method name="Previous"/><method name="Pause"/><method name="PlayPause"/><method name="Stop"/>
  <method name="Play"/><method name="Seek"><arg type="x" direction="in"/></method>
  <method name="SetPosition"><arg type="o" direction="in"/><arg type="x" direction="in"/></method>
  <method name="OpenUri"><arg type="s" direction="in"/></method>
  <signal name="Seeked"><arg type="x"/></signal>
  <property name="PlaybackStatus" type="s" access="read"/><property name="Rate" type="d" access="read"/>
  <property name="Metadata" type="a{{sv}}" access="read"/><property name="Volume" type="d" access="read"/>
  <property name="Position" type="x" access="read">
   <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
  </property>
  <property name="MinimumRate" type="d" access="read"/><property name="MaximumRate" type="d" access="read"/>
  <property name="CanGoNext" type="b" access="read"/><property name="CanGoPrevious" type="b" access="read"/>
  <property name="CanPlay" type="b" access="read"/><property name="CanPause" type="b" access="read"/>
  <property name="CanSeek" type="b" access="read"/><property name="CanControl" type="b" access="read"/>
 </interface>
</node>
"""
_ROOT_VALUES: Final = {
    "CanQuit": ("b", False), "CanRaise": ("b", False), "HasTrackList": ("b", False), "Identity": ("s", "Retro Timer"),
    "SupportedUriSchemes": ("as", []), "SupportedMimeTypes": ("as", []),
}  # fmt: skip
_FIXED: Final = {
    "Rate": ("d", 1.0), "MinimumRate": ("d", 1.0), "MaximumRate": ("d", 1.0), "Volume": ("d", 1.0),
    "CanSeek": ("b", False), "CanControl": ("b", True), "CanGoPrevious": ("b", True),
}  # fmt: skip

Values = dict[str, tuple[str, Any]]


class MediaPlayer:
    """Offers a session as a media player for as long as it runs; reconnects if the bus is lost.

    Args:
        pid: the session's process.
        sockets: the directory of the sessions' sockets.
        log: writes a line about what went wrong.
        again: delays in seconds before a lost bus is tried again; the last one repeats.
    """

    def __init__(
        self, pid: int, sockets: Path, log: Callable[[str], object], again: Sequence[float] = TRIED_AGAIN
    ) -> None:
        self._pid = pid
        self._log = log
        self._again = again
        self._client = MediaClient(self._announce)
        self._bus: MessageBus | None = None
        self._said: Values = {}
        self._expected: tuple[str, int, float] | None = None  # track, position and when
        self._verbs: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._tasks = (loop.create_task(self._follow(sockets)), loop.create_task(self._stay_on_the_bus()))

    async def close(self) -> None:
        """Leave the bus."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        disconnect(self._bus)

    async def _follow(self, sockets: Path) -> None:
        try:
            await self._client.follow(sockets, self._pid)
        except (UserError, OSError) as error:
            self._log(f"Media keys do not reach the session: {error}.")
        self._tasks[1].cancel()
        disconnect(self._bus)

    async def _stay_on_the_bus(self) -> None:
        tries, logged = 0, False
        while True:
            try:
                self._bus = bus = await connect()
                bus.add_message_handler(self._handle)
                await self._take_a_name(bus)
                tries, self._said = 0, {}
                self._announce()
                await lost(bus)
            except BusError as error:
                disconnect(self._bus)
                if not logged:
                    self._log(f"Media keys do not work: {error}.")
                logged = True
            await wait_to_try_again(tries, self._again)
            tries += 1

    async def _take_a_name(self, bus: MessageBus) -> None:
        """Take a name on the bus: a second one if another session or program has the first."""
        for name in (NAME, f"{NAME}.instance{self._pid}"):
            answer = await call(bus, *DBUS, "RequestName", "su", name, _DO_NOT_QUEUE)
            if answer.body[0] in _OWNER:
                return
        raise BusError(f"another program has the name {NAME}")

    def _values(self) -> Values:
        """The properties that change, except the position."""
        moment = self._client.moment
        active = moment is not None and not moment.state.state.startswith(("finished", "ended"))
        status = moment.status if moment is not None else STOPPED
        metadata = moment.metadata() if moment is not None else {}
        can = ("b", active)
        changing: Values = {"PlaybackStatus": ("s", status), "Metadata": ("a{sv}", metadata)}
        return changing | {"CanGoNext": can, "CanPlay": can, "CanPause": can}

    def _position(self) -> int:
        moment = self._client.moment
        return 0 if moment is None else moment.position(monotonic_ms())

    def _announce(self) -> None:
        """Tell the bus what has changed."""
        bus, values = self._bus, self._values()
        if bus is None or not bus.connected:
            return
        changed = {name: value for name, value in values.items() if self._said.get(name) != value}
        self._said = values
        if changed:
            self._signal(bus, PROPERTIES, "PropertiesChanged", "sa{sv}as", PLAYER, _variants(changed), [])
        position = self._position()
        if self._jumped(position):
            self._signal(bus, PLAYER, "Seeked", "x", position)

    def _jumped(self, position: int) -> bool:
        """Whether the position is not the one that listeners expect from the last announcement."""
        moment, now = self._client.moment, monotonic_ms()
        if moment is None:
            return False
        track = str(moment.state.index)
        expected, self._expected = self._expected, (track, position, now if moment.status == "Playing" else 0)
        if expected is None or expected[0] != track:
            return False
        passed = (now - expected[2]) * 1000 if expected[2] else 0
        return abs(expected[1] + passed - position) > JUMP_US

    def _signal(self, bus: MessageBus, interface: str, member: str, signature: str, *body: Any) -> None:  # noqa: ANN401
        from dbus_fast.message import Message

        with suppress(OSError, EOFError):
            bus.send(Message.new_signal(PATH, interface, member, signature, list(body)))

    def _handle(self, message: Message) -> Message | bool | None:
        """Answer a call; None if it is not for us."""
        from dbus_fast.constants import MessageType
        from dbus_fast.message import Message

        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        if message.member in VERBS and message.interface in (PLAYER, "", None):
            task = asyncio.get_running_loop().create_task(self._perform(message))
            self._verbs.add(task)
            task.add_done_callback(self._verbs.discard)
            return True
        if message.member in NOTHING:
            return Message.new_method_return(message)
        if message.member == "Introspect":
            return Message.new_method_return(message, "s", [_XML])
        if message.interface in (PROPERTIES, "", None):
            return self._property(message)
        return None

    async def _perform(self, message: Message) -> None:
        """Perform a verb, and answer once it has taken effect."""
        from dbus_fast.message import Message

        await self._client.perform(str(message.member))
        if self._bus is not None and self._bus.connected:
            with suppress(OSError, EOFError):
                await self._bus.send(Message.new_method_return(message))

    def _property(self, message: Message) -> Message | None:
        from dbus_fast.message import Message

        interface = str(message.body[0]) if message.body and isinstance(message.body[0], str) else ""
        values: Values = _ROOT_VALUES if interface == ROOT else {}
        if interface == PLAYER:
            values = {**_FIXED, **self._values(), "Position": ("x", self._position())}
        if message.member == "GetAll" and message.signature == "s":
            return Message.new_method_return(message, "a{sv}", [_variants(values)])
        if message.member == "Get" and message.signature == "ss":
            if (name := message.body[1]) in values:
                return Message.new_method_return(message, "v", [_variants(values)[name]])
            error = "org.freedesktop.DBus.Error.UnknownProperty"
            return Message.new_error(message, error, "there is no such property")
        if message.member == "Set":
            error = "org.freedesktop.DBus.Error.PropertyReadOnly"
            return Message.new_error(message, error, "it cannot be changed")
        return None


def _variants(values: Values) -> dict[str, Any]:
    """Values with their signatures as D-Bus variants, also inside Metadata."""
    from dbus_fast.signature import Variant

    return {
        name: Variant(signature, _variants(value) if signature == "a{sv}" else value)
        for name, (signature, value) in values.items()
    }
