"""A list of settings with names, values that can be changed in place, and help if there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType
    from textual.events import Click

HELP_FROM: Final = 100
"""Minimum width in cells for showing the help next to a setting."""
WIDEST_VALUE: Final = 26


class SettingRow(NamedTuple):
    """A setting in the list.

    Attributes:
        key: its dotted key.
        name: its name for display.
        value: its value for display.
        help: one line about it.
        steps: whether the left and right keys change it.
        own: whether it differs from the default.
    """

    key: str
    name: str
    value: str
    help: str
    steps: bool
    own: bool


class SettingsList(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows settings, one per line. It sends messages about requested changes, but changes nothing itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"settings--value", "settings--own", "settings--help", "settings--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding("left,minus", "step(-1)", show=False),
        Binding("right,plus", "step(1)", show=False),
        Binding("enter,space", "choose", show=False),
    ]
    DEFAULT_CSS = """
    SettingsList { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    class Moved(Message):
        """The cursor moved to another setting."""

    class Stepped(Message):
        """The setting under the cursor is to get its next or previous value."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Chosen(Message):
        """The setting under the cursor is to be changed."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[SettingRow, ...] = ()
        self._cursor = 0

    @property
    def chosen(self) -> SettingRow | None:
        """The setting under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    def show(self, rows: Sequence[SettingRow], cursor: int | None = None) -> None:
        """Show settings; the cursor keeps its line unless `cursor` is given."""
        self._rows = tuple(rows)
        self._cursor = max(0, min(self._cursor if cursor is None else cursor, len(self._rows) - 1))
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()
        self._keep_in_sight()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._go_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._go_to(self._cursor + by * max(1, self.size.height - 1))

    def action_step(self, step: int) -> None:
        """Request the next or previous value."""
        if self.chosen is not None:
            self.post_message(self.Stepped(step))

    def action_choose(self) -> None:
        """Request a change of the value."""
        if self.chosen is not None:
            self.post_message(self.Chosen())

    def on_click(self, event: Click) -> None:
        """Move the cursor to the clicked line; on the line of the cursor, change the value, on an arrow by a step."""
        line = event.y + self.scroll_offset.y
        if line >= len(self._rows):
            return
        if line != self._cursor:
            self._go_to(line)
        elif step := event.style.meta.get("step"):
            self.action_step(step)
        elif event.x >= self._name_width:
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        """Render a setting."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, here = self._rows[index], index == self._cursor
        base = self.get_component_rich_style("settings--cursor") if here else self.rich_style
        back = base.background_style
        value = self.get_component_rich_style("settings--own" if row.own else "settings--value").without_color
        colour = self.get_component_rich_style("settings--own" if row.own else "settings--value").color
        shown = base + value if base.reverse else base + value + type(base)(color=colour)
        name = self._name_width
        free = max(0, width - name)
        segments = [
            Segment(set_cell_size(f" {'>' if here else ' '} {row.name}", name), base),
            *Strip(self._value(row, shown, here=here)).adjust_cell_length(min(free, WIDEST_VALUE + 4), shown),
        ]
        if width >= HELP_FROM:
            about = self.get_component_rich_style("settings--help")
            style = base if here else about
            segments.append(Segment(set_cell_size(row.help, max(0, free - WIDEST_VALUE - 4)), style))
        return Strip(segments).adjust_cell_length(width, base if here else back)

    def _value(self, row: SettingRow, style: Style, *, here: bool) -> list[Segment]:
        if not (here and row.steps):
            return [Segment(f"  {row.value}", style)]
        less, more = (style + Style(meta={"step": step}) for step in (-1, 1))
        return [Segment("◂ ", less), Segment(row.value, style), Segment(" ▸ ", more)]

    @property
    def _name_width(self) -> int:
        longest = max((cell_len(row.name) for row in self._rows), default=0) + 6
        return max(4, min(longest, self.size.width * 2 // 3))

    def _go_to(self, line: int) -> None:
        line = max(0, min(line, len(self._rows) - 1))
        if line == self._cursor or not self._rows:
            return
        self._cursor = line
        self.refresh()
        self._keep_in_sight()
        self.post_message(self.Moved())

    def _keep_in_sight(self) -> None:
        self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)
