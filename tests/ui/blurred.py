"""A screen seen out of focus: a blurred picture of its cells, and the difference between two such pictures.

A pixel is one cell wide and half a cell high, about as wide as it is high.
"""

from __future__ import annotations

from math import exp, hypot, sqrt
from typing import TYPE_CHECKING, Final

from rich.color_triplet import ColorTriplet

from tests.ui.colour import Rgb, lab

if TYPE_CHECKING:
    from rich.color import Color
    from textual.app import App

SIGMA: Final = 2.0
"""Standard deviation of the blur in pixels: the letters of a line cannot be read, and giant digits have soft edges."""
REACH: Final = 5
"""Number of pixels on each side that are mixed in."""
INK: Final = {"█": (1.0, 1.0), "▀": (1.0, 0.0), "▄": (0.0, 1.0), "▒": (0.5, 0.5), " ": (0.0, 0.0), "#": (0.8, 0.8)}
"""The share of the upper and the lower half of a cell that a character fills."""
QUADRANTS: Final = "▘▝▖▗▌▐▚▞▛▜▙▟"
_UPPER: Final = dict(zip(QUADRANTS, (0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 0.5, 0.5), strict=True))
_LOWER: Final = dict(zip(QUADRANTS, (0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0), strict=True))
TEXT_INK: Final = 0.25

Picture = list[list[Rgb]]
"""Rows of pixels as L*, a*, b*."""


def picture_of(app: App[int], *, grey: bool = False) -> Picture:
    """The screen of an app out of focus; `grey` leaves only lightness."""
    rows: Picture = []
    for strip in app.screen._compositor.render_strips():
        upper: list[Rgb] = []
        lower: list[Rgb] = []
        for text, style, _ in strip:
            assert style is not None
            ink, paper = _rgb(style.color), _rgb(style.bgcolor)
            if style.reverse:
                ink, paper = paper, ink
            if style.dim:
                ink = _mixed(paper, ink, 0.5)
            for character in text:
                top, bottom = _coverage(character)
                upper.append(_mixed(paper, ink, top))
                lower.append(_mixed(paper, ink, bottom))
        rows += [upper, lower]
    blurred = _transposed(_blurred_rows(_transposed(_blurred_rows(rows))))
    seen = [[lab(pixel) for pixel in row] for row in blurred]
    return [[(light, 0.0, 0.0) for light, _, _ in row] for row in seen] if grey else seen


def colour_distance(first: Picture, second: Picture) -> float:
    """The distance in L*a*b* between the mean colours of two pictures where they differ most from their background."""
    one, other = _ink_colour(first), _ink_colour(second)
    return sqrt(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


def shape_distance(first: Picture, second: Picture) -> float:
    """The difference between the shapes: 0 for the same shape, about 1 for unrelated shapes."""
    one, other = _contrasts(first), _contrasts(second)
    together = sum(a * b for a, b in zip(one, other, strict=True))
    return 1 - together / sqrt(sum(a * a for a in one) * sum(b * b for b in other))


def _coverage(character: str) -> tuple[float, float]:
    if character in _UPPER:
        return _UPPER[character], _LOWER[character]
    return INK.get(character, (TEXT_INK, TEXT_INK))


def _rgb(colour: Color | None) -> Rgb:
    triplet = colour.get_truecolor() if colour is not None else ColorTriplet(0, 0, 0)
    return triplet.red / 255, triplet.green / 255, triplet.blue / 255


def _mixed(paper: Rgb, ink: Rgb, share: float) -> Rgb:
    red, green, blue = (low + (high - low) * share for low, high in zip(paper, ink, strict=True))
    return red, green, blue


def _blurred_rows(rows: Picture) -> Picture:
    weights = [exp(-(at * at) / (2 * SIGMA * SIGMA)) for at in range(-REACH, REACH + 1)]
    total = sum(weights)
    shares = [weight / total for weight in weights]
    blurred: Picture = []
    for row in rows:
        padded = [row[0]] * REACH + row + [row[-1]] * REACH
        channels = []
        for channel in zip(*padded, strict=True):
            windows = [channel[at : at + len(row)] for at in range(2 * REACH + 1)]
            channels.append([sum(map(float.__mul__, shares, near)) for near in zip(*windows, strict=True)])
        blurred.append(list(zip(*channels, strict=True)))
    return blurred


def _transposed(rows: Picture) -> Picture:
    return [list(column) for column in zip(*rows, strict=True)]


def _ink_colour(picture: Picture) -> Rgb:
    """The mean colour of the tenth of the pixels that differ most from the background, which is the median pixel."""
    pixels = [pixel for row in picture for pixel in row]
    ground = sorted(pixels)[len(pixels) // 2]
    far = sorted(pixels, key=lambda pixel: -hypot(*(a - b for a, b in zip(pixel, ground, strict=True))))
    some = far[: len(far) // 10]
    light, red, yellow = (sum(channel) / len(some) for channel in zip(*some, strict=True))
    return light, red, yellow


def _contrasts(picture: Picture) -> list[float]:
    lights = [light for row in picture for light, _, _ in row]
    mean = sum(lights) / len(lights)
    return [light - mean for light in lights]
