"""What of a drawn text has changed: so that a second costs a few cells, not a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


def changed_spans(before: Sequence[str], after: Sequence[str]) -> list[Span]:
    """Where two drawings of the same size differ, as rectangles; lines that differ in the same columns are one.

    Every character is taken for one cell.
    """
    spans: list[Span] = []
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        columns = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
        left, right = columns[0], columns[-1] + 1
        last = spans[-1] if spans else None
        if last and (last.x, last.x + last.width, last.y + last.height) == (left, right, y):
            spans[-1] = last._replace(height=last.height + 1)
        else:
            spans.append(Span(left, y, right - left, 1))
    return spans
