"""A line of text with up to three parts: left, middle and right. If space is short, the left part has priority."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from retro_timer.text import drawable, without_joiners
from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.drawing.glyphs import LETTERS, word_height, word_rows

LARGE: Final = word_height(1)
"""Height of large letters in cells."""


def cells(text: str) -> int:
    """The width of a text. Rich would cache each result, which ASCII text that changes every second does not need."""
    return len(text) if text.isascii() else cell_len(text)


def fitted(text: str, width: int) -> str:
    """A text that fills `width` cells: padded, or cut off with an ellipsis."""
    if cells(text) <= width:
        return text.ljust(width) if text.isascii() else set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


class Line(CachedLineWidget):
    """Shows plain text: markup in it has no effect, and nothing in it controls the terminal."""

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
        return Strip([Segment(fitted(text, width), self.ink)], width)

    def _text(self, width: int) -> str:
        """The text as it is drawn."""
        text = self._joined(width)
        return text if text.isascii() and text.isprintable() else "".join(drawable((text,), cell_len))

    def _joined(self, width: int) -> str:
        """The parts that fit: the middle part is dropped first, then the right one."""
        left, middle, right = self._parts
        free = width - cells(left) - cells(right)
        if free < 1:
            text = left or right
            return text if cells(text) <= width else fitted(text, width)
        if not middle or cells(middle) + 2 > free:
            return left + " " * free + right
        at = max(cells(left) + 1, (width - cells(middle)) // 2)
        at = min(at, width - cells(right) - cells(middle) - 1)
        gap = at - cells(left)
        return left + " " * gap + middle + " " * (free - gap - cells(middle)) + right


class SessionLine(DrawsAscii, Line):
    """The top of a session: the name, the round, the time left and the time of the end.

    With one line, everything is text; with three, the round and the time left are in large letters, and the rest is
    between them.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._facts = ("", "", "", "", "")

    def show_session(self, name: str, place: str, left: str, minutes_left: str, ends: str) -> None:
        """Show where a session is; redraws nothing if the shown parts are the same.

        Args:
            name: the name of the workout.
            place: the round.
            left: the time left, for a line of text.
            minutes_left: the time left in large letters, which would be costly to redraw every second.
            ends: the time of the end.
        """
        facts = (without_joiners(name), place, left, minutes_left, ends)
        if facts == self._facts:
            return
        before, self._facts = self._facts, facts
        if self._is_large and (*facts[:2], *facts[3:]) == (*before[:2], *before[3:]):
            return
        if not self._is_large:
            self._show_small()
            return
        self.redraw_all()

    def render_line(self, y: int) -> Strip:
        """Render a line."""
        if not self._is_large:
            self._show_small()  # it may have been large before
            return super().render_line(y)
        width = self.size.width
        rows = self._large_rows(width)
        return Strip([Segment(fitted(rows[y] if y < len(rows) else "", width), self.ink)], width)

    def _show_small(self) -> None:
        name, place, left, _, ends = self._facts
        self.show(name, place, f"{left}   {ends}" if ends else left)

    @property
    def _is_large(self) -> bool:
        # ASCII letters of this size would not be legible.
        return self.size.height >= LARGE and not self.ascii_only

    def _large_rows(self, width: int) -> tuple[str, ...]:
        name, place, _, minutes_left, ends = self._facts
        begin, end = _large(place), _large(minutes_left)
        if len(begin[0]) + len(end[0]) + 2 > width:
            begin = ("",) * LARGE
        start, free = len(begin[0]) + 2, width - len(begin[0]) - len(end[0]) - 4
        rows = []
        for first, text, last in zip(begin, (name, ends, ""), end, strict=True):
            drawn = "".join(drawable((text,), cell_len)) if cell_len(text) <= free else ""
            at = min(max(start, (width - cell_len(drawn)) // 2), start + free - cell_len(drawn))
            rows.append(first.ljust(start) + " " * (at - start) + fitted(drawn, width - at - len(last)) + last)
        return tuple(rows)


def _large(text: str) -> tuple[str, ...]:
    """The lines of a text in large letters; characters without a shape are left out."""
    drawn = [word_rows(character, 1) for character in text.upper() if character in LETTERS]
    return tuple(map(" ".join, zip(*drawn, strict=True))) if drawn else ("",) * LARGE
