"""A line of text with up to three parts: left, middle and right. If space is short, the left part has priority."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from retro_timer.text import drawable, without_joiners
from retro_timer.ui.drawing.cached_line import CachedLineWidget


def cells(text: str) -> int:
    """How wide a text is; what Rich works out is remembered, and what changes every second need not be."""
    return len(text) if text.isascii() else cell_len(text)


def fitted(text: str, width: int) -> str:
    """A text in so many cells, cut off or filled up."""
    return text[:width].ljust(width) if text.isascii() else set_cell_size(text, width)


class Line(CachedLineWidget):
    """Shows plain text: no markup is read in it, and nothing in it controls the terminal."""

    DEFAULT_CSS = """
    Line { width: 1fr; height: 1; }
    """

    def __init__(self, left: str = "", middle: str = "", right: str = "", *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._parts = tuple(map(without_joiners, (left, middle, right)))

    @property
    def text(self) -> str:
        """The full text."""
        return "  ".join(part for part in self._parts if part)

    def show(self, left: str = "", middle: str = "", right: str = "") -> None:
        """Show other text."""
        parts = tuple(map(without_joiners, (left, middle, right)))
        if parts == self._parts:
            return
        width = self.size.width
        before, self._parts = self._text(width), parts
        after = self._text(width)
        if len(before) != len(after) or any(cells(text) != len(text) for text in (before, after)):
            self.redraw_all()  # wide characters: cells do not correspond to characters
            return
        self.redraw((before,), (after,))

    def render_line(self, y: int) -> Strip:
        """Render the line."""
        width = self.size.width
        text = self._text(width) if y == 0 else ""
        return Strip([Segment(fitted(text, width), self.ink)])

    def _text(self, width: int) -> str:
        """What is drawn."""
        text = self._joined(width)
        return text if text.isascii() and text.isprintable() else "".join(drawable((text,), cell_len))

    def _joined(self, width: int) -> str:
        """The parts that fit: the middle part is dropped first, then the right one."""
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
