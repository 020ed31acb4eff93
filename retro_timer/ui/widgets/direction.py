"""The direction: a word in large letters between two fields of shapes.

Chevrons point where the walker goes; a gap moves through them with each second. Bars stand for a pause, blocks for a
stop, and a chequered flag for the end.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.drawing.cached_line import CachedLineWidget
from retro_timer.ui.drawing.glyphs import word_height, word_rows, word_width
from retro_timer.ui.drawing.layout import Place, PlacesChildren
from retro_timer.ui.view_model import Appearance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from retro_timer.ui.view_model import SessionView

FULL: Final = "█"
SHADE: Final = "▒"
SMALL: Final = {
    Phase.WARM_UP: ("▵", "△"),
    Phase.BACKWARD: ("▿", "▼"),
    Phase.TURN: ("◀", "▶"),
    Phase.FORWARD: ("▵", "▲"),
    Phase.REST: ("▫", "■"),
    Phase.COOL_DOWN: ("▿", "▽"),
}
"""The two shapes on a single line: every third is the second one, and those move."""
SMALL_LOOKS: Final = {
    Appearance.PAUSED: "‖",
    Appearance.STOPPED: "■",
    Appearance.COMPLETE: "▚",
    Appearance.ENDED: " ",
    Appearance.READY: " ",
}
ASCII_SMALL: Final = {
    Phase.WARM_UP: (".", "^"),
    Phase.BACKWARD: (".", "v"),
    Phase.TURN: ("<", ">"),
    Phase.FORWARD: (".", "^"),
    Phase.REST: (".", "="),
    Phase.COOL_DOWN: (".", "v"),
}
ASCII_SMALL_LOOKS: Final = {
    Appearance.PAUSED: "|",
    Appearance.STOPPED: "#",
    Appearance.COMPLETE: "*",
    Appearance.ENDED: " ",
    Appearance.READY: " ",
}
ASCII: Final = str.maketrans({FULL: "#", SHADE: "="})
SMALL_STEP: Final = 3
"""Distance between two shapes on a single line, in cells."""
EDGE: Final = 3
"""Cells of a field that stay empty: one at the edge of the screen, two at the word."""
SWEEP_CELLS: Final = 4
"""Number of cells by which the flag grows in a step."""
SWEEP_EVERY: Final = 0.04
"""Seconds between two steps of the flag."""
LEAST: Final = 3
"""Minimum height of a large shape in cells."""
LARGEST: Final = 4
_REVERSE: Final = Style(reverse=True)


class Field(Struct, frozen=True):
    """The content of the two fields beside the direction.

    Attributes:
        phase: the phase.
        look: the look of the session.
        step: the step of the movement; after the end, the number of steps of the flag to draw, or -1 for all of it.
        word_width, word_height: the size of the direction in cells.
    """

    phase: Phase
    look: Appearance
    step: int
    word_width: int
    word_height: int


def steps_of(word_height: int) -> int:
    """The number of steps after which the movement repeats."""
    return max(word_height, SMALL_STEP)


@lru_cache(maxsize=64)
def field_lines(field: Field, width: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """The lines of both fields beside the direction, as high as the direction.

    Args:
        field: the content of the fields.
        width: of the line, in cells.
        ascii_only: whether to draw with ASCII only.
    """
    space = max(0, width - field.word_width) // 2
    between = " " * (width - 2 * space)
    if field.word_height < LEAST:
        return (_small(field, space, between, ascii_only=ascii_only),)
    if field.look is Appearance.COMPLETE:
        shown = space if field.step < 0 else min(space, field.step * SWEEP_CELLS)
        left = [_chequers(row, space)[space - shown :].rjust(space) for row in range(field.word_height)]
    else:
        left = _large(field, space)
    lines = (row + between + row[::-1] for row in left)
    return tuple(line.translate(ASCII) if ascii_only else line for line in lines)


def _small(field: Field, space: int, between: str, *, ascii_only: bool) -> str:
    """A single line of small shapes."""
    shapes = (ASCII_SMALL if ascii_only else SMALL)[field.phase]
    if field.look in SMALL_LOOKS:
        shapes = ((ASCII_SMALL_LOOKS if ascii_only else SMALL_LOOKS)[field.look],) * 2
    rises = field.phase in (Phase.FORWARD, Phase.WARM_UP)
    solid = (field.step if rises else -field.step) % SMALL_STEP
    places = range(max(0, space - 2) // SMALL_STEP)
    left = " " + "  ".join(shapes[column % SMALL_STEP == solid] for column in places)
    left = left[:space].ljust(space)
    return left + between + left[::-1]


def _large(field: Field, space: int) -> list[str]:
    """The lines of the left field: as many shapes as fit side by side, as large as possible."""
    rows = field.word_height
    for size in range(rows, LEAST - 1, -1):
        shape = _shape(field, size)
        wide = len(shape[0])
        gap = max(2, size // 2)
        count = (space - EDGE + gap) // (wide + gap)
        if count > 0:
            break
    else:
        return [" " * space] * rows
    free = space - count * (wide + gap) + gap
    before = max(1, (free - 1) // 2)
    drawn = [" " * before + (" " * gap).join([row] * count) for row in shape]
    top = (rows - size) // 2
    return [(drawn[y - top] if 0 <= y - top < size else "").ljust(space) for y in range(rows)]


def _shape(field: Field, size: int) -> list[str]:
    """A shape that is `size` lines high."""
    if field.look is Appearance.PAUSED:
        bar = FULL * max(2, size // 2)
        return [f"{bar}{' ' * len(bar)}{bar}"] * size
    if field.look is Appearance.STOPPED:
        return [FULL * 2 * size] * size
    if field.look in (Appearance.ENDED, Appearance.READY):
        return [" " * size] * size
    if field.phase is Phase.REST:
        inner = f"{FULL * 2}{' ' * (2 * size - 4)}{FULL * 2}"
        return [FULL * 2 * size, *[inner] * (size - 2), FULL * 2 * size]
    if field.phase is Phase.TURN:
        shade = field.look is Appearance.RUNNING and bool(field.step % 2)
        return _sideways(size, SHADE if shade else FULL)
    return _pointing(field, size)


def _pointing(field: Field, size: int) -> list[str]:
    """A chevron that points down or up, in which one line stands out and moves in the direction of walking."""
    belt = field.phase in (Phase.BACKWARD, Phase.FORWARD)
    usual, other = (FULL, SHADE) if belt else (SHADE, FULL)
    thick = max(2, size // 2)
    wide = 2 * (size - 1) + thick
    rows = []
    for row in range(size):
        cells = [" "] * wide
        ink = other if row == -field.step % size else usual
        for column in range(row, row + thick):
            cells[column] = cells[wide - 1 - column] = ink
        rows.append("".join(cells))
    rises = field.phase in (Phase.FORWARD, Phase.WARM_UP)
    return rows[::-1] if rises else rows


def _sideways(size: int, ink: str) -> list[str]:
    """A chevron that points to the left."""
    thick = max(2, size // 2 + 1)
    offsets = [abs(2 * row - size + 1) for row in range(size)]
    least, most = min(offsets), max(offsets)
    return [" " * (offset - least) + ink * thick + " " * (most - offset) for offset in offsets]


def _chequers(row: int, space: int) -> str:
    """A line of a chequered flag."""
    cells = "".join((FULL if (row + column) % 2 == 0 else " ") * 2 for column in range(space // 2))
    return f" {cells[: max(0, space - EDGE)]}".ljust(space)


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
        self._reversed = False
        self._rows: tuple[str, ...] = ("",)

    def show(self, word: str, width: int, height: int, *, reverse: bool = False) -> Size:
        """Fit a word to a space and show it, optionally in reverse video; returns its size."""
        if reverse is not self._reversed:
            self._reversed = reverse
            self.refresh()
        if (word, width, height) != self._fitted_for:
            self._fitted_for = (word, width, height)
            self._rows = fitted_word(word, width, height, ascii_only=self.ascii_only)
            self.refresh()
        return Size(len(self._rows[0]), len(self._rows))

    def render_line(self, y: int) -> Strip:
        """Render a line of the word."""
        row = y - (self.size.height - len(self._rows)) // 2
        line = self._rows[row] if 0 <= row < len(self._rows) else ""
        return Strip([Segment(line.ljust(self.size.width), self.ink + _REVERSE if self._reversed else self.ink)])


class Direction(DrawsAscii, PlacesChildren, CachedLineWidget):
    """Shows the direction as a word between two fields of shapes, in the colour of the widget.

    The shapes move with each second of the countdown, so they need no timer; the word is a separate widget above them,
    so it is not redrawn. Before a session runs, everything is in reverse video.
    """

    DEFAULT_CSS = """
    Direction { width: 1fr; height: 3; }
    """

    def __init__(self, *, moving: bool = True) -> None:
        super().__init__()
        self._moving = moving
        self._word = Word()
        self._face: SessionView | None = None
        self._sweep = -1
        self._shown = Field(Phase.WARM_UP, Appearance.READY, 0, 0, 1)

    def compose(self) -> ComposeResult:
        """The word; the widget itself draws the fields."""
        yield self._word

    def show(self, view: SessionView) -> None:
        """Show a direction; redraws only the changed cells."""
        if self._face is not None and view.look is Appearance.COMPLETE is not self._face.look and self._moving:
            self._sweep = 0
            self.set_timer(SWEEP_EVERY, self._grow)
        self._face = view
        shown = self._fitted(view, self.size)
        before = self._shown
        if shown == before:
            return
        if shown == replace(before, step=shown.step):
            lines = self._field_lines()
            self._shown = shown
            self.redraw(lines, self._field_lines(), self._top)
        else:
            self._shown = shown
            self.refresh()
            same = (before.word_width, before.word_height) == (shown.word_width, shown.word_height)
            self._word.refresh(layout=not same)

    def _grow(self) -> None:
        """Draw more of the flag."""
        if self._face is None or self._sweep < 0:
            return
        self._sweep += 1
        if self._sweep * SWEEP_CELLS * 2 >= self.size.width:
            self._sweep = -1
        else:
            self.set_timer(SWEEP_EVERY, self._grow)
        self.show(self._face)

    def _fitted(self, view: SessionView, size: Size) -> Field:
        """The content of the fields, with the word fitted to a size."""
        width, height = self._word.show(view.heading, *size, reverse=view.look is Appearance.READY)
        step = view.beat % steps_of(height) if self._moving and not view.still else 0
        if view.look is Appearance.COMPLETE:
            step = self._sweep
        return Field(view.phase, view.look, step, width, height)

    def place(self, size: Size) -> Iterator[Place]:
        """Fit the word to a size and place it."""
        if self._face is None:
            return
        before, shown = self._shown, self._fitted(self._face, size)
        self._shown = shown
        if shown != before:
            self.refresh()
        yield self._word, Region((size.width - shown.word_width) // 2, 0, shown.word_width, size.height)

    def render_line(self, y: int) -> Strip:
        """Render a line of the fields."""
        lines = self._field_lines()
        row = y - self._top
        line = lines[row] if 0 <= row < len(lines) else " " * self.size.width
        ready = self._shown.look is Appearance.READY
        return Strip([Segment(line, self.ink + _REVERSE if ready else self.ink)], len(line))

    @property
    def _top(self) -> int:
        return (self.size.height - self._shown.word_height) // 2

    def _field_lines(self) -> tuple[str, ...]:
        return field_lines(self._shown, self.size.width, ascii_only=self.ascii_only)
