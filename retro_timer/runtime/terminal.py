"""Terminal capabilities from the environment: characters, colours, motion, and whether it is remote.

Does not import Textual, because it decides whether the full screen is used at all.
"""

from __future__ import annotations

import codecs
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.config.schema import Look

_PLAIN_LOCALES: Final = frozenset({"C", "POSIX"})
_COERCED: Final = "C.UTF-8"
"""The value that Python sets LC_CTYPE to in the C locale (PEP 538); it says nothing about the terminal."""


_UNTITLED: Final = ("", "dumb", "linux", "unknown")
"""Values of TERM of terminals without a title."""


class Colours(StrEnum):
    """The number of colours."""

    NONE = "none"  # NO_COLOR: greys, see https://no-color.org
    SIXTEEN = "16"
    MANY = "256"
    TRUE = "16 million"


_COLOUR_SYSTEMS: Final = {"standard": Colours.SIXTEEN, "256": Colours.MANY, "truecolor": Colours.TRUE}
"""By Rich's names."""


class Terminal(NamedTuple):
    """The capabilities of a terminal.

    Attributes:
        full_screen_problem: why the full screen cannot be used, as one sentence; empty if it can.
        ascii_only: whether to draw with ASCII characters only.
        colours: the number of colours; Textual uses the nearest ones.
        moving: whether decorative motion is allowed.
        remote: where the sound is, if not at this terminal, as one sentence; otherwise empty.
        titled: whether it has a title, as far as is known.
    """

    full_screen_problem: str
    ascii_only: bool
    colours: Colours
    moving: bool
    remote: str
    titled: bool


def detect_terminal(
    environ: Mapping[str, str], encoding: str | None, look: Look, *, host: str = "", windows: bool = False
) -> Terminal:
    """Determine the capabilities of the terminal.

    Args:
        environ: the environment.
        encoding: the output encoding, such as `sys.stdout.encoding`.
        look: the walker's settings for drawing and motion.
        host: the name of this computer, for a remote terminal.
        windows: whether it is a Windows console, which has no TERM and no locale in the environment.
    """
    return Terminal(
        full_screen_problem=full_screen_problem(environ, windows=windows),
        ascii_only=ascii_only(environ, encoding, look.ascii),
        colours=colours(environ, windows=windows),
        moving=not look.reduced_motion and environ.get("TEXTUAL_ANIMATIONS", "").lower() != "none",
        remote=remote(environ, host),
        titled=titled(environ, windows=windows),
    )


def full_screen_problem(environ: Mapping[str, str], *, windows: bool = False) -> str:
    """Why the full screen cannot be used and what happens instead, as one sentence; empty if it can."""
    term = environ.get("TERM", "")
    if term in ("dumb", "unknown"):
        return f"TERM is {term}: this terminal cannot show the full screen, so the session runs line by line (--plain)."
    if not term and not windows:
        return "TERM is not set: nothing is known about this terminal, so the session runs line by line (--plain)."
    return ""


def ascii_only(environ: Mapping[str, str], encoding: str | None, setting: str = "auto") -> bool:
    """Whether to draw with ASCII only: by the setting if it is on or off, otherwise by locale and encoding."""
    if setting in ("on", "off"):
        return setting == "on"
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if locale == _COERCED and environ.get("LANG") in _PLAIN_LOCALES:
        return True
    return locale in _PLAIN_LOCALES or not _is_utf8(encoding)


def colours(environ: Mapping[str, str], *, windows: bool = False) -> Colours:
    """How many colours there are, by the rules of Rich, which draws for Textual, unless TEXTUAL_COLOR_SYSTEM says."""
    if environ.get("NO_COLOR"):
        return Colours.NONE
    if (given := environ.get("TEXTUAL_COLOR_SYSTEM", "")) in _COLOUR_SYSTEMS:
        return _COLOUR_SYSTEMS[given]
    if windows or environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return Colours.TRUE
    _, _, variant = environ.get("TERM", "").strip().lower().rpartition("-")
    return Colours.MANY if variant in ("256color", "kitty") else Colours.SIXTEEN


def titled(environ: Mapping[str, str], *, windows: bool = False) -> bool:
    """Whether the terminal has a title, as far as its environment shows; a page of `serve` has none."""
    if "web_driver" in environ.get("TEXTUAL_DRIVER", ""):
        return False
    return windows or environ.get("TERM", "") not in _UNTITLED


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether this runs over SSH, so that screen and sound are on different machines."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def remote(environ: Mapping[str, str], host: str = "") -> str:
    """Over SSH, one sentence about where the sound is; otherwise empty."""
    if not over_ssh(environ):
        return ""
    name = printable(host, 60)
    return f"You are connected over SSH: the sound plays on {name or 'the other computer'}, not here."


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "").name == "utf-8"
    except (LookupError, ValueError):  # unknown or invalid encoding
        return False
