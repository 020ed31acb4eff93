"""The animation in the README: the real app, with a first walk cut to a quarter of a minute.

`python -m tests.ui.film` writes docs/walk.gif; `--stills DIRECTORY` also writes its frames for viewing. Needs Pillow
and the font DejaVu Sans Mono (Debian: fonts-dejavu-core). Blocks are drawn as rectangles: a font would leave stripes.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.strip import Strip

from retro_timer.scheduling.phases import Phase
from tests.ui.drawn import settled
from tests.ui.look import DOCS
from tests.ui.support import furnished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from rich.color import Color
    from textual.pilot import Pilot

    from tests.ui.support import Stage

FILM: Final = DOCS / "walk.gif"
COLUMNS: Final = 80
LINES: Final = 24
WIDTH: Final = 12
HEIGHT: Final = 24
"""Height of a cell in pixels."""
SWEEP_S: Final = 0.08
FINISH_S: Final = 2.0
FONTS: Final = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
FONT_SIZE: Final = 20
COLORS: Final = 64
QUADRANTS: Final = {
    "▖": "  # ", "▗": "   #", "▘": "#   ", "▙": "# ##", "▚": "#  #", "▛": "### ", "▜": "## #", "▝": " #  ",
    "▞": " ## ", "▟": " ###", "▀": "##  ", "▌": "# # ", "▐": " # #", "█": "####",
}  # fmt: skip
"""The quarters of a block, row by row."""
SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}
LOWER: Final = "▁▂▃▄▅▆▇"
LEFT: Final = "▏▎▍▌▋▊▉"
Rgb = tuple[int, int, int]


class Cell(NamedTuple):
    """A character with its colours."""

    text: str
    front: Rgb
    back: Rgb
    bold: bool


Frame = tuple[tuple[Cell, ...], ...]


class Film:
    """Frames, and the seconds for which each is shown."""

    def __init__(self) -> None:
        self.frames: list[tuple[Frame, float]] = []

    def shoot(self, stage: Stage, seconds: float) -> None:
        """Add the current screen, unless for no time; if it has not changed, show the last frame for longer."""
        if not seconds:
            return
        frame = frame_of(stage)
        if self.frames and self.frames[-1][0] == frame:
            seconds += self.frames.pop()[1]
        self.frames.append((frame, seconds))


async def play(film: Film, stage: Stage, pilot: Pilot[int]) -> None:
    """Play from Home through a walk to its summary."""

    async def press(key: str, seconds: float) -> None:
        await pilot.press(key)
        await settled(pilot)
        film.shoot(stage, seconds)

    async def walk(milliseconds: int, seconds: float) -> None:
        await stage.move(pilot, milliseconds)
        await settled(pilot)
        film.shoot(stage, seconds)

    async def count(left: int, seconds: float) -> None:
        """Count down the last seconds of the running interval."""
        session = stage.session_screen.runner.session
        await walk(session.interval_left - left * 1000, seconds)
        for _ in range(left - 1):
            await walk(1000, seconds)

    await settled(pilot)
    film.shoot(stage, 1.2)
    await press("down", 0.7)
    await press("enter", 0.7)
    await walk(10_000, 0.7)
    await count(1, 0)
    await walk(1000, 0.6)
    await count(2, 0.5)
    await walk(1000, 0.6)
    await walk(1000, 0.6)
    await press("a", 0.9)
    await press("down", 0.3)
    await press("right", 0.7)
    await press("enter", 0.7)
    await count(4, 0.6)
    await walk(1000, 0.9)
    await count(1, 0)
    await walk(1000, 0.9)
    while stage.session_screen.runner.session.entry.interval.phase is not Phase.COOL_DOWN:
        await walk(1000, 0)
    await count(3, 0.5)
    await stage.move(pilot, 1000)
    until = time.monotonic() + FINISH_S
    while time.monotonic() < until:
        await pilot.pause(SWEEP_S)
        film.shoot(stage, SWEEP_S)
    await press("enter", 2.5)


def frame_of(stage: Stage) -> Frame:
    """The cells on the screen, including those behind a dialog."""
    app = stage.app
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    lines = (Strip.join(strips) for strips in update.strips)
    return tuple(tuple(cell for text, style, _ in line for cell in _cells(text, style)) for line in lines)


def _cells(text: str, style: Style | None) -> Iterator[Cell]:
    """A cell for each column of a text."""
    style = style or Style.null()
    front, back = _rgb(style.color, (255, 255, 255)), _rgb(style.bgcolor, (0, 0, 0))
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = _mixed(front, back, 0.5)
    for character in text:
        yield Cell(character, front, back, bool(style.bold))
        yield from [Cell(" ", front, back, bold=False)] * (cell_len(character) - 1)


def _rgb(color: Color | None, default: Rgb) -> Rgb:
    if color is None or color.is_default:
        return default
    red, green, blue = color.get_truecolor()
    return red, green, blue


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A mix of two colours with `share` of the first one."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def drawn(frame: Frame) -> Image:
    """A frame as a picture."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (COLUMNS * WIDTH, LINES * HEIGHT))
    draw = ImageDraw.Draw(picture)
    for y, line in enumerate(frame):
        for x, cell in enumerate(line):
            _draw(draw, cell, x * WIDTH, y * HEIGHT)
    return picture


