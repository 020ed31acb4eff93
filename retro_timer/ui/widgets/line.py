"""A line of text in up to three parts: left, middle, right. Parts give way to the left as it gets narrow."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from retro_timer.ui.widgets.painted import Painted


def cells(text: str) -> int:
    """How wide a text is; what Rich works out is remembered, and what changes every second need not be."""
    return len(text) if text.isascii() else cell_len(text)


def fitted(text: str, width: int) -> str:
    """A text in so many cells, cut off or filled up."""
    return text[:width].ljust(width) if text.isascii() else set_cell_size(text, width)


class Line(Painted):
    """Shows plain text: no markup is read in it."""

    DEFAULT_CSS = """
    Line { width: 1fr; height: 1; }
    """

    def __init__(self, left: str = "", middle: str = "", right: str = "", *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._parts = (left, middle, right)

    @property
    def text(self) -> str:
        """What it shows, in one piece."""
        return "  ".join(part for part in self._parts if part)

    def show(self, left: str = "", middle: str = "", right: str = "") -> None:
        """Show other text."""
        if (left, middle, right) == self._parts:
            return
        width = self.size.width
        before, self._parts = self._text(width), (left, middle, right)
        after = self._text(width)
        if len(before) != len(after) or any(cells(text) != len(text) for text in (before, after)):
            self.redraw_all()  # wide characters, or another length: cells are not characters
            return
        self.redraw((before,), (after,))

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        text = self._text(width) if y == 0 else ""
        return Strip([Segment(fitted(text, width), self.ink)], width)

    def _text(self, width: int) -> str:
        """The parts, as many as fit: the middle gives way first, then the right."""
        left, middle, right = self._parts
        free = width - cells(left) - cells(right)
        if free < 1:
            return left or right
        if not middle or cells(middle) + 2 > free:
            return left + " " * free + right
        at = max(cells(left) + 1, (width - cells(middle)) // 2)
        at = min(at, width - cells(right) - cells(middle) - 1)
        gap = at - cells(left)
        return left + " " * gap + middle + " " * (free - gap - cells(middle)) + right
