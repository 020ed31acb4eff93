"""The messages between a page and its server besides the session's protocol; `docs/page.md` explains them."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from retro_timer.remote.messages import ActionWanted, Ping, SpeakerClaim, SummaryAnswers
from retro_timer.remote.protocol import ProtocolError
from retro_timer.structs import json_decoder

MAX_MESSAGE: Final = 4096
"""Limit of a page's message in bytes."""

Wanted = ActionWanted | Ping | SpeakerClaim | SummaryAnswers


class PageMessage(Struct, frozen=True, tag_field="is"):
    """Base class of these messages."""


class PageHello(PageMessage, frozen=True, tag="hello"):
    """The first message of a page: which protocol it speaks, its key, and what kind of device it is on."""

    protocol: int
    key: Annotated[str, Meta(max_length=100)]
    name: Annotated[str, Meta(max_length=40)] = ""


class Admitted(PageMessage, frozen=True, tag="page"):
    """The key was accepted.

    Attributes:
        may: "steer", or "watch" with the link that only shows the session.
        name: the name of this device on every screen.
        at: the session's clock in milliseconds.
        voice_volume, sounds_volume: 0 to 100.
        word_gap: milliseconds between two phrases.
    """

    may: str
    name: str
    at: float
    voice_volume: int
    sounds_volume: int
    word_gap: int


class Beat(PageMessage, frozen=True, tag="beat"):
    """Sent twice a second to a page that speaks: it answers that it still does, or the computer speaks again."""


class Yield(PageMessage, frozen=True, tag="yield"):
    """Sent to a page that speaks: another device was touched later and speaks instead."""


_HELLO: Final = json_decoder(PageHello)
_WANTED: Final[msgspec.json.Decoder[Any]] = json_decoder(Wanted)
_ENCODER: Final = msgspec.json.Encoder()


def encode_text(message: Struct) -> str:
    """A message as the text of a websocket."""
    return _ENCODER.encode(message).decode()


def decode_hello(text: str) -> PageHello:
    """Read the first message of a page.

    Raises:
        ProtocolError: if it is not a `PageHello`.
    """
    found: PageHello = _decoded(_HELLO, text)
    return found


def decode_wanted(text: str) -> Wanted:
    """Read a later message of a page.

    Raises:
        ProtocolError: if it is not a message that a page may send.
    """
    found: Wanted = _decoded(_WANTED, text)
    return found


def _decoded(decoder: msgspec.json.Decoder[Any], text: str) -> Any:  # noqa: ANN401
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProtocolError("no message of a page") from error
