"""msgspec's validation errors about JSON and TOML files, in plain words."""

from __future__ import annotations

import re
from typing import Final

_KINDS: Final = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "date": "a date",
    "datetime": "a date with a time", "time": "a time", "array": "a list", "object": "an object", "null": "nothing",
}  # fmt: skip
"""msgspec's names for kinds of values, in plain words."""
_WRONG_KIND: Final = re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`")
_WRONG_VALUE: Final = re.compile(r"Expected `(\w+)` (.*)", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def plain_problem(message: str) -> tuple[str, str]:
    """The problem and its place, from a message such as "Expected `int`, got `str` - at `$.blocks[0].seconds`"."""
    problem, at, path = message.rpartition(" - at `$")
    place = path.removesuffix("`").removeprefix(".")
    if not at:
        problem, place = message, ""
    if wrong := _WRONG_KIND.fullmatch(problem):
        expected, got = wrong.groups()
        problem = f"expected {_kind(expected)}, not {'a fraction' if got == 'float' else _kind(got)}"
    elif wrong := _WRONG_VALUE.fullmatch(problem):
        problem = f"expected {_kind(wrong[1])} {wrong[2]}"
    elif missing := _MISSING.fullmatch(problem):
        problem = f"it has no {missing[1]}"
    elif problem == "Number out of range":  # a speed: whole numbers may have any size until their bounds are checked
        problem = "the number is out of range"
    return problem, place


def unknown_key(problem: str) -> str | None:
    """The unknown key, if that is the problem; otherwise None."""
    unknown = _UNKNOWN.fullmatch(problem)
    return unknown[1] if unknown else None


def _kind(name: str) -> str:
    return _KINDS.get(name, name)
