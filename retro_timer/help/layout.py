"""Layout of the help as lines of styled pieces, drawn by the screen and printed by commands."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.help.blocks import Keys, Points, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.help.blocks import Block, Section

TITLE: Final = "title"
HEAD: Final = "head"
KEY: Final = "key"
MARK: Final = "mark"
TEXT: Final = "text"

GUTTER: Final = 4
"""Cells between two columns of blocks."""
GAP: Final = 2
"""Cells between two columns."""
LEAST: Final = 16
"""Minimum width of the last column of a table; below it the rows are stacked."""
KEYS_WIDTH: Final = 7
"""Minimum width of the keys column, so that descriptions align down the page."""
NARROWEST: Final = 12
"""Minimum width for wrapping text."""
ASCII: Final = str.maketrans({"•": "*", "─": "-", "é": "e"})
ARROWS: Final = {"↑": "up", "↓": "down", "←": "left", "→": "right"}


class Piece(NamedTuple):
    """Some text and its kind: one of the constants above."""

    text: str
    kind: str = TEXT


class HelpRow(NamedTuple):
    """A line of help.

    Attributes:
        pieces: its text, from left to right.
        section: the id of its section.
    """

    pieces: tuple[Piece, ...]
    section: str

    @property
    def text(self) -> str:
        """The text of the line without styles."""
        return "".join(piece.text for piece in self.pieces)


def lay_out(
    parts: Iterable[Section], width: int, *, ascii_only: bool = False, columns: bool = False
) -> tuple[HelpRow, ...]:
    """Lay out the help as lines of at most `width` cells, with an empty line between blocks.

    Args:
        parts: the sections.
        width: the width in cells.
        ascii_only: whether to use ASCII only.
        columns: whether each section has two columns.
    """
    width = max(NARROWEST, width)
    rows: list[HelpRow] = []
    for part in parts:
        if rows:
            rows += [HelpRow((), part.id), HelpRow((), part.id)]
        rows += [HelpRow((Piece(line, TITLE),), part.id) for line in wrap(part.title.upper(), width)]
        rows.append(HelpRow((Piece("─" * min(width, len(part.title)), MARK),), part.id))
        column = (width - GUTTER) // 2 if columns else width
        blocks = [list(_block(block, column, ascii_only=ascii_only)) for block in part.blocks]
        rows += [HelpRow(pieces, part.id) for pieces in (_two(blocks, column) if columns else _one(blocks))]
    return tuple(_plain(row) for row in rows) if ascii_only else tuple(rows)


def _one(blocks: list[list[tuple[Piece, ...]]]) -> list[tuple[Piece, ...]]:
    """Blocks one below the other, with an empty line between them."""
    return [pieces for index, block in enumerate(blocks) for pieces in ((), *block)[0 if index else 1 :]]


def _two(blocks: list[list[tuple[Piece, ...]]], column: int) -> Iterator[tuple[Piece, ...]]:
    """Blocks in two columns of about equal height, split between two blocks."""
    heights = [len(_one(blocks[:at])) for at in range(len(blocks) + 1)]
    at = min(range(1, len(blocks) + 1), key=lambda each: max(heights[each], heights[-1] - heights[each]))
    for left, right in zip_longest(_one(blocks[:at]), _one(blocks[at:]), fillvalue=()):
        used = sum(len(piece.text) for piece in left)
        yield (*left, Piece(" " * (column + GUTTER - used)), *right) if right else left


def in_text(parts: Iterable[Section], width: int, *, ascii_only: bool = False) -> str:
    """The help as plain text, for a terminal, a pipe or a screen reader."""
    return "\n".join(row.text.rstrip() for row in lay_out(parts, width, ascii_only=ascii_only)) + "\n"


def in_ascii(text: str) -> str:
    """Replace the characters that an ASCII terminal cannot show."""
    for arrow, word in ARROWS.items():
        text = text.replace(arrow, word)
    return text.translate(ASCII).encode("ascii", "replace").decode()


def _plain(row: HelpRow) -> HelpRow:
    return HelpRow(tuple(Piece(in_ascii(piece.text), piece.kind) for piece in row.pieces), row.section)


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
        # In ASCII, arrows become words, which are wider.
        named = tuple((in_ascii(keys) if ascii_only else keys, text) for keys, text in block.rows)
        yield from _keys(named, width)
    elif isinstance(block, Table):
        yield from _table(block, width)


def wrap(text: str, width: int) -> list[str]:
    """Wrap text; breaks words, also at hyphens, only if necessary."""
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
    """Align rows in columns as wide as their longest cell; the last column wraps in the remaining width."""
    table = tuple(rows)
    widths = _widths(table)
    for row in table:
        lead = "".join(cell.ljust(size) + " " * GAP for cell, size in zip(row[:-1], widths, strict=True))
        first, *rest = wrap(row[-1], width - len(lead)) or [""]
        yield (Piece(lead, kind), Piece(first))
        yield from ((Piece(" " * len(lead) + line),) for line in rest)


def _widths(rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """The widths of all columns except the last."""
    return [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]


def _lead(rows: tuple[tuple[str, ...], ...]) -> int:
    """The number of cells before the last column."""
    return sum(size + GAP for size in _widths(rows))
