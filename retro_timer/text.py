"""Text for the terminal: the only place that sanitizes external text, and the formatting of times and numbers.

File names, workouts, notes, settings, the environment, the clipboard and messages of other programs can contain
anything: escape sequences, bidirectional controls, invisible characters, undecodable bytes. Text quoted in a sentence
goes through `printable` or `one_line`, printed output through `for_terminal`, lines drawn on screen through `drawable`.
"""

# ruff: noqa: RUF001  (a table of characters that look like others cannot do without them)
from __future__ import annotations

import unicodedata
from itertools import chain, tee
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import PurePath

LONGEST: Final = 160
"""Default limit, in characters."""
LONGEST_PATH: Final = 200
_LONGEST_FILE_NAME: Final = 60
_JOINER: Final = "\u200d"
"""Zero width joiner: combines emoji, and is needed by some scripts."""
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Invisible characters that Unicode counts as printable."""
_MOST_MARKS: Final = 4
"""Combining marks per letter: no script needs more, and a stack of them covers the lines above."""

_LIKE: Final = {
    "-": "─━╌╍┄┅┈┉═–—‐‑−",
    "|": "│┃╎╏┆┇┊┋║",
    "+": "┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫┬┭┮┯┰┱┲┳┴┵┶┷┸┹┺┻┼┽┾┿╀╁╂╃╄╅╆╇╈╉╊╋╭╮╯╰╔╗╚╝╠╣╦╩╬",
    "#": "█▓▒░",
    " ": "▁▂▃▄▅▆▇▀▔▏▎▍▌▋▊▉▐▕▖▗▘▙▚▛▜▝▞▟\N{NO-BREAK SPACE}",
    "^": "▲△▴▵↑",
    "v": "▼▽▾▿↓",
    "<": "◀◁◂◃←‹«",
    ">": "▶▷▸▹→›»",
    "@": "↻↺⟳",
    "*": "•·●○◦★☆",
    "=": "■□▪▫",
    ".": "…",
    '"': "“”„",
    "'": "‘’‚",
    "x": "×✓✗✔✘",
}
_NEAREST: Final = {character: plain for plain, characters in _LIKE.items() for character in characters}


def unsafe_character(character: str) -> bool:
    """Whether a character could control a terminal or hide text.

    These are controls (C0, C1), format characters (bidirectional overrides, zero width spaces), lone surrogates
    (Python's form of undecodable bytes), unassigned characters and line breaks.
    """
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Cn", "Zl", "Zp") or (category == "Cf" and character != _JOINER)


def printable(text: str, longest: int = LONGEST) -> str:
    """Replace every unprintable character by a question mark and truncate to `longest` characters."""
    return _cut(_visible(text[: longest + 1], "?"), longest)


def quoted(text: str, longest: int = 40) -> str:
    """User input in quotation marks, for error messages."""
    return f'"{printable(text, longest)}"'


def one_line(text: str, longest: int = LONGEST) -> str:
    """Collapse white space and invisible characters to single spaces and truncate; the result may be empty."""
    # Four times the length is enough to fill the line after white space is collapsed.
    return _cut(" ".join(_visible(text[: 4 * longest], " ", keep=_JOINER).split()), longest)


def for_terminal(text: str) -> str:
    """Replace characters that could control a terminal by question marks; keep lines and tabs."""
    return text if text.isprintable() else "\n".join(map(_safe_line, text.split("\n")))


def drawable(parts: Iterable[str], width: Callable[[str], int]) -> Iterator[str]:
    """The parts of one line to draw: nothing in them controls the terminal, and each keeps its width in cells.

    Args:
        parts: from left to right.
        width: the cells that a character takes. Unsafe characters become that many question marks. A zero width joiner
            is left out together with the character it joins: the layout gives that one no cell, but most terminals do.
    """
    line, again = tee(parts)
    excess = _excess_marks(chain.from_iterable(line))
    for part in again:
        drawn: list[str] = []
        joined = False
        for character, is_excess in zip(part, excess, strict=False):
            if joined or character == _JOINER:
                joined = not joined
            elif not is_excess:
                drawn.append("?" * width(character) if unsafe_character(character) else character)
        yield "".join(drawn)


def similar_ascii(character: str) -> str:
    """An ASCII character that looks like another; empty if none does."""
    plain = _NEAREST.get(character) or unicodedata.normalize("NFKD", character)
    return plain.encode("ascii", "ignore").decode()[:1]


def without_joiners(text: str) -> str:
    """Text without zero width joiners, so that every character has its own cells."""
    return text.replace(_JOINER, "")


def printable_path(path: PurePath, longest: int = LONGEST_PATH) -> str:
    """A path for use in a sentence; a long one is truncated at its beginning."""
    text = _visible(str(path), "?")
    return text if len(text) <= longest else f"…{text[len(text) - longest + 1 :]}"


def file_name(path: PurePath) -> str:
    """The name of a file without its directory, for error messages."""
    return printable(path.name or str(path), _LONGEST_FILE_NAME)


def clock_time(seconds: int) -> str:
    """Format seconds like a clock: `0:45`, `12:05`, `1:02:30`."""
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def time_of_day(moment: datetime, *, clock_12h: bool) -> str:
    """The time of a moment to the minute: `17:30`, or `5:30 PM`."""
    return f"{moment:%I:%M %p}".lstrip("0") if clock_12h else f"{moment:%H:%M}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number with what it counts: "1 turn", "2 turns"."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def _safe_line(line: str) -> str:
    if line.isprintable():
        return line
    text = line.removesuffix("\r")
    safe = ("?" if character != "\t" and unsafe_character(character) else character for character in text)
    return "".join(safe) + line[len(text) :]


def _visible(text: str, instead: str, keep: str = "") -> str:
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    for character, is_excess in zip(text, _excess_marks(text), strict=True):
        joins = character == keep and bool(shown) and not shown[-1].isascii()
        if is_excess:
            continue
        if unicodedata.category(character) == "Zs":
            shown.append(" ")
        elif (not character.isprintable() and not joins) or character in _BLANK:
            shown.append(instead)
        else:
            shown.append(character)
    return "".join(shown)


def _excess_marks(text: Iterable[str]) -> Iterator[bool]:
    """Whether each character is a combining mark or joiner beyond `_MOST_MARKS` on its letter."""
    marks = 0
    for character in text:
        combines = character == _JOINER or unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if combines else 0
        yield marks > _MOST_MARKS


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
