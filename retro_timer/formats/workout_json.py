"""A workout as JSON: the notation for people, and the blocks for programs.

    {
      "format": "retro-timer workout",
      "version": 1,
      "name": "Evening",
      "description": "",
      "notation": "2x(turn 30s, back 2m @1.6km/h | fwd 1m)",
      "blocks": [
        {"repeat": 2,
         "body": [{"phase": "turn", "seconds": 30},
                  {"phase": "backward", "seconds": 120, "speed_kmh": 1.6, "label": "eyes up"}],
         "between": [{"phase": "forward", "seconds": 60}]}
      ]
    }

One of `notation` and `blocks` is enough; where both are there they say the same, or the file is refused. `speed_kmh`,
`label`, `between`, `name` and `description` may be left out. The output of `show --json` can be read too, by its
notation. A file of a later version is refused.
"""

from __future__ import annotations

import json
from typing import Any, Final

from retro_timer.formats.errors import FormatError
from retro_timer.formats.export import Export
from retro_timer.formats.files import decode
from retro_timer.formats.text import MAX_DESCRIPTION, one_line, printable, shown
from retro_timer.formats.values import read_name
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_workout, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.workout import MAX_DEPTH, Block, Interval, Repeat, Workout, check_seconds

FORMAT: Final = "retro-timer workout"
VERSION: Final = 1

_KEYS: Final = frozenset({"format", "version", "name", "description", "notation", "blocks"})
_SHOWN_KEYS: Final = frozenset({"total_seconds", "backward_seconds", "intervals"})
"""What `show --json` adds; it follows from the notation."""
_INTERVAL_KEYS: Final = frozenset({"phase", "seconds", "speed_kmh", "label"})
_REPEAT_KEYS: Final = frozenset({"repeat", "body", "between"})


def read_json(data: bytes) -> Workout:
    """The workout in a JSON file.

    Raises:
        WorkoutError: when it cannot be read; names the place, such as `blocks[2].seconds`.
    """
    tree = _parsed(decode(data))
    if not isinstance(tree, dict):
        raise FormatError(f"expected an object, not {_kind(tree)}")
    _refuse_keys(tree, _KEYS | _SHOWN_KEYS, "")
    _check_version(tree)
    workout = _workout(tree)
    return workout.but(
        name=read_name(_text(tree, "name"), "name"), description=one_line(_text(tree, "description"), MAX_DESCRIPTION)
    )


