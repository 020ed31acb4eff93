"""The giant countdown: digits as large as the widget allows, redrawn only where one has changed.

Each digit is a widget of its own, for Textual writes a widget's line anew from its left edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from retro_timer.ui.glyphs import Fit, digit_rows, fit_digits
from retro_timer.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

MOST_CHARACTERS: Final = 8
"""Hours, minutes and seconds."""
COMPACT_HEIGHT: Final = 8
"""Up to this many lines the time stands alone, with a letter beside it."""
LETTER_WIDTH: Final = 2
_REVERSE: Final = Style(reverse=True)
"""Swapping the colours would fail where the terminal chooses them."""


class Digit(Painted):
    """One character of the time."""

    DEFAULT_CSS = """
    Digit { width: 1; height: 1; background: $background; display: none; }
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._character = ""
        self._cells = (0, 0)
        self._rows: tuple[str, ...] = ()
        self._style = Style()

    def fit(self, width: int, height: int, gap: int, style: Style) -> None:
        """Be of a size, in cells, behind a gap, drawn in a style."""
        self._cells, self._style = (width, height), style
        self.styles.width, self.styles.height, self.styles.margin = width, height, (0, 0, 0, gap)
        self.display = True
        self._rows = self._drawn()
        self.refresh()

    def show(self, character: str) -> None:
        """Show a character; only the cells that change are drawn again."""
        if character == self._character:
            return
        before, self._character = self._rows, character
        self._rows = self._drawn()
        if len(before) != len(self._rows):
            self.refresh()
            return
        self.redraw(before, self._rows)

    def hide(self) -> None:
        """Take no room."""
        self._character, self._rows = "", ()
        self.display = False

    def render_line(self, y: int) -> Strip:
        """One line of the character."""
        row = self._rows[y] if y < len(self._rows) else ""
        return Strip([Segment(row, self._style)], len(row))

    def _drawn(self) -> tuple[str, ...]:
        if not self._character:
            return ()
        return digit_rows(self._character, *self._cells, ascii_only=self._ascii)


class Countdown(Painted):
    """Shows a time such as `1:23` as large as it can be.

    Its colour is the widget's own; what is urgent is drawn in reverse, on a solid field.
    """

    DEFAULT_CSS = """
    Countdown { width: 1fr; height: 1fr; layout: horizontal; align: center middle; }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._digits = tuple(Digit(ascii_only=ascii_only) for _ in range(MOST_CHARACTERS))
        self._text = ""
        self._letter = ""
        self._urgent = False
        self._fit: Fit | None = None

    @property
    def digits_size(self) -> tuple[int, int]:
        """Width and height of the whole time, in cells; zero where it is plain text."""
        return (self._fit.width(self._text), self._fit.height) if self._fit else (0, 0)

    def compose(self) -> ComposeResult:
        """As many characters as a time can have."""
        yield from self._digits

    def show(self, text: str, *, urgent: bool = False, letter: str = "") -> None:
        """Show a time; only what changes is drawn again.

        Args:
            text: the time.
            urgent: whether it is about to end.
            letter: says what the time is of, where nothing else on the screen has room to.
        """
        if (text, urgent, letter) == (self._text, self._urgent, self._letter):
            return
        as_before = (urgent, letter, len(text)) == (self._urgent, self._letter, len(self._text))
        self._text, self._urgent, self._letter = text, urgent, letter
        if as_before and self._fit is not None:
            for digit, character in zip(self._digits, text, strict=False):
                digit.show(character)
        else:
            self.refresh()
            self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """Fit the digits to the new size; what was behind them may have been the time as text."""
        self._lay_out()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw in the new colours, the digits too: they are drawn in the colour of the whole."""
        super().notify_style_update()
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """What is behind the digits: nothing, or where they have no room, the time as text."""
        style = self._drawn_in
        width, middle = self.size.width, y == self.size.height // 2
        text = f"{self._letter} " if self._shows_letter and middle else ""
        if self._fit is None and middle:
            text = f"{text}{self._text}".center(width)
            style += Style(bold=True)
        return Strip([Segment(text[:width].ljust(width), style)], width)

    @property
    def _drawn_in(self) -> Style:
        return self.ink + _REVERSE if self._urgent else self.ink

    @property
    def _shows_letter(self) -> bool:
        return bool(self._letter) and self.size.height <= COMPACT_HEIGHT

    def _lay_out(self) -> None:
        """Choose the size of the digits, and hand each its character."""
        margin = LETTER_WIDTH if self._shows_letter else 0
        width, height = self.size
        self._fit = fit = fit_digits(self._text, width - margin, height)
        shown, style = self._text if fit else "", self._drawn_in
        for place, digit in enumerate(self._digits):
            if fit is None or place >= len(shown):
                digit.hide()
                continue
            size = fit.colon if shown[place] == ":" else fit.digit
            digit.fit(size, fit.height, fit.gap if place else margin, style)
            digit.show(shown[place])
