"""The output of `completion offer`: the words that can replace the last one typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from click.shell_completion import ShellComplete

if TYPE_CHECKING:
    import click

_QUOTES: Final = "\"'"
_SPECIAL: Final = re.compile(r"[^\w@%+=:,./-]")
"""A character that bash would not read as part of a word."""


def offers(app: click.Command, words: list[str]) -> list[tuple[str, str, str]]:
    """The kind ("word", "file" or "dir"), the text and the help of everything that can be the last word."""
    *before, typed = words or [""]
    found = ShellComplete(app, {}, "retro-timer", "").get_completions(before, typed)
    option, equals, _ = typed.partition("=")
    prefix = f"{option}=" if equals and option.startswith("--") else ""
    return [
        ("word", prefix + item.value, item.help or "") if item.type == "plain" else (item.type, "", "")
        for item in found
    ]


def bash_offers(app: click.Command, line: str, replaced: str) -> list[tuple[str, str, str]]:
    """The same for a line of bash, but only the part of each word that bash inserts, quoted as the line needs it.

    Bash replaces the text after an open quote or, without one, after the last colon or equals sign.
    """
    words, quoted_from = split_line(line)
    kept = len(words[-1]) - len(split_line(replaced)[0][-1]) if quoted_from is None else quoted_from
    offered = [(kind, text[kept:], meaning) for kind, text, meaning in offers(app, words[1:])]
    if quoted_from is not None:
        return offered
    return [(kind, _SPECIAL.sub(r"\\\g<0>", text), meaning) for kind, text, meaning in offered]


def split_line(line: str) -> tuple[list[str], int | None]:
    """The words of a line, the last one as far as it is typed, and the place in it where an open quote begins."""
    words, quote, escaped = [""], "", False
    quoted_from = 0
    for character in line:
        if escaped or not _is_syntax(character, quote):
            words[-1] += character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == quote:
            quote = ""
        elif character in _QUOTES:
            quote, quoted_from = character, len(words[-1])
        elif words[-1]:
            words.append("")
    return words, quoted_from if quote else None


def _is_syntax(character: str, quote: str) -> bool:
    """Whether a character is not part of a word but separates or quotes words."""
    if character == "\\":
        return quote != "'"
    return character == quote if quote else character in f"{_QUOTES} \t"
