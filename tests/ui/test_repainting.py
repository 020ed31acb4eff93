"""Partial updates write only the cells that changed, whatever is in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from retro_timer.ui.repainting import CellsUpdate, RepaintsRegions
from tests.ui.drawn import Drawn, settled

if TYPE_CHECKING:
    from textual._compositor import CompositorUpdate

TERMINAL = Console(force_terminal=True, color_system="256", legacy_windows=False)


class Layers(RepaintsRegions, Screen[None]):
    """Two lines, and a window in front of the first."""

    CSS = """
    Layers { layers: back front; }
    Static { layer: back; width: 20; color: red; background: black; }
    #front { layer: front; width: 4; offset: 8 0; color: blue; }
    """

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines = [Static(line) for line in lines]

    def compose(self) -> ComposeResult:
        """The lines, and the window."""
        yield from self.lines
        yield Static("FFFF", id="front")

    def changed(self, *regions: Region) -> CompositorUpdate | None:
        """The update after a change in some regions."""
        self._compositor._dirty_regions.update(regions)
        return self._compositor.render_partial_update()


@pytest.fixture
def layers() -> Layers:
    return Layers("a" * 20, "b" * 20)


def shown(update: CompositorUpdate | None) -> list[tuple[int, int, str]]:
    """The pieces of an update, as texts."""
    assert isinstance(update, CellsUpdate)
    return [(x, y, "".join(text for text, *_ in piece)) for x, y, piece in update.pieces]


async def test_only_the_changed_cells_of_what_is_in_front_are_written(layers: Layers) -> None:
    app = App[None]()
    async with app.run_test(size=(20, 3)) as pilot:
        await app.push_screen(layers)
        await settled(pilot)
        assert shown(layers.changed(Region(2, 0, 3, 1))) == [(2, 0, "aaa")]
        assert sorted(shown(layers.changed(Region(6, 0, 8, 2)))) == [
            (6, 0, "aa"),
            (6, 1, "b" * 8),
            (8, 0, "FFFF"),
            (12, 0, "aa"),
        ]
        assert shown(layers.changed(Region(18, 1, 9, 5)))[0] == (18, 1, "bb")
        assert layers.changed() is None


async def test_a_style_is_named_once_for_all_lines_that_have_it(layers: Layers) -> None:
    app = App[None]()
    async with app.run_test(size=(20, 3)) as pilot:
        await app.push_screen(layers)
        await settled(pilot)
        update = layers.changed(Region(0, 0, 2, 2))
        assert update is not None
        written = update.render_segments(TERMINAL)
        assert written.endswith("maa\x1b[2;1Hbb\x1b[0m")
        assert written.count("m") == 2


@pytest.mark.parametrize("line", ["走" * 10, "走\u0301" * 10, "走\u0301ab" * 5])
async def test_a_wide_character_is_never_cut(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even next to zero-width marks, which give the line as many characters as cells."""
    layers = Layers(line)
    app = App[None]()
    drawn = Drawn(app, monkeypatch)
    async with app.run_test(size=(20, 3)) as pilot:
        await app.push_screen(layers)
        await settled(pilot)
        assert isinstance(layers.changed(Region(1, 0, 2, 1)), ChopsUpdate)
        layers.lines[0].update("退" * 10)
        assert not await drawn.stale(pilot)
