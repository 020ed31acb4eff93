"""Key names: parse them from settings, compare them, and show them.

Keys have Textual's names ("space", "plus", "B", "ctrl+s"); a single character ("+", "?") is converted to its name.
This module does not import Textual.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from retro_timer.errors import UserError
from retro_timer.text import quoted

STOPS: Final = "ctrl+x"
"""The key that bails out of a session from anywhere. It types no text and has no other use."""
MAX_KEYS: Final = 6
"""Maximum number of keys per action."""
_RENAMED: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's short names for characters (`textual.keys.KEY_NAME_REPLACEMENTS`)."""
_SHOWN: Final = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "delete": "del",
    "pageup": "pgup",
    "pagedown": "pgdn",
}
_NAMED: Final = frozenset({
    "space", "enter", "tab", "escape", "backspace", "delete", "insert",
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
})  # fmt: skip
_PUNCTUATION: Final = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Compiled on first use, to save start-up time.
_FUNCTION: Final = r"f(?:[1-9]|1[0-9]|2[0-4])"
_MODIFIED: Final = r"(?:(?:ctrl|alt|shift|super)\+)+([^+]+)"
_REFUSED: Final = {
    "tab": "moves from field to field",
    "shift+tab": "moves from field to field",
    "ctrl+c": "copies, and stops a program",
    STOPS: "always stops a session, from a text field too",
    "ctrl+i": "is what the tab key sends",
    "ctrl+m": "is what the enter key sends",
    "ctrl+j": "is what the enter key sends in some terminals",
    "ctrl+h": "is what the backspace key sends in some terminals",
}
"""Keys that cannot be bound, and why."""


class KeymapError(UserError, ValueError):
    """An invalid key binding. The message is one sentence for the walker."""


def read_keys(value: object) -> tuple[str, ...]:
    """Parse the keys in a setting: `"n"`, `"n, right"` or a list.

    Raises:
        KeymapError: if a key is unknown or cannot be bound; says which and why.
    """
    if isinstance(value, str):
        # A comma separates keys; the comma key itself is written "comma", or alone.
        parts: list[object] = [value] if value.strip() in ("", ",") else list(value.split(","))
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        raise KeymapError('expected a key such as "space", or several such as "n, right"')
    keys = tuple(dict.fromkeys(_read_key(part) for part in parts))
    if not keys:
        raise KeymapError("an action needs at least one key")
    if len(keys) > MAX_KEYS:
        raise KeymapError(f"an action has at most {MAX_KEYS} keys, not {len(keys)}")
    return keys


def key_name(character: str) -> str:
    """Textual's name for the key that types a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


def character_of(key: str) -> str | None:
    """The character that a key types; None if it types none."""
    return key if len(key) == 1 else next((mark for mark in _PUNCTUATION if key_name(mark) == key), None)


def show_key(key: str, *, ascii_only: bool = False) -> str:
    """A key for display: `?` for question_mark, `→` for right, `ctrl+s`. With `ascii_only`, arrows are words."""
    *modifiers, last = key.split("+")
    shown = _SHOWN.get(last, "")
    if ascii_only and not shown.isascii():
        shown = last
    character = None if last == "space" else character_of(last)
    return "+".join((*modifiers, shown or character or last))


def _read_key(value: object) -> str:
    if not isinstance(value, str):
        raise KeymapError('expected a key such as "space", or several such as "n, right"')
    text = value if value == " " else value.strip()
    key = key_name(text) if len(text) == 1 else text
    if len(key) > 1 and not re.fullmatch(_MODIFIED, key):
        key = key.lower()
    if key in _REFUSED:
        raise KeymapError(f"{key} cannot be bound: it {_REFUSED[key]}")
    if not _is_key(key):
        raise KeymapError(f'{quoted(text)} is not the name of a key; write "x", "X", "space", "f2" or "ctrl+s"')
    return key


def _is_key(key: str) -> bool:
    modified = re.fullmatch(_MODIFIED, key)
    base = modified[1] if modified else key
    if len(base) == 1:
        return base.isalnum() and base.isprintable()
    return base in _NAMED or bool(re.fullmatch(_FUNCTION, base)) or character_of(base) is not None
