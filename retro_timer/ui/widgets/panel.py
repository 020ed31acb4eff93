"""A part of a screen in a border with a title; the border is bright while the focus is inside."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content


class Panel(Vertical):
    """A titled part of a screen.

    Args:
        title: its title; markup in it has no effect.
        id: its id.
        classes: its classes.
    """

    DEFAULT_CSS = """
    Panel {
        width: 1fr; height: 1fr; padding: 0 1; background: $background; color: $foreground;
        border: round $border; border-title-color: $accent; border-title-style: bold; border-subtitle-color: $muted;
        &:focus-within { border: round $accent; }
    }
    """

    def __init__(self, title: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id, classes=classes)
        self.entitle(title)

    def entitle(self, title: str, below: str = "") -> None:
        """Set the title, and the text in the lower border."""
        self.border_title = Content(title)
        self.border_subtitle = Content(below)
