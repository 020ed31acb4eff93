"""A private D-Bus daemon, and services on it in place of those of a desktop."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.desktop.bus import DBUS, call, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

TIMEOUT: Final = 60.0
_CONFIGURATION: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


async def until(true: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


class PrivateBus:
    """A D-Bus daemon, which may be killed and started again at the same address; it is session and system bus."""

    def __init__(self) -> None:
        # A socket's path must be short, whatever the path of the test is.
        self._directory = tempfile.TemporaryDirectory(prefix="bus-", dir="/tmp")
        self._socket = Path(self._directory.name, "bus")
        self._daemon: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead to it."""
        address = f"unix:path={self._socket}"
        return {"DBUS_SESSION_BUS_ADDRESS": address, "DBUS_SYSTEM_BUS_ADDRESS": address}

    def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        configuration = Path(self._directory.name, "bus.conf")
        configuration.write_text(_CONFIGURATION.format(socket=self._socket))
        self._daemon = subprocess.Popen(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile"])
        end = time.monotonic() + TIMEOUT
        while not self._listens():
            assert self._daemon.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

    def _listens(self) -> bool:
        """Whether it answers: the socket is there a moment before that."""
        with socket.socket(socket.AF_UNIX) as tried:
            return tried.connect_ex(str(self._socket)) == 0

    def kill(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def close(self) -> None:
        self.kill()
        self._directory.cleanup()


class FakeDesktop:
    """Stands in for systemd-logind and the screen saver, and knows what they are asked to keep awake.

    Attributes:
        locks: the ends of the locks of logind; one that reads as ended was closed.
        inhibited: who inhibits the screen saver, by cookie.
        refuses: whether both refuse.
        silent: whether they never answer.
    """

    def __init__(self) -> None:
        self.locks: list[int] = []
        self.asked: list[list[object]] = []
        self.inhibited: dict[int, str] = {}
        self.refuses = False
        self.silent = False
        self._bus: MessageBus | None = None

    async def start(self) -> None:
        self._bus = bus = await connect()
        bus.add_message_handler(self._handle)
        for name in ("org.freedesktop.login1", "org.freedesktop.ScreenSaver"):
            await call(bus, *DBUS, "RequestName", "su", name, 0)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await call(bus, *DBUS, "AddMatch", "s", rule)

    def close(self) -> None:
        if self._bus is not None and self._bus.connected:
            self._bus.disconnect()
        for lock in self.locks:
            os.close(lock)

    @property
    def locked(self) -> int:
        """How many locks of logind are held."""
        return sum(not self._ended(lock) for lock in self.locks)

    @property
    def holds_all(self) -> bool:
        return self.locked == 1 and len(self.inhibited) == 1

    @property
    def holds_nothing(self) -> bool:
        return self.locked == 0 and not self.inhibited

    @staticmethod
    def _ended(lock: int) -> bool:
        try:
            return os.read(lock, 1) == b""
        except BlockingIOError:
            return False

    def _handle(self, message: Message) -> Message | bool | None:
        from dbus_fast.message import Message

        if message.member == "NameOwnerChanged" and not message.body[2]:
            self.inhibited = {cookie: who for cookie, who in self.inhibited.items() if who != message.body[0]}
        if message.member not in ("Inhibit", "UnInhibit"):
            return None
        if self.silent:
            return True
        if self.refuses:
            return Message.new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "no")
        self.asked.append(list(message.body))
        if message.member == "UnInhibit":
            self.inhibited.pop(message.body[0])
            return Message.new_method_return(message)
        if message.interface == "org.freedesktop.ScreenSaver":
            cookie = len(self.asked)
            self.inhibited[cookie] = str(message.sender)
            return Message.new_method_return(message, "u", [cookie])
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self.locks.append(ours)
        asyncio.get_running_loop().call_later(0.5, os.close, theirs)  # once it has been sent
        return Message.new_method_return(message, "h", [0], unix_fds=[theirs])
