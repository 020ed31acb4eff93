"""Connections to D-Bus from the helper process, with timeouts and a single exception type."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from retro_timer.extras import install_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

ANSWERS_WITHIN: Final = 5.0
"""Timeout in seconds for an answer from a bus, or from a service on it."""
TRIED_AGAIN: Final = (1.0, 5.0, 30.0)
"""Delays in seconds before something that was lost is tried again; the last one repeats."""
DBUS: Final = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
"""The service, the path and the interface of a bus itself."""
_SYSTEM_BUS: Final = "unix:path=/run/dbus/system_bus_socket"
_SERVICES: Final = {
    "org.freedesktop.login1": "logind",
    "org.freedesktop.ScreenSaver": "the screen saver",
    "org.freedesktop.Notifications": "the notification service",
}
"""The names of services in messages."""


class BusError(Exception):
    """There is no bus, or no answer. The message is one clause."""


def address(environ: Mapping[str, str], *, system: bool) -> str:
    """The address of the bus; empty if there is none for the session.

    https://dbus.freedesktop.org/doc/dbus-specification.html#message-bus-types
    """
    if system:
        return environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
    if given := environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return given
    socket = Path(environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus")
    return f"unix:path={socket}" if socket.exists() else ""


def media_problem(environ: Mapping[str, str], platform: str = sys.platform) -> str:
    """Why media keys cannot act on a session, as one clause; empty if they can, as far as known without connecting."""
    if platform in ("darwin", "win32"):
        return "they are for Linux"
    if find_spec("dbus_fast") is None:
        return _missing_extra()
    return "" if address(environ, system=False) else "there is no D-Bus session bus"


def _missing_extra() -> str:
    return f"they need {install_command('desktop')}"


async def connect(*, system: bool = False) -> MessageBus:
    """Connect to the bus of the session, or of the system.

    Raises:
        BusError: if that is not possible.
    """
    try:
        from dbus_fast.aio import MessageBus
        from dbus_fast.errors import AuthError, DBusError, InvalidAddressError
    except ImportError as error:
        raise BusError(_missing_extra()) from error
    which = "system" if system else "session"
    where = address(os.environ, system=system)
    if not where:
        raise BusError(f"there is no D-Bus {which} bus")
    try:
        bus = MessageBus(bus_address=where, negotiate_unix_fd=True)
        return await asyncio.wait_for(bus.connect(), ANSWERS_WITHIN)
    except TimeoutError as error:
        raise BusError(f"the D-Bus {which} bus does not answer") from error
    except (OSError, EOFError, AuthError, DBusError, InvalidAddressError, ValueError) as error:
        raise BusError(f"there is no D-Bus {which} bus") from error


def disconnect(bus: MessageBus | None) -> None:
    """Close a connection, if there is one."""
    if bus is not None and bus.connected:
        bus.disconnect()


async def lost(bus: MessageBus) -> None:
    """Wait until a connection ends."""
    with suppress(OSError, EOFError):
        await bus.wait_for_disconnect()


async def wait_to_try_again(tries: int, seconds: Sequence[float] = TRIED_AGAIN) -> None:
    """Wait before the next attempt, after a number of failed ones."""
    await asyncio.sleep(seconds[min(tries, len(seconds) - 1)])


async def call(  # noqa: PLR0913, PLR0917  (what D-Bus needs to know)
    bus: MessageBus,
    service: str,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    *body: Any,  # noqa: ANN401
) -> Message:
    """Call a method and return its answer.

    Raises:
        BusError: if there is no answer within `ANSWERS_WITHIN`, or the answer is an error.
    """
    from dbus_fast.constants import MessageType
    from dbus_fast.message import Message

    message = Message(service, path, interface, member, signature=signature, body=list(body))
    try:
        answer = await asyncio.wait_for(bus.call(message), ANSWERS_WITHIN)
    except TimeoutError as error:
        raise BusError(f"{_SERVICES.get(service, service)} does not answer") from error
    except (OSError, EOFError) as error:
        raise BusError("the bus is gone") from error
    if answer is None or answer.message_type is MessageType.ERROR:
        raise BusError(_refusal(_SERVICES.get(service, service), answer))
    return answer


def _refusal(service: str, answer: Message | None) -> str:
    """Why a call failed, in words."""
    name = answer.error_name if answer else ""
    if name in ("org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"):
        return f"there is no {service.removeprefix('the ')}"
    refused = ("org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired")
    return f"{service} refuses" if name in refused else f"{service} answers {name}"
