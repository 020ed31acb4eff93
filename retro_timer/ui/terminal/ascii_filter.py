"""A line filter for ASCII terminals, which replaces other characters with similar ASCII ones.

Our own widgets draw in Unicode and leave the conversion to this filter. They draw ASCII themselves only where the shape
differs: large digits, letters and arrows, profiles, plots and the calendar.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

from retro_timer.text import similar_ascii

if TYPE_CHECKING:
    from textual.color import Color


@lru_cache(maxsize=1024)
def nearest(character: str) -> str:
    """The most similar ASCII text of the same width."""
    if character.isascii():
        return character
    width = cell_len(character)
    return (similar_ascii(character) or "?").ljust(width, "?")[:width] if width else ""


class AsciiFilter(LineFilter):
    """Converts lines to ASCII of the same width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  (Textual's signature)
        """Replace all characters that are not ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment("".join(map(nearest, segment.text)), segment.style, segment.control)
            for segment in segments
        ]