def write_json(workout: Workout) -> Export:
    """A workout as a JSON file; nothing is left out."""
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "name": workout.name,
        "description": workout.description,
        "notation": format_workout(workout),
        "blocks": [_written(block) for block in workout.blocks],
    }
    return Export((json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode())


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise FormatError(f"this is no JSON: {printable(error.msg, 80)}", place=f"line {error.lineno}") from error
    except RecursionError as error:
        raise FormatError("this is no workout: nested too deep") from error
    except FormatError:
        raise
    except ValueError as error:
        # A number of thousands of digits.
        raise FormatError(f"this is no JSON: {printable(str(error), 80)}") from error


def _no_number(name: str) -> float:
    raise FormatError(f"{name} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in pairs:
        if key in tree:
            raise FormatError(f"{shown(key)} is there twice")
        tree[key] = value
    return tree


def _check_version(tree: dict[str, Any]) -> None:
    if tree.get("format", FORMAT) != FORMAT:
        raise FormatError(f'expected "{FORMAT}", not {_kind(tree["format"])}', place="format")
    version = tree.get("version", VERSION)
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise FormatError(f"written by a newer Retro Timer (version {printable(str(version), 20)})", place="version")
    if version != VERSION or isinstance(version, bool):
        raise FormatError(f"expected {VERSION}, not {_kind(version)}", place="version")


def _workout(tree: dict[str, Any]) -> Workout:
    noted = built = None
    if "notation" in tree:
        try:
            noted = parse(_text(tree, "notation"))
        except WorkoutError as error:
            raise FormatError(str(error), place="notation") from error
    if "blocks" in tree:
        built = Workout(_blocks(tree["blocks"], "blocks", 0))
    if noted and built and noted != built:
        raise FormatError("notation and blocks are not the same workout; leave one of them out")
    workout = built or noted
    if workout is None:
        raise FormatError("there is no notation and there are no blocks in it")
    return workout


def _blocks(value: object, place: str, depth: int) -> tuple[Block, ...]:
    if not isinstance(value, list):
        raise FormatError(f"expected a list, not {_kind(value)}", place=place)
    if depth > MAX_DEPTH:
        raise FormatError(f"repeats are nested more than {MAX_DEPTH} deep", place=printable(place, 60))
    return tuple(_block(item, f"{place}[{index}]", depth) for index, item in enumerate(value))


def _block(item: object, place: str, depth: int) -> Block:
    if not isinstance(item, dict):
        raise FormatError(f"expected an interval or a repeat, not {_kind(item)}", place=place)
    try:
        if "repeat" in item:
            _refuse_keys(item, _REPEAT_KEYS, place)
            body = _blocks(item.get("body"), f"{place}.body", depth + 1)
            return Repeat(_times(item), body, _blocks(item.get("between", []), f"{place}.between", depth + 1))
        _refuse_keys(item, _INTERVAL_KEYS, place)
        return Interval(_phase(item), _seconds(item), _speed(item), _text(item, "label"))
    except FormatError:
        raise
    except WorkoutError as error:
        raise FormatError(str(error), place=printable(place, 60)) from error


def _phase(item: dict[str, Any]) -> Phase:
    value = item.get("phase")
    if not isinstance(value, str) or value not in list(Phase):
        raise WorkoutError(f"a phase is one of {', '.join(Phase)}, not {_kind(value)}")
    return Phase(value)


def _times(item: dict[str, Any]) -> int:
    value = item["repeat"]
    if isinstance(value, bool) or not isinstance(value, int):
        raise WorkoutError(f"repeat is a number of rounds, not {_kind(value)}")
    return value


def _seconds(item: dict[str, Any]) -> int:
    value = item.get("seconds")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise WorkoutError(f"seconds is a whole number, not {_kind(value)}")
    return check_seconds(min(value, 10**9))


def _speed(item: dict[str, Any]) -> float | None:
    value = item.get("speed_kmh")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WorkoutError(f"speed_kmh is a number, not {_kind(value)}")
    # A whole number may be too large to become a float; no speed is.
    return float(min(value, 1_000))


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key, "")
    if not isinstance(value, str):
        raise FormatError(f"expected text, not {_kind(value)}", place=key)
    return value


def _refuse_keys(tree: dict[str, Any], known: frozenset[str], place: str) -> None:
    """Refuse what is not known: a misspelt key would be lost without a word."""
    unknown = next((key for key in tree if key not in known), None)
    if unknown is not None:
        expected = ", ".join(sorted(known - _SHOWN_KEYS))
        raise FormatError(f"{shown(unknown)} is not known here (expected {expected})", place=printable(place, 60))


def _kind(value: object) -> str:
    """A value as an error repeats it."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else shown(str(value) if _is_short(value) else "a huge number")


def _is_short(value: object) -> bool:
    """Whether a value can be written out: a whole number of thousands of digits cannot."""
    return not isinstance(value, int) or abs(value) < 10**18


def _written(block: Block) -> dict[str, Any]:
    if isinstance(block, Repeat):
        tree: dict[str, Any] = {"repeat": block.times, "body": [_written(inner) for inner in block.body]}
        if block.between:
            tree["between"] = [_written(inner) for inner in block.between]
        return tree
    tree = {"phase": block.phase.value, "seconds": block.duration}
    if block.speed_kmh is not None:
        tree["speed_kmh"] = block.speed_kmh
    if block.label:
        tree["label"] = block.label
    return tree
