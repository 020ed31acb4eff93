"""The help screen: keys, technique, safety, evidence and sources. A session continues below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input

from retro_timer.config.keymap import EVERYWHERE, SCOPES
from retro_timer.help.content import sections
from retro_timer.help.layout import TEXT, lay_out
from retro_timer.help.search import filtered
from retro_timer.ui.context import DrawsAscii, services_of
from retro_timer.ui.keys import bindings
from retro_timer.ui.preferences import key_of
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.panel import Panel
from retro_timer.ui.widgets.tabsbar import TabsBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from retro_timer.config.keymap import Keymap
    from retro_timer.help.blocks import Section
    from retro_timer.help.layout import HelpRow, Piece

MARGIN: Final = 2
"""Margin of the text in cells, if there is room."""
TWO_COLUMNS: Final = 130
"""Minimum width of the text for two columns."""
LONGEST_QUERY: Final = 40
HINTS: Final = (
    Fixed("↑ ↓", "scroll", "page"),
    Hint("help.previous", more=("help.next",)),
    Hint("help.search"),
    Hint("app.palette", "find and do"),
    Hint("help.close"),
)


class HelpBody(DrawsAscii, ScrollView, can_focus=True, inherit_bindings=False):
    """The text, laid out for the width, with highlighted search words."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--title", "help--head", "help--key", "help--mark", "help--found"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("pageup,b", "page_up", show=False),
        Binding("pagedown,space", "page_down", show=False),
        Binding("home,g", "scroll_home", show=False),
        Binding("end,G", "scroll_end", show=False),
    ]
    DEFAULT_CSS = """
    HelpBody { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    def __init__(self, parts: tuple[Section, ...]) -> None:
        super().__init__()
        self._parts = parts
        self._words: tuple[str, ...] = ()
        self._rows: tuple[HelpRow, ...] = ()
        self._width = 0

    @property
    def rows(self) -> tuple[HelpRow, ...]:
        """The displayed lines."""
        return self._rows

    @property
    def section(self) -> str:
        """The section at the top; at the end of the text, the last one."""
        if not self._rows:
            return ""
        top = round(self.scroll_y)
        at_end = top and top >= self.max_scroll_y
        return self._rows[-1 if at_end else min(top, len(self._rows) - 1)].section

    def show(self, parts: tuple[Section, ...], words: tuple[str, ...] = ()) -> None:
        """Show sections, with words to highlight."""
        self._parts, self._words = parts, words
        self._lay_out()
        self.scroll_to(y=0, animate=False)

    def go_to(self, section: str) -> None:
        """Scroll to a section."""
        for index, row in enumerate(self._rows):
            if row.section == section and row.text:
                self.scroll_to(y=index, animate=False, force=True)
                return

    def on_resize(self, _event: Resize) -> None:
        """Lay out the text again; keep the section at the top."""
        section = self.section
        self._lay_out()
        if section and self.scroll_y:
            self.go_to(section)

    def render_line(self, y: int) -> Strip:
        """Render a line of the text."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        style = self.rich_style
        if index >= len(self._rows):
            return Strip.blank(width, style)
        segments = [Segment(" " * min(MARGIN, max(0, width - self._width)), style)]
        for piece in self._rows[index].pieces:
            segments += self._segments(piece, style)
        return Strip(segments).adjust_cell_length(width, style)

    def _lay_out(self) -> None:
        free = self.scrollable_content_region.width
        self._width = free - (2 * MARGIN if free >= 40 else 0)
        self._rows = lay_out(self._parts, self._width, ascii_only=self.ascii_only, columns=self._width >= TWO_COLUMNS)
        self.virtual_size = Size(0, len(self._rows))  # lines are wrapped, so there is no horizontal scrolling
        self.refresh()

    def _segments(self, piece: Piece, style: Style) -> Iterator[Segment]:
        """The segments of a piece, with highlighted words."""
        own = style if piece.kind == TEXT else self.get_component_rich_style(f"help--{piece.kind}")
        found = self.get_component_rich_style("help--found")
        at = 0
        for start, end in _found(piece.text, self._words):
            yield Segment(piece.text[at:start], own)
            yield Segment(piece.text[start:end], found)
            at = end
        yield Segment(piece.text[at:], own)


