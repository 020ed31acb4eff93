"""Settings while they are being changed: what was changed is here at once, and in the file a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer import keymap
from retro_timer.storage.settings import SettingsError, changed, find, parse
from retro_timer.ui.preferences import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.storage.settings_schema import Settings


class Draft:
    """Settings that can be changed, each change checked first. A key is a setting's, or `keys.` and an action's id.

    Args:
        settings: what they are.
        themes: the names that a theme can have.
    """

    def __init__(self, settings: Settings, themes: Sequence[str]) -> None:
        self.settings = settings
        self.themes = tuple(themes)

    def change(self, key: str, value: object) -> None:
        """Change a setting; None gives its default back.

        Raises:
            SettingsError: says why it cannot be; nothing has changed then.
        """
        self.settings = self._changed(key, value)

    def read(self, key: str, text: str) -> object:
        """A value as it was typed; None for nothing, which gives the default back where that is no value either.

        Raises:
            SettingsError: says what was expected.
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
        """What is wrong with a value as it was typed; empty for nothing."""
        try:
            self.read(key, text)
        except SettingsError as error:
            return str(error)
        return ""

    def _changed(self, key: str, value: object) -> Settings:
        if key.startswith(KEYS):
            return self._with_keys(key.removeprefix(KEYS), value)
        if key == "look.theme" and value is not None and value not in self.themes:
            raise SettingsError(f"there is no theme of that name; there are {', '.join(self.themes)}")
        return changed(self.settings, key, value)

    def _with_keys(self, action_id: str, value: object) -> Settings:
        own: dict[str, object] = {name: keys for name, keys in self.settings.keys.items() if name != action_id}
        if value is not None:
            own[action_id] = value
        try:
            return self.settings._replace(keys=keymap.check(own).overrides)
        except keymap.KeymapError as error:
            raise SettingsError(str(error)) from error
