"""Colour perception: WCAG contrast, colour vision deficiencies, and colour difference (CIEDE2000)."""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final

Rgb = tuple[float, float, float]
"""Red, green and blue, 0 to 1 each."""
Matrix = tuple[Rgb, Rgb, Rgb]

MACHADO: Final[dict[str, Matrix]] = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Severity 1.0 of Machado, Oliveira and Fernandes 2009, IEEE Transactions on Visualization and Computer Graphics
15(6):1291, applied to linear RGB."""
BRETTEL_TRITAN: Final[tuple[Matrix, Matrix]] = (
    ((1.01277, 0.13548, -0.14826), (-0.01243, 0.86812, 0.14431), (0.07589, 0.80500, 0.11911)),
    ((0.93678, 0.18979, -0.12657), (0.06154, 0.81526, 0.12320), (-0.37562, 1.12767, 0.24796)),
)
BRETTEL_PLANE: Final = (0.03901, -0.02788, -0.01113)
"""Tritanopia of Brettel, Viénot and Mollon 1997, J Opt Soc Am A 14:2647, in linear sRGB as the public-domain
libDaltonLens computes it. Machado's model is fitted to red-green deficiencies; this one suits tritanopia better."""


def rgb(code: str) -> Rgb:
    """A colour from `#rrggbb`."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Rgb, second: Rgb) -> float:
    """Contrast ratio, WCAG 2.2: 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def seen_with(deficiency: str, colour: Rgb) -> Rgb:
    """A colour as seen with `protanopia`, `deuteranopia`, `tritanopia` or `tritanopia (Brettel)`."""
    linear = _linear(colour)
    if deficiency == "tritanopia (Brettel)":
        side = sum(part * normal for part, normal in zip(linear, BRETTEL_PLANE, strict=True))
        matrix = BRETTEL_TRITAN[0 if side >= 0 else 1]
    else:
        matrix = MACHADO[deficiency]
    return _gamma(_times(matrix, linear))


def delta_e(first: Rgb, second: Rgb) -> float:
    """CIEDE2000 of two colours: about 1 is just noticeable side by side, 10 is visible at a glance.

    Formula: Sharma, Wu and Dalal 2005, Color Research and Application 30:21.
    """
    return ciede2000(lab(first), lab(second))


def ciede2000(first: Rgb, second: Rgb) -> float:
    """CIEDE2000 of two colours given as L*, a*, b*."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    grow = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    a1, a2 = a1 * grow, a2 * grow
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = _hue(a1, b1), _hue(a2, b2)
    turn = h2 - h1
    if c1 * c2 == 0:
        turn = 0.0
    elif abs(turn) > 180:
        turn -= 360 if turn > 0 else -360
    light, chroma = l2 - l1, c2 - c1
    hue = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2)
    l_mean, c_mean, h_mean = (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(h1, h2, c1 * c2)
    weight = (
        1
        - 0.17 * cos(radians(h_mean - 30))
        + 0.24 * cos(radians(2 * h_mean))
        + 0.32 * cos(radians(3 * h_mean + 6))
        - 0.20 * cos(radians(4 * h_mean - 63))
    )
    s_light = 1 + 0.015 * (l_mean - 50) ** 2 / sqrt(20 + (l_mean - 50) ** 2)
    s_chroma = 1 + 0.045 * c_mean
    s_hue = 1 + 0.015 * c_mean * weight
    rotate = -2 * sqrt(c_mean**7 / (c_mean**7 + 25**7)) * sin(radians(60 * exp(-(((h_mean - 275) / 25) ** 2))))
    light, chroma, hue = light / s_light, chroma / s_chroma, hue / s_hue
    return sqrt(light**2 + chroma**2 + hue**2 + rotate * chroma * hue)


def _hue(a: float, b: float) -> float:
    return degrees(atan2(b, a)) % 360 if a or b else 0.0


def _mean_hue(first: float, second: float, chromas: float) -> float:
    if not chromas:
        return first + second
    if abs(first - second) <= 180:
        return (first + second) / 2
    return (first + second + (360 if first + second < 360 else -360)) / 2


def _linear(colour: Rgb) -> Rgb:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return red, green, blue


def _gamma(colour: Rgb) -> Rgb:
    bounded = (min(1.0, max(0.0, part)) for part in colour)
    red, green, blue = (part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in bounded)
    return red, green, blue


def _times(matrix: Matrix, colour: Rgb) -> Rgb:
    red, green, blue = (sum(factor * part for factor, part in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue


def lab(colour: Rgb) -> Rgb:
    """L*, a*, b* of an sRGB colour, white point D65."""
    red, green, blue = _linear(colour)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
