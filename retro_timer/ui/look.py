"""The app's look: theme, motion and character set, kept in step with the settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import constants
from textual.app import App
from textual.filter import NoColor

from retro_timer.runtime.terminal import Colours
from retro_timer.ui.context import AppContext
from retro_timer.ui.preferences import UpdateSettings, changed_settings
from retro_timer.ui.themes import DEFAULT_THEME, PALETTES, following_theme, variables_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.filter import LineFilter

    from retro_timer.config.schema import Settings


class LookedAfterApp(AppContext):
    """An app whose look follows the settings."""

    _ascii_filters: tuple[LineFilter, ...] = ()
    _changing: asyncio.Lock
    _theme_applied = False
    """Whether a theme is set; before that, Textual requests the colours of a theme that is never shown."""

    def begin_look(self) -> None:
        """Register our themes, and start with the one in the settings."""
        self._changing = asyncio.Lock()
        self._filter_ascii()
        for palette in PALETTES:
            self.register_theme(palette.theme())
        loaded = self.services.loaded
        self._apply_first_theme(loaded.settings.look.theme if loaded else DEFAULT_THEME)

    async def change_settings(self, values: Mapping[str, object]) -> None:
        """Change and apply settings, all or none; None resets to the default.

        Raises:
            SettingsError: for an invalid value, or a file that cannot be changed.
        """
        from retro_timer.ui.run_in_thread import in_thread

        async with self._changing:
            loaded = await in_thread(changed_settings, self.services, dict(values))
        self.services = self.services.with_settings(loaded)
        self._filter_ascii()
        self.apply_theme(loaded.settings)

    def _filter_ascii(self) -> None:
        """Switch the ASCII filter on or off, as the settings and the terminal require, and redraw everything."""
        if self.services.ascii_only is bool(self._ascii_filters):
            return
        from retro_timer.ui.terminal.ascii_filter import AsciiFilter

        self._ascii_filters = () if self._ascii_filters else (AsciiFilter(),)
        for screen in self.screen_stack if self.is_running else ():
            for widget in screen.walk_children(with_self=True):
                widget.refresh()

    def on_update_settings(self, message: UpdateSettings) -> None:
        """Change settings for a screen that does not wait for the result."""
        self.run_worker(self._change_or_notify(message.values))

    async def _change_or_notify(self, values: Mapping[str, object]) -> None:
        from retro_timer.config.settings import SettingsError

        try:
            await self.change_settings(values)
        except SettingsError as error:
            self.notify(f"Not saved: {error}", severity="warning", markup=False)

    def _apply_first_theme(self, name: str) -> None:
        """Start with a theme; changing to it later would parse all styles again before the first frame."""
        self._theme_applied = True
        theme = self.available_themes.get(name)
        if theme is None or not theme.dark or theme.ansi:
            self.theme = DEFAULT_THEME if theme is None else name
            return
        self.set_reactive(App.theme, name)
        self.set_class(True, f"-theme-{name}", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def apply_theme(self, settings: Settings) -> None:
        """Apply the theme, motion and keys in the settings; an unknown theme is ignored."""
        if settings.look.theme in self.available_themes:
            self.theme = settings.look.theme
        self.set_keymap(dict(settings.keys))
        still = settings.look.reduced_motion or not self.services.moving
        self.animation_level = "none" if still else constants.TEXTUAL_ANIMATIONS

    def action_next_theme(self) -> None:
        """Switch to the next of our own themes, and save the choice."""
        self.theme = following_theme(self.theme)
        self.post_message(UpdateSettings({"look.theme": self.theme}))
        self.clear_notifications()
        self.notify(f"Theme: {self.theme}", timeout=2, markup=False)

    def get_css_variables(self) -> dict[str, str]:
        """The CSS variables: the theme's and our own."""
        return super().get_css_variables() if self._theme_applied else {}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables that our screens need on this terminal in addition to the theme's."""
        return variables_for(self.current_theme, few=self.no_color or self.services.colours is not Colours.TRUE)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters that every line passes through on its way to the terminal; the first one sanitizes it."""
        from retro_timer.ui.terminal.text_filter import TEXT_FILTER

        return (TEXT_FILTER, *self.own_line_filters())

    def own_line_filters(self) -> Sequence[LineFilter]:
        """The same filters for lines that need no sanitizing.

        With NO_COLOR, colours become greys, except in ANSI themes, whose colours Textual does not know.
        """
        filters = (NoColor(),) if self.no_color and self.native_ansi_color else super().get_line_filters()
        return (*filters, *self._ascii_filters)
