"""The direction: a word in large letters in a field of arrows that points and moves with the phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.scheduling.phases import Phase
from retro_timer.ui.glyphs import word_height, word_rows, word_width

if TYPE_CHECKING:
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


class Direction(Widget):
    """Shows the direction as a word and a shape; the colour is the widget's own.

    The word is as large as the width and height allow. The arrows take a step with each second of the countdown, so
    that moving them costs no wake-up of its own.
    """

    DEFAULT_CSS = """
    Direction { width: 1fr; height: 3; }
    """

    def __init__(self, *, ascii_only: bool = False, moving: bool = True, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._ascii = ascii_only
        self._moving = moving
        self._word = ""
        self._phase = Phase.WARM_UP
        self._beat = 0

    def show(self, face: Face) -> None:
        """Show a direction."""
        beat = face.beat if self._moving and not face.still else 0
        if (face.word, face.phase, beat) == (self._word, self._phase, self._beat):
            return
        self._word, self._phase, self._beat = face.word, face.phase, beat
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the word, arrows on both sides."""
        width, height = self.size
        rows = self._rows(width, height)
        top = (height - len(rows)) // 2
        style = self.rich_style
        if not 0 <= y - top < len(rows):
            return Strip([Segment(" " * width, style)], width)
        word = rows[y - top]
        left = max(0, (width - len(word)) // 2)
        right = max(0, width - left - len(word))
        dim = style + Style(dim=self._moving)
        field = self._field(left - 2, y), self._field(right - 2, y)
        return Strip(
            [
                Segment(field[0].ljust(left), dim),
                Segment(word[:width], style + Style(bold=True)),
                Segment(field[1][::-1].rjust(right), dim),
            ],
            left + min(width, len(word)) + right,
        )

    def _rows(self, width: int, height: int) -> tuple[str, ...]:
        """The word as large as it fits, as spaced letters, or as it is."""
        for scale in range(LARGEST, 0, -1):
            if word_height(scale) <= height and word_width(self._word, scale) + 8 * scale <= width:
                return word_rows(self._word, scale, ascii_only=self._ascii)
        spaced = " ".join(self._word)
        return (spaced if len(spaced) <= width else self._word[:width],)

    def _field(self, width: int, y: int) -> str:
        """One line of arrows; every second one is solid, and which one moves with the beat and the direction."""
        if width < 1:
            return ""
        small, large = (ASCII_ARROWS if self._ascii else ARROWS)[self._phase]
        if self._phase is Phase.BACKWARD or self._phase is Phase.COOL_DOWN:
            step = y + self._beat  # the beat counts down: the solid row sinks
        elif self._phase is Phase.FORWARD or self._phase is Phase.WARM_UP:
            step = y - self._beat
        else:
            step = self._beat
        arrows = [large if (step + column) % 3 == 0 else small for column in range((width + 2) // ARROW_STEP)]
        return " " + "  ".join(arrows)[: width - 1]
