"""The protocol between the player and its child process: one JSON object per line, in both directions.

Both sides validate all input: a line that is too long, not JSON or otherwise invalid is decoded as None, and the reader
continues with the next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec.structs import asdict

from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, MetronomeSpan
from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGUN: Final = "begun already"
"""The reason for dropping a cue that is already playing under another number: it does not count as missed."""
MAX_LINE: Final = 16_384
"""Limit of a line in bytes."""
_MAX_WORDS: Final = 8
_MAX_TEXT: Final = 500
_MAX_SPANS: Final = 100
_TEMPOS: Final = range(1, 1001)
_FURTHEST_MS: Final = 7 * 24 * 3_600_000
"""Limit for the moment of a cue, relative to now: one week."""

Message: TypeAlias = dict[str, object]


def encode(kind: str, /, **fields: object) -> bytes:
    """Encode a message as a line."""
    return json.dumps({"is": kind, **fields}, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message | None:
    """Decode a line; None if it is invalid."""
    if len(line) > MAX_LINE:
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not isinstance(message.get("is"), str):
        return None
    return message


def encode_cue(ident: int, due_cue: DueCue) -> bytes:
    """Encode a "play" message for the child."""
    cue = due_cue.cue
    return encode(
        "play",
        id=ident,
        due=due_cue.due,
        kind=cue.kind.value,
        sound=cue.sound.value if cue.sound else None,
        words=list(cue.words[:_MAX_WORDS]),
        label=cue.label[:_MAX_TEXT],
    )


def decode_cue(message: Message, now: int) -> tuple[int, DueCue] | None:
    """The number and the cue of a "play" message; None if it cannot be played."""
    ident, due, words, label = message.get("id"), message.get("due"), message.get("words"), message.get("label")
    if type(ident) is not int or type(due) is not int or abs(due - now) > _FURTHEST_MS:
        return None
    if not isinstance(label, str) or not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    sound = message.get("sound")
    try:
        cue = Cue(
            at=0,
            kind=CueKind(str(message.get("kind"))),
            sound=None if sound is None else Sound(str(sound)),
            words=tuple(word[:_MAX_TEXT] for word in words[:_MAX_WORDS]),
            label=label[:_MAX_TEXT],
        )
    except ValueError:
        return None
    return ident, DueCue(due, cue)


def encode_clicks(spans: Sequence[MetronomeSpan]) -> bytes:
    """Encode a "click" message for the child."""
    return encode("click", spans=[[each.tempo, each.begin, each.until] for each in spans[:_MAX_SPANS]])


def decode_clicks(message: Message, now: int) -> tuple[MetronomeSpan, ...] | None:
    """Decode a "click" message; None if a span is invalid."""
    spans = message.get("spans")
    if not isinstance(spans, list) or len(spans) > _MAX_SPANS:
        return None
    found = []
    for each in spans:
        if not isinstance(each, list) or len(each) != 3 or any(type(value) is not int for value in each):
            return None
        tempo, begin, until = each
        if tempo not in _TEMPOS or abs(begin - now) > _FURTHEST_MS or abs(until - now) > _FURTHEST_MS:
            return None
        found.append(MetronomeSpan(tempo, begin, until))
    return tuple(found)


def encode_options(options: SoundOptions) -> bytes:
    """Encode the first line for a child."""
    return encode("options", **{**asdict(options), "custom": dict(options.custom)})


def decode_options(message: Message | None) -> SoundOptions | None:
    """Decode the options in the first line; None if it is invalid."""
    if message is None or message["is"] != "options":
        return None
    fields = {name: value for name, value in message.items() if name != "is"}
    try:
        return SoundOptions(**fields)  # type: ignore[arg-type]  # anything else than its fields raises here
    except (TypeError, ValueError):
        return None


def whole(message: Message, name: str) -> int | None:
    """An integer field of a message; None if it is missing or of another type."""
    value = message.get(name)
    return value if type(value) is int else None


def text(message: Message, name: str) -> str:
    """A text field of a message, truncated and without control characters; empty if it is missing."""
    value = message.get(name)
    return printable(" ".join(value.split())) if isinstance(value, str) else ""
