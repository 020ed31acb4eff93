'''The walker's own workouts as TOML files, to be edited by hand.

    # Comments are kept when the workout is saved.
    version = 1                      # may be left out
    name = "Evening"
    description = "After dinner"     # may be left out
    notation = """
    warm 3m,
    4x(turn 30s, back 2m @1.0mph, turn 30s | fwd 1m),
    cool 2m
    """

`notation` is the workout, in the same notation as on the command line, over any number of lines. A workout without a
name gets the name of its file. Any other key is an error: a misspelt one would be lost silently.
'''

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from retro_timer.formats.errors import FormatError
from retro_timer.formats.export import Export
from retro_timer.formats.files import decode
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.received import Received, only
from retro_timer.formats.values import MAX_DESCRIPTION, read_name
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.text import one_line, printable, quoted

if TYPE_CHECKING:
    from collections.abc import MutableMapping

VERSION: Final = 1

_KEYS: Final = ("version", "name", "description", "notation")
_KEY: Final = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY: Final = re.compile(rf"(?<![\w.-])(?:{_KEY}[ \t]*+\.[ \t]*+){{50}}", re.ASCII)
"""Long dotted keys such as a.a.a.a: tomllib takes minutes for a megabyte. A label is too short to match."""
_NEW: Final = """\
# A workout of Retro Timer. Edit it as you like: comments stay when it is saved.
# notation: warm, back, turn, fwd, rest, cool with a length (90s, 1:30, 2m), a speed (@1.0mph, @1.6km/h)
# and a label in quotes; 4x(... | ...) repeats, with what follows | between two rounds.
version = 1
name = ""
notation = ""
"""


def read_toml(data: bytes) -> Workout:
    """Read a workout from TOML.

    Raises:
        WorkoutError: if it cannot be read; names the key or the line.
    """
    text = decode(data)
    if _DEEP_KEY.search(text):
        raise FormatError("this is not a workout: nested too deeply")
    try:
        tree = tomllib.loads(text)
    except RecursionError as error:
        raise FormatError("this is not a workout: nested too deeply") from error
    except ValueError as error:
        raise FormatError(f"not valid TOML: {printable(str(error), 100)}") from error
    _check(tree)
    try:
        workout = parse(tree["notation"])
    except WorkoutError as error:
        raise FormatError(str(error), place="notation") from error
    name = read_name(" ".join(tree.get("name", "").split()), "name")
    return Workout(workout.blocks, name=name, description=one_line(tree.get("description", ""), MAX_DESCRIPTION))


def write_toml(workout: Workout) -> Export:
    """A workout as a new TOML file, without loss."""
    return Export(update_toml(_NEW.encode(), workout))


def update_toml(data: bytes, workout: Workout) -> bytes:
    """Replace the workout in a TOML file; keeps comments, order, and notation that is equivalent.

    Raises:
        WorkoutError: if the file cannot be read; do not overwrite it then.
    """
    # Late import: only saving needs it, and start-up time is limited.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    before = read_toml(data) if data != _NEW.encode() else None
    try:
        document = tomlkit.parse(decode(data))
        _put(document, "name", workout.name)
        if workout.description or "description" in document:
            _put(document, "description", workout.description)
        if before != workout:
            _put(document, "notation", format_notation(workout))
        updated = tomlkit.dumps(document).encode()
    except TOMLKitError as error:
        raise FormatError(f"not valid TOML: {printable(str(error), 100)}") from error
    # The two libraries might disagree about a file: do not save what could not be read back.
    if read_toml(updated) != workout:
        raise FormatError("the result could not be read back: write the file from scratch")
    return updated


def workout_schema() -> dict[str, Any]:
    """The JSON Schema of workout files, for editors that complete and check TOML. They cannot check the notation."""
    text = {"type": "string"}
    properties = {
        "version": {"type": "integer", "enum": [VERSION], "description": "The version of the format."},
        "name": {**text, "maxLength": MAX_NAME, "description": "By default the name of the file."},
        "description": {**text, "maxLength": MAX_DESCRIPTION, "description": "A line about the workout."},
        "notation": {
            **text,
            "minLength": 1,
            "description": "warm, back, turn, fwd, rest, cool with a length, such as 4x(turn 30s, back 2m | fwd 1m).",
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A workout of Retro Timer",
        "type": "object",
        "additionalProperties": False,
        "required": ["notation"],
        "properties": properties,
    }


def _put(document: MutableMapping[str, Any], key: str, value: str) -> None:
    """Set a key, unless it already has the value, to keep the way it is written."""
    if document.get(key) != value:
        document[key] = value


def _check(tree: dict[str, Any]) -> None:
    if "steps" in tree:
        raise FormatError("this is a programme, not a workout: retro-timer import reads it")
    unknown = next((key for key in tree if key not in _KEYS), None)
    if unknown is not None:
        raise FormatError(f"{quoted(unknown)} is unknown (expected {', '.join(_KEYS)})")
    version = tree.get("version", VERSION)
    if type(version) is int and version > VERSION:
        raise FormatError(f"written by a newer Retro Timer (version {printable(str(version), 20)})", place="version")
    if type(version) is not int or version != VERSION:
        raise FormatError(f"expected {VERSION}", place="version")
    for key in ("name", "description", "notation"):
        if not isinstance(tree.get(key, ""), str):
            raise FormatError("expected text in quotes", place=key)
    if "notation" not in tree:
        raise FormatError('it has no notation, such as notation = "back 2m"')


FORMATS: Final = (
    WorkoutFormat(
        "toml",
        (".toml",),
        "your own workouts, editable by hand",
        write_toml,
        only(lambda data, _: Received(read_toml(data))),
    ),
)
