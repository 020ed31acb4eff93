"""A layout for widgets that compute the places of their children from their own size.

Styles would need a second layout after the widget is shown, so that the digits would be missing from the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.layout import DockArrangeResult

Place = tuple[Widget, Region]


class PlacesChildren(Widget):
    """A widget that computes where its children go and, in the same step, what it draws itself."""

    @property
    def layout(self) -> Layout:
        """The layout that asks this widget where its children go."""
        return _COMPUTED

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Compute the places again.

        Textual caches the places for the last few sizes. On return to one of these, `place` would not be called, and
        the widget would still draw for the previous size.
        """
        self._clear_arrangement_cache()
        return super().arrange(size, optimal)

    def place(self, size: Size) -> Iterable[Place]:
        """Each visible child with its region, for a size of the content; children left out are not shown."""
        raise NotImplementedError


class _ComputedLayout(Layout):
    name = "placed"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002
        """Ask the parent for the placements of the children."""
        assert isinstance(parent, PlacesChildren)  # noqa: S101  (only these have it)
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child) for child, region in parent.place(size)]


_COMPUTED: Final = _ComputedLayout()
