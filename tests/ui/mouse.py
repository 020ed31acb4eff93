"""Mouse events as a terminal reports them: Textual's pilot cannot click in the padding of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.events import MouseDown, MouseMove, MouseUp

from tests.ui.support import text_of

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.widget import Widget

    from retro_timer.ui.app import RetroTimerApp

MOST_PAUSES: Final = 50
"""Number of pauses, each of which handles the pending messages, after which a screen must have been drawn."""


async def click_at(pilot: Pilot[int], x: int, y: int) -> None:
    """Move to a cell of the screen and click."""
    for event in (MouseMove, MouseDown, MouseUp):
        button = 0 if event is MouseMove else 1
        pilot.app.post_message(event(None, x, y, 0, 0, button, False, False, False, x, y))
        await pilot.pause()


async def click_on(
    pilot: Pilot[int], app: RetroTimerApp, words: str, within: Widget | None = None, *, at: int = 0
) -> None:
    """Click on words on the screen, or within a widget, once they are drawn, `at` cells from their start."""
    for _ in range(MOST_PAUSES):
        left, top, right, bottom = (within.region if within else app.screen.region).corners
        for y, line in enumerate(text_of(app)[top:bottom], top):
            x = line[left:right].find(words)
            if x >= 0:
                await click_at(pilot, left + x + at, y)
                return
        await pilot.pause()
    raise AssertionError(f"nothing says {words} there:\n" + "\n".join(text_of(app)))
