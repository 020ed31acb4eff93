"""The keys of a session in two columns, below its countdown, which keeps running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from retro_timer.help.session_keys import session_keys
from retro_timer.ui.context import DrawsAscii
from retro_timer.ui.widgets.line import cells, fitted

if TYPE_CHECKING:
    from retro_timer.config.keymap import Keymap


class SessionKeys(DrawsAscii, Widget):
    """Shows every key of a session once.

    Args:
        keymap: the keymap with the walker's own keys.
        watched: whether the session runs in another process and is only watched here.
    """

    COMPONENT_CLASSES = {"session-keys--key"}
    DEFAULT_CSS = """
    SessionKeys {
        width: 100%; max-width: 100; height: auto; padding: 0 1; color: $foreground; background: $background;
        border: round $accent; border-title-color: $accent; border-title-style: bold; border-subtitle-color: $muted;
        .session-keys--key { color: $accent; text-style: bold; }
    }
    """

    def __init__(self, keymap: Keymap, *, watched: bool = False) -> None:
        super().__init__()
        self._watched = watched
        self._keymap = keymap
        self._rows: tuple[tuple[str, str], ...] = ()

    def on_mount(self) -> None:
        """List the keys."""
        self._rows = session_keys(self._keymap, ascii_only=self.ascii_only, watched=self._watched)
        self.styles.height = -(-len(self._rows) // 2) + 2
        self.border_title = "KEYS"
        again, close = (self._keymap.first(each, ascii_only=self.ascii_only) for each in ("app.help", "help.close"))
        self.border_subtitle = f"{again} all help   {close} close"

    def render_line(self, y: int) -> Strip:
        """Render the lines of both columns."""
        width, half = self.size.width, -(-len(self._rows) // 2)
        left = width // 2
        pairs = [(self._rows[y : y + 1], left), (self._rows[half + y : half + y + 1], width - left)]
        return Strip([segment for row, room in pairs for segment in self._row(row, room)])

    def _row(self, row: tuple[tuple[str, str], ...], room: int) -> list[Segment]:
        if not row:
            return [Segment(" " * room, self.rich_style)]
        ((keys, words),) = row
        lead = max(cells(each) for each, _ in self._rows) + 2
        key = self.get_component_rich_style("session-keys--key")
        return [Segment(fitted(keys, lead), key), Segment(fitted(words, max(0, room - lead)), self.rich_style)]
