"""A line of text in up to three parts: left, middle, right. Parts give way to the left as it gets narrow."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from retro_timer.ui.widgets.painted import Painted


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
        if len(before) != len(after) or cell_len(before + after) != len(before + after):
            self.redraw_all()  # wide characters, or another length: cells are not characters
            return
        self.redraw((before,), (after,))

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        text = self._text(width) if y == 0 else ""
        return Strip([Segment(set_cell_size(text, width), self.ink)], width)

    def _text(self, width: int) -> str:
        """The parts, as many as fit: the middle gives way first, then the right."""
        left, middle, right = self._parts
        free = width - cell_len(left) - cell_len(right)
        if free < 1:
            return left or right
        if not middle or cell_len(middle) + 2 > free:
            return left + " " * free + right
        at = max(cell_len(left) + 1, (width - cell_len(middle)) // 2)
        at = min(at, width - cell_len(right) - cell_len(middle) - 1)
        gap = at - cell_len(left)
        return left + " " * gap + middle + " " * (free - gap - cell_len(middle)) + right
