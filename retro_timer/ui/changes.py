"""What of a drawn text has changed: so that a second costs a few cells, not a screen."""

from __future__ import annotations

from functools import lru_cache

from textual.geometry import Region


@lru_cache(maxsize=128)
def changed_regions(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Region, ...]:
    """Where two drawings of the same size differ, as rectangles; lines that differ in the same columns are one.

    Every character is taken for one cell. What was compared lately is remembered: digits change in the same few ways.
    """
    regions: list[Region] = []
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        columns = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
        left, right = columns[0], columns[-1] + 1
        last = regions[-1] if regions else None
        if last and (last.x, last.right, last.bottom) == (left, right, y):
            regions[-1] = last.grow((0, 0, 1, 0))
        else:
            regions.append(Region(left, y, right - left, 1))
    return tuple(regions)
