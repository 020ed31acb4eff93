"""A title in large letters, or on one line if they do not fit."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.glyphs import word_height, word_rows, word_width


class Title(DrawsAscii, Widget):
    """Shows a word or two in large letters."""

    DEFAULT_CSS = """
    Title { width: 1fr; height: 3; }
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    @property
    def text(self) -> str:
        """The title."""
        return self._text

    def show(self, text: str) -> None:
        """Show another title."""
        if text != self._text:
            self._text = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render a line of the letters."""
        width, height = self.size
        spaced = " ".join(self._text)
        rows: tuple[str, ...]
        if not self.ascii_only and word_width(self._text, 1) <= width and word_height(1) <= height:
            rows = word_rows(self._text, 1)
        elif self.ascii_only and height > 1 and len(spaced) <= width:
            rows = ("", spaced)  # ASCII cannot draw half cells
        else:
            rows = (self._text,)
        row = rows[y] if y < len(rows) else ""
        return Strip([Segment(row[:width].ljust(width), self.rich_style)])
