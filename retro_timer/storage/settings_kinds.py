"""What a setting can be: each kind checks a value from a file, reads one that was typed, and says what it expects."""

from __future__ import annotations

import math
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from retro_timer.scheduling.workout import unsafe_character

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = bool | int | float | str
"""What a setting holds; None, beside these, stands for one that is not set."""

NO_UNITS: Final[Mapping[str, float]] = MappingProxyType({})
MAX_TEXT: Final = 4096
"""Characters of a path: as long as Linux takes them."""
# Compiled when first used: a start without such a setting does not pay for them.
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"
_AMOUNT: Final = r"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z/]*)"
_YES: Final = frozenset({"true", "yes", "on", "1"})
_NO: Final = frozenset({"false", "no", "off", "0"})


class KindError(ValueError):
    """A value that is not of its kind. The message is what was expected instead, to follow "expected"."""


class Kind(Protocol):
    """A kind of value."""

    @property
    def expected(self) -> str:
        """What a value has to be, to follow "expected"."""

    def check(self, value: object) -> Value:
        """A value as it was read from TOML or handed in by a screen.

        Raises:
            KindError: when it is none of this kind.
        """

    def parse(self, text: str) -> Value:
        """A value as it was typed.

        Raises:
            KindError: when it is none of this kind.
        """


class Toggle(NamedTuple):
    """Yes or no."""

    @property
    def expected(self) -> str:
        """What a value has to be."""
        return "true or false"

    def check(self, value: object) -> bool:
        """A boolean, and nothing that merely looks like one."""
        if not isinstance(value, bool):
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> bool:
        """`true`, `yes`, `on`, `1`, or their opposites."""
        word = text.strip().lower()
        if word not in _YES | _NO:
            raise KindError(self.expected)
        return word in _YES


class Whole(NamedTuple):
    """A whole number within bounds; `unit` follows it where it is shown."""

    low: int
    high: int
    unit: str = ""

    @property
    def expected(self) -> str:
        """What a value has to be."""
        return f"a whole number from {self.low} to {self.high}{self.unit and f' ({self.unit})'}"

    def check(self, value: object) -> int:
        """An integer within bounds."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> int:
        """Digits; the unit may follow."""
        amount, unit = _amount(text, self.expected)
        if unit not in ("", self.unit, self.unit[:1]) or not amount.is_integer():
            raise KindError(self.expected)
        return self.check(int(amount))


class Number(NamedTuple):
    """A number within bounds, two digits kept; typed with `unit`, with one of `units`, or bare.

    Attributes:
        low: the least it may be.
        high: the most it may be.
        unit: what it is kept in.
        units: other units it may be typed in, with how much of `unit` one of them is.
    """

    low: float
    high: float
    unit: str
    units: Mapping[str, float] = NO_UNITS

    @property
    def expected(self) -> str:
        """What a value has to be."""
        others = "".join(f" ({self.low / per:.1f} to {self.high / per:.1f} {unit})" for unit, per in self.units.items())
        return f"a number from {self.low:g} to {self.high:g} {self.unit}{others}"

    def check(self, value: object) -> float:
        """A finite number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise KindError(self.expected)
        # Bounds first: an integer of a thousand digits is no float.
        if not self.low <= value <= self.high or not math.isfinite(value):
            raise KindError(self.expected)
        return round(float(value), 2)

    def parse(self, text: str) -> float:
        """`70`, `70 kg`, `154.3 lb`."""
        amount, unit = _amount(text, self.expected)
        if unit in ("", self.unit):
            return self.check(amount)
        if unit not in self.units:
            raise KindError(self.expected)
        # Rounded before the bounds are looked at: 3.5 mph is within a bound of 5.63 km/h.
        return self.check(round(amount * self.units[unit], 2))


class Choice(NamedTuple):
    """One of several words."""

    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        """What a value has to be."""
        return f"one of {', '.join(self.options)}"

    def check(self, value: object) -> str:
        """One of the words, exactly."""
        if not isinstance(value, str) or value not in self.options:
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """One of the words; capitals do not matter."""
        return self.check(text.strip().lower())


class Name(NamedTuple):
    """A name that somebody else gave: whether it exists, only the place that uses it knows."""

    what: str

    @property
    def expected(self) -> str:
        """What a value has to be."""
        return f"the name of a {self.what}: letters, digits, dots and dashes"

    def check(self, value: object) -> str:
        """A short name without anything a terminal or a file system would obey."""
        if not isinstance(value, str) or not re.fullmatch(_NAME, value):
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """The same, with space around it."""
        return self.check(text.strip())


class File(NamedTuple):
    """The path of a file; whether it can be read is found out, and said, when it is used."""

    what: str

    @property
    def expected(self) -> str:
        """What a value has to be."""
        return f"the full path of a {self.what}, or one that begins with ~"

    def check(self, value: object) -> str:
        """An absolute path: a relative one would mean another file in another directory."""
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or any(map(unsafe_character, value)):
            raise KindError(self.expected)
        if not value.startswith("~") and not Path(value).is_absolute():
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """A path; one that is relative is taken from the current directory."""
        path = text.strip()
        return self.check(path if not path or path.startswith("~") else str(Path(path).absolute()))


def _amount(text: str, expected: str) -> tuple[float, str]:
    found = re.fullmatch(_AMOUNT, text.strip())
    if found is None:
        raise KindError(expected)
    return float(found[1]), found[2].lower()
