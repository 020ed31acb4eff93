"""The protocol of a session's socket: one JSON object per line, in both directions.

`retro_timer.remote.messages` has the messages, `docs/remote.md` an example of each. Unknown fields are ignored, so that
a field can be added without a new version. Both sides validate everything they read.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from retro_timer.errors import UserError
from retro_timer.remote.messages import Request, Update
from retro_timer.structs import json_decoder
from retro_timer.text import one_line

PROTOCOL: Final = 1
"""The version. It changes when an older client or session would misunderstand a message."""
MAX_REQUEST: Final = 4096
"""Limit of a client's line in bytes."""
MAX_UPDATE: Final = 8 * 1024 * 1024
"""Limit of a session's line in bytes: the schedule of 10,000 intervals with labels fits."""
MAX_CLIENTS: Final = 16
"""How many clients can follow a session at a time."""
SPEAKER_ALIVE_MS: Final = 1500
"""A client that plays the sound counts as gone if it has not said so for this many milliseconds."""


class ProtocolError(UserError):
    """The other side sent something that is not a message of this protocol."""


_ENCODER: Final = msgspec.json.Encoder()
_REQUESTS: Final[msgspec.json.Decoder[Any]] = json_decoder(Request)
_UPDATES: Final[msgspec.json.Decoder[Any]] = json_decoder(Update)


def encode(message: Request | Update) -> bytes:
    """A message as a line, including the line break."""
    return _ENCODER.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Read a client's line.

    Raises:
        ProtocolError: if it is too long, or not a message of a client.
    """
    request: Request = _decoded(_REQUESTS, line, MAX_REQUEST)
    return request


def decode_update(line: bytes) -> Update:
    """Read a session's line.

    Raises:
        ProtocolError: if it is too long, or not a message of a session.
    """
    update: Update = _decoded(_UPDATES, line, MAX_UPDATE)
    return update


def version_problem(theirs: int, *, their_program: str, our_program: str) -> str:
    """Why a client and a session do not understand each other, as one clause; empty if they do.

    Args:
        theirs: the client's version of the protocol.
        their_program: the client's version of the program; may be empty.
        our_program: the session's version of the program.
    """
    if theirs == PROTOCOL:
        return ""
    age = "newer" if theirs > PROTOCOL else "older"
    program = f" of retro-timer {one_line(their_program, 20)}" if their_program else ""
    return (
        f"the client{program} is {age} (protocol {theirs}) than the session of retro-timer {our_program} "
        f"(protocol {PROTOCOL}): use the same version for both"
    )


def _decoded(decoder: msgspec.json.Decoder[Any], line: bytes, longest: int) -> Any:  # noqa: ANN401
    if len(line) > longest:
        raise ProtocolError(f"a line has more than {longest:,} bytes")
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProtocolError(f"no message: {one_line(str(error))}") from error
