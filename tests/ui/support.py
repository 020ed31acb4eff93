"""The app under test, with a clock moved by hand, a recording player and no files."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retro_timer.cli.walk import LAST_WRITES
from retro_timer.config.paths import Paths
from retro_timer.config.schema import Settings
from retro_timer.config.settings import Loaded, changed
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.services import Services
from retro_timer.runtime.session_config import SessionConfig
from retro_timer.session.states import Rules
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.run_in_thread import finish
from retro_timer.ui.screens.session import SessionScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot
    from textual.widget import Widget

    from retro_timer.storage.history import History
    from retro_timer.ui.widgets.tabsbar import TabsBar

NOWHERE = Path("/retro-timer")
"""A path that is shown, but never written to."""
LOOKED_AT = {"units.speed": "mph", "units.clock": "24h", "units.week_start": "monday", "first_start.done": True}
SIZES = ((80, 24), (120, 40), (200, 55), (240, 67), (20, 5))


def one_by_one() -> Callable[[float], int]:
    """Moments of key presses one second apart, so that none counts as the repeat of a held key."""
    presses = count(0, 1000)
    return lambda _time: next(presses)


class Stage:
    """An app with fakes for everything outside it."""

    def __init__(self, workout: str | None = None, **services: Any) -> None:  # noqa: ANN401  (fields of Services)
        self.clock = FakeClock()
        self.player = RecordingPlayer()
        given = {
            "clock": self.clock,
            "make_player": lambda _changed, _ring: self.player,
            "pressed_at": one_by_one(),
            **services,
        }
        self.app = RetroTimerApp(Services(**given), workout=resolve(workout) if workout else None)

    @property
    def session_screen(self) -> SessionScreen:
        """The session screen, whatever is on top of it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, SessionScreen))

    async def move(self, pilot: Pilot[int], *milliseconds: int) -> None:
        """Let time pass, and update the session screen."""
        for span in milliseconds:
            self.clock.move(span)
            self.session_screen.tick()
        await pilot.pause()


def furnished(directory: Path, workout: str | None, *, waits: bool = False, moving: bool = True) -> Stage:
    """An app for pictures, with an empty history; it looks the same on every machine."""
    settings = Settings()
    rules = {"config": SessionConfig(Rules(wait_at_turns=True))} if waits else {}
    for key, value in LOOKED_AT.items():
        settings = changed(settings, key, value)
    clock = FakeClock()
    stage = Stage(
        workout,
        clock=clock,
        store=Store(directory / "data", clock),
        paths=Paths(NOWHERE, NOWHERE),
        loaded=Loaded(settings, ()),
        imperial=True,
        moving=moving,
        **rules,
    )
    stage.clock = clock
    return stage


def history(stage: Stage) -> History:
    """The history. If the app has exited, wait for its last writes first, as the program does."""
    if not stage.app.is_running:
        finish(LAST_WRITES)
    store = stage.app.services.store
    assert store
    return store.history


def text_of(app: RetroTimerApp) -> list[str]:
    """The lines on the screen."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()  # the only way to read a screen without a terminal
    return ["".join(segment.text for segment in strip)[:width] for strip in strips][:height]


def current_tab(tabs: TabsBar) -> str:
    """The tab that is drawn as the current one."""
    marked = tabs.get_component_rich_style("tabs--current").bgcolor
    lines = map(tabs.render_line, range(tabs.size.height))
    return "".join(part.text for line in lines for part in line if part.style and part.style.bgcolor == marked).strip()


def cells_of(stage: Stage, widget: Widget) -> list[str]:
    """The cells of a widget, line by line."""
    region = widget.region
    return [line[region.x : region.right] for line in text_of(stage.app)[region.y : region.bottom]]
