"""Partial repaints: only the cells that changed are written, even if several widgets change at once.

Textual's compositor cuts every changed line at the edges of all widgets, then writes each widget's part from its left
edge, each piece with its own style. For a countdown, that takes longer than all the other work of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual._compositor import Compositor, CompositorUpdate
from textual.messages import Update
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.style import Style
    from textual.geometry import Region
    from textual.widget import Widget
    from textual.widget import Widget as Base

    Piece = tuple[int, int, list[Segment]]
    """Column and line of the first cell, and the segments drawn from there."""
else:
    Base = object  # Textual takes styles from the first base that is a widget, which must be the screen


class CellsUpdate(CompositorUpdate):
    """An update that writes pieces of lines."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces

    def render_segments(self, console: Console) -> str:
        """The text for the terminal; consecutive pieces with the same style share one style sequence."""
        runs: list[Segment] = []
        texts: list[str] = []
        look: Style | None = None
        for x, y, segments in self.pieces:
            texts.append(f"\x1b[{y + 1};{x + 1}H")
            for text, style, _ in segments:
                if style is not look and style != look:
                    runs.append(Segment("".join(texts), look))
                    texts.clear()
                    look = style
                texts.append(text)
        return Strip([*runs, Segment("".join(texts), look)]).render(console)


def _is_narrow(strip: Strip) -> bool:
    """Whether every character of a line takes one cell."""
    characters: set[str] = set().union(*[text for text, *_ in strip])
    return {1}.issuperset(map(get_character_cell_size, characters))


def _cut(strip: Strip, left: int, right: int) -> Iterator[Segment]:
    """Columns of a narrow line. Textual's own cut would be cached by each line, and even longer by Rich."""
    start = 0
    for text, style, _ in strip:
        end = start + len(text)
        if start < right and end > left:
            yield Segment(text[max(0, left - start) : right - start], style)
        start = end


class CellCompositor(Compositor):
    """Textual's compositor with cheaper partial updates."""

    def render_partial_update(self) -> CompositorUpdate | None:  # type: ignore[override]  # (Textual names its own one)
        """The update for the regions that changed; None if there are none."""
        pieces = self._pieces()
        if pieces is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        return CellsUpdate(pieces) if pieces else None

    def _pieces(self) -> list[Piece] | None:
        """The changed pieces; None if a line is not narrow, because only Textual cuts wide characters correctly."""
        screen = self.size.region
        pieces: list[Piece] = []
        drawn: dict[Widget, list[Strip]] = {}
        for y, left, right in self._regions_to_spans(map(screen.intersection, self._dirty_regions)):
            for widget, seen, region, first, last in self._seen(y, left, right):
                if widget not in drawn:
                    drawn[widget] = widget.render_lines(seen.translate(-region.offset))
                strip = drawn[widget][y - seen.y]
                if not _is_narrow(strip):
                    return None
                pieces.append((first, y, list(_cut(strip, first - seen.x, last - seen.x))))
        return pieces

    def _seen(self, y: int, left: int, right: int) -> Iterator[tuple[Widget, Region, Region, int, int]]:
        """The widgets visible in a span of a line, from front to back.

        Yields:
            A widget, its visible region, its whole region, and the start and end column of its visible part.
        """
        hidden_by_none = [(left, right)]
        for widget, seen, region in self.layers_visible[y]:
            spans, hidden_by_none = hidden_by_none, []
            for start, end in spans:
                first, last = max(start, seen.x), min(end, seen.right)
                if first >= last:
                    hidden_by_none.append((start, end))
                    continue
                yield widget, seen, region, first, last
                if start < first:
                    hidden_by_none.append((start, first))
                if last < end:
                    hidden_by_none.append((last, end))
            if not hidden_by_none:
                return


class RepaintsRegions(Base):
    """Allows regions of a screen to be repainted in the same frame as its widgets.

    If a screen is refreshed, Textual ignores simultaneous refreshes of its widgets, as if the screen were always drawn
    as a whole, and it counts the regions from inside the padding. Here regions are in terminal cells, and widgets are
    repainted too. Textual itself uses such regions for changes below a modal screen.
    """

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (Textual's)
        super().__init__(*given, **named)
        self._compositor: Compositor = CellCompositor()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh the whole screen, or only the given regions."""
        if not regions or layout or recompose or not self.is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        inside = -self.content_offset
        self._set_dirty(*(region.translate(inside) for region in regions))
        self.post_message(Update(self))
        return self
