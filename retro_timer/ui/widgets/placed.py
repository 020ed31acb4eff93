"""A layout for widgets that know where their parts belong once they know their own size.

With styles they would have to wait until they were shown, and be laid out a second time: the first frame would come
without its digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Place = tuple[Widget, Region]


class PlacedLayout(Layout):
    """Puts children where their parent says; a child that it does not name is not shown.

    Args:
        place: is told the size of the parent's content, and says where each child is in it.
    """

    name = "placed"

    def __init__(self, place: Callable[[Size], Iterable[Place]]) -> None:
        self._place = place

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002
        """Where the children are."""
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child) for child, region in self._place(size)]
