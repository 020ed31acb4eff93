"""Help as lines of a given width: pieces of text with what they mean, drawn by the screen and printed by commands."""

from __future__ import annotations

from textwrap import TextWrapper
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.helptext import Keys, Points, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.helptext import Block, Section

TITLE: Final = "title"
HEAD: Final = "head"
KEY: Final = "key"
MARK: Final = "mark"
TEXT: Final = "text"

GAP: Final = 2
"""Cells between two columns."""
LEAST: Final = 16
"""Cells below which the last column of a table is not squeezed: its rows are stacked instead."""
KEYS_WIDTH: Final = 7
"""Cells for the keys at least, so that what they do stands in one column down the page."""
NARROWEST: Final = 12
"""Cells that text is never wrapped below."""
ASCII: Final = str.maketrans({"•": "*", "─": "-", "é": "e"})
ARROWS: Final = {"↑": "up", "↓": "down", "←": "left", "→": "right"}


class Piece(NamedTuple):
    """Some text and what it is: one of the words above."""

    text: str
    kind: str = TEXT


class Row(NamedTuple):
    """A line of help.

    Attributes:
        pieces: what it shows, from left to right.
        section: which section it belongs to.
    """

    pieces: tuple[Piece, ...]
    section: str

    @property
    def text(self) -> str:
        """What it says, without colours."""
        return "".join(piece.text for piece in self.pieces)


def lay_out(parts: Iterable[Section], width: int, *, ascii_only: bool = False) -> tuple[Row, ...]:
    """The help as lines that are at most `width` cells wide, an empty one between blocks."""
    width = max(NARROWEST, width)
    rows: list[Row] = []
    for part in parts:
        if rows:
            rows += [Row((), part.id), Row((), part.id)]
        rows += [Row((Piece(line, TITLE),), part.id) for line in wrap(part.title.upper(), width)]
        rows.append(Row((Piece("─" * min(width, len(part.title)), MARK),), part.id))
        for index, block in enumerate(part.blocks):
            if index:
                rows.append(Row((), part.id))
            rows += [Row(pieces, part.id) for pieces in _block(block, width, ascii_only=ascii_only)]
    return tuple(_plain(row) for row in rows) if ascii_only else tuple(rows)


def in_text(parts: Iterable[Section], width: int, *, ascii_only: bool = False) -> str:
    """The help as text, for a terminal, a pipe or a screen reader."""
    return "\n".join(row.text.rstrip() for row in lay_out(parts, width, ascii_only=ascii_only)) + "\n"


def in_ascii(text: str) -> str:
    """Text without a character that a terminal without Unicode lacks."""
    for arrow, word in ARROWS.items():
        text = text.replace(arrow, word)
    return text.translate(ASCII).encode("ascii", "replace").decode()


def _plain(row: Row) -> Row:
    return Row(tuple(Piece(in_ascii(piece.text), piece.kind) for piece in row.pieces), row.section)


def _block(block: Block, width: int, *, ascii_only: bool) -> Iterator[tuple[Piece, ...]]:
    if isinstance(block, Text):
        yield from ((Piece(line),) for line in wrap(block.words, width))
    elif isinstance(block, Points):
        for item in block.items:
            first, *rest = wrap(item, width - GAP)
            yield (Piece("• ", MARK), Piece(first))
            yield from ((Piece(f"  {line}"),) for line in rest)
    elif isinstance(block, Keys):
        yield from ((Piece(line, HEAD),) for line in wrap(block.title, width))
        # Arrows become words in ASCII, and are wider.
        named = tuple((in_ascii(keys) if ascii_only else keys, text) for keys, text in block.rows)
        yield from _keys(named, width)
    elif isinstance(block, Table):
        yield from _table(block, width)


def wrap(text: str, width: int) -> list[str]:
    """Text in lines; words stay whole where they can, also at hyphens."""
    return TextWrapper(width, break_on_hyphens=False).wrap(text)


def _keys(rows: tuple[tuple[str, str], ...], width: int) -> Iterator[tuple[Piece, ...]]:
    padded = tuple((keys.ljust(KEYS_WIDTH), text) for keys, text in rows)
    if width - _lead(padded) >= LEAST:
        yield from _columns(padded, width, KEY)
        return
    for keys, text in rows:
        yield from ((Piece(line, KEY),) for line in wrap(keys, width))
        yield from ((Piece(f"  {line}"),) for line in wrap(text, width - GAP))


def _table(table: Table, width: int) -> Iterator[tuple[Piece, ...]]:
    rows = (table.head, *table.rows)
    longest = max(len(row[-1]) for row in rows)
    if width - _lead(rows) >= min(LEAST, longest):
        head, *lines = _columns(rows, width, TEXT)
        yield tuple(Piece(piece.text, HEAD) for piece in head)
        yield from lines
        return
    for index, row in enumerate(table.rows):
        if index:
            yield ()
        yield from ((Piece(line, HEAD),) for line in wrap(row[0], width))
        for name, value in zip(table.head[1:], row[1:], strict=True):
            yield from ((Piece(f"  {line}"),) for line in wrap(f"{name.lower()}: {value}", width - GAP))


def _columns(rows: Iterable[tuple[str, ...]], width: int, kind: str) -> Iterator[tuple[Piece, ...]]:
    """Rows in columns as wide as their longest cell; the last one wraps within what is left."""
    table = tuple(rows)
    widths = _widths(table)
    for row in table:
        lead = "".join(cell.ljust(size) + " " * GAP for cell, size in zip(row[:-1], widths, strict=True))
        first, *rest = wrap(row[-1], width - len(lead)) or [""]
        yield (Piece(lead, kind), Piece(first))
        yield from ((Piece(" " * len(lead) + line),) for line in rest)


def _widths(rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """How wide each column but the last is."""
    return [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]


def _lead(rows: tuple[tuple[str, ...], ...]) -> int:
    """How many cells come before the last column."""
    return sum(size + GAP for size in _widths(rows))
