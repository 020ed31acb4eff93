"""What the terminal can do, from what the environment says of it: characters, colours, motion, and where it is.

Nothing here imports Textual: whether a full screen can be shown at all is asked before it is.
"""

from __future__ import annotations

import codecs
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.storage.settings_schema import Look

_PLAIN_LOCALES: Final = frozenset({"C", "POSIX"})
_COERCED: Final = "C.UTF-8"
"""What Python puts into LC_CTYPE where the locale is C (PEP 538): it says nothing of the terminal."""


class Colours(StrEnum):
    """How many colours there are."""

    NONE = "none"  # NO_COLOR: greys, see https://no-color.org
    SIXTEEN = "16"
    MANY = "256 or more"


class Terminal(NamedTuple):
    """What a terminal can do.

    Attributes:
        obstacle: why no full screen can be shown, in one sentence; empty where it can.
        ascii_only: whether it shows no other characters.
        colours: how many colours it shows; Textual takes the nearest of them.
        moving: whether things may move that need not.
        remote: where the sound is heard when that is not here, in one sentence; empty where it is.
    """

    obstacle: str
    ascii_only: bool
    colours: Colours
    moving: bool
    remote: str


def look_at(
    environ: Mapping[str, str], encoding: str | None, look: Look, *, host: str = "", windows: bool = False
) -> Terminal:
    """What the terminal can do.

    Args:
        environ: the environment.
        encoding: that of what is written to it, such as `sys.stdout.encoding`.
        look: the walker's settings: what is drawn with, and whether anything moves.
        host: what this computer is called, for a terminal that is on another one.
        windows: whether it is a console of Windows, which has no TERM and no locale in the environment.
    """
    return Terminal(
        obstacle=obstacle(environ, windows=windows),
        ascii_only=ascii_only(environ, encoding, look.ascii),
        colours=colours(environ, windows=windows),
        moving=not look.reduced_motion and environ.get("TEXTUAL_ANIMATIONS", "").lower() != "none",
        remote=remote(environ, host),
    )


def obstacle(environ: Mapping[str, str], *, windows: bool = False) -> str:
    """Why no full screen can be shown, in one sentence that says what happens instead; empty where it can."""
    term = environ.get("TERM", "")
    if term in ("dumb", "unknown"):
        return f"TERM is {term}: this terminal shows no full screen, so the session runs line by line (--plain)."
    if not term and not windows:
        return "TERM is not set: nothing is known of this terminal, so the session runs line by line (--plain)."
    return ""


def ascii_only(environ: Mapping[str, str], encoding: str | None, setting: str = "auto") -> bool:
    """Whether to draw with ASCII alone: the setting where it is on or off, else what locale and encoding say."""
    if setting in ("on", "off"):
        return setting == "on"
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if locale == _COERCED and environ.get("LANG") in _PLAIN_LOCALES:
        return True
    return locale in _PLAIN_LOCALES or not _is_utf8(encoding)


def colours(environ: Mapping[str, str], *, windows: bool = False) -> Colours:
    """How many colours there are; the rules are those of Rich, which draws for Textual."""
    if environ.get("NO_COLOR"):
        return Colours.NONE
    _, _, variant = environ.get("TERM", "").strip().lower().rpartition("-")
    true = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return Colours.MANY if windows or true or variant in ("256color", "kitty") else Colours.SIXTEEN


def remote(environ: Mapping[str, str], host: str = "") -> str:
    """Over SSH the sound is at the far end: one sentence that says so, empty where it is not."""
    if not any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return ""
    name = "".join(character for character in host if character.isprintable())[:60]
    return f"You are connected over SSH: the sound is heard at {name or 'the other computer'}, not here."


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "").name == "utf-8"
    except (LookupError, ValueError):  # no such encoding, or no name of one at all
        return False
