"""The chosen item is visible in every theme, even with few colours, the terminal's own colours, or none."""

from __future__ import annotations

from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from rich.color import Color, ColorSystem
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES

from retro_timer.runtime.terminal import Colours
from retro_timer.ui.themes import PALETTES
from tests.ui.colour import delta_e, rgb
from tests.ui.drawn import settled
from tests.ui.idle import wait_for_idle
from tests.ui.test_repaints import SCENES, do, stage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from rich.style import Style
    from textual.app import App
    from textual.dom import DOMNode
    from textual.geometry import Region
    from textual.pilot import Pilot
    from textual.theme import Theme
    from textual.widget import Widget

    from tests.ui.colour import Rgb
    from tests.ui.support import Stage

OURS: Final = tuple(palette.name for palette in PALETTES)
ANSI: Final = tuple(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
TEXTUALS: Final = tuple(name for name in BUILTIN_THEMES if name not in ANSI)
MODES: Final = {
    "true colour": (Colours.TRUE, (*OURS, *ANSI), (ColorSystem.TRUECOLOR,)),
    "Textual's themes": (Colours.TRUE, TEXTUALS, (ColorSystem.TRUECOLOR,)),
    "few": (Colours.MANY, (*OURS, *ANSI), (ColorSystem.EIGHT_BIT, ColorSystem.STANDARD)),
    "NO_COLOR": (Colours.NONE, ("phosphor", "paper", *ANSI), (ColorSystem.TRUECOLOR, ColorSystem.STANDARD)),
}
"""The number of colours a terminal reports, the themes, and the colours it really shows."""
ALL_MODES = pytest.mark.parametrize(
    "mode", [pytest.param(mode, marks=pytest.mark.slow if "Textual" in mode else ()) for mode in MODES]
)
SEEN: Final = 5.0
"""Minimum CIEDE2000 of a visible difference; 10 is visible at a glance."""
MARK: Final = 3
"""Minimum number of cells of a mark, such as the answer ` 5 `. The cursor of a text field is one cell."""


class Marked(NamedTuple):
    """A list whose mark moves.

    Attributes:
        opening: the scene of `test_repaints`, and the further keys to press there.
        step: the key that moves the mark.
        back: the key that moves it back.
        selector: the widget that shows the list.
        lines: the number of lines on which something must change.
    """

    opening: tuple[str, str]
    step: str
    back: str
    selector: str
    lines: int = 2


LISTS: Final = {
    "home": Marked(("home", ""), "down", "up", "WorkoutList"),
    "settings": Marked(("settings", "s"), "down", "up", "SettingsList"),
    "groups of settings": Marked(("settings", "s"), "tab", "shift+tab", "TabsBar", 1),
    "progress": Marked(("progress", "p"), "down", "up", "SessionsList"),
    "spans of progress": Marked(("progress", "p"), "1", "2", "#spans", 1),
    "plots of progress": Marked(("progress", "p"), "right", "left", "#plots", 1),
    "blocks": Marked(("builder", "n"), "down", "up", "BlockList"),
    "more blocks": Marked(("builder", "n down"), "shift+down", "shift+up", "BlockList", 1),
    "palette": Marked(("palette", "ctrl+p"), "down", "up", "CommandList"),
    "pages of help": Marked(("help", "question_mark"), "right", "left", "TabsBar", 1),
    "effort": Marked(("progress", "p enter"), "right", "backspace", "#effort", 1),
    "stumble": Marked(("progress", "p enter down down"), "right", "backspace", "#stumble", 1),
    "pain": Marked(("plan", "l"), "4", "backspace", "#pain", 1),
}
FOCUSED: Final = {
    "home": "",
    "builder": "n",
    "repeat": "n down down",
    "adjust": "15s a",
    "adapt": "a",
    "question": "15s q",
    "progress": "p enter",
    "interrupted": "",
    "day after": "",
}
"""Screens with more than one control, and how to open them."""
SCENE_OF: Final = {"repeat": "builder"}


class Terminal:
    """The screen as shown by a terminal with a number of colours."""

    def __init__(self, theme: Theme, rows: Mapping[int, Strip], system: ColorSystem) -> None:
        self._theme = theme
        self._system = system
        self._rows = rows

    def differs(self, other: Terminal, region: Region) -> dict[int, int]:
        """The lines of a region with visibly different cells, and how many these are, whatever their text."""
        found: dict[int, int] = {}
        for y in region.line_range:
            if y in self._rows and y in other._rows:
                cells = zip(self._cells(y, region), other._cells(y, region), strict=False)
                if changed := sum(self._looks_other(*pair) for pair in cells):
                    found[y] = changed
        return found

    def _cells(self, y: int, region: Region) -> list[tuple[str, Style]]:
        strip = self._rows[y].crop(region.x, region.right)
        return [(character, segment.style) for segment in strip for character in segment.text if segment.style]

    def _looks_other(self, one: tuple[str, Style], two: tuple[str, Style]) -> bool:
        (text, look), (other_text, other) = one, two
        if look == other:
            return False
        (front, back), (other_front, other_back) = self._colours(look), self._colours(other)
        if delta_e(back, other_back) >= SEEN:
            return True
        return not text.isspace() and not other_text.isspace() and delta_e(front, other_front) >= SEEN

    def _colours(self, style: Style) -> tuple[Rgb, Rgb]:
        front, back = (self._seen(colour, ground) for colour, ground in ((style.color, False), (style.bgcolor, True)))
        return (back, front) if style.reverse else (front, back)

    def _seen(self, colour: Color | None, ground: bool) -> Rgb:
        light = not self._theme.dark if self._theme.ansi else False
        return seen(colour or Color.default(), self._system, ground=ground, light=light)


@pytest.fixture(autouse=True)
def _nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the screen only when the test reads it: updates for a terminal would take most of the time."""

    def update(compositor: Compositor, screen_stack: list[Screen[Any]]) -> None:
        visible_screen_stack.set(screen_stack)
        compositor._dirty_regions.clear()

    monkeypatch.setattr(Compositor, "render_update", update)


@lru_cache(maxsize=4096)
def seen(colour: Color, system: ColorSystem, *, ground: bool, light: bool) -> Rgb:
    """A colour as shown. Black on a dark terminal, and both whites on a light one, look like the background."""
    paper, ink = ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)) if light else ((0.0, 0.0, 0.0), (0.9, 0.9, 0.9))
    if colour.is_default:
        return paper if ground else ink
    shown = colour.downgrade(system)
    if shown.number in ((7, 15) if light else (0,)):
        return paper
    return rgb(shown.get_truecolor().hex)


async def opened(stage: Stage, pilot: Pilot[int], scene: str, steps: str) -> None:
    """Go to a scene, and do the further steps."""
    screen = SCENES[scene][0]
    await settled(pilot)
    if callable(screen):
        stage.app.push_screen(screen(stage))
    for step in steps.split():
        await do(stage, pilot, step)
        await settled(pilot)
    await settled(pilot)


def staged(scene: str, colours: Colours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An app on a terminal with a number of colours."""
    if colours is Colours.NONE:
        monkeypatch.setenv("NO_COLOR", "1")
    workout = SCENES[scene][0]
    return stage_of(tmp_path, workout if isinstance(workout, str) else None, "phosphor", colours)


def one_of_each_kind(controls: Sequence[Widget]) -> list[Widget]:
    """Controls that differ in style, at least two: those of one type and class look alike in every theme."""
    kinds = {(type(control), type(control.parent), control.classes): control for control in reversed(controls)}
    return [control for control in controls if control in kinds.values() or control is controls[1]]


def terminals(pilot: Pilot[int], systems: Sequence[ColorSystem], regions: Iterable[Region]) -> list[Terminal]:
    """The lines of regions of the screen as they are, with each number of colours."""
    compositor = pilot.app.screen._compositor
    lines = {line for region in regions for line in region.line_range}
    chops = compositor._render_chops(compositor.size.region, lines.__contains__)
    rows = {y: Strip.join(chops[y].values()) for y in lines if 0 <= y < compositor.size.height}
    return [Terminal(pilot.app.current_theme, rows, system) for system in systems]


def restyle_only_what_is_seen(app: App[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not restyle covered screens, which takes much of the time of a theme change."""
    update = app.stylesheet.update

    def restyle(root: DOMNode, animate: bool = False) -> None:
        if not isinstance(root, Screen) or app.screen.styles.background.a < 1:
            update(root, animate)

    monkeypatch.setattr(app.stylesheet, "update", restyle)


@ALL_MODES
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.sampled(4)
async def test_the_chosen_item_looks_different(
    name: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scene, steps), step, back, selector, lines = LISTS[name]
    colours, themes, systems = MODES[mode]
    stage = staged(scene, colours, tmp_path, monkeypatch)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(stage, pilot, scene, steps)
        region = stage.app.screen.query_one(selector).region
        restyle_only_what_is_seen(stage.app, monkeypatch)
        unseen = []
        for theme, key in zip(themes, cycle((step, back)), strict=False):
            stage.app.theme = theme
            await wait_for_idle()
            looks = terminals(pilot, systems, [region])
            await do(stage, pilot, key)
            await settled(pilot)
            for system, before, after in zip(systems, looks, terminals(pilot, systems, [region]), strict=True):
                marks = [cells for cells in before.differs(after, region).values() if cells >= MARK]
                if len(marks) < lines:
                    unseen.append((theme, system.name))
        assert unseen == []


@ALL_MODES
@pytest.mark.parametrize("name", FOCUSED)
@pytest.mark.sampled(4)
async def test_the_focused_control_looks_different(
    name: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = SCENE_OF.get(name, name)
    colours, themes, systems = MODES[mode]
    stage = staged(scene, colours, tmp_path, monkeypatch)
    async with stage.app.run_test(size=(100, 40)) as pilot:
        await opened(stage, pilot, scene, FOCUSED[name])
        controls = list(stage.app.screen.focus_chain)
        assert len(controls) > 1
        kinds = one_of_each_kind(controls)
        restyle_only_what_is_seen(stage.app, monkeypatch)
        unseen = []
        for theme in themes:
            chain = controls if theme == OURS[0] else kinds
            stage.app.theme = theme
            looks = []
            for before, control in zip((chain[-1], *chain), (*chain, chain[0]), strict=True):
                control.focus(scroll_visible=False)
                await wait_for_idle()
                looks.append(terminals(pilot, systems, [before.region, control.region]))
            for control, focused_style, blurred_style in zip(chain, looks, looks[1:], strict=False):
                for system, focused, blurred in zip(systems, focused_style, blurred_style, strict=True):
                    if not focused.differs(blurred, control.region):
                        unseen.append((theme, system.name, str(control)))
        assert unseen == []
