"""Kinds of setting. Each validates a value from a file, parses a typed value, and describes what it expects."""

from __future__ import annotations

import math
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from retro_timer.errors import UserError
from retro_timer.text import unsafe_character

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = bool | int | float | str | tuple[str, ...]
"""The type of a setting's value; an unset setting is None."""

NO_UNITS: Final[Mapping[str, float]] = MappingProxyType({})
MAX_TEXT: Final = 4096
"""Maximum length of a path in characters, as on Linux."""
MAX_ARGUMENTS: Final = 40
"""Maximum number of words in a hook: the program and its arguments."""
# Compiled on first use, to save start-up time.
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"
_DEVICE: Final = r"[0-9A-Za-z:-]{11,40}( .{0,60})?"
_AMOUNT: Final = r"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z/]*)"
_YES: Final = frozenset({"true", "yes", "on", "1"})
_NO: Final = frozenset({"false", "no", "off", "0"})


class KindError(UserError, ValueError):
    """An invalid value. The message describes the expected value and follows the word "expected"."""


class Kind(Protocol):
    """A kind of value."""

    @property
    def expected(self) -> str:
        """A description of valid values, to follow the word "expected"."""

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""

    def check(self, value: object) -> Value:
        """Validate a value from TOML or from a screen.

        Raises:
            KindError: if it is invalid.
        """

    def parse(self, text: str) -> Value:
        """Parse a typed value.

        Raises:
            KindError: if it is invalid.
        """


class Toggle(Struct, frozen=True):
    """Yes or no."""

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return "true or false"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "boolean"}

    def check(self, value: object) -> bool:
        """Accept a boolean only."""
        if not isinstance(value, bool):
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> bool:
        """Accept `true`, `yes`, `on`, `1`, and their opposites."""
        word = text.strip().lower()
        if word not in _YES | _NO:
            raise KindError(self.expected)
        return word in _YES


class Whole(Struct, frozen=True):
    """A whole number within bounds; `unit` is shown after it."""

    low: int
    high: int
    unit: str = ""

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return f"a whole number from {self.low} to {self.high}{self.unit and f' ({self.unit})'}"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def check(self, value: object) -> int:
        """Accept an integer within bounds."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise KindError(self.expected)
        return value

    def nearest(self, value: int) -> int:
        """Clamp a number to the bounds."""
        return max(self.low, min(self.high, value))

    def parse(self, text: str) -> int:
        """Accept digits, optionally with the unit."""
        amount, unit = _amount(text, self.expected)
        if unit not in ("", self.unit, self.unit[:1]) or not amount.is_integer():
            raise KindError(self.expected)
        return self.check(int(amount))


class Number(Struct, frozen=True):
    """A number within bounds, rounded to two decimals; typed with `unit`, one of `units`, or no unit.

    Attributes:
        low: the minimum.
        high: the maximum.
        unit: the unit it is stored in.
        units: other accepted units, with their conversion factors to `unit`.
    """

    low: float
    high: float
    unit: str
    units: Mapping[str, float] = NO_UNITS

    @property
    def expected(self) -> str:
        """A description of valid values."""
        others = "".join(f" ({self.low / per:.1f} to {self.high / per:.1f} {unit})" for unit, per in self.units.items())
        return f"a number from {self.low:g} to {self.high:g} {self.unit}{others}"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def check(self, value: object) -> float:
        """Accept a finite number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise KindError(self.expected)
        # Check the bounds first: a huge integer cannot be converted to float.
        if not self.low <= value <= self.high or not math.isfinite(value):
            raise KindError(self.expected)
        return round(float(value), 2)

    def parse(self, text: str) -> float:
        """Accept `70`, `70 kg`, `154.3 lb`."""
        amount, unit = _amount(text, self.expected)
        if unit in ("", self.unit):
            return self.check(amount)
        if unit not in self.units:
            raise KindError(self.expected)
        # Round before checking the bounds: 3.5 mph is within a bound of 5.63 km/h.
        return self.check(round(amount * self.units[unit], 2))


class Choice(Struct, frozen=True):
    """One of several words."""

    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return f"one of {', '.join(self.options)}"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "string", "enum": list(self.options)}

    def check(self, value: object) -> str:
        """Accept one of the words, exactly."""
        if not isinstance(value, str) or value not in self.options:
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """Accept one of the words, ignoring case."""
        return self.check(text.strip().lower())


class Name(Struct, frozen=True):
    """A name. Whether it exists is checked when it is used."""

    what: str

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return f"the name of a {self.what}: letters, digits, dots and dashes"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "string", "pattern": f"^{_NAME}$"}

    def check(self, value: object) -> str:
        """Accept a short name without special characters."""
        if not isinstance(value, str) or not re.fullmatch(_NAME, value):
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """Accept the same, with surrounding white space."""
        return self.check(text.strip())


class File(Struct, frozen=True):
    """The path of a file. Whether it is readable is checked when it is used."""

    what: str

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return f"the full path of a {self.what}, or one that begins with ~"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}

    def check(self, value: object) -> str:
        """Accept only an absolute path, since a relative one depends on the current directory."""
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or any(map(unsafe_character, value)):
            raise KindError(self.expected)
        if not value.startswith("~") and not Path(value).is_absolute():
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """Accept a path; a relative one is resolved against the current directory."""
        path = text.strip()
        return self.check(path if not path or path.startswith("~") else str(Path(path).absolute()))


class Program(Struct, frozen=True):
    """A program and its arguments, run without a shell. Whether it exists is not checked before it is run."""

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return 'a list of a program and its arguments such as ["curl", "-d", "@-", "https://…"]'

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        text = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
        return {"type": "array", "items": text, "minItems": 1, "maxItems": MAX_ARGUMENTS}

    def check(self, value: object) -> tuple[str, ...]:
        """Accept a list of strings without control characters."""
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_ARGUMENTS:
            raise KindError(self.expected)
        for part in value:
            if not isinstance(part, str) or not 0 < len(part) <= MAX_TEXT or any(map(unsafe_character, part)):
                raise KindError(self.expected)
        return tuple(value)

    def parse(self, text: str) -> tuple[str, ...]:
        """Accept a list as in JSON or the settings file, or words quoted as in a shell; nothing is expanded."""
        import shlex

        try:
            return self.check(_list(text) if text.lstrip().startswith("[") else shlex.split(text))
        except (ValueError, RecursionError) as error:
            raise KindError(self.expected) from error


class Device(Struct, frozen=True):
    """A Bluetooth device: its address, then its name. Whether it exists is not checked before it is searched for."""

    what: str

    @property
    def expected(self) -> str:
        """A description of valid values."""
        return f"the address of a {self.what}, and its name: see retro-timer sensors scan"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the value."""
        return {"type": "string", "pattern": f"^{_DEVICE}$"}

    def check(self, value: object) -> str:
        """Accept an address, and a name without control characters."""
        if not isinstance(value, str) or not re.fullmatch(_DEVICE, value) or any(map(unsafe_character, value)):
            raise KindError(self.expected)
        return value

    def parse(self, text: str) -> str:
        """Accept the same, with surrounding white space."""
        return self.check(text.strip())


def _list(text: str) -> object:
    """Parse a list, as in JSON or TOML.

    Raises:
        ValueError: if it is neither.
    """
    import json
    import tomllib

    try:
        return json.loads(text)
    except ValueError:
        (found,) = tomllib.loads(f"list = {text}").values()
        return found


def _amount(text: str, expected: str) -> tuple[float, str]:
    found = re.fullmatch(_AMOUNT, text.strip())
    if found is None:
        raise KindError(expected)
    return float(found[1]), found[2].lower()
