"""A list of settings with names, values that can be changed in place, and help below each if there is room for all."""

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

INDENT: Final = 3
"""Cells before a name and its help."""
GAP: Final = 2
"""Cells between the names and the values."""


class SettingRow(NamedTuple):
    """A setting in the list, or a heading.

    Attributes:
        key: its dotted key; empty for a heading.
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

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "settings--value",
        "settings--own",
        "settings--help",
        "settings--cursor",
        "settings--heading",
    }
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

    class LaidOut(Message):
        """The help of the settings was shown or hidden: see `shows_help`."""

    class Stepped(Message):
        """A request for the next or previous value of the setting under the cursor."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Chosen(Message):
        """A request to change the setting under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[SettingRow, ...] = ()
        self._cursor = 0
        self._height = 1

    @property
    def chosen(self) -> SettingRow | None:
        """The setting under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    def show(self, rows: Sequence[SettingRow], cursor: int | None = None) -> None:
        """Show settings; the cursor keeps its line unless `cursor` is given."""
        self._rows = tuple(rows)
        self._cursor = max(0, min(self._cursor if cursor is None else cursor, len(self._rows) - 1))
        self._cursor = self._setting_at(self._cursor, 1)
        self._lay_out()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._go_to(self._cursor + by, by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._go_to(self._cursor + by * max(1, self.size.height // self._height - 1), by)

    def action_step(self, step: int) -> None:
        """Request the next or previous value."""
        if self.chosen is not None:
            self.post_message(self.Stepped(step))

    def action_choose(self) -> None:
        """Request a change of the value."""
        if self.chosen is not None:
            self.post_message(self.Chosen())

    def on_click(self, event: Click) -> None:
        """Move the cursor to the clicked line; on the cursor's line, change the value, or step it on an arrow."""
        line = (event.y + self.scroll_offset.y) // self._height
        if line >= len(self._rows) or not self._rows[line].key:
            return
        if line != self._cursor:
            self._go_to(line)
        elif step := event.style.meta.get("step"):
            self.action_step(step)
        elif event.x >= self._name_width:
            self.action_choose()

    def on_resize(self) -> None:
        """Show or hide the help, depending on the room for it."""
        self._lay_out()

    @property
    def shows_help(self) -> bool:
        """Whether the help of each setting is shown below it, because there is room for all of the help."""
        return self._height > 1

    def render_line(self, y: int) -> Strip:
        """Render a setting, or its help."""
        width = self.scrollable_content_region.width
        index, below = divmod(y + self.scroll_offset.y, self._height)
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, here = self._rows[index], index == self._cursor
        base = self.get_component_rich_style("settings--cursor") if here else self.rich_style
        if not row.key:
            heading = Segment(row.name, self.get_component_rich_style("settings--heading"))
            return Strip([heading]).adjust_cell_length(width, self.rich_style)
        if below:
            about = self.get_component_rich_style("settings--help")
            return Strip([Segment(" " * INDENT + row.help, about)]).adjust_cell_length(width, self.rich_style)
        return self._setting(row, width, base, here=here)

    def _setting(self, row: SettingRow, width: int, base: Style, *, here: bool) -> Strip:
        component = self.get_component_rich_style("settings--own" if row.own else "settings--value")
        value, colour = component.without_color, component.color
        shown = base + value if base.reverse else base + value + type(base)(color=colour)
        name = self._name_width
        segments = [
            Segment(set_cell_size(f" {'>' if here else ' '} {row.name}", name), base),
            *Strip(self._value(row, shown, here=here)).adjust_cell_length(max(0, width - name), shown),
        ]
        return Strip(segments).adjust_cell_length(width, base if here else base.background_style)

    def _value(self, row: SettingRow, style: Style, *, here: bool) -> list[Segment]:
        if not (here and row.steps):
            return [Segment(f"  {row.value}", style)]
        less, more = (style + Style(meta={"step": step}) for step in (-1, 1))
        return [Segment("◂ ", less), Segment(row.value, style), Segment(" ▸ ", more)]

    @property
    def _name_width(self) -> int:
        longest = max((cell_len(row.name) for row in self._rows if row.key), default=0) + INDENT + GAP
        return max(4, min(longest, self.size.width * 2 // 3))

    def _lay_out(self) -> None:
        """Give each setting one line, or two if there is room for all the help."""
        width, height = self.size
        helps = [cell_len(row.help) for row in self._rows if row.key]
        roomy = len(helps) == len(self._rows) and 2 * len(helps) <= height and max(helps, default=0) + INDENT <= width
        if (2 if roomy else 1) != self._height:
            self._height = 2 if roomy else 1
            self.post_message(self.LaidOut())
        self.virtual_size = Size(0, len(self._rows) * self._height)
        self.refresh()
        self._keep_in_sight()

    def _setting_at(self, line: int, direction: int) -> int:
        """The line itself, or if it is a heading, the nearest setting, preferably in the given direction."""
        lines = [index for index, row in enumerate(self._rows) if row.key]
        if not lines or line in lines:
            return line
        ahead = [index for index in lines if (index - line) * direction > 0]
        return min(ahead or lines, key=lambda index: abs(index - line))

    def _go_to(self, line: int, direction: int = 1) -> None:
        line = self._setting_at(max(0, min(line, len(self._rows) - 1)), direction)
        if line == self._cursor or not self._rows:
            return
        self._cursor = line
        self.refresh()
        self._keep_in_sight()
        self.post_message(self.Moved())

    def _keep_in_sight(self) -> None:
        """Scroll to the cursor, and to a heading right above it."""
        above = 1 if self._cursor and not self._rows[self._cursor - 1].key else 0
        top, lines = (self._cursor - above) * self._height, (1 + above) * self._height
        self.scroll_to_region(Region(0, top, 1, lines), animate=False, force=True)
