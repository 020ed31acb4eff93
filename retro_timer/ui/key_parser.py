"""Parsing of terminal input: Textual's parser, hardened against input that makes it raise or invent key presses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, SPECIAL_KEY_TO_CHARACTER, XTermParser
from textual.events import Key, Paste
from textual.keys import Keys

from retro_timer.config.key_names import key_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.message import Message

PASTE_END: Final = BRACKETED_PASTE_END
_IGNORED_FINAL: Final = "h"
# Compiled on first use, to save start-up time.
_KITTY: Final = r"\x1b\[([\d:]*)(?:;([\d:]*))?(?:;([\d:]*))?([u~ABCDEFHPQRS])"
_REPORT: Final = r"\x1b\[[0-?]*[ -/]*[@-~]"
"""A complete control sequence. Textual's parser would turn an unknown one into key presses of its characters."""
_READ_LATER: Final = r"\x1b\[(?:.*[Mm]|\?.*y)"
"""Sequences that Textual's parser handles after keys: mouse events and terminal capabilities."""
_SHIFT, _CAPS_LOCK, _RELEASED = 1, 64, 3
_MODIFIERS: Final = {2: "alt", 4: "ctrl", 8: "super", 16: "hyper", 32: "meta"}
_FIRST_FUNCTIONAL, _LAST_FUNCTIONAL = 0xE000, 0xF8FF
_TO_BE_CONTINUED: Final = frozenset(known[:end] for known in ANSI_SEQUENCES_KEYS for end in range(3, len(known)))


class PressedKey(Key):
    """A key event with additional data of the kitty keyboard protocol.

    Attributes:
        base: the character of the key on a US keyboard; empty if not reported.
    """

    def __init__(self, key: str, character: str | None, base: str = "") -> None:
        super().__init__(key, character)
        self.base = base


PressedKey.handler_name = Key.handler_name  # handled like any key event


class KeyParser(XTermParser):
    """Parses terminal input; call `read` instead of `feed`."""

    def __init__(self) -> None:
        super().__init__()
        self.pasting = False
        """Whether a paste has started but not ended; until it ends, all input is text."""
        self._paste = ""
        self._newest = ""

    def read(self, data: str) -> Iterator[Message]:
        """Parse input. Pastes are handled here: Textual's parser would turn control sequences in them into keys."""
        while data:
            if self.pasting:
                text, end, data = (self._paste + data).partition(BRACKETED_PASTE_END)
                self.pasting, self._paste = not end, "" if end else text
                if end:
                    yield Paste(text.replace("\x00", ""))
                continue
            seen = self._newest + data
            begins = seen.find(BRACKETED_PASTE_START)
            if begins < 0:
                self._newest = seen[1 - len(BRACKETED_PASTE_START) :]
                yield from self.feed(data)
                return
            until = begins + len(BRACKETED_PASTE_START) - len(self._newest)
            # Let the parser see most of the start marker, completed to a sequence without effect.
            yield from self.feed(f"{data[: until - 1]}{_IGNORED_FINAL}")
            self.pasting, self._newest, data = True, "", data[until:]

    def parse_mouse_code(self, code: str) -> Message | None:
        """Parse a mouse event; in pixels only if the terminal has reported its size in pixels."""
        self.mouse_pixels = self.mouse_pixels and bool(self.terminal_pixel_size and all(self.terminal_pixel_size))
        return super().parse_mouse_code(code)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """The key events of a sequence. Overrides Textual's hook."""
        if not constants.DISABLE_KITTY_KEY and (keys := kitty_keys(sequence)) is not None:
            return keys
        if sequence not in ANSI_SEQUENCES_KEYS and _is_report(sequence):
            return [Key(Keys.Ignore, sequence)]
        return super()._sequence_to_key_events(sequence, alt)


def kitty_keys(sequence: str) -> list[Key] | None:
    """The keys of a sequence of the kitty keyboard protocol; None for any other sequence.

    https://sw.kovidgoyal.net/kitty/keyboard-protocol/#an-overview: `CSI code:shifted:base ; modifiers:kind ; text u`.
    """
    found = re.fullmatch(_KITTY, sequence)
    if found is None:
        return None
    code, shifted, base = (*_numbers(found[1]), 0, 0, 0)[:3]
    modifiers, kind = (*_numbers(found[2]), 0, 0)[:2]
    held = max(0, modifiers - 1)
    name = FUNCTIONAL_KEYS.get(f"{code or 1}{found[4]}")
    typed = [character for number in _numbers(found[3]) if (character := _character(number))]
    if kind == _RELEASED or (name is None and (found[4] != "u" or not _character(code))):
        return [Key(Keys.Ignore, sequence)]
    if name is not None:
        pressed = _held(held, shift=not typed)
        types = typed[0] if typed else None if pressed else SPECIAL_KEY_TO_CHARACTER.get(name)
        return [Key("+".join((*pressed, name)), types)]
    if typed:
        return [PressedKey(_typing(character, held), character, _character(base)) for character in typed]
    return [_untyped(_character(code), _character(shifted), _character(base), held)]


def _typing(character: str, held: int) -> str:
    """The key that typed a character, regardless of Caps Lock."""
    if held & _CAPS_LOCK and len(cased := character.upper() if held & _SHIFT else character.lower()) == 1:
        character = cased
    pressed = _held(held & ~2, shift=character.isspace())  # the character already includes the effect of alt
    return "+".join((*pressed, key_name(character)))


def _untyped(character: str, shifted: str, base: str, held: int) -> Key:
    """A key for which the terminal does not report the typed character."""
    modifiers = _held(held)
    if modifiers in ([], ["shift"]) and not character.isspace():
        upper = shifted or (character.upper() if character.isalpha() and len(character.upper()) == 1 else "")
        if not modifiers or upper:
            typed = upper if modifiers else character
            return PressedKey(key_name(typed), typed, base)
    return PressedKey("+".join((*modifiers, key_name(character))), None if modifiers else character, base)


def _held(held: int, *, shift: bool = True) -> list[str]:
    """The held modifiers in Textual's order, without Caps Lock and Num Lock."""
    names = [name for bit, name in _MODIFIERS.items() if held & bit]
    return sorted([*names, "shift"] if shift and held & _SHIFT else names)


def _numbers(fields: str | None) -> list[int]:
    return [int(field or 0) for field in (fields or "").split(":")]


def _character(code: int) -> str:
    """The character with a code; empty if it is not printable."""
    if not 0 < code <= 0x10FFFF or _FIRST_FUNCTIONAL <= code <= _LAST_FUNCTIONAL:
        return ""
    character = chr(code)
    return character if character.isprintable() else ""


def _is_report(sequence: str) -> bool:
    """Whether a sequence is a complete terminal report that we did not request."""
    return (
        re.fullmatch(_REPORT, sequence) is not None
        and re.match(_READ_LATER, sequence) is None
        and sequence not in _TO_BE_CONTINUED
    )
