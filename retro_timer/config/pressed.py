"""Interpret pressed keys, for all screens and `--plain`.

Keys have Textual's names, as in `retro_timer.config.key_names`. An exact binding has priority. A letter without a
binding counts as the other case, so that Caps Lock has no effect; a Russian, Ukrainian, Greek or Hebrew letter counts
as the letter in the same position on a US keyboard.
"""

from __future__ import annotations

import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Final

from retro_timer.config.key_names import character_of, key_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

LAYOUTS: Final = {
    "Russian": ("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
    "Ukrainian": ("йцукенгшщзхїфівапролджєячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."),
    "Greek": ("ερτυθιοπασδφγηξκλζχψωβνμάέήίόύώς", "ertyuiopasdfghjklzxcvbnmaehioyvw"),
    "Hebrew": ("קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."),
}
"""Letters of other keyboard layouts, and the letters of the same keys on a US keyboard."""
_SHIFTED: Final = dict(zip("[];',.`", '{}:"<>~', strict=True))
_LONE: Final = frozenset({
    "caps_lock", "num_lock", "scroll_lock", "iso_level3_shift", "iso_level5_shift",
    *(f"{side}_{name}" for side in ("left", "right") for name in ("shift", "control", "alt", "super", "hyper", "meta")),
})  # fmt: skip
_KEYPAD: Final = {
    "add": "plus",
    "subtract": "minus",
    "multiply": "asterisk",
    "divide": "slash",
    "decimal": "full_stop",
    "separator": "comma",
    "equal": "equals_sign",
}
"""The kitty keyboard protocol's names of keypad keys, and the corresponding main keys."""
_SHIFT_ALIKE: Final = ("space", "enter", "escape", "backspace")
"""Keys for which most terminals do not report Shift."""


def _positions() -> dict[str, str]:
    """Map the letters of other layouts, including capitals, to those of a US keyboard."""
    found: dict[str, str] = {}
    for letter, typed in chain.from_iterable(zip(*layout, strict=True) for layout in LAYOUTS.values()):
        found.setdefault(letter, typed)
        if len(letter.upper()) == 1 and letter.upper() != letter:
            found.setdefault(letter.upper(), _SHIFTED.get(typed, typed.upper()))
    return found


_POSITIONS: Final = _positions()


def main_key(key: str) -> tuple[str, str | None]:
    """The main-keyboard name of a key, and the character it types; the name is empty for a lone modifier."""
    *held, last = key.split("+")
    if last in _LONE:
        return "", None
    last = _KEYPAD.get(last, last)
    return "+".join((*held, last)), None if held else character_of(last)


def meaning(key: str, bound: Container[str], base: str = "") -> str:
    """The bound key that a pressed key counts as; the key itself if there is none.

    Args:
        key: the key as reported by the terminal.
        bound: the bound keys.
        base: the character of the key on a US keyboard, if the terminal reports it.
    """
    return next((reading for reading in readings(key, base) if reading in bound), key)


def readings(key: str, base: str = "") -> Iterator[str]:
    """The possible interpretations of a pressed key, the most literal first."""
    *held, last = key.split("+")
    for reading in _of_letter(last, base) if len(last) == 1 and last.isalpha() else (last,):
        yield "+".join((*held, reading))
    if held == ["shift"] and last in _SHIFT_ALIKE:
        yield last


def _of_letter(letter: str, base: str) -> Iterator[str]:
    yield letter
    yield letter.swapcase()
    position = _POSITIONS.get(letter, "" if "LATIN" in unicodedata.name(letter, "LATIN") else base)
    if position:
        yield key_name(position)
        yield key_name(position.swapcase())
