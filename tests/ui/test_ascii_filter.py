"""On a terminal that shows only ASCII, none of these screens draws anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from retro_timer.config import keymap
from retro_timer.runtime.services import Services
from retro_timer.runtime.wiring import Setup
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.drawing.glyphs import LETTER_HEIGHT, word_rows
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.first_start import FirstStartScreen, Page
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.terminal.ascii_filter import nearest
from retro_timer.ui.view_model import SYMBOLS
from retro_timer.ui.widgets.direction import fitted_word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.screen import Screen

SCREENS: dict[str, Callable[[Services], Screen[Any]]] = {
    "help": lambda _services: HelpScreen(keymap.resolve({})),
    "safety": FirstStartScreen,
    "sound": lambda services: FirstStartScreen(services, [Page.SOUND]),
    "walk": lambda services: FirstStartScreen(services, [Page.WALK]),
    "settings": lambda services: SettingsScreen(services, "session.lead_in"),
    "keys": lambda services: SettingsScreen(services, "keys.session.skip"),
    "key catcher": lambda _services: KeyCatcher(keymap.action("session.skip")),
    "question": lambda _services: Question("End?", "It is kept."),
}


@given(st.characters())
def test_every_character_becomes_one_as_wide(character: str) -> None:
    plain = nearest(character)
    assert plain.isascii()
    assert cell_len(plain) == cell_len(character) or not character.isprintable()


def test_drawing_characters_become_similar_ascii() -> None:
    assert "".join(map(nearest, "╭─╮ │ ▲▼ ← → é “x” … ▇█ 日")) == '+-+ | ^v < > e "x" .  # ??'


def test_every_phase_keeps_its_symbol() -> None:
    """Symbols that point up or down are shared: a warm-up faces forward, and words tell the phases apart."""
    drawn = {phase: nearest(symbol) for phase, symbol in SYMBOLS.items()}
    assert drawn[Phase.BACKWARD] == drawn[Phase.COOL_DOWN] == "v"
    assert drawn[Phase.FORWARD] == drawn[Phase.WARM_UP] == "^"
    assert (drawn[Phase.TURN], drawn[Phase.REST]) == ("@", "=")


async def test_the_builder_shows_phases_and_steps_in_ascii(tmp_path: Path) -> None:
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer(), ascii_only=True))
    async with app.run_test(size=(100, 40)) as pilot:
        app.push_screen(BuilderScreen(preset("builder"), WorkoutLibrary(tmp_path)))
        await pilot.pause()
        drawn = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "v backward" in drawn
        assert "<  ^ warm up" in drawn
        assert drawn.isascii()


async def test_a_changed_setting_changes_what_is_drawn_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRO_TIMER_CONFIG_DIR", str(tmp_path))
    setup = Setup(data_dir=str(tmp_path), audio="off")
    app = RetroTimerApp(setup.services())
    async with app.run_test(size=(80, 24)) as pilot:
        for value, plain in (("on", True), ("off", False)):
            await app.change_settings({"look.ascii": value})
            await pilot.pause()
            assert "".join(strip.text for strip in app.screen._compositor.render_strips()).isascii() is plain


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
@pytest.mark.sampled(3)
async def test_only_ascii_is_drawn(name: str, size: tuple[int, int]) -> None:
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer(), ascii_only=True))
    async with app.run_test(size=size) as pilot:
        app.push_screen(SCREENS[name](app.services))
        await pilot.pause()
        for _ in range(3):
            drawn = "".join(strip.text for strip in app.screen._compositor.render_strips())
            assert sorted(set(drawn) - set(map(chr, range(32, 127)))) == []
            await pilot.press("pagedown")


async def test_the_command_palette_is_ascii_too() -> None:
    app = RetroTimerApp(Services(FakeClock(), lambda *_: RecordingPlayer(), ascii_only=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", "s")
        await app.screen.workers.wait_for_complete()
        await pilot.pause()
        drawn = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert drawn.isascii()


@pytest.mark.parametrize(("width", "height"), [(80, 3), (120, 5), (240, 10)])
def test_a_direction_of_plain_characters_is_spelled_or_drawn_in_whole_cells(width: int, height: int) -> None:
    rows = fitted_word("BACKWARD", width, height, ascii_only=True)
    if len(rows) > 1:  # as many rows as the letters have dots, or twice as many
        assert len(rows) % LETTER_HEIGHT == 0
        assert rows == tuple(row.replace("█", "#") for row in word_rows("BACKWARD", len(rows) // LETTER_HEIGHT * 2))
    else:
        assert rows == ("B A C K W A R D",)
