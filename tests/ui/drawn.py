"""An app as a terminal shows it: every update of the screen is applied on top of the earlier ones."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerCancelled

from retro_timer.ui.repainting import CellsUpdate
from tests.ui.idle import wait_for_idle

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot
    from textual.screen import Screen

Cell = tuple[str, Style]
"""A character and its style; the second cell of a wide character is empty."""


class Drawn:
    """The cells of the terminal that an app draws on.

    Args:
        app: the app, run by a pilot.
        monkeypatch: replaces the terminal with this object.
    """

    def __init__(self, app: App[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self._app = app
        self.cells: dict[tuple[int, int], Cell] = {}
        monkeypatch.setattr(app, "_display", self._take)

    async def stale(self, pilot: Pilot[Any]) -> list[str]:
        """Redraw everything; returns each line that differed, as it was and as it should have been."""
        await settled(pilot)
        before = dict(self.cells)
        for screen in (*self._app._background_screens, self._app.screen):
            for widget in screen.walk_children(with_self=True):
                widget.refresh(layout=True)
        await settled(pilot)
        wrong = sorted((y, x) for (x, y), cell in self.cells.items() if before.get((x, y)) != cell)
        found = []
        for y in dict.fromkeys(y for y, _ in wrong):
            columns = [x for line, x in wrong if line == y]
            old, new = (
                "".join(cells.get((x, y), ("?", None))[0] for x in range(self._app.size.width))
                for cells in (before, self.cells)
            )
            first = columns[0]
            looks = "" if old != new else f"\n  {before.get((first, y))} {self.cells[first, y]}"
            found.append(f"line {y}, columns {first} to {columns[-1]}:\n  {old!r}\n  {new!r}{looks}")
        return found

    def line(self, y: int) -> str:
        """The text of a line."""
        return "".join(self.cells[x, y][0] for x in range(self._app.size.width))

    def looks(self, y: int, left: int = 0, right: int | None = None) -> list[Style]:
        """The styles of the cells of a line."""
        return [self.cells[x, y][1] for x in range(left, self._app.size.width if right is None else right)]

    def _take(self, _screen: Screen[Any], update: object) -> None:
        if self._app._batch_count:
            return  # the app would not write either
        if isinstance(update, LayoutUpdate):
            self.cells.clear()
            for y, strips in enumerate(update.strips):
                self._put(0, y, Strip.join(strips))
        elif isinstance(update, CellsUpdate):
            for x, y, piece in update.pieces:
                self._put(x, y, Strip(piece))
        elif isinstance(update, ChopsUpdate):
            for y, left, right in update.spans:
                for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                    if strip is not None and x <= right and end > left:
                        self._put(x, y, strip.crop(0, min(end, right) - x))

    def _put(self, x: int, y: int, strip: Strip) -> None:
        for text, style, _ in strip:
            look = plain(style or Style())
            for character in text:
                width = cell_len(character)
                for offset in range(width):
                    self.cells[x + offset, y] = ("" if offset else character, look)
                x += width


@lru_cache(maxsize=4096)
def plain(style: Style) -> Style:
    """A style without its invisible attributes."""
    return style.clear_meta_and_links()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until all background work is done and everything is drawn, even below a dialog, or the app has exited."""
    app = pilot.app
    try:
        async with asyncio.timeout(60):
            while not app._exit:  # an app that has exited draws nothing more
                with suppress(WorkerCancelled):  # its screen was closed
                    await app.workers.wait_for_complete()
                await wait_for_idle()
                left = pending(app)
                if not left:
                    return
                for pump in left:
                    if isinstance(pump, MessagePump):
                        pump.call_later(do_nothing)  # a widget marked as changed is drawn after its next message
    except TimeoutError:
        pytest.fail(f"after 60 seconds there is still to do: {pending(app)}")


def do_nothing() -> None:
    """Do nothing."""


def pending(app: App[Any]) -> list[object]:
    """The widgets that have yet to handle a message, or to be laid out or drawn, and the unfinished workers."""
    screens = (*app._background_screens, app.screen)
    widgets = [widget for screen in screens for widget in screen.walk_children(Widget)]
    return [
        *(pump for pump in (app, *screens, *widgets) if pump._message_queue.qsize() or pump._next_callbacks),
        *(
            widget
            for widget in widgets
            if widget._layout_required or widget._repaint_required or widget._refresh_styles_required
        ),
        # On a covered screen, widgets without a cell on the terminal stay marked as changed in Textual.
        *(screen for screen in screens if screen._update_timer._active.is_set()),
        *(app.screen._dirty_widgets),
        *(worker for worker in app.workers if not worker.is_finished),
    ]
