"""Access to the settings from screens. Changes are saved to the file; without a file, they last until the exit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.config.keymap import Keymap
    from retro_timer.config.schema import Settings
    from retro_timer.config.settings import Loaded
    from retro_timer.runtime.services import Services

KEYS: Final = "keys."
"""The prefix that makes a setting's key from the id of an action, as in `keys.session.pause`."""


class UpdateSettings(Message):
    """Asks the app to change settings; errors are shown as a notification. None resets to the default."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__()
        self.values = values


def keymap_of(services: Services) -> Keymap:
    """The current keymap with the walker's own keys."""
    from retro_timer.config.keymap import resolve

    return resolve(services.loaded.settings.keys if services.loaded else {})


def key_of(services: Services, action_id: str) -> str:
    """The first key of an action for display, in ASCII if necessary."""
    return keymap_of(services).first(action_id, ascii_only=services.ascii_only)


def settings_of(services: Services) -> Settings:
    """The current settings."""
    from retro_timer.config.schema import Settings

    return services.loaded.settings if services.loaded else Settings()


def changed_settings(services: Services, values: Mapping[str, object]) -> Loaded:
    """Change settings, all or none; None resets to the default. Writes a file, so not for the event loop.

    Raises:
        SettingsError: for an invalid value, or a file that cannot be changed.
    """
    if services.paths is not None:
        from retro_timer.audio.custom import SoundFileError, check_sound_settings
        from retro_timer.config.settings import SettingsError
        from retro_timer.config.settings_file import SettingsFile

        try:
            check_sound_settings(values)
        except SoundFileError as error:
            raise SettingsError(str(error)) from error
        return SettingsFile(services.paths.settings).change(values)
    return _in_memory(settings_of(services), values)


def _in_memory(settings: Settings, values: Mapping[str, object]) -> Loaded:
    from msgspec.structs import replace

    from retro_timer.config import keymap
    from retro_timer.config.key_names import KeymapError
    from retro_timer.config.settings import Loaded, SettingsError, changed

    own: dict[str, object] = dict(settings.keys)
    for key, value in values.items():
        if not key.startswith(KEYS):
            settings = changed(settings, key, value)
        elif value is None:
            own.pop(key.removeprefix(KEYS), None)
        else:
            own[key.removeprefix(KEYS)] = value
    try:
        return Loaded(replace(settings, keys=keymap.check(own).overrides), ())
    except KeymapError as error:
        raise SettingsError(str(error)) from error
