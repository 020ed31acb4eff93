"""The direction: a word in large letters in a field of arrows that points and moves with the phase."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.glyphs import word_height, word_rows, word_width
from retro_timer.ui.widgets.painted import Painted
from retro_timer.ui.widgets.placed import Place, PlacedLayout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.layout import Layout

    from retro_timer.ui.face import Face

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
"""Cells from one arrow to the next."""
_DIM: Final = Style(dim=True)


@lru_cache(maxsize=32)
def arrow_lines(phase: Phase, step: int, word: Size, width: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """A field of arrows to the left and the right of a word, as many lines high.

    One of the lines is solid, and moves the way the walker does; a lone line ripples.

    Args:
        phase: which way they point.
        step: counts down to move them by one.
        word: its size.
        width: of the lines, in cells.
        ascii_only: whether to draw with plain characters.
    """
    small, large = (ASCII_ARROWS if ascii_only else ARROWS)[phase]
    # What is solid sinks for backward, rises for forward.
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


class Word(Painted):
    """A word in large letters, as large as the height and the width beside the arrows allow."""

    DEFAULT_CSS = """
    Word { background: $background; text-style: bold; }
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._fitted_for: tuple[str, int, int] | None = None
        self._rows: tuple[str, ...] = ("",)

    def show(self, word: str, width: int, height: int) -> Size:
        """Show a word in a space; returns the size it has."""
        if (word, width, height) != self._fitted_for:
            self._fitted_for = (word, width, height)
            self._rows = self._fitted(word, width, height)
            self.refresh()
        return Size(len(self._rows[0]), len(self._rows))

    def render_line(self, y: int) -> Strip:
        """One line of the word."""
        row = y - (self.size.height - len(self._rows)) // 2
        line = self._rows[row] if 0 <= row < len(self._rows) else ""
        return Strip([Segment(line.ljust(self.size.width), self.ink)], self.size.width)

    def _fitted(self, word: str, width: int, height: int) -> tuple[str, ...]:
        """The word as large as it fits, as spaced letters, or as it is."""
        for scale in range(LARGEST, 0, -1):
            if word_height(scale) <= height and word_width(word, scale) + 8 * scale <= width:
                return word_rows(word, scale, ascii_only=self._ascii)
        spaced = " ".join(word)
        return (spaced if len(spaced) <= width else word[:width],)


class Direction(Painted):
    """Shows the direction as a word in a field of arrows; the colour is the widget's own.

    The arrows take a step with each second of the countdown, so that moving them costs no wake-up of its own; the word
    is a widget of its own over them, so that it is not drawn again.
    """

    DEFAULT_CSS = """
    Direction { width: 1fr; height: 3; }
    """

    def __init__(self, *, ascii_only: bool = False, moving: bool = True, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._ascii = ascii_only
        self._moving = moving
        self._word = Word(ascii_only=ascii_only)
        self._placed = PlacedLayout(self._place)
        self._face: Face | None = None
        self._shown = (Phase.WARM_UP, 0, Size(0, 1))
        """The phase, the step and the size of the word."""

    @property
    def layout(self) -> Layout:
        """The word is in the middle."""
        return self._placed

    def compose(self) -> ComposeResult:
        """The word; the arrows are drawn here."""
        yield self._word

    def show(self, face: Face) -> None:
        """Show a direction; only the cells that change are drawn again."""
        self._face = face
        shown = self._fitted(face, self.size)
        if shown == self._shown:
            return
        before, (phase, _, word) = self._arrows(), self._shown
        self._shown = shown
        if (phase, word) == (shown[0], shown[2]):
            self.redraw(before, self._arrows(), self._top)
        else:
            self.refresh()
            self._word.refresh(layout=word != shown[2])

    def _fitted(self, face: Face, size: Size) -> tuple[Phase, int, Size]:
        """The phase, the step of the arrows and the size of the word that fit a size."""
        word = self._word.show(face.word, *size)
        step = face.beat % max(word.height, ARROW_STEP) if self._moving and not face.still else 0
        return face.phase, step, word

    def _place(self, size: Size) -> Iterator[Place]:
        """Fit the word to a size, and say where it is."""
        if self._face is None:
            return
        self._shown = self._fitted(self._face, size)
        word = self._shown[2]
        yield self._word, Region((size.width - word.width) // 2, 0, word.width, size.height)

    def render_line(self, y: int) -> Strip:
        """One line of arrows."""
        lines = self._arrows()
        row = y - self._top
        line = lines[row] if 0 <= row < len(lines) else " " * self.size.width
        return Strip([Segment(line, self.ink + _DIM)])

    @property
    def _top(self) -> int:
        return (self.size.height - self._shown[2].height) // 2

    def _arrows(self) -> tuple[str, ...]:
        return arrow_lines(*self._shown, self.size.width, ascii_only=self._ascii)
