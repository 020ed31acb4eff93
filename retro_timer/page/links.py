"""The links to a page, the addresses they lead to, and who can open the page."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.page.access import PageKeys

DEFAULT_PORT: Final = 8477
PORTS_TRIED: Final = 10
_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): connecting a UDP socket to it picks a route, but sends nothing."""


class Links(Struct, frozen=True):
    """The links to a page.

    Attributes:
        steer: steers the session.
        view: only shows it.
        lan: whether the page is open to the network.
        network: the network it is open to ("192.168.1.x"); empty if only this machine can open it.
    """

    steer: str
    view: str
    lan: bool
    network: str

    @classmethod
    def of(cls, keys: PageKeys, port: int, *, lan: bool) -> Links:
        """The links to a server at a port, with these keys."""
        address = own_address() if lan else "localhost"
        base = f"http://{address}:{port}/#key="
        return cls(base + keys.steer, base + keys.view, lan, f"{address.rpartition('.')[0]}.x" if lan else "")

    @property
    def opened(self) -> str:
        """Who can open the page, in one sentence."""
        if not self.lan:
            return "Only this machine can reach it."
        return (
            f"Open to your network ({self.network}), without encryption: every device there that has the link can see "
            "and steer this session, until it ends."
        )

    def lines(self) -> Iterator[str]:
        """The links as text."""
        yield f"page: {self.steer}"
        yield f"to watch only: {self.view}"
        yield self.opened if self.lan else f"{self.opened} --lan opens it to your network, for a phone."


def own_address() -> str:
    """The address of this machine in its network; the loopback address if there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def own_names() -> frozenset[str]:
    """Names by which a device in the network may reach this machine."""
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    return frozenset({name, short, f"{short}.local"} - {"", ".local"})


def listen(port: int | None, *, lan: bool) -> list[socket.socket]:
    """Open the page server's sockets.

    Args:
        port: the port; None for the first free one from `DEFAULT_PORT` on, or any.
        lan: whether to listen on all addresses instead of the loopback address.

    Raises:
        OSError: if the port cannot be used.
    """
    wanted = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED), 0]
    for number, each in enumerate(wanted):
        try:
            first = _bound(socket.AF_INET, "0.0.0.0" if lan else "127.0.0.1", each)  # noqa: S104  (--lan says so)
        except OSError:
            if number == len(wanted) - 1:
                raise
            continue
        if lan:
            return [first]
        try:
            return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError:
            return [first]  # no IPv6 on this machine, or another program has the port
    raise OSError("no port was tried")


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
