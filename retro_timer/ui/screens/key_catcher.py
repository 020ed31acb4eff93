"""A modal screen that asks for a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen
from textual.widgets import Static

from retro_timer.ui.repainting import RepaintsRegions

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key

    from retro_timer.config.keymap import Action


class KeyCatcher(RepaintsRegions, ModalScreen[str]):
    """Waits for any key. Dismissed with its name; empty for escape."""

    DEFAULT_CSS = """
    KeyCatcher {
        align: center middle; background: $background 60%;
        Static {
            width: auto; max-width: 100%; height: auto; padding: 1 3; background: $panel; color: $foreground;
            border: round $accent; text-align: center;
        }
    }
    """

    def __init__(self, action: Action) -> None:
        super().__init__()
        self._action = action

    def compose(self) -> ComposeResult:
        """The action that the key is for."""
        yield Static(f"{self._action.help}\n\nPress the new key, or esc to keep the old one.", markup=False)

    def on_key(self, event: Key) -> None:
        """Take the first key."""
        event.stop()
        event.prevent_default()
        if self.is_active:
            self.dismiss("" if event.key == "escape" else event.key)
