"""Searching the help: the parts of it that contain some words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.help.blocks import Points, Table, Text

if TYPE_CHECKING:
    from retro_timer.help.blocks import Block, Section


def filtered(parts: tuple[Section, ...], query: str) -> tuple[Section, ...]:
    """The parts that contain every word of a query: whole sections by title, otherwise paragraphs, points and rows."""
    words = query.casefold().split()
    if not words:
        return parts
    found = (part._replace(blocks=_matching(part, words)) for part in parts)
    return tuple(part for part in found if part.blocks)


def _matching(part: Section, words: list[str]) -> tuple[Block, ...]:
    if _has(words, part.title, part.id):
        return part.blocks
    found = (_part_of(block, words) for block in part.blocks)
    return tuple(block for block in found if block is not None)


def _part_of(block: Block, words: list[str]) -> Block | None:
    """The matching part of a block; None if nothing matches."""
    if isinstance(block, Text):
        return block if _has(words, block.words) else None
    if isinstance(block, Points):
        items = tuple(item for item in block.items if _has(words, item))
        return Points(items) if items else None
    if isinstance(block, Table):
        rows = tuple(row for row in block.rows if _has(words, *row))
        return block._replace(rows=rows) if rows else None
    pairs = tuple(row for row in block.rows if _has(words, block.title, *row))
    return block._replace(rows=pairs) if pairs else None


def _has(words: list[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words)
