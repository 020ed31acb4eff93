"""Clickable tabs on one line, or one per line if there are several lines; scrolls to the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence


class TabsBar(Widget):
    """Shows tabs by their ids. A click runs `screen.go_to('ID')`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--current"}
    DEFAULT_CSS = """
    TabsBar {
        width: 1fr; height: 1; color: $muted;
        .tabs--current { color: $background; background: $accent; text-style: bold; }
        &:ansi .tabs--current, &:nocolor .tabs--current { color: $foreground; text-style: bold reverse; }
    }
    """

    def __init__(self, tabs: Sequence[str] = (), *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._tabs = tuple(tabs)
        self._current = self._tabs[0] if self._tabs else ""

    def show(self, current: str, tabs: Sequence[str] | None = None) -> None:
        """Set the current tab, and optionally all tabs."""
        others = self._tabs if tabs is None else tuple(tabs)
        if (current, others) != (self._current, self._tabs):
            self._current, self._tabs = current, others
            self.refresh()

    def neighbour(self, step: int, *, around: bool = False) -> str:
        """The tab `step` places after the current one, clamped, or wrapping around with `around`."""
        if not self._tabs:
            return ""
        index = (self._tabs.index(self._current) if self._current in self._tabs else 0) + step
        return self._tabs[index % len(self._tabs) if around else max(0, min(len(self._tabs) - 1, index))]

    def render_line(self, y: int) -> Strip:
        """Render the tabs, scrolled so that the current one is visible."""
        width, height = self.size
        if height > 1:
            return self._tab_line(y, width, height)
        if y or not self._tabs:
            return Strip.blank(width, self.rich_style)
        strip = Strip([self._segment(tab) for tab in self._tabs])
        start = 0
        if strip.cell_length > width:
            before = sum(cell_len(tab) + 2 for tab in self._tabs[: self._tabs.index(self._current)])
            middle = before + (cell_len(self._current) + 2) // 2 - width // 2
            start = max(0, min(strip.cell_length - width, middle))
        return strip.crop(start, start + width).adjust_cell_length(width, self.rich_style)

    def _tab_line(self, y: int, width: int, height: int) -> Strip:
        """Render the tab on a line of its own, if there is one."""
        at = self._tabs.index(self._current) if self._current in self._tabs else 0
        first = max(0, min(len(self._tabs) - height, at - height // 2))
        if first + y >= len(self._tabs):
            return Strip.blank(width, self.rich_style)
        segment = self._segment(self._tabs[first + y])
        return Strip([segment]).adjust_cell_length(width, segment.style)

    def _segment(self, tab: str) -> Segment:
        style = self.get_component_rich_style("tabs--current") if tab == self._current else self.rich_style
        return Segment(f" {tab} ", style + Style(meta={"@click": f"screen.go_to('{tab}')"}))
