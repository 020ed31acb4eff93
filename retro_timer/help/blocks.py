"""The building blocks of the help: sections of paragraphs, points, tables and keys."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A paragraph."""

    words: str


class Points(NamedTuple):
    """A list of points."""

    items: tuple[str, ...]


class Table(NamedTuple):
    """A table with a head; its last column wraps."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Keys(NamedTuple):
    """The keys of a screen and what they do."""

    title: str
    rows: tuple[tuple[str, str], ...]


Block = Text | Points | Table | Keys


class Section(NamedTuple):
    """A part of the help.

    Attributes:
        id: one short word: the name of the tab, and the argument of `retro-timer help`.
        title: its heading.
        blocks: its content.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
