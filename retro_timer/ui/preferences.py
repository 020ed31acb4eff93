"""Changing a setting from a screen: in the file where there is one, else for as long as the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.keymap import Keymap
    from retro_timer.storage.settings import Loaded
    from retro_timer.storage.settings_schema import Settings
    from retro_timer.ui.services import Services

KEYS: Final = "keys."
"""What the keys of an action begin with, followed by its id: `keys.session.pause`."""


class ChangeSettings(Message):
    """Asks the app to change settings; what goes wrong is told to the walker. None gives a default back."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__()
        self.values = values


def keymap_of(services: Services) -> Keymap:
    """The keys as they are, with the walker's own."""
    from retro_timer.keymap import resolve  # noqa: PLC0415  (only screens that show keys need them)

    return resolve(services.loaded.settings.keys if services.loaded else {})


def key_of(services: Services, action_id: str) -> str:
    """The first key of an action, as it is shown where everything may have to be ASCII."""
    return keymap_of(services).first(action_id, ascii_only=services.ascii_only)


def settings_of(services: Services) -> Settings:
    """The settings as they are."""
    from retro_timer.storage.settings import defaults  # noqa: PLC0415  (what a session needs was made of them before)

    return services.loaded.settings if services.loaded else defaults()


def changed_settings(services: Services, values: Mapping[str, object]) -> Loaded:
    """Change settings, all or none; None gives a default back. Writes a file: not for the event loop.

    Raises:
        SettingsError: for a value that cannot be used, or a file that cannot be changed.
    """
    if services.paths is not None:
        from retro_timer.storage.settings_file import SettingsFile  # noqa: PLC0415  (most runs change nothing)

        return SettingsFile(services.paths.settings).change(values)
    return _in_memory(settings_of(services), values)


def _in_memory(settings: Settings, values: Mapping[str, object]) -> Loaded:
    from retro_timer import keymap  # noqa: PLC0415  (most runs change nothing)
    from retro_timer.storage.settings import Loaded, SettingsError, changed  # noqa: PLC0415  (the same)

    own: dict[str, object] = dict(settings.keys)
    for key, value in values.items():
        if not key.startswith(KEYS):
            settings = changed(settings, key, value)
        elif value is None:
            own.pop(key.removeprefix(KEYS), None)
        else:
            own[key.removeprefix(KEYS)] = value
    try:
        return Loaded(settings._replace(keys=keymap.check(own).overrides), ())
    except keymap.KeymapError as error:
        raise SettingsError(str(error)) from error
