"""Help: all keys, the technique, safety, evidence and sources; opened from anywhere, over a session that runs on."""

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

from retro_timer.helplayout import TEXT, lay_out
from retro_timer.helptext import filtered, sections
from retro_timer.keymap import EVERYWHERE, SCOPES
from retro_timer.ui.keys import bindings
from retro_timer.ui.widgets.keysbar import Fixed, Hint, KeysBar
from retro_timer.ui.widgets.line import Line
from retro_timer.ui.widgets.tabsbar import TabsBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from retro_timer.helplayout import Piece, Row
    from retro_timer.helptext import Section
    from retro_timer.keymap import Keymap

MARGIN: Final = 2
"""Cells left and right of the text, where there is room for them."""
LONGEST_QUERY: Final = 40
HINTS: Final = (
    Fixed("↑ ↓", "scroll", "page"),
    Hint("help.previous", more=("help.next",)),
    Hint("help.search"),
    Hint("app.palette", "find and do"),
    Hint("help.close"),
)


class HelpBody(ScrollView, can_focus=True, inherit_bindings=False):
    """The text, laid out for the width; the words searched for stand out."""

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

    def __init__(self, parts: tuple[Section, ...], *, ascii_only: bool = False) -> None:
        super().__init__()
        self._parts = parts
        self._ascii = ascii_only
        self._words: tuple[str, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._width = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """What it shows, line by line."""
        return self._rows

    @property
    def section(self) -> str:
        """The section at the top; at the very end, the last one."""
        if not self._rows:
            return ""
        top = round(self.scroll_y)
        at_end = top and top >= self.max_scroll_y
        return self._rows[-1 if at_end else min(top, len(self._rows) - 1)].section

    def show(self, parts: tuple[Section, ...], words: tuple[str, ...] = ()) -> None:
        """Show other sections, with words to stand out."""
        self._parts, self._words = parts, words
        self._lay_out()
        self.scroll_to(y=0, animate=False)

    def go_to(self, section: str) -> None:
        """Bring a section to the top."""
        for index, row in enumerate(self._rows):
            if row.section == section and row.text:
                self.scroll_to(y=index, animate=False, force=True)
                return

    def on_resize(self, _event: Resize) -> None:
        """Lay the text out anew; the section at the top stays there."""
        section = self.section
        self._lay_out()
        if section and self.scroll_y:
            self.go_to(section)

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
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
        self._rows = lay_out(self._parts, self._width, ascii_only=self._ascii)
        self.virtual_size = Size(0, len(self._rows))  # lines are as long as there is room: nothing scrolls sideways
        self.refresh()

    def _segments(self, piece: Piece, style: Style) -> Iterator[Segment]:
        """A piece in its colour, cut where words were found."""
        own = style if piece.kind == TEXT else self.get_component_rich_style(f"help--{piece.kind}")
        found = self.get_component_rich_style("help--found")
        at = 0
        for start, end in _found(piece.text, self._words):
            yield Segment(piece.text[at:start], own)
            yield Segment(piece.text[start:end], found)
            at = end
        yield Segment(piece.text[at:], own)


class HelpScreen(Screen[None]):
    """Shows the help.

    Args:
        keymap: the keys as they are, with the walker's own.
        scope: the screen it was opened from: its keys come first.
        section: the section to begin with.
        ascii_only: draw without a character that ASCII lacks.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "HelpBody"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (9, "-normal"), (30, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("help", {"previous": "beside(-1)", "next": "beside(1)"})

    def __init__(self, keymap: Keymap, scope: str = EVERYWHERE, section: str = "", *, ascii_only: bool = False) -> None:
        super().__init__()
        self._parts = sections(keymap, scope)
        self._keymap = keymap
        self._section = section
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """Title, tabs, the text, the search, keys."""
        with Horizontal(id="outer"), Vertical(id="page"):
            yield Line("HELP", id="top")
            yield TabsBar([part.id for part in self._parts])
            yield HelpBody(self._parts, ascii_only=self._ascii)
            yield Input(placeholder="words to find", max_length=LONGEST_QUERY, compact=True, id="search")
        yield KeysBar(HINTS)

    def on_mount(self) -> None:
        """Follow the text with the tabs, and begin where it was asked for."""
        body = self.query_one(HelpBody)
        self.query_one("#search", Input).display = False
        self.watch(body, "scroll_y", self._follow, init=False)
        if self._section:
            self.call_after_refresh(body.go_to, self._section)

    def action_search(self) -> None:
        """Let words be typed that are looked for."""
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def action_page(self) -> None:
        """A click on the hint reads on."""
        self.query_one(HelpBody).scroll_page_down()

    def action_beside(self, step: int) -> None:
        """Go to a section before or after."""
        self.action_go_to(self.query_one(TabsBar).beside(step))

    def action_go_to(self, section: str) -> None:
        """Go to a section."""
        self.query_one(HelpBody).go_to(section)
        self.query_one(TabsBar).show(section)

    def action_close(self) -> None:
        """Leave the search, or go back."""
        search = self.query_one("#search", Input)
        if search.display:
            search.value = ""
            search.display = False
            self.query_one(HelpBody).focus()
        else:
            self.dismiss()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only what has every word."""
        words = tuple(event.value.casefold().split())
        found = filtered(self._parts, event.value)
        self.query_one(HelpBody).show(found, words)
        self.query_one(TabsBar).show(found[0].id if found else "", [part.id for part in found])
        self.query_one("#top", Line).show("HELP", right="" if found else "nothing is called that")

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Read what was found."""
        self.query_one(HelpBody).focus()

    def _follow(self) -> None:
        self.query_one(TabsBar).show(self.query_one(HelpBody).section)


def scope_of(screen: Screen[object]) -> str:
    """Whose keys a screen has, as in `keymap.SCOPES`."""
    ids = (active.binding.id or "" for active in screen.active_bindings.values())
    scopes = (action_id.partition(".")[0] for action_id in ids)
    return next((scope for scope in scopes if scope in SCOPES and scope != EVERYWHERE), EVERYWHERE)


def _found(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where any of the words stands in a text, in order, without overlaps."""
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
