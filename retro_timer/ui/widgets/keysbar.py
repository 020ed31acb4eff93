"""The footer: the keys that matter now, each of which can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from retro_timer.ui.widgets.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence


class Hint(NamedTuple):
    """A key in the footer.

    Attributes:
        keys: as they are shown.
        word: what they do.
        action: the Textual action that a click runs on the screen.
    """

    keys: str
    word: str
    action: str


class KeysBar(Painted):
    """Shows hints from left to right, as many as fit; the last one stays at the right edge."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keysbar--key"}
    DEFAULT_CSS = """
    KeysBar {
        width: 1fr; height: 1; padding: 0 1; color: $muted;
        .keysbar--key { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, hints: Sequence[Hint] = (), *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._hints = tuple(hints)

    def show(self, hints: Sequence[Hint]) -> None:
        """Show other keys."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The hints."""
        width = self.size.width
        if y or not self._hints:
            return Strip.blank(width, self.ink)
        *first, last = self._hints
        free = width - self._width(last)
        segments: list[Segment] = []
        for hint in first:
            if self._width(hint) + 3 > free:
                break
            segments += [*self._segments(hint), Segment("   ", self.ink)]
            free -= self._width(hint) + 3
        segments.append(Segment(" " * max(0, free), self.ink))
        segments += self._segments(last)
        return Strip(segments).adjust_cell_length(width, self.ink)

    def _segments(self, hint: Hint) -> list[Segment]:
        click = Style(meta={"@click": f"screen.{hint.action}"})
        key_style = self.get_component_rich_style("keysbar--key")
        return [Segment(hint.keys, key_style + click), Segment(f" {hint.word}", self.ink + click)]

    @staticmethod
    def _width(hint: Hint) -> int:
        return cell_len(hint.keys) + 1 + cell_len(hint.word)
