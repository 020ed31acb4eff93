"""A mixin for all screens that supports partial repaints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from textual.messages import Update

from retro_timer.ui.drawing.cells import CellCompositor

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget as Base
else:
    Base = object  # Textual takes styles from the first base that is a widget, which must be the screen


class RepaintsRegions(Base):
    """Allows regions of a screen to be repainted in the same frame as its widgets.

    If a screen is refreshed, Textual ignores simultaneous refreshes of its widgets, as if the screen were always drawn
    as a whole, and it counts the regions from inside the padding. Here regions are in terminal cells, and widgets are
    repainted too. Textual itself uses such regions for changes below a modal screen.
    """

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (Textual's)
        super().__init__(*given, **named)
        self._compositor = CellCompositor()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh the whole screen, or only the given regions."""
        if not regions or layout or recompose or not self.is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        inside = -self.content_offset
        self._set_dirty(*(region.translate(inside) for region in regions))
        self.post_message(Update(self))
        return self
