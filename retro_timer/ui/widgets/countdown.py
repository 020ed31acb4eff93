"""The giant countdown: digits as large as possible, redrawn only where they change.

The two digits of the seconds are separate widgets that keep every digit they have drawn. This way, most seconds draw
nothing new, and the part before them is drawn only once a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.drawing.glyphs import Fit, banner_rows, digit_rows, fit_digits, word_height, word_rows, word_width
from retro_timer.ui.drawing.layout import Place, PlacesChildren

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

SECONDS: Final = 2
"""Number of characters of the seconds."""
COMPACT_HEIGHT: Final = 8
"""Up to this height of the terminal in lines, the time is shown alone, with a letter next to it."""
LETTER_WIDTH: Final = 2
BELOW_SHARE: Final = 4
"""Words below the time take at most the height divided by this number."""
_REVERSE: Final = Style(reverse=True)
"""Reverse video, because swapping colours fails if the terminal chooses them."""


class Digit(DrawsAscii, CachedLineWidget):
    """A digit of the time."""

    DEFAULT_CSS = """
    Digit { background: $background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._character = ""
        self._cells = (0, 0)
        self._style = Style()
        self._drawn: dict[str, dict[int, Strip]] = {}

    def fit(self, fit: Fit, character: str, style: Style) -> None:
        """Set size and style, and show a digit."""
        self._cells, self._style, self._character = (fit.digit, fit.height), style, character
        self.refresh()

    def show(self, character: str) -> None:
        """Show a digit; redraws only the changed cells."""
        before, self._character = self._character, character
        if character != before:
            drawn = self._drawn.setdefault(character, {})
            self.redraw(self._rows(before), self._rows(character), drawn=drawn)

    def render_line(self, y: int) -> Strip:
        """Render a line of the digit."""
        rows = self._rows(self._character)
        return Strip([Segment(rows[y], self._style)], len(rows[y])) if y < len(rows) else Strip([])

    def _forget(self) -> None:
        super()._forget()
        self._drawn.clear()
        self._lines = self._drawn.setdefault(self._character, {})

    def _rows(self, character: str) -> tuple[str, ...]:
        return digit_rows(character, *self._cells, ascii_only=self.ascii_only)


class Countdown(DrawsAscii, PlacesChildren, CachedLineWidget):
    """Shows a time such as `1:23` as large as possible, or words instead of the time.

    The time is drawn in the widget's colour; an urgent one in reverse video.
    """

    DEFAULT_CSS = """
    Countdown { width: 1fr; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seconds = tuple(Digit() for _ in range(SECONDS))
        self._text = ""
        self._word = ""
        self._below = ""
        self._banner = ""
        self._urgent = False
        self._space = Size(0, 0)
        self._fit: Fit | None = None
        self._rows: tuple[str, ...] = ()
        self._below_rows: tuple[str, ...] = ()
        self._style = Style()

    def compose(self) -> ComposeResult:
        """The digits of the seconds; the widget itself draws the rest."""
        yield from self._seconds

    def show(self, text: str, *, urgent: bool = False, word: str = "", below: str = "", banner: str = "") -> None:
        """Show a time; redraws only the changed parts.

        Args:
            text: the time.
            urgent: whether the phase is about to change.
            word: the direction; its first letter is shown if there is no room for anything else.
            below: the label of the time, in large letters below it.
            banner: words to show instead of the time.
        """
        as_shown = (urgent, word, below, banner)
        same = as_shown == (self._urgent, self._word, self._below, self._banner) and len(text) == len(self._text)
        if same and text == self._text:
            return
        before, self._text = self._text, text
        self._urgent, self._word, self._below, self._banner = as_shown
        if banner and same:
            return
        if not same or self._fit is None:
            self._refit()
            self.refresh()
            self._seconds[0].refresh(layout=True)  # a layout refresh of a child is handled by its parent
            return
        if text[:-SECONDS] != before[:-SECONDS]:
            rows, self._rows = self._rows, self._drawn()
            self.redraw(rows, self._rows)
        for digit, character in zip(self._seconds, text[-SECONDS:], strict=True):
            digit.show(character)

    def notify_style_update(self) -> None:
        """Redraw in the new colours, including the seconds, which use the colour of this widget."""
        super().notify_style_update()
        self._refit()

    def render_line(self, y: int) -> Strip:
        """Render a line of the time without its seconds, or the time as text if digits do not fit."""
        row = self._rows[y] if y < len(self._rows) else ""
        line = row.ljust(self.size.width)
        return Strip([Segment(line, self._style)], len(line))

    def place(self, size: Size) -> Iterator[Place]:
        """Fit the digits to a size, and place the seconds."""
        self._space = size
        before = self._rows
        self._refit()
        if self._rows != before:
            self.refresh()
        if self._fit is None:
            return
        left, top = self._corner(self._fit)
        left += self._fit.width(self._text[:-SECONDS]) + self._fit.gap
        for digit in self._seconds:
            yield digit, Region(left, top, self._fit.digit, self._fit.height)
            left += self._fit.digit + self._fit.gap

    def _refit(self) -> None:
        """Choose the size of the digits and draw them."""
        width, height = self._space
        self._below_rows = self._fitted_below()
        height -= len(self._below_rows) + bool(self._below_rows)
        self._fit = None if self._banner else fit_digits(self._text, width - self._margin, height)
        self._style = self.ink + _REVERSE if self._urgent else self.ink
        self._rows = self._drawn()
        if self._fit is None:
            self._style += Style(bold=True)
            return
        for digit, character in zip(self._seconds, self._text[-SECONDS:], strict=True):
            digit.fit(self._fit, character, self._style)

    def _fitted_below(self) -> tuple[str, ...]:
        """The lines of the words below the time; none if there is no room."""
        width, height = self._space
        if not self._below or height <= COMPACT_HEIGHT:
            return ()
        # ASCII letters are legible only if every dot fills whole cells.
        for scale in (4, 2) if self.ascii_only else (4, 3, 2, 1):
            if word_height(scale) * BELOW_SHARE <= height and word_width(self._below, scale) < width:
                return word_rows(self._below, scale, ascii_only=self.ascii_only)
        return (" ".join(self._below),)

    @property
    def _margin(self) -> int:
        """The number of cells for the letter, left of the time."""
        alone = self.app.size.height <= COMPACT_HEIGHT
        return LETTER_WIDTH if alone and self._word and not self._banner else 0

    def _corner(self, fit: Fit) -> tuple[int, int]:
        """Column and line of the first digit."""
        width, height = self._space
        high = fit.height + len(self._below_rows) + bool(self._below_rows)
        return self._margin + (width - self._margin - fit.width(self._text)) // 2, (height - high) // 2

    def _drawn(self) -> tuple[str, ...]:
        width, height = self._space
        if self._banner:
            alone = height <= COMPACT_HEIGHT and len(self._word) + len(self._banner) < width
            words = f"{self._word} {self._banner}" if alone else self._banner
            return _centred(banner_rows(words, width, height, ascii_only=self.ascii_only), width, height)
        letter = f"{self._word[0]} " if self._margin else ""
        if self._fit is None:
            return _centred((f"{letter}{self._text}",), width, height)
        fit, (left, top) = self._fit, self._corner(self._fit)
        gap = " " * fit.gap
        glyphs = [
            digit_rows(character, fit.colon if character == ":" else fit.digit, fit.height, ascii_only=self.ascii_only)
            for character in self._text[:-SECONDS]
        ]
        bodies = {top + row: gap.join(glyph[row] for glyph in glyphs) for row in range(fit.height)}
        named = {top + fit.height + 1 + row: line for row, line in enumerate(self._below_rows)}
        lines = []
        for y in range(height):
            line = letter if y == height // 2 else ""
            lines.append(named[y].center(width) if y in named else f"{line:{left}}{bodies.get(y, '')}".ljust(width))
        return tuple(lines)


def _centred(rows: tuple[str, ...], width: int, height: int) -> tuple[str, ...]:
    """Lines centred in a space."""
    top = (height - len(rows)) // 2
    return tuple((rows[y - top] if 0 <= y - top < len(rows) else "").center(width)[:width] for y in range(height))
