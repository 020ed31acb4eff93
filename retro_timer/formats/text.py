"""Text from elsewhere made fit to be shown: one line, bounded, nothing in it that a terminal would obey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.workout import unsafe_character

if TYPE_CHECKING:
    from pathlib import PurePath

MAX_DESCRIPTION: Final = 300
"""Characters of the line about a workout."""
_LONGEST_FILE_NAME: Final = 60


def shown(text: str, longest: int = 40) -> str:
    """A piece of somebody's input in quotes, as an error repeats it."""
    return f'"{printable(text, longest)}"'


def shown_path(path: PurePath) -> str:
    """The name of a file, as an error begins with it."""
    return printable(path.name or str(path), _LONGEST_FILE_NAME)


def printable(text: str, longest: int) -> str:
    """Text with a question mark for every character that cannot be seen, cut to a number of characters."""
    safe = "".join(character if character.isprintable() else "?" for character in text[: longest + 1])
    return _cut(safe, longest)


def one_line(text: str, longest: int) -> str:
    """Text without unsafe characters and with single spaces, cut to a number of characters; may come out empty."""
    # Four times the length is enough to fill the line after white space went.
    safe = "".join(" " if unsafe_character(character) else character for character in text[: 4 * longest])
    return _cut(" ".join(safe.split()), longest)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
