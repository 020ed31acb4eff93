"""What of a drawn text has changed: so that a second costs a few cells, not a screen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

APART: Final = 8
"""Cells between two changes from which on it takes less to go to the second than to write what is between them."""


@lru_cache(maxsize=128)
def changed_regions(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Region, ...]:
    """Where two drawings of the same size differ, as rectangles; lines that differ in the same columns are one.

    Every character is taken for one cell. What was compared lately is remembered: digits change in the same few ways.
    """
    regions: list[Region] = []
    open_at: dict[tuple[int, int], int] = {}  # which rectangle ends with the line before, by its columns
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        above, open_at = open_at, {}
        for left, right in _changed(old, new):
            number = above.get((left, right))
            if number is None:
                number = len(regions)
                regions.append(Region(left, y, right - left, 1))
            else:
                regions[number] = regions[number].grow((0, 0, 1, 0))
            open_at[left, right] = number
    return tuple(regions)


def _changed(old: str, new: str) -> Iterator[tuple[int, int]]:
    """The columns in which two lines differ, as ranges that are well apart."""
    if old == new:
        return
    columns = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    left = last = columns[0]
    for column in columns:
        if column - last > APART:
            yield left, last + 1
            left = column
        last = column
    yield left, last + 1
