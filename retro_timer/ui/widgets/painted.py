"""What the session's widgets are drawn with: lines that are kept as they were drawn until they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.ui.changes import changed_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual.color import Color
    from textual.filter import LineFilter
    from textual.geometry import Region, Spacing


class Brush(NamedTuple):
    """What every line of a widget is drawn with; worked out once, for that takes longer than drawing.

    Attributes:
        ink: the widget's own style.
        background: its colour, for filters that blend with it.
        size: of the content, in cells.
        padding: around it.
        filters: make of each line what the terminal can show.
    """

    ink: Style
    background: Color
    size: Size
    padding: Spacing
    filters: Sequence[LineFilter]


class Painted(Widget):
    """A widget of whole lines, without border or scrolling; a subclass draws one in `render_line`, with `ink`.

    Textual asks every widget on the screen for all its lines whenever a single cell of the screen changes, and spends
    more on answering from its cache than on drawing. Here the answer is ready: `refresh` says which lines are not.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._lines: dict[int, Strip] = {}
        self._brush: Brush | None = None
        self._drawn_for: tuple[Size, Sequence[LineFilter]] | None = None

    @property
    def size(self) -> Size:
        """The size of the content as it was laid out last.

        Textual's own asks the screen for the place, which lays everything out anew where something has changed.
        """
        (width, height), gutter = self.outer_size, self.gutter
        return Size(max(0, width - gutter.width), max(0, height - gutter.height))

    @property
    def ink(self) -> Style:
        """The widget's own style; `rich_style`, kept."""
        return self._drawn_with.ink

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw again: the whole, or only the lines of the regions that are named."""
        if regions:
            self._forget_lines(regions)
        elif repaint:
            self._forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def redraw(
        self, before: tuple[str, ...], after: tuple[str, ...], top: int = 0, *, drawn: dict[int, Strip] | None = None
    ) -> None:
        """Draw only those cells again in which two drawings of the same size differ, from line `top` on.

        The screen is asked to, not the widget: then one message serves all that changes at the same moment. What was
        drawn like this before can be handed in as `drawn`; lines that it lacks are drawn into it.
        """
        regions = changed_regions(before, after)
        if not regions:
            return
        if not self.outer_size:
            self._forget()  # what was not laid out yet will be drawn whole
            return
        if drawn is None:
            self._forget_lines(region.translate((0, top)) for region in regions)
        else:
            self._lines = drawn
        x, y, *_ = self.content_region
        self.screen.refresh(*(region.translate((x, y + top)) for region in regions))

    def redraw_all(self) -> None:
        """Draw everything again, at the same moment as the parts that `redraw` names elsewhere on the screen."""
        self._forget()
        if self.outer_size:  # what was not laid out yet will be drawn whole
            self.screen.refresh(self.region)

    def notify_style_update(self) -> None:
        """Draw everything in the new style."""
        super().notify_style_update()
        self._forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region of the widget, padding included."""
        drawn_for = (self.outer_size, self.get_line_filters())
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._forget()
        lines = self._lines
        strips = [lines[y] if y in lines else self._draw(y) for y in crop.line_range]
        if crop.column_span != (0, self.outer_size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    @property
    def _drawn_with(self) -> Brush:
        if self._brush is None:
            _, background = self.background_colors
            filters = self.get_line_filters()
            self._brush = Brush(self.rich_style, background, self.size, self.styles.padding, filters)
        return self._brush

    def _forget_lines(self, regions: Iterable[Region]) -> None:
        top = self._brush.padding.top if self._brush else 0
        for region in regions:
            for y in region.line_range:
                self._lines.pop(y + top, None)

    def _forget(self) -> None:
        self._lines.clear()
        self._brush = None

    def _draw(self, y: int) -> Strip:
        """Draw a line as it leaves for the terminal, and keep it."""
        ink, background, (width, height), (top, right, _, left), filters = self._drawn_with
        if 0 <= y - top < height:
            strip = self.render_line(y - top).adjust_cell_length(width, ink)
            if left or right:
                strip = Strip.join([Strip.blank(left, ink), strip, Strip.blank(right, ink)])
        else:
            strip = Strip.blank(left + width + right, ink)
        for line_filter in filters:
            strip = strip.apply_filter(line_filter, background)
        self._lines[y] = strip
        return strip
