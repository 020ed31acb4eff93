"""Giant digits and large letters, drawn to any size from block characters.

Digits have four dots per character cell (two across, two down), so that their corners are round at every size; letters
are a bitmap font with two dots per cell. Independent of Textual.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

QUADRANTS: Final = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""Block characters indexed by their dots: 1 top left, 2 top right, 4 bottom left, 8 bottom right."""
ASCII_QUADRANTS: Final = "   # ### #######"
"""The same with `#` for every cell that is at least half full."""

_SEGMENTS: Final = {
    "0": "abcdef", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgecd", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip
_ROUNDED: Final = {
    "0": ("tl", "tr", "bl", "br"), "2": ("tl", "tr", "rm-", "lm+", "bl"), "3": ("tl", "tr", "br", "bl"),
    "4": ("lm-",), "5": ("lm-", "rm+", "br", "bl"), "6": ("tl", "tr", "bl", "br", "rm+"), "7": ("tr",),
    "8": ("tl", "tr", "bl", "br"), "9": ("tl", "tr", "br", "bl", "lm-"),
}  # fmt: skip
"""The round corners of digits: of the whole digit, or where the middle bar turns up (-) or down (+)."""

LETTERS: Final = {
    "A": (".##.", "#..#", "####", "#..#", "#..#"), "B": ("###.", "#..#", "###.", "#..#", "###."),
    "C": (".###", "#...", "#...", "#...", ".###"), "D": ("###.", "#..#", "#..#", "#..#", "###."),
    "E": ("####", "#...", "###.", "#...", "####"), "F": ("####", "#...", "###.", "#...", "#..."),
    "G": (".###", "#...", "#.##", "#..#", ".###"), "H": ("#..#", "#..#", "####", "#..#", "#..#"),
    "I": ("###", ".#.", ".#.", ".#.", "###"), "J": ("..##", "...#", "...#", "#..#", ".##."),
    "Q": (".##.", "#..#", "#..#", "#.#.", ".#.#"), "V": ("#...#", "#...#", "#...#", ".#.#.", "..#.."),
    "X": ("#...#", ".#.#.", "..#..", ".#.#.", "#...#"), "Z": ("####", "...#", ".##.", "#...", "####"),
    "0": (".##.", "#..#", "#..#", "#..#", ".##."), "1": (".#.", "##.", ".#.", ".#.", "###"),
    "2": ("###.", "...#", ".##.", "#...", "####"), "3": ("###.", "...#", ".##.", "...#", "###."),
    "4": ("#..#", "#..#", "####", "...#", "...#"), "5": ("####", "#...", "###.", "...#", "###."),
    "6": (".##.", "#...", "###.", "#..#", ".##."), "7": ("####", "...#", "..#.", ".#..", ".#.."),
    "8": (".##.", "#..#", ".##.", "#..#", ".##."), "9": (".##.", "#..#", ".###", "...#", ".##."),
    "+": ("...", ".#.", "###", ".#.", "..."), ":": (".", "#", ".", "#", "."), ".": (".", ".", ".", ".", "#"),
    "K": ("#..#", "#.#.", "##..", "#.#.", "#..#"),
    "L": ("#...", "#...", "#...", "#...", "####"), "M": ("#...#", "##.##", "#.#.#", "#...#", "#...#"),
    "N": ("#..#", "##.#", "#.##", "#..#", "#..#"), "O": (".##.", "#..#", "#..#", "#..#", ".##."),
    "P": ("###.", "#..#", "###.", "#...", "#..."), "R": ("###.", "#..#", "###.", "#.#.", "#..#"),
    "S": (".###", "#...", ".##.", "...#", "###."), "T": ("#####", "..#..", "..#..", "..#..", "..#.."),
    "U": ("#..#", "#..#", "#..#", "#..#", ".##."), "W": ("#...#", "#...#", "#.#.#", "##.##", "#...#"),
    "Y": ("#...#", ".#.#.", "..#..", "..#..", "..#.."), " ": ("..",) * 5,
}  # fmt: skip
LETTER_HEIGHT: Final = 5


MIN_DIGIT: Final = 3
"""Minimum width and height of a legible digit in cells."""
COLON_SHARE: Final = 0.4
ASPECT: Final = 1.15
"""Maximum ratio of width to height in cells: wider digits look squashed."""


class Fit(NamedTuple):
    """The sizes of the characters of a time, in cells."""

    digit: int
    colon: int
    gap: int
    height: int

    def width(self, text: str) -> int:
        """The width of a time."""
        sizes = [self.colon if character == ":" else self.digit for character in text]
        return sum(sizes) + self.gap * (len(sizes) - 1)


def fit_digits(text: str, width: int, height: int) -> Fit | None:
    """The largest size at which a time fits into a space; None if it must be plain text."""
    colons = text.count(":")
    digits = len(text) - colons
    if not digits:
        return None
    height -= height > 14  # leave an empty line below
    gap = 1 if width < 60 else 2
    free = width - gap * (len(text) - 1) - (2 if width > 30 else 0)
    digit = min(int(free / (digits + colons * COLON_SHARE)), int(height * ASPECT))
    if digit < MIN_DIGIT or height < MIN_DIGIT:
        return None
    return Fit(digit, max(1, int(digit * COLON_SHARE)), gap, min(height, max(MIN_DIGIT, digit * 2)))


@lru_cache(maxsize=256)
def digit_rows(character: str, width: int, height: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """A digit or a colon as `height` rows of `width` characters.

    Args:
        character: 0 to 9, or a colon.
        width: in character cells, at least 1.
        height: in character cells, at least 1.
        ascii_only: whether to draw with `#` only.
    """
    dots = _Dots(width * 2, height * 2)
    if character == ":":
        dots.draw_colon()
    else:
        dots.draw_digit(character)
    table = ASCII_QUADRANTS if ascii_only else QUADRANTS
    return dots.cells(table)


@lru_cache(maxsize=128)
def word_rows(word: str, scale: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """A word in large letters; one dot is `scale` cells wide and half as many high.

    Characters without a shape are skipped.
    """
    lines = ["".join(_stretched(word, row, scale)) for row in range(LETTER_HEIGHT)]
    rows = [line for line in lines for _ in range(scale)]
    if len(rows) % 2:
        rows.append("." * len(rows[0]))
    pairs = {"..": " ", "#.": "#" if ascii_only else "▀", ".#": "#" if ascii_only else "▄", "##": "#"}
    if not ascii_only:
        pairs["##"] = "█"
    return tuple(
        "".join(pairs[upper + lower] for upper, lower in zip(rows[row], rows[row + 1], strict=True))
        for row in range(0, len(rows), 2)
    )


def banner_rows(text: str, width: int, height: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """Text in the largest letters that fit, on one line or one line per word; plain text if none fit.

    Args:
        text: words in capitals.
        width: of the space, in cells.
        height: of the space, in cells.
        ascii_only: whether to draw with `#` only.
    """
    layouts = ((text,), tuple(text.split())) if set(text) <= LETTERS.keys() else ()
    fitting = [fit for words in layouts for fit in _banner_fits(words, width, height, ascii_only=ascii_only)]
    if not fitting:
        return (text[:width],)
    scale, high, words = max(fitting, key=lambda fit: fit[0] * fit[1])
    drawn = [_word_of_dots(word, scale, int(high)) if high >= 1 else word_rows(word, scale) for word in words]
    widest = max(len(rows[0]) for rows in drawn)
    lines = (row.center(widest) for rows in drawn for row in ("", *rows))
    return tuple(line.replace("█", "#") if ascii_only else line for line in lines)[1:]


def _banner_fits(
    words: tuple[str, ...], width: int, height: int, *, ascii_only: bool
) -> Iterator[tuple[int, float, tuple[str, ...]]]:
    """The sizes at which the words fit one below the other: the width and height of a dot in cells, and the words.

    Dots look at most twice as high as wide; stretched letters are easier to read from afar than small ones.
    """
    wide, tall = max(word_width(word, 1) for word in words), len(words)
    for scale in range((width - 2) // max(1, wide), 0, -1):
        high = min(scale, (height - tall + 1) // (LETTER_HEIGHT * tall))
        if high * 2 >= scale:
            yield scale, high, words
        elif not ascii_only and scale == 1 and tall * (word_height(1) + 1) - 1 <= height:
            yield scale, 0.5, words


def _word_of_dots(word: str, scale: int, high: int) -> tuple[str, ...]:
    """A word whose dots are `scale` cells wide and `high` cells high."""
    lines = ("".join(_stretched(word, row, scale)) for row in range(LETTER_HEIGHT))
    return tuple(line.replace("#", "█").replace(".", " ") for line in lines for _ in range(high))


def word_width(word: str, scale: int) -> int:
    """The width of a word in large letters, in cells."""
    shapes = [LETTERS[letter] for letter in word if letter in LETTERS]
    return scale * (sum(len(shape[0]) for shape in shapes) + max(0, len(shapes) - 1))


def word_height(scale: int) -> int:
    """The height of large letters in cells."""
    return (LETTER_HEIGHT * scale + 1) // 2


def _stretched(word: str, row: int, scale: int) -> list[str]:
    shapes = [LETTERS[letter] for letter in word if letter in LETTERS]
    gap = "." * scale
    return [gap.join("".join(dot * scale for dot in shape[row]) for shape in shapes)]


class _Dots:
    """A grid of dots; each row is an integer whose bit x is the dot at x. A dot is half as wide as it is high."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows = [0] * height
        # Strokes look even when vertical ones are twice as many dots thick as horizontal ones.
        thickness = max(1, round(min(width / 2 * 0.30, height * 0.17)))
        self.down = thickness
        self.across = min(max(1, thickness * 2), max(1, width // 3))

    def box(self, left: int, top: int, right: int, bottom: int) -> None:
        """Fill a rectangle; right and bottom are exclusive."""
        left, right = max(0, left), min(self.width, right)
        mask = (1 << right) - (1 << left) if right > left else 0
        for row in range(max(0, top), min(self.height, bottom)):
            self.rows[row] |= mask

    def draw_digit(self, character: str) -> None:
        if character == "1":
            self.draw_one()
            return
        segments = _SEGMENTS.get(character, "")
        width, height, across, down = self.width, self.height, self.across, self.down
        middle = (height - down) // 2
        boxes = {
            "a": (0, 0, width, down),
            "b": (width - across, 0, width, middle + down),
            "c": (width - across, middle, width, height),
            "d": (0, height - down, width, height),
            "e": (0, middle, across, height),
            "f": (0, 0, across, middle + down),
            "g": (0, middle, width, middle + down),
        }
        for segment in segments:
            self.box(*boxes[segment])
        corners = {
            "tl": (0, 0, 1, 1), "tr": (width - 1, 0, -1, 1), "bl": (0, height - 1, 1, -1),
            "br": (width - 1, height - 1, -1, -1), "lm+": (0, middle, 1, 1), "rm+": (width - 1, middle, -1, 1),
            "lm-": (0, middle + down - 1, 1, -1), "rm-": (width - 1, middle + down - 1, -1, -1),
        }  # fmt: skip
        for corner in _ROUNDED.get(character, ()):
            self.round_corner(*corners[corner])

    def draw_one(self) -> None:
        """Draw a 1 as a stem with a flag and a foot, which is easier to see than a bare stem."""
        width, height, across, down = self.width, self.height, self.across, self.down
        left = (width - across) // 2
        self.box(left, 0, left + across, height)
        self.box(max(0, left - across), down, left, down * 2)
        self.box(max(0, left - across), height - down, min(width, left + across * 2), height)
        self.round_corner(left, 0, 1, 1)

    def draw_colon(self) -> None:
        high = max(1, round(self.down * 1.3))
        wide = min(self.width, high * 2)
        left = (self.width - wide) // 2
        for centre in (self.height * 0.32, self.height * 0.68):
            top = round(centre - high / 2)
            self.box(left, top, left + wide, top + high)

    def round_corner(self, x: int, y: int, step_x: int, step_y: int) -> None:
        """Clear the dots outside a quarter ellipse in a corner."""
        radius = self.down
        for row in range(radius):
            reach = radius - sqrt(max(0.0, radius * radius - (radius - row - 0.5) ** 2))
            for dot in range(round(reach * self.across / radius)):
                self.rows[y + row * step_y] &= ~(1 << (x + dot * step_x))

    def cells(self, table: str) -> tuple[str, ...]:
        """The rows of characters. Most rows repeat, so each different one is built only once."""
        pairs = list(zip(self.rows[::2], self.rows[1::2], strict=True))
        columns = range(0, self.width, 2)
        drawn = {
            (upper, lower): "".join([table[upper >> x & 3 | (lower >> x & 3) << 2] for x in columns])
            for upper, lower in set(pairs)
        }
        return tuple([drawn[pair] for pair in pairs])
