"""Asks for a key, and takes the next one, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key

    from retro_timer.keymap import Action


class KeyCatcher(ModalScreen[str]):
    """Takes the next key, whichever it is. Dismissed with its name; empty for escape."""

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
        """What the key is for."""
        yield Static(f"{self._action.help}\n\nPress the key for it.  esc leaves it as it is.", markup=False)

    def on_key(self, event: Key) -> None:
        """Take it."""
        event.stop()
        event.prevent_default()
        self.dismiss("" if event.key == "escape" else event.key)
