"""What the player and its child say to each other: one JSON object a line, both ways.

Both sides treat the other's lines as hostile: a line that is too long, no JSON or not what it should be is None here,
and whoever reads it goes on with the next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from retro_timer.audio.options import SoundOptions
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import Clicks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.ports import DueCue

MAX_LINE: Final = 16_384
"""The longest line in bytes that is looked at."""
_MAX_WORDS: Final = 8
_MAX_TEXT: Final = 500
_MAX_STRETCHES: Final = 100
_TEMPOS: Final = range(1, 1001)
_FURTHEST_MS: Final = 7 * 24 * 3_600_000
"""A cue further ahead than a week is a mistake."""

Message: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Order:
    """A cue as the child gets it.

    Attributes:
        ident: the number it is acknowledged by.
        due: when it is to be heard, monotonic milliseconds.
        cue: what is to be heard.
    """

    ident: int
    due: int
    cue: Cue


def encode(kind: str, /, **fields: object) -> bytes:
    """A message as a line."""
    return json.dumps({"is": kind, **fields}, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message | None:
    """The message of a line, or None when the line makes no sense."""
    if len(line) > MAX_LINE:
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not isinstance(message.get("is"), str):
        return None
    return message


def encode_order(ident: int, due_cue: DueCue) -> bytes:
    """The line that sends a cue to the child."""
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


def decode_order(message: Message, now: int) -> Order | None:
    """The cue of a "play" message, or None when it is not one that can be played."""
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
    return Order(ident, due, cue)


def encode_clicks(stretches: Sequence[Clicks]) -> bytes:
    """The line that tells the child where to click."""
    return encode("click", stretches=[[each.tempo, each.begin, each.until] for each in stretches[:_MAX_STRETCHES]])


def decode_clicks(message: Message, now: int) -> tuple[Clicks, ...] | None:
    """The stretches of a "click" message, or None when one of them cannot be played."""
    stretches = message.get("stretches")
    if not isinstance(stretches, list) or len(stretches) > _MAX_STRETCHES:
        return None
    found = []
    for each in stretches:
        if not isinstance(each, list) or len(each) != 3 or any(type(value) is not int for value in each):
            return None
        tempo, begin, until = each
        if tempo not in _TEMPOS or abs(begin - now) > _FURTHEST_MS or abs(until - now) > _FURTHEST_MS:
            return None
        found.append(Clicks(tempo, begin, until))
    return tuple(found)


def encode_options(options: SoundOptions) -> bytes:
    """The first line a child gets."""
    return encode("options", **{**options.as_dict(), "custom": dict(options.custom)})


def decode_options(message: Message | None) -> SoundOptions | None:
    """The options of the first line, or None when it is not that."""
    if message is None or message["is"] != "options":
        return None
    fields = {name: value for name, value in message.items() if name != "is"}
    try:
        return SoundOptions(**fields)  # type: ignore[arg-type]  # anything else than its fields raises here
    except (TypeError, ValueError):
        return None


def whole(message: Message, name: str) -> int | None:
    """A whole number of a message, or None when it has none of that name."""
    value = message.get(name)
    return value if type(value) is int else None


def text(message: Message, name: str) -> str:
    """A short text of a message, without control characters; empty when it has none of that name."""
    value = message.get(name)
    return printable(value) if isinstance(value, str) else ""


def printable(value: str) -> str:
    """One line of at most 200 characters that cannot control a terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())[:200]
