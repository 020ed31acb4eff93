"""A terminal that changes its size faster than the app can draw."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.events import Resize
from textual.geometry import Size

from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    import pytest
    from textual.screen import Screen

NOW, OLDER = Size(120, 40), Size(30, 10)


async def reaches(screen: Screen[Any], size: Size) -> None:
    """Wait for a layout in a size, without sending the screen a message that would interfere."""
    reached = asyncio.Event()

    def laid_out(_screen: Screen[Any]) -> None:
        if screen.outer_size == size:
            reached.set()

    screen.screen_layout_refresh_signal.subscribe(screen, laid_out, immediate=True)
    async with asyncio.timeout(20):
        await reached.wait()
    screen.screen_layout_refresh_signal.unsubscribe(screen)


async def test_the_last_size_holds_even_if_an_older_one_is_reported_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.ui.app.FITTED", 1.0)  # so that even a slow machine has done all of this before
    stage = Stage("back 50s, turn 3s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = stage.session_screen
        stage.app.post_message(Resize(NOW, NOW))
        await reaches(screen, NOW)
        # As it happens under load: between two sizes the screen has other work, so its own message about the first size
        # comes after the second one, and replaces it.
        for size in (OLDER, NOW):
            screen.call_later(lambda: None)
            screen.post_message(Resize(size, size))
        await reaches(screen, OLDER)
        await reaches(screen, NOW)


async def test_a_terminal_that_returns_to_its_size_is_redrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("back 50s, turn 3s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn_anew = asyncio.Event()

        def display(_screen: Screen[Any], what: object) -> None:
            if type(what).__name__ == "LayoutUpdate":
                drawn_anew.set()

        monkeypatch.setattr(stage.app, "_display", display)
        stage.app.post_message(Resize(Size(80, 24), Size(80, 24)))  # smaller for a moment, then back
        async with asyncio.timeout(20):
            await drawn_anew.wait()


async def test_a_terminal_that_returns_to_its_size_shows_the_same() -> None:
    stage = Stage("back 50s, turn 3s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = text_of(stage.app)
        for size in ((79, 24), (120, 24), (80, 25), (80, 8), (1, 1)):
            for each in (size, (80, 24)):
                await pilot.resize_terminal(*each)
                await pilot.pause()
            assert text_of(stage.app) == before, size


async def test_an_app_that_ends_right_after_it_was_resized_ends_well() -> None:
    stage = Stage("back 50s, turn 3s")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await stage.app._close_all()
        stage.app._fit()
        assert stage.app._exception is None
