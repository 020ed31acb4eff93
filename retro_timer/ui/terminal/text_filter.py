"""The last step before text is drawn: replaces whatever could control the terminal, wherever the text came from.

Only the drawing is sanitized, not the text itself: text pasted into a field may be the path of a file.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

from retro_timer.text import drawable

if TYPE_CHECKING:
    from textual.color import Color


class TextFilter(LineFilter):
    """Sanitizes every line, and keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  (Textual's signature)
        """Replace characters that would control the terminal."""
        texts = tuple(segment.text for segment in segments)
        if (whole := "".join(texts)).isascii() and whole.isprintable():
            return segments
        return [Segment(text, segment.style) for text, segment in zip(_drawn(texts), segments, strict=True)]


TEXT_FILTER: Final = TextFilter()


@lru_cache(maxsize=1024)
def _drawn(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(drawable(texts, cell_len))
