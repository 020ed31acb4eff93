"""Where the terminal shows nothing but ASCII, nothing else is drawn, on any of these screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from retro_timer import keymap
from retro_timer.testing import FakeClock, RecordingPlayer
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.ascii_filter import nearest
from retro_timer.ui.screens.first_start import FirstStartScreen, Page
from retro_timer.ui.screens.help import HelpScreen
from retro_timer.ui.screens.key_catcher import KeyCatcher
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

SCREENS: dict[str, Callable[[Services], Screen[Any]]] = {
    "help": lambda services: HelpScreen(keymap.resolve({}), ascii_only=services.ascii_only),
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


def test_what_is_drawn_becomes_what_it_looks_like() -> None:
    assert "".join(map(nearest, "╭─╮ │ ▲▼ ← → é “x” … ▇█ 日")) == '+-+ | ^v < > e "x" .  # ??'


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
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