def _draw(draw: ImageDraw, cell: Cell, left: int, top: int) -> None:
    text, front, back, bold = cell
    if text in SHADES:
        text, front = "█", _mixed(front, back, SHADES[text])
    draw.rectangle((left, top, left + WIDTH - 1, top + HEIGHT - 1), back)
    parts = list(_parts(text))
    for x, y, right, bottom in parts:
        first = (left + round(x * WIDTH), top + round(y * HEIGHT))
        last = (left + round(right * WIDTH) - 1, top + round(bottom * HEIGHT) - 1)
        if first <= last:
            draw.rectangle((first, last), front)
    if not parts and text.strip():
        draw.text((left, top), text, front, font=_font("-Bold" if bold else ""))


def _parts(text: str) -> Iterator[tuple[float, float, float, float]]:
    """The rectangles of a block: their left, top, right and bottom, as shares of the cell."""
    for place, mark in enumerate(QUADRANTS.get(text, "")):
        if mark == "#":
            x, y = place % 2 / 2, place // 2 / 2
            yield x, y, x + 0.5, y + 0.5
    if text in LOWER:
        yield 0, 1 - (LOWER.index(text) + 1) / 8, 1, 1
    elif text in LEFT:
        yield 0, 0, (LEFT.index(text) + 1) / 8, 1
    elif text == "▔":
        yield 0, 0, 1, 1 / 8


@cache
def _font(weight: str) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(FONTS.format(weight), FONT_SIZE)


def write(film: Film, path: Path) -> None:
    """Write an animated GIF; all frames share one palette, so that nothing flickers."""
    from PIL import Image

    pictures = [drawn(frame) for frame, _ in film.frames]
    height = LINES * HEIGHT
    everything = Image.new("RGB", (COLUMNS * WIDTH, height * len(pictures)))
    for number, picture in enumerate(pictures):
        everything.paste(picture, (0, number * height))
    palette = everything.quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    first, *others = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
    lengths = [round(seconds * 100) * 10 for _, seconds in film.frames]
    first.save(path, save_all=True, append_images=others, duration=lengths, loop=0, optimize=False)


async def filmed(folder: Path) -> Film:
    """The app, filmed.

    Args:
        folder: the directory for the history.
    """
    film = Film()
    stage = furnished(folder, None)
    async with stage.app.run_test(size=(COLUMNS, LINES)) as pilot:
        await play(film, stage, pilot)
    return film


def main() -> None:
    """Write the animation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stills", type=Path, help="a directory for each frame")
    stills: Path | None = parser.parse_args().stills
    with tempfile.TemporaryDirectory() as folder:
        film = asyncio.run(filmed(Path(folder)))
    write(film, FILM)
    if stills is not None:
        stills.mkdir(parents=True, exist_ok=True)
        for number, (frame, _) in enumerate(film.frames):
            drawn(frame).save(stills / f"{number:02}.png")


if __name__ == "__main__":
    main()
