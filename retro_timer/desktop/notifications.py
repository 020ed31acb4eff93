"""Desktop notifications, sent from the helper process; without D-Bus, the terminal shows them.

https://specifications.freedesktop.org/notification-spec/latest/protocol.html
"""

from __future__ import annotations

from typing import Final

from retro_timer.desktop.bus import call, connect, disconnect
from retro_timer.text import one_line

TITLE: Final = "Retro Timer"
_PLACE: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
_BY_THE_DESKTOP: Final = -1
"""An expiry timeout that leaves the duration to the desktop."""


def for_terminal(text: str) -> str:
    """The sequence that makes a terminal show a notification (rxvt, foot, WezTerm, Ghostty, VTE); others ignore it."""
    return f"\x1b]777;notify;{TITLE};{one_line(text).replace(';', ',')}\a"


async def notify(text: str) -> None:
    """Show a notification.

    Raises:
        BusError: if the desktop cannot show it.
    """
    bus = await connect()
    try:
        body: tuple[object, ...] = (TITLE, 0, "", TITLE, text, [], {}, _BY_THE_DESKTOP)
        await call(bus, *_PLACE, "Notify", "susssasa{sv}i", *body)
    finally:
        disconnect(bus)
