"""The blocks of a workout as a list, with a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from retro_timer.scheduling.model import Interval, Repeat, total_seconds
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import show_speed
from retro_timer.text import clock_time, counted
from retro_timer.ui.view_model import NAMES, SYMBOLS

if TYPE_CHECKING:
    from textual.events import Click

    from retro_timer.scheduling.outline import Outline, OutlineRow, Path


NAME_WIDTH: Final = 17
"""Width of the name column in cells, including indentation."""


class _Line(NamedTuple):
    """A line of the list: the block of `row`, or the heading above it if it is the first block between rounds."""

    row: OutlineRow
    is_block: bool


class BlockList(ScrollView, can_focus=True):
    """Shows an outline and sends messages about requested changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "blocks--guide",
        "blocks--chosen",
        "blocks--cursor",
        "blocks--marker",
        *(f"blocks--{phase.value}" for phase in Phase),
    }
    DEFAULT_CSS = """
    BlockList {
        width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        color: $foreground; background: $background;
        .blocks--guide { color: $muted; }
        .blocks--chosen { background: $cursor-background; text-style: $cursor-reverse; }
        .blocks--cursor { background: $cursor-background; text-style: bold $cursor-reverse; }
        .blocks--marker { color: $background; background: $accent; text-style: bold not reverse; }
        .blocks--warm-up { color: $phase-warm-up; }
        .blocks--backward { color: $phase-backward; }
        .blocks--turn { color: $phase-turn; }
        .blocks--forward { color: $phase-forward; }
        .blocks--rest { color: $phase-rest; }
        .blocks--cool-down { color: $phase-cool-down; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", show=False),
        Binding("down", "go(1)", show=False),
        Binding("pageup", "go(-10)", show=False),
        Binding("pagedown", "go(10)", show=False),
        Binding("home", "go(-100000)", show=False),
        Binding("end", "go(100000)", show=False),
        Binding("shift+up", "more(-1)", show=False),
        Binding("shift+down", "more(1)", show=False),
        Binding("plus,equals_sign,right", "step(1)", show=False),
        Binding("minus,left", "step(-1)", show=False),
        Binding("enter", "open", show=False),
        Binding("backspace", "screen.remove", show=False),
    ]

    class Chosen(Message):
        """A block was chosen."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class More(Message):
        """A request to extend or reduce the selection by some blocks."""

        def __init__(self, blocks: int) -> None:
            super().__init__()
            self.blocks = blocks

    class Stepped(Message):
        """A request to make the chosen block longer (1) or shorter (-1)."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    class Opened(Message):
        """A request to edit the chosen block."""

    def __init__(self, outline: Outline, *, imperial: bool = False) -> None:
        super().__init__()
        self._imperial = imperial
        self._outline = outline
        self._lines: list[_Line] = []

    def on_mount(self) -> None:
        """Lay out the lines."""
        self.show(self._outline)

    def show(self, outline: Outline) -> None:
        """Show an outline and scroll to the selection."""
        if not self._lines or outline.blocks is not self._outline.blocks:
            self._lines = _lines_of(outline)
        self._outline = outline
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        """Keep the selection visible."""
        self.show(self._outline)

    def action_go(self, by: int) -> None:
        """Move the cursor by some blocks."""
        blocks = [line.row.path for line in self._lines if line.is_block]
        at = blocks.index(self._outline.chosen)
        self._choose(blocks[max(0, min(len(blocks) - 1, at + by))])

    def action_more(self, blocks: int) -> None:
        """Extend or reduce the selection."""
        self.post_message(self.More(blocks))

    def action_step(self, steps: int) -> None:
        """Make the chosen block longer or shorter."""
        self.post_message(self.Stepped(steps))

    def action_open(self) -> None:
        """Edit the chosen block."""
        self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        """Choose the clicked block; edit it on a double click; with shift, extend the selection to it."""
        line = event.y + self.scroll_offset.y
        if not 0 <= line < len(self._lines):
            return
        path = self._lines[line].row.path
        chosen = self._outline.chosen
        if event.shift and path[:-1] == chosen[:-1] and path[-1].part is chosen[-1].part:
            self.post_message(self.More(path[-1].place - chosen[-1].place - self._outline.more))
            return
        self._choose(path)
        if event.chain > 1:
            self.post_message(self.Opened())

    def render_line(self, y: int) -> Strip:
        """Render a line."""
        width = self.size.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines) or width < 1:
            return Strip.blank(width, self.rich_style)
        line = self._lines[at]
        chosen = line.is_block and self._outline.is_chosen(line.row.path)
        rest = self.rich_style + self._style("blocks--chosen") if chosen else self.rich_style
        return Strip(self._segments(line)).adjust_cell_length(width, rest)

    def _choose(self, path: Path) -> None:
        """Choose a block and send a message; update at once, so that the next key starts from there."""
        self.show(self._outline.choose(path))
        self.post_message(self.Chosen(path))

    @property
    def _cursor(self) -> int:
        """The line of the chosen block."""
        chosen = self._outline.chosen
        return next(at for at, line in enumerate(self._lines) if line.is_block and line.row.path == chosen)

    def _segments(self, line: _Line) -> list[Segment]:
        row = line.row
        back = lead = Style.null()
        marker = " "
        if line.is_block and self._outline.is_chosen(row.path):
            back = lead = self._style("blocks--chosen")
            if row.path == self._outline.chosen:
                marker = "▸"
                if self.has_focus:
                    back, lead = self._style("blocks--cursor"), self._style("blocks--marker")
        plain, muted = self.rich_style + back, self.rich_style + self._style("blocks--guide") + back
        indent = [Segment(f"{marker} ", self.rich_style + lead), Segment("│ " * row.depth, muted)]
        width = NAME_WIDTH - 2 * row.depth
        if not line.is_block:
            return [*indent, Segment("between rounds", muted)]
        if isinstance(row.block, Repeat):
            rounds = counted(row.block.times, "round")
            total = clock_time(total_seconds((row.block,)))
            return [*indent, Segment(set_cell_size(rounds, width), plain), Segment(f"{total:>7}", muted)]
        return [*indent, *self._interval(row.block, width, back)]

    def _interval(self, interval: Interval, width: int, back: Style) -> list[Segment]:
        coloured = self.rich_style + self._style(f"blocks--{interval.phase.value}") + back
        speed = "" if interval.speed_kmh is None else show_speed(interval.speed_kmh, imperial=self._imperial)
        return [
            Segment(set_cell_size(f"{SYMBOLS[interval.phase]} {NAMES[interval.phase]}", width), coloured),
            Segment(f"{clock_time(interval.duration):>7}", self.rich_style + back),
            Segment(f"  {speed:<9} {interval.label}", self.rich_style + self._style("blocks--guide") + back),
        ]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)


def _lines_of(outline: Outline) -> list[_Line]:
    """The lines of an outline: its blocks, and a heading above blocks between rounds."""
    lines: list[_Line] = []
    for row in outline.rows():
        if row.opens_between:
            lines.append(_Line(row, is_block=False))
        lines.append(_Line(row, is_block=True))
    return lines
