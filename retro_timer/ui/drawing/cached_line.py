"""The base class of the session's widgets: cached lines that are redrawn only when they change."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, Self, cast

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.style import Style
    from textual.color import Color
    from textual.filter import LineFilter
    from textual.geometry import Spacing

APART: Final = 16
"""Distance in cells from which two changes are cheaper to write separately."""


class Brush(NamedTuple):
    """The drawing attributes of a widget; cached, because computing them takes longer than drawing.

    Attributes:
        ink: the style of the widget.
        background: the background colour, for filters that blend with it.
        size: the size of the content in cells.
        padding: the padding of the content.
        filters: the line filters for the terminal.
    """

    ink: Style
    background: Color
    size: Size
    padding: Spacing
    filters: Sequence[LineFilter]


class LineApp(Protocol):
    """The app that a `CachedLineWidget` belongs to."""

    def own_line_filters(self) -> Sequence[LineFilter]:
        """The filters for lines that need no sanitizing."""


class CachedLineWidget(Widget):
    """A widget of whole lines, without border or scrolling. A subclass draws a line in `render_line`, with `ink`.

    Whenever a single cell of the screen changes, Textual asks every widget on it for all its lines, and answering from
    its cache costs more than drawing. Here finished lines are kept until `refresh` invalidates them.

    The filter that sanitizes text would cost too much here, so a subclass that draws external text must make it
    `drawable`.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._lines: dict[int, Strip] = {}
        self._brush: Brush | None = None
        self._drawn_for: tuple[Size, Sequence[LineFilter]] | None = None
        self._measured: tuple[Size, Size] | None = None

    @property
    def size(self) -> Size:
        """The size of the content at the last layout; cached, because every line needs it.

        Textual's own version asks the screen, which may trigger a new layout.
        """
        outer = self.outer_size
        if self._measured is None or self._measured[0] != outer:
            gutter = self.gutter
            content = Size(max(0, outer.width - gutter.width), max(0, outer.height - gutter.height))
            self._measured = outer, content
        return self._measured[1]

    @property
    def ink(self) -> Style:
        """The style of the widget: a cached `rich_style`."""
        return self._drawn_with.ink

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters that turn each line into what the terminal can show."""
        return cast("LineApp", self.app).own_line_filters()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Invalidate everything, or only the lines of the given regions."""
        if regions:
            self._forget_lines(regions)
        elif repaint:
            self._forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def redraw(
        self, before: tuple[str, ...], after: tuple[str, ...], top: int = 0, *, drawn: dict[int, Strip] | None = None
    ) -> None:
        """Redraw only the cells that differ between two drawings of the same size, which start at line `top`.

        This refreshes the screen instead of the widget, so that simultaneous changes share one message. `drawn` is an
        optional cache of lines of the new drawing; missing lines are added to it.
        """
        regions = changed_regions(before, after)
        if not regions:
            return
        if not self.outer_size:
            self._forget()  # before the first layout; everything will be drawn
            return
        if drawn is None:
            self._forget_lines(region.translate((0, top)) for region in regions)
        else:
            self._lines = drawn
        x, y, *_ = self.content_region
        self.screen.refresh(*(region.translate((x, y + top)) for region in regions))

    def redraw_all(self) -> None:
        """Redraw everything, in the same frame as the parts that `redraw` changes elsewhere."""
        self._forget()
        if self.outer_size:  # otherwise it is before the first layout; everything will be drawn
            self.screen.refresh(self.region)

    def notify_style_update(self) -> None:
        """Redraw everything in the new style."""
        super().notify_style_update()
        self._forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region of the widget, including padding."""
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
        self._measured = None

    def _draw(self, y: int) -> Strip:
        """Draw a line in its final form and cache it."""
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


@lru_cache(maxsize=128)
def changed_regions(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Region, ...]:
    """The rectangles in which two drawings of the same size differ; lines with the same changed columns are merged.

    Every character counts as one cell. Results are cached, because digits change in few different ways.
    """
    regions: list[Region] = []
    open_at: dict[tuple[int, int], int] = {}  # rectangles that end with the previous line, by columns
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        above, open_at = open_at, {}
        for left, right in _changed(old, new):
            number = above.get((left, right))
            if number is None:
                number = len(regions)
                regions.append(Region(left, y, right - left, 1))
            else:
                regions[number] = regions[number].grow((0, 0, 1, 0))
            open_at[left, right] = number
    return tuple(regions)


def _changed(old: str, new: str) -> Iterator[tuple[int, int]]:
    """The changed columns of two lines, as separate ranges."""
    if old == new:
        return
    columns = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    left = last = columns[0]
    for column in columns:
        if column - last > APART:
            yield left, last + 1
            left = column
        last = column
    yield left, last + 1
