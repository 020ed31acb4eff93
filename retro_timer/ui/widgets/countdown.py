"""The giant countdown: digits as large as the widget allows, redrawn only where one has changed.

Each digit is a widget of its own, for Textual writes a widget's line anew from its left edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.ui.changes import changed_spans
from retro_timer.ui.glyphs import Fit, digit_rows, fit_digits

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


class Digit(Widget):
    """One character of the time."""

    DEFAULT_CSS = """
    Digit { width: 1; height: 1; background: $background; display: none; }
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._rows: tuple[str, ...] = ()
        self._style = Style()

    def show(self, character: str, width: int, height: int, style: Style) -> None:
        """Show a character at a size, in a style; only the cells that change are drawn again."""
        before, self._rows = self._rows, digit_rows(character, width, height, ascii_only=self._ascii)
        same_size = bool(before) and (len(before), len(before[0])) == (height, width)
        if not same_size or style is not self._style:
            self._style = style
            self.styles.width, self.styles.height = width, height
            self.display = True
            self.refresh()
            return
        for span in changed_spans(before, self._rows):
            self.refresh(Region(*span))

    def hide(self) -> None:
        """Take no room."""
        self._rows = ()
        self.display = False

    def render_line(self, y: int) -> Strip:
        """One line of the character."""
        row = self._rows[y] if y < len(self._rows) else ""
        return Strip([Segment(row, self._style)], len(row))


class Countdown(Widget):
    """Shows a time such as `1:23` as large as it can be.

    Its colour is the widget's own; what is urgent is drawn in reverse, on a solid field.
    """

    DEFAULT_CSS = """
    Countdown { width: 1fr; height: 1fr; layout: horizontal; align: center middle; }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._ascii = ascii_only
        self._text = ""
        self._letter = ""
        self._urgent = False
        self._fit: Fit | None = None
        self._style: Style | None = None

    @property
    def digits_size(self) -> tuple[int, int]:
        """Width and height of the whole time, in cells; zero where it is plain text."""
        return (self._fit.width(self._text), self._fit.height) if self._fit else (0, 0)

    def compose(self) -> ComposeResult:
        """As many characters as a time can have."""
        for _ in range(MOST_CHARACTERS):
            yield Digit(ascii_only=self._ascii)

    def show(self, text: str, *, urgent: bool = False, letter: str = "") -> None:
        """Show a time; only what changes is drawn again.

        Args:
            text: the time.
            urgent: whether it is about to end.
            letter: says what the time is of, where nothing else on the screen has room to.
        """
        if (text, urgent, letter) == (self._text, self._urgent, self._letter):
            return
        plain = self._fit is None or (urgent, letter) != (self._urgent, self._letter) or len(text) != len(self._text)
        if urgent != self._urgent:
            self._style = None
        self._text, self._urgent, self._letter = text, urgent, letter
        if plain:
            self.refresh()
        self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """Fit the digits to the new size; what was behind them may have been the time as text."""
        self._lay_out()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw in the new colours, the digits too: they are drawn in the colour of the whole."""
        super().notify_style_update()
        self._style = None
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
        """The style of everything; worked out once, for it takes longer than drawing."""
        if self._style is None:
            self._style = self.rich_style + _REVERSE if self._urgent else self.rich_style
        return self._style

    @property
    def _shows_letter(self) -> bool:
        return bool(self._letter) and self.size.height <= COMPACT_HEIGHT

    def _lay_out(self) -> None:
        """Choose the size of the digits, and hand each its character."""
        margin = LETTER_WIDTH if self._shows_letter else 0
        width, height = self.size
        self._fit = fit = fit_digits(self._text, width - margin, height)
        shown = self._text if fit else ""
        for place, digit in enumerate(self.query_children(Digit)):
            if fit is None or place >= len(shown):
                digit.hide()
                continue
            size = fit.colon if shown[place] == ":" else fit.digit
            digit.styles.margin = (0, 0, 0, fit.gap if place else margin)
            digit.show(shown[place], size, fit.height, self._drawn_in)
