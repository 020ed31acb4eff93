"""The giant countdown: digits as large as the widget allows, redrawn only where one has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.ui.glyphs import digit_rows, fit_digits

if TYPE_CHECKING:
    from textual.events import Resize


COMPACT_HEIGHT: Final = 8
"""Up to this many lines the time stands alone, with a letter beside it."""
LETTER_WIDTH: Final = 2


class Countdown(Widget):
    """Shows a time such as `1:23` as large as it can be.

    Its colour is the widget's own; `urgent` draws it in reverse, on a solid field.
    """

    DEFAULT_CSS = """
    Countdown { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._ascii = ascii_only
        self._text = ""
        self._urgent = False
        self._letter = ""
        self._layout: list[tuple[int, int]] = []  # left edge and width of each character, in cells
        self._height = 0
        self._cache: dict[int, Strip] = {}

    @property
    def digits_size(self) -> tuple[int, int]:
        """Width and height of the whole time, in cells; zero where it is plain text."""
        if not self._layout:
            return 0, 0
        return self._layout[-1][0] + self._layout[-1][1] - self._layout[0][0], self._height

    def show(self, text: str, *, urgent: bool = False, letter: str = "") -> None:
        """Show a time; only what changes is drawn again.

        Args:
            text: the time.
            urgent: whether it is about to end.
            letter: says what the time is of, where nothing else on the screen has room to.
        """
        if (text, urgent, letter) == (self._text, self._urgent, self._letter):
            return
        before, self._text = self._text, text
        self._cache.clear()
        if (urgent, letter) != (self._urgent, self._letter) or len(before) != len(text) or not self._layout:
            self._urgent = urgent
            self._letter = letter
            self._measure()
            self.refresh()
            return
        top = (self.size.height - self._height) // 2
        for (left, width), old, new in zip(self._layout, before, text, strict=True):
            if old != new:
                self.refresh(Region(left, top, width, self._height))

    def on_resize(self, _event: Resize) -> None:
        """Fit the digits to the new size."""
        self._measure()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        self._cache.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the digits."""
        if y not in self._cache:
            self._cache[y] = self._line(y)
        return self._cache[y]

    @property
    def _shows_letter(self) -> bool:
        return bool(self._letter) and self.size.height <= COMPACT_HEIGHT

    def _measure(self) -> None:
        """Choose the size of the digits, and where each stands."""
        self._cache.clear()
        self._layout = []
        margin = LETTER_WIDTH if self._shows_letter else 0
        width = self.size.width - margin
        fit = fit_digits(self._text, width, self.size.height)
        if fit is None:
            return
        self._height = fit.height
        left = margin + (width - fit.width(self._text)) // 2
        for character in self._text:
            size = fit.colon if character == ":" else fit.digit
            self._layout.append((left, size))
            left += size + fit.gap

    def _line(self, y: int) -> Strip:
        style = self.rich_style
        if self._urgent:
            style += type(style)(reverse=True)  # swapping the colours would fail where the terminal chooses them
        width = self.size.width
        letter = f"{self._letter} " if self._shows_letter and y == self.size.height // 2 else ""
        if not self._layout:
            text = f"{letter}{self._text}".center(width)[:width] if y == self.size.height // 2 else " " * width
            return Strip([Segment(text, style + type(style)(bold=True))], width)
        row = y - (self.size.height - self._height) // 2
        if not 0 <= row < self._height:
            return Strip([Segment(" " * width, style)], width)
        line, at = letter, len(letter)
        for character, (left, size) in zip(self._text, self._layout, strict=True):
            line += " " * (left - at) + digit_rows(character, size, self._height, ascii_only=self._ascii)[row]
            at = left + size
        return Strip([Segment(line.ljust(width), style)], width)
