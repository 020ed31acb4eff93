"""The direction: a word in large letters in a field of arrows that points and moves with the phase."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.glyphs import word_height, word_rows, word_width
from retro_timer.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual.app import ComposeResult

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


@lru_cache(maxsize=64)
def arrow_lines(
    phase: Phase, step: int, rows: int, width: int, *, mirrored: bool = False, ascii_only: bool = False
) -> tuple[str, ...]:
    """A field of arrows in as many lines. One of them is solid, and moves the way the walker does; a lone line ripples.

    Args:
        phase: which way they point.
        step: counts down to move them by one.
        rows: how many lines.
        width: of each, in cells.
        mirrored: whether the field is that at the right edge.
        ascii_only: whether to draw with plain characters.
    """
    small, large = (ASCII_ARROWS if ascii_only else ARROWS)[phase]
    # What is solid sinks for backward, rises for forward.
    rises = phase in (Phase.FORWARD, Phase.WARM_UP)
    solid = (step if rises else -step) % max(rows, ARROW_STEP)
    count = max(0, width - 2) // ARROW_STEP
    lines = []
    for row in range(rows):
        places = (row if rows > 1 else column % ARROW_STEP for column in range(count))
        line = " " + "  ".join(large if place == solid else small for place in places)
        line = line[:width].ljust(width)
        lines.append(line[::-1] if mirrored else line)
    return tuple(lines)


class Arrows(Painted):
    """A field of arrows, in the middle of its height."""

    DEFAULT_CSS = """
    Arrows { width: 1fr; height: 1fr; background: $background; }
    """

    def __init__(self, *, ascii_only: bool, mirrored: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._mirrored = mirrored
        self._phase = Phase.WARM_UP
        self._step = 0
        self._rows = 1

    def show(self, phase: Phase, beat: int, rows: int) -> None:
        """Show a phase's arrows in as many lines, at a beat; only the cells that change are drawn again."""
        step = beat % max(rows, ARROW_STEP)
        if (phase, step, rows) == (self._phase, self._step, self._rows):
            return
        same = (phase, rows) == (self._phase, self._rows)
        before = self._lines_shown()
        self._phase, self._step, self._rows = phase, step, rows
        if not same:
            self.refresh()
            return
        self.redraw(before, self._lines_shown(), self._top)

    def render_line(self, y: int) -> Strip:
        """One line of arrows."""
        row = y - self._top
        lines = self._lines_shown()
        line = lines[row] if 0 <= row < len(lines) else " " * self.size.width
        return Strip([Segment(line, self.ink + _DIM)], len(line))

    @property
    def _top(self) -> int:
        return (self.size.height - self._rows) // 2

    def _lines_shown(self) -> tuple[str, ...]:
        return arrow_lines(
            self._phase,
            self._step,
            self._rows,
            self.size.width,
            mirrored=self._mirrored,
            ascii_only=self._ascii,
        )


class Word(Painted):
    """A word in large letters, as large as the height and the width beside the arrows allow."""

    DEFAULT_CSS = """
    Word { width: auto; height: 1fr; background: $background; text-style: bold; }
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._fitted_for: tuple[str, int, int] | None = None
        self._rows: tuple[str, ...] = ("",)

    def show(self, word: str, width: int, height: int) -> int:
        """Show a word in a space; returns how many lines it has."""
        if (word, width, height) != self._fitted_for:
            self._fitted_for = (word, width, height)
            self._rows = self._fitted(word, width, height)
            self.styles.width = len(self._rows[0])
            self.refresh()
        return len(self._rows)

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


class Direction(Widget):
    """Shows the direction as a word and a shape; the colour is the widget's own.

    The arrows take a step with each second of the countdown, so that moving them costs no wake-up of its own; they are
    widgets of their own, so that it does not draw the word again.
    """

    BLANK = True
    DEFAULT_CSS = """
    Direction { width: 1fr; height: 3; layout: horizontal; }
    """

    def __init__(self, *, ascii_only: bool = False, moving: bool = True, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._moving = moving
        self._left = Arrows(ascii_only=ascii_only, mirrored=False)
        self._right = Arrows(ascii_only=ascii_only, mirrored=True)
        self._word = Word(ascii_only=ascii_only)
        self._face: Face | None = None

    def compose(self) -> ComposeResult:
        """Arrows, the word, arrows."""
        yield self._left
        yield self._word
        yield self._right

    def show(self, face: Face) -> None:
        """Show a direction."""
        self._face = face
        beat = face.beat if self._moving and not face.still else 0
        rows = self._word.show(face.word, *self.size)
        for arrows in (self._left, self._right):
            arrows.show(face.phase, beat, rows)

    def on_resize(self) -> None:
        """Fit the word to the new size."""
        if self._face is not None:
            self.show(self._face)
