"""The direction: a word in large letters in a field of arrows that point and move with the phase."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.drawing.glyphs import word_height, word_rows, word_width
from retro_timer.ui.drawing.layout import ComputedLayout, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.layout import Layout

    from retro_timer.ui.view_model import SessionView

ARROWS: Final = {
    Phase.WARM_UP: ("▵", "△"),
    Phase.BACKWARD: ("▿", "▼"),
    Phase.TURN: ("◀", "▶"),
    Phase.FORWARD: ("▵", "▲"),
    Phase.REST: ("▫", "■"),
    Phase.COOL_DOWN: ("▿", "▽"),
}
ASCII_ARROWS: Final = {
    Phase.WARM_UP: (".", "^"),
    Phase.BACKWARD: (".", "v"),
    Phase.TURN: ("<", ">"),
    Phase.FORWARD: (".", "^"),
    Phase.REST: (".", "="),
    Phase.COOL_DOWN: (".", "v"),
}
LARGEST: Final = 4
ARROW_STEP: Final = 3
"""Distance between two arrows in cells."""
_DIM: Final = Style(dim=True)


@lru_cache(maxsize=32)
def arrow_lines(phase: Phase, step: int, word: Size, width: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """The lines of arrows to the left and right of a word, as high as the word.

    One of the lines is solid and moves in the direction of walking; in a single line, the solid arrows move.

    Args:
        phase: the phase, for the direction of the arrows.
        step: the step of the movement.
        word: the size of the word.
        width: the width of the lines in cells.
        ascii_only: whether to draw with ASCII only.
    """
    small, large = (ASCII_ARROWS if ascii_only else ARROWS)[phase]
    # The solid line moves down for backward, up for forward.
    rises = phase in (Phase.FORWARD, Phase.WARM_UP)
    solid = (step if rises else -step) % max(word.height, ARROW_STEP)
    field = max(0, width - word.width) // 2
    lines = []
    for row in range(word.height):
        places = (row if word.height > 1 else column % ARROW_STEP for column in range(max(0, field - 2) // ARROW_STEP))
        left = " " + "  ".join(large if place == solid else small for place in places)
        left = left[:field].ljust(field)
        lines.append(left + " " * (width - 2 * field) + left[::-1])
    return tuple(lines)


def fitted_word(word: str, width: int, height: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """A word in the largest letters that fit, as spaced letters, or as plain text."""
    # ASCII letters are legible only if every dot fills whole cells.
    scales = (4, 2) if ascii_only else range(LARGEST, 0, -1)
    for scale in scales:
        if word_height(scale) <= height and word_width(word, scale) + 8 * scale <= width:
            return word_rows(word, scale, ascii_only=ascii_only)
    spaced = " ".join(word)
    return (spaced if len(spaced) <= width else word[:width],)


class Word(DrawsAscii, CachedLineWidget):
    """A word in letters as large as the space allows."""

    DEFAULT_CSS = """
    Word { background: $background; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._fitted_for: tuple[str, int, int] | None = None
        self._rows: tuple[str, ...] = ("",)

    def show(self, word: str, width: int, height: int) -> Size:
        """Fit a word to a space and show it; returns its size."""
        if (word, width, height) != self._fitted_for:
            self._fitted_for = (word, width, height)
            self._rows = fitted_word(word, width, height, ascii_only=self.ascii_only)
            self.refresh()
        return Size(len(self._rows[0]), len(self._rows))

    def render_line(self, y: int) -> Strip:
        """Render a line of the word."""
        row = y - (self.size.height - len(self._rows)) // 2
        line = self._rows[row] if 0 <= row < len(self._rows) else ""
        return Strip([Segment(line.ljust(self.size.width), self.ink)])


class Direction(DrawsAscii, CachedLineWidget):
    """Shows the direction as a word in a field of arrows, in the colour of the widget.

    The arrows move with each second of the countdown, so that they need no timer; the word is a separate widget above
    them, so that it is not redrawn.
    """

    DEFAULT_CSS = """
    Direction { width: 1fr; height: 3; }
    """

    def __init__(self, *, moving: bool = True) -> None:
        super().__init__()
        self._moving = moving
        self._word = Word()
        self._placed = ComputedLayout(self._place)
        self._face: SessionView | None = None
        self._shown = (Phase.WARM_UP, 0, Size(0, 1))
        """The phase, the step and the size of the word."""

    @property
    def layout(self) -> Layout:
        """A layout that centres the word."""
        return self._placed

    def compose(self) -> ComposeResult:
        """The word; the widget itself draws the arrows."""
        yield self._word

    def show(self, view: SessionView) -> None:
        """Show a direction; redraws only the changed cells."""
        self._face = view
        shown = self._fitted(view, self.size)
        if shown == self._shown:
            return
        before, (phase, _, word) = self._arrows(), self._shown
        self._shown = shown
        if (phase, word) == (shown[0], shown[2]):
            self.redraw(before, self._arrows(), self._top)
        else:
            self.refresh()
            self._word.refresh(layout=word != shown[2])

    def _fitted(self, view: SessionView, size: Size) -> tuple[Phase, int, Size]:
        """The phase, the step of the arrows, and the size of the word for a size."""
        word = self._word.show(view.word, *size)
        step = view.beat % max(word.height, ARROW_STEP) if self._moving and not view.still else 0
        return view.phase, step, word

    def _place(self, size: Size) -> Iterator[Place]:
        """Fit the word to a size and place it."""
        if self._face is None:
            return
        self._shown = self._fitted(self._face, size)
        word = self._shown[2]
        yield self._word, Region((size.width - word.width) // 2, 0, word.width, size.height)

    def render_line(self, y: int) -> Strip:
        """Render a line of arrows."""
        lines = self._arrows()
        row = y - self._top
        line = lines[row] if 0 <= row < len(lines) else " " * self.size.width
        return Strip([Segment(line, self.ink + _DIM)])

    @property
    def _top(self) -> int:
        return (self.size.height - self._shown[2].height) // 2

    def _arrows(self) -> tuple[str, ...]:
        return arrow_lines(*self._shown, self.size.width, ascii_only=self.ascii_only)
