"""Notifications of the desktop, on a private bus, and by a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.desktop.bus import DBUS, BusError, call, connect, disconnect
from retro_timer.desktop.notifications import for_terminal, notify

if TYPE_CHECKING:
    from dbus_fast.message import Message

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")


@pytest.mark.usefixtures("private_bus")
async def test_the_desktop_shows_it() -> None:
    from dbus_fast.message import Message

    shown: list[list[Any]] = []

    def handle(message: Message) -> Message | None:
        if message.member != "Notify":
            return None
        shown.append(message.body)
        return Message.new_method_return(message, "u", [1])

    desktop = await connect()
    desktop.add_message_handler(handle)
    await call(desktop, *DBUS, "RequestName", "su", "org.freedesktop.Notifications", 0)
    await notify("The workout is complete.")
    assert shown == [["Retro Timer", 0, "", "Retro Timer", "The workout is complete.", [], {}, -1]]
    disconnect(desktop)


@pytest.mark.usefixtures("private_bus")
async def test_without_notifications_it_says_so() -> None:
    with pytest.raises(BusError, match="there is no notification service"):
        await notify("The workout is complete.")


def test_a_terminal_gets_one_sequence_whatever_the_text_is() -> None:
    assert for_terminal("a;b\a\x1b]c") == "\x1b]777;notify;Retro Timer;a,b ]c\a"
