"""A layout for widgets that compute the places of their children from their own size.

Styles would need a second layout after the widget is shown, so that the digits would be missing from the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Place = tuple[Widget, Region]


class ComputedLayout(Layout):
    """Places children as computed by their parent; other children are not shown.

    Args:
        place: given the size of the parent's content, yields each child with its region.
    """

    name = "placed"

    def __init__(self, place: Callable[[Size], Iterable[Place]]) -> None:
        self._place = place

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002
        """Compute the placements of the children."""
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child) for child, region in self._place(size)]
