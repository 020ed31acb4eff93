"""The app under test: a clock that is moved by hand, a player that writes down, and no files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.resolve import resolve
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.services import Services

if TYPE_CHECKING:
    from textual.pilot import Pilot

SIZES = ((80, 24), (120, 40), (240, 67), (20, 5))


class Stage:
    """An app with fakes in place of everything outside."""

    def __init__(self, workout: str | None = None, **services: Any) -> None:  # noqa: ANN401  (fields of Services)
        self.clock = FakeClock()
        self.player = RecordingPlayer()
        given = {"clock": self.clock, "make_player": lambda _changed, _ring: self.player, **services}
        self.app = RetroTimerApp(Services(**given), walk=resolve(workout) if workout else None)

    @property
    def session_screen(self) -> SessionScreen:
        """The session, whatever is over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, SessionScreen))

    async def move(self, pilot: Pilot[int], *milliseconds: int) -> None:
        """Let time pass, and the session screen notice."""
        for span in milliseconds:
            self.clock.move(span)
            self.session_screen.tick()
        await pilot.pause()


def text_of(app: RetroTimerApp) -> list[str]:
    """The lines that are on the screen."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()  # the only way to read a screen without a terminal
    return ["".join(segment.text for segment in strip)[:width] for strip in strips][:height]
