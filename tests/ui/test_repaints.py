"""Every change on a screen is drawn in place: the terminal shows the same as after a full redraw."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import pytest
from msgspec.structs import replace
from textual.screen import Screen

from retro_timer.config import keymap
from retro_timer.config.paths import Paths
from retro_timer.config.settings import load
from retro_timer.runtime.resolve import resolve
from retro_timer.runtime.terminal import Colours
from retro_timer.session.history import InterruptedSession
from retro_timer.storage.store import Store
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.testing import FakeClock
from retro_timer.ui import screens
from retro_timer.ui.repainting import RepaintsRegions
from retro_timer.ui.screens.adjust import AdjustScreen
from retro_timer.ui.screens.ask import Choose
from retro_timer.ui.screens.day_after import DayAfterScreen
from retro_timer.ui.screens.first_start import FirstStartScreen, Page
from retro_timer.ui.screens.interrupted import InterruptedScreen
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.widgets.keysbar import KeysBar
from tests.storage.sessions import Walker
from tests.storage.test_training_entries import session_of
from tests.ui.drawn import Drawn, settled
from tests.ui.mouse import click_on
from tests.ui.support import Stage
from tests.ui.test_progress import add_many

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

LOOKS: Final = (((80, 24), "phosphor"), ((48, 14), "ansi-dark"))
SETTINGS: Final = """
first_start.done = true
look = {{ theme = "{theme}", reduced_motion = true }}  # what scrolls is there at once
units = {{ speed = "km/h", clock = "24h", week_start = "monday" }}
"""
WALK: Final = "warm 10s, 2x(back 20s, turn 5s | fwd 15s @3km/h), cool 10s"


Opened = Callable[[Stage], Screen[Any]]


def interrupted(stage: Stage) -> Screen[Any]:
    walker = Walker(None, stage.clock)
    start, planned = session_of().summary.start, session_of().summary.planned
    store = stage.app.services.store
    assert store
    walk = InterruptedSession(start, planned, walker.journal.record(), stage.clock.wall())
    return InterruptedScreen(walk, store)


SCENES: Final[dict[str, tuple[str | Opened | None, str]]] = {
    "home": (None, "down down up end home pagedown shift+tab tab down d"),
    "session": (WALK, "5s space space 3s 1s n plus 1s r b u m o x space 9s c"),
    "session at its end": (WALK, "5s c 5s 1s 1s 3s u"),
    "adjust": (WALK, "15s a 1s down tab up tab 3 1s backspace 12s enter 1s"),
    "question": (WALK, "15s q tab 1s shift+tab 2s escape 1s"),
    "help": (None, "question_mark right right down pagedown slash t u r n enter down left"),
    "palette": (None, "ctrl+p p a down down backspace"),
    "palette over a session": (WALK, "5s ctrl+p s t 1s down 1s"),
    "builder": (None, "n down down down ctrl+n right tab up up tab shift+tab ctrl+r f7 f7 f8 ctrl+o ctrl+g escape"),
    "notation": (None, "n shift+tab end backspace backspace 9 m x backspace home delete"),
    "adapt": (None, "a up up tab down tab 4 backspace"),
    "settings": (None, "s down down right space right pagedown tab tab down right e x backspace escape"),
    "progress": (None, "p 1 2 3 4 right right left down down end home delete tab escape 1"),
    "plan": (None, "l tab 3 right down pagedown up"),
    "summary": (WALK, "5s 200s enter 5 down 3 left right down y down n down h i up up backspace"),
    "ask": (None, "i b a c k space 2 m x backspace left left z"),
    "choose": (lambda _stage: Choose("A workout: back 2m", ("walk", "save", "edit")), "z down"),
    "first start": (lambda stage: FirstStartScreen(stage.app.services), "down pagedown u u enter r n enter"),
    "sound check": (lambda stage: FirstStartScreen(stage.app.services, [Page.SOUND]), "r n"),
    "interrupted": (interrupted, "tab tab shift+tab"),
    "day after": (lambda _stage: DayAfterScreen(session_of().summary), "tab tab shift+tab"),
    "key catcher": (lambda _stage: KeyCatcher(keymap.action("session.skip")), "k"),
}
"""For each scene, a workout to walk or a screen to open over Home, then the steps: keys, and seconds that pass."""


def stage_of(directory: Path, workout: str | None, theme: str, colours: Colours = Colours.TRUE) -> Stage:
    """An app with some history, two own workouts, a theme, and a terminal with a number of colours."""
    clock, paths = FakeClock(), Paths(directory, directory)
    paths.settings.write_text(SETTINGS.format(theme=theme))
    loaded = load(paths.settings)
    assert not loaded.warnings
    store = Store(directory, clock)
    stage = Stage(workout, clock=clock, store=store, paths=paths, loaded=loaded, colours=colours)
    stage.clock = clock
    add_many(stage, 30)
    for name in ("Mine", "Yours"):
        WorkoutLibrary(paths.workouts).save(replace(resolve(WALK), name=name))
    return stage


async def do(stage: Stage, pilot: Pilot[int], step: str) -> None:
    """Press a key, or let some seconds pass."""
    if len(step) > 1 and step[:-1].isdigit():
        stage.clock.move(int(step[:-1]) * 1000)
        stage.session_screen.tick()
        if isinstance(stage.app.screen, AdjustScreen):
            stage.app.screen.follow()  # its own timer follows the system's time
    else:
        await pilot.press(step)


def all_screens() -> list[type]:
    """All screen classes."""
    for module in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    kinds: list[type] = [Screen]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return [kind for kind in kinds if kind.__module__.startswith("retro_timer.")]


@pytest.mark.parametrize(("size", "theme"), LOOKS, ids=str)
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.sampled(2)
async def test_the_terminal_shows_the_same_as_a_full_redraw(
    scene: str, size: tuple[int, int], theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, steps = SCENES[scene]
    stage = stage_of(tmp_path, opened if isinstance(opened, str) else None, theme)
    monkeypatch.setattr("retro_timer.ui.screens.settings.SETTLED", 3600)  # no sample starts during a comparison
    monkeypatch.setattr("retro_timer.ui.widgets.direction.SWEEP_EVERY", 3600)  # nor does the flag grow
    monkeypatch.setattr("retro_timer.ui.screens.celebration.FILLS_AFTER", 3600)
    drawn = Drawn(stage.app, monkeypatch)
    done: list[str] = []
    async with stage.app.run_test(size=size) as pilot:
        if callable(opened):
            stage.app.push_screen(opened(stage))
        for step in steps.split():
            await do(stage, pilot, step)
            done.append(step)
            stale = await drawn.stale(pilot)
            assert not stale, f"after {' '.join(done)}:\n" + "\n".join(stale[:10])


def test_every_screen_repaints_regions() -> None:
    kinds = all_screens()
    assert len(kinds) > 15
    assert [kind.__name__ for kind in kinds if not issubclass(kind, RepaintsRegions)] == []


async def test_a_click_on_the_footer_shows_the_keys_of_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(tmp_path, WALK, "phosphor")
    drawn = Drawn(stage.app, monkeypatch)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 15_000)
        for word, then in (("pause", "resume"), ("resume", "pause")):
            await click_on(pilot, stage.app, word, stage.app.screen.query_one(KeysBar))
            await settled(pilot)
            assert then in drawn.line(23)
            assert await drawn.stale(pilot) == []
