"""Who may use the page: keys, host names, origins and addresses. Pure."""

from __future__ import annotations

import hmac
import re
import secrets
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, Literal

from msgspec import Struct

Role = Literal["page", "view"]
"""What a page may do, named as in the session's protocol: steer, or only watch."""

KEY_BYTES: Final = 16
"""A key has 128 bits."""
KEY_LENGTH: Final = 22
LOCAL_NAMES: Final = ("localhost",)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "retro-timer",
}
"""Sent with every response, refusals included; so is the policy of `content_policy`."""
_HOST: Final = re.compile(
    r"(\[[0-9a-fA-F:.]{2,45}\]|[0-9A-Za-z](?:[0-9A-Za-z.-]{0,252}[0-9A-Za-z])?)(?::([0-9]{1,5}))?"
)
_SHARED_ADDRESSES: Final = ip_network("100.64.0.0/10")
"""Used by virtual private networks; `ipaddress` does not count it as private."""


class PageKeys(Struct, frozen=True):
    """The keys in the links.

    Attributes:
        steer: the key of the link that steers the session.
        view: the key of the link that only shows it.
    """

    steer: str
    view: str

    @classmethod
    def new(cls) -> PageKeys:
        """Two new keys of 128 bits."""
        return cls(secrets.token_urlsafe(KEY_BYTES), secrets.token_urlsafe(KEY_BYTES))

    def role(self, key: object) -> Role | None:
        """What a key permits; None for a wrong key. Takes the same time for all keys of one length."""
        given = key.encode("utf-8", "replace") if isinstance(key, str) else b""
        steers = hmac.compare_digest(given, self.steer.encode())
        views = hmac.compare_digest(given, self.view.encode())
        return "page" if steers else "view" if views else None


def host_is_ours(header: str, reached: str, port: int, names: frozenset[str] = frozenset()) -> bool:
    """Whether a Host header names this server, and is not a foreign name that was made to point here (DNS rebinding).

    Args:
        header: the Host header.
        reached: the address of this machine at which the connection arrived.
        port: the port at which it arrived.
        names: names of this machine that are accepted besides its addresses, in lower case.
    """
    found = _HOST.fullmatch(header)
    if found is None or int(found[2] or 80) != port:
        return False
    name, address = found[1].strip("[]").lower(), _address(reached)
    if (asked := _address(name)) is not None:
        return asked == address
    return name in names or (name in LOCAL_NAMES and address is not None and address.is_loopback)


def origin_is_ours(origin: str | None, host: str) -> bool:
    """Whether a websocket is opened by our own page: browsers send the Origin, and no page can forge it."""
    return origin is not None and hmac.compare_digest(origin.lower().encode(), f"http://{host}".lower().encode())


def peer_is_near(peer: str) -> bool:
    """Whether a device is on this machine or in a private network, not somewhere on the internet."""
    address = _address(peer)
    if address is None:
        return False
    shared = isinstance(address, IPv4Address) and address in _SHARED_ADDRESSES
    return address.is_loopback or address.is_private or address.is_link_local or shared


def content_policy(host: str) -> str:
    """The content security policy: allows our own script, style and websocket and a video in the page, nothing else.

    Args:
        host: the Host header, already checked; some browsers do not count the websocket as `'self'`.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; media-src data:; "
        f"connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