class HelpScreen(RepaintsRegions, Screen[None]):
    """Shows the help.

    Args:
        keymap: the keymap with the walker's own keys.
        scope: the scope of the screen that the help was opened from; its keys come first.
        section: the section to start with.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "HelpBody"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (14, "-normal"), (30, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("help", {"previous": "switch(-1)", "next": "switch(1)"})

    def __init__(self, keymap: Keymap, scope: str = EVERYWHERE, section: str = "") -> None:
        super().__init__()
        self._parts = sections(keymap, scope)
        self._keymap = keymap
        self._section = section

    def compose(self) -> ComposeResult:
        """Sections, search field, text and keys."""
        find = key_of(services_of(self), "help.search")
        with Horizontal(id="page"):
            with Vertical(id="aside"):
                with Panel("SECTIONS", id="sections"):
                    yield TabsBar([part.id for part in self._parts])
                with Panel("SEARCH", id="find"):
                    field = Input(
                        placeholder=f"{find} finds words", max_length=LONGEST_QUERY, compact=True, id="search"
                    )
                    field.cursor_blink = False
                    yield field
            with Panel("HELP", id="text"):
                yield HelpBody(self._parts)
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Connect the tabs with the text, and go to the initial section."""
        body = self.query_one(HelpBody)
        self._show_section(self._section or self._parts[0].id)
        self.watch(body, "scroll_y", self._follow, init=False)
        if self._section:
            self.call_after_refresh(body.go_to, self._section)

    def action_search(self) -> None:
        """Open the search field."""
        self.add_class("-searching")
        self.query_one("#search", Input).focus()

    def action_page(self) -> None:
        """Scroll by a page after a click on the hint."""
        self.query_one(HelpBody).scroll_page_down()

    def action_switch(self, step: int) -> None:
        """Go to the previous or next section."""
        self.action_go_to(self.query_one(TabsBar).neighbour(step))

    def action_go_to(self, section: str) -> None:
        """Go to a section."""
        self.query_one(HelpBody).go_to(section)
        self._show_section(section)

    def action_close(self) -> None:
        """Close the search, or the screen."""
        search = self.query_one("#search", Input)
        if self.has_class("-searching") or search.has_focus or search.value:
            search.value = ""
            self.remove_class("-searching")
            self.query_one(HelpBody).focus()
        else:
            self.dismiss()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only the parts that contain every word."""
        words = tuple(event.value.casefold().split())
        found = filtered(self._parts, event.value)
        self.query_one(HelpBody).show(found, words)
        self._show_section(found[0].id if found else "", [part.id for part in found])

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Focus the results."""
        self.query_one(HelpBody).focus()

    def _follow(self) -> None:
        if section := self.query_one(HelpBody).section:
            self._show_section(section)

    def _show_section(self, section: str, sections: list[str] | None = None) -> None:
        """Mark the section at the top; `sections`, if given, replaces the listed ones."""
        self.query_one(TabsBar).show(section, sections)
        self.query_one("#text", Panel).entitle("HELP" if section else "NOTHING WAS FOUND")


def scope_of(screen: Screen[object]) -> str:
    """The scope of a screen's keys, as in `config.keymap.SCOPES`."""
    ids = (active.binding.id or "" for active in screen.active_bindings.values())
    scopes = (action_id.partition(".")[0] for action_id in ids)
    return next((scope for scope in scopes if scope in SCOPES and scope != EVERYWHERE), EVERYWHERE)


def _found(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The positions of any of the words in a text, in order, without overlaps."""
    folded = text.casefold()
    if not words or len(folded) != len(text):
        return
    at = 0
    while at < len(text):
        hits = [(folded.find(word, at), -len(word)) for word in words]
        start, length = min((hit for hit in hits if hit[0] >= 0), default=(-1, 0))
        if start < 0:
            return
        yield start, start - length
        at = start - length
