"""Settings being edited: changes apply at once, and are saved to the file shortly after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from retro_timer.config import keymap
from retro_timer.config.key_names import KeymapError
from retro_timer.config.settings import SettingsError, changed, find, parse
from retro_timer.ui.preferences import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.config.schema import Settings


class PendingSettings:
    """Editable settings with validation. A key is a setting's key, or `keys.` followed by the id of an action.

    Args:
        settings: the current settings.
        themes: the names of the available themes.
    """

    def __init__(self, settings: Settings, themes: Sequence[str]) -> None:
        self.settings = settings
        self.themes = tuple(themes)

    def change(self, key: str, value: object) -> None:
        """Change a setting; None resets it to its default.

        Raises:
            SettingsError: if the value is invalid; nothing is changed then.
        """
        self.settings = self._changed(key, value)

    def read(self, key: str, text: str) -> object:
        """Parse a typed value; empty text is None if the setting may be unset.

        Raises:
            SettingsError: if it is invalid; says what was expected.
        """
        if key.startswith(KEYS):
            value: object = text
        elif not text.strip() and find(key).default is None:
            value = None
        else:
            value = parse(key, text)
        self._changed(key, value)
        return value

    def problem(self, key: str, text: str) -> str:
        """The error in a typed value; empty if it is valid."""
        try:
            self.read(key, text)
        except SettingsError as error:
            return str(error)
        return ""

    def _changed(self, key: str, value: object) -> Settings:
        if key.startswith(KEYS):
            return self._with_keys(key.removeprefix(KEYS), value)
        if key == "look.theme" and value is not None and value not in self.themes:
            raise SettingsError(f"there is no theme with this name; the themes are {', '.join(self.themes)}")
        return changed(self.settings, key, value)

    def _with_keys(self, action_id: str, value: object) -> Settings:
        own: dict[str, object] = {name: keys for name, keys in self.settings.keys.items() if name != action_id}
        if value is not None:
            own[action_id] = value
        try:
            return replace(self.settings, keys=keymap.check(own).overrides)
        except KeymapError as error:
            raise SettingsError(str(error)) from error
