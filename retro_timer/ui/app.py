"""The app: themes, and which screen is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from retro_timer.session.engine import State
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.themes import DEFAULT_THEME, OTHER_THEMES, PALETTES

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout
    from retro_timer.ui.services import Services


class RetroTimerApp(App[int]):
    """The full-screen app.

    Args:
        services: what the screens use.
        walk: a workout to walk at once; the app ends with its session. Without one it opens on Home.
    """

    TITLE = "Retro Timer"
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, services: Services, walk: Workout | None = None) -> None:
        super().__init__()
        self.services = services
        self._walk = walk
        for palette in PALETTES:
            self.register_theme(palette.theme())
        self.theme = DEFAULT_THEME

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The phases' colours in themes that are not ours."""
        return OTHER_THEMES

    def on_mount(self) -> None:
        """Show Home, or walk at once when asked to."""
        if self._walk is not None:
            self.push_screen(SessionScreen(self._walk, self.services), self._walked)
            return
        from retro_timer.ui.screens.home import HomeScreen  # noqa: PLC0415  (not needed to walk at once)

        self.push_screen(HomeScreen(self.services))

    def _walked(self, state: State | None) -> None:
        self.exit(return_code=0 if state is State.FINISHED else 1)
