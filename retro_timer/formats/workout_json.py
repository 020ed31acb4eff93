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

Either `notation` or `blocks` is enough; if both are present, they must describe the same workout. `speed_kmh`, `label`,
`between`, `name` and `description` are optional. The output of `show --json` is accepted too, by its notation. A file
of a later version is refused.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, Final, NoReturn

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.export import Export
from retro_timer.formats.files import decode
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.plain_words import plain_problem, unknown_key
from retro_timer.formats.received import Received, only
from retro_timer.formats.values import MAX_DESCRIPTION, read_name
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_DEPTH, Block, Interval, Repeat, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.structs import convert
from retro_timer.text import one_line, printable, quoted

FORMAT: Final = "retro-timer workout"
VERSION: Final = 1

_UNKNOWN_PHASE: Final = re.compile(r"Invalid enum value '(.*)'", re.DOTALL)


class _Head(Struct):
    """The fields that tell whether the rest can be read."""

    format: str = FORMAT
    version: int = VERSION


class _Block(Struct, forbid_unknown_fields=True, dict=True):
    """An interval or a repeat. One type, because msgspec tells two apart only by a tag, and the files have none.

    Raises:
        WorkoutError: if it is neither, or out of bounds; msgspec adds the place.
    """

    phase: Phase | UnsetType = UNSET
    seconds: int | UnsetType = UNSET
    speed_kmh: float | None = None
    label: str = ""
    repeat: int | UnsetType = UNSET
    body: tuple[_Block, ...] = ()
    between: tuple[_Block, ...] = ()

    def __post_init__(self) -> None:
        self.block  # noqa: B018  (makes it)

    @cached_property
    def block(self) -> Block:
        """The interval or the repeat."""
        if self.repeat is UNSET:
            if self.phase is UNSET or self.seconds is UNSET or self.body or self.between:
                raise WorkoutError("an interval has a phase and seconds, and a repeat has repeat and body")
            return Interval(self.phase, self.seconds, self.speed_kmh, self.label)
        if (self.phase, self.seconds, self.speed_kmh, self.label) != (UNSET, UNSET, None, ""):
            raise WorkoutError("a repeat has repeat, body and between, and nothing of an interval")
        return Repeat(self.repeat, _blocks(self.body), _blocks(self.between))


class _Document(_Head, forbid_unknown_fields=True):
    """The whole file. The last three fields are added by `show --json`; they follow from the notation."""

    name: str = ""
    description: str = ""
    notation: str | UnsetType = UNSET
    blocks: tuple[_Block, ...] | UnsetType = UNSET
    total_seconds: Any = None
    backward_seconds: Any = None
    intervals: Any = None


def read_json(data: bytes) -> Workout:
    """Read a workout from JSON.

    Raises:
        WorkoutError: if it cannot be read; names the place, such as `blocks[2].seconds`.
    """
    try:
        tree = _parsed(decode(data))
        _check_version(convert(tree, _Head))
        document = convert(tree, _Document)
    except msgspec.ValidationError as error:
        _refuse(str(error))
    except RecursionError as error:
        raise FormatError("this is not a workout: nested too deeply") from error
    return replace(
        _workout(document),
        name=read_name(document.name, "name"),
        description=one_line(document.description, MAX_DESCRIPTION),
    )


def write_json(workout: Workout) -> Export:
    """A workout as a JSON file, without loss."""
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "name": workout.name,
        "description": workout.description,
        "notation": format_notation(workout),
        "blocks": [_written(block) for block in workout.blocks],
    }
    return Export((json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode())


def _parsed(text: str) -> object:
    """Parse JSON text. Uses `json`, because msgspec silently takes the last of two equal keys."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_number, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise FormatError(f"not valid JSON: {printable(error.msg, 80)}", place=f"line {error.lineno}") from error
    except FormatError:
        raise
    except ValueError as error:
        # A number with thousands of digits.
        raise FormatError(f"not valid JSON: {printable(str(error), 80)}") from error


def _refuse_constant(name: str) -> float:
    raise FormatError(f"{name} is not a number")


def _number(text: str) -> float:
    """A number with a decimal point or an exponent, as an integer if it is whole: other programs write `60.0`."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in pairs:
        if key in tree:
            raise FormatError(f"{quoted(key)} appears twice")
        tree[key] = value
    return tree


def _check_version(head: _Head) -> None:
    if head.format != FORMAT:
        raise FormatError(f'expected "{FORMAT}", not {quoted(head.format)}', place="format")
    if head.version > VERSION:
        version = printable(str(head.version), 20)
        raise FormatError(f"written by a newer Retro Timer (version {version})", place="version")
    if head.version != VERSION:
        raise FormatError(f"expected {VERSION}", place="version")


def _workout(document: _Document) -> Workout:
    noted = built = None
    if document.notation is not UNSET:
        try:
            noted = parse(document.notation)
        except WorkoutError as error:
            raise FormatError(str(error), place="notation") from error
    if document.blocks is not UNSET:
        built = Workout(_blocks(document.blocks))
    if noted and built and noted != built:
        raise FormatError("notation and blocks describe different workouts; leave one out")
    workout = built or noted
    if workout is None:
        raise FormatError("it has neither notation nor blocks")
    return workout


def _blocks(read: tuple[_Block, ...]) -> tuple[Block, ...]:
    return tuple(each.block for each in read)


def _refuse(message: str) -> NoReturn:
    """Say in plain words what msgspec refused."""
    problem, place = plain_problem(message)
    if place.count(".body[") + place.count(".between[") > MAX_DEPTH:
        problem = f"repeats are nested more than {MAX_DEPTH} deep"  # msgspec finds the problem inside first
    elif (key := unknown_key(problem)) is not None:
        known = _Block.__struct_fields__ if place else _Document.__struct_fields__[:6]
        problem = f"{quoted(key)} is unknown (expected {', '.join(known)})"
    elif unknown := _UNKNOWN_PHASE.fullmatch(problem):
        problem = f"a phase is one of {', '.join(Phase)}, not {quoted(unknown[1])}"
    raise FormatError(printable(problem, 200), place=printable(place, 60))


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


FORMATS: Final = (
    WorkoutFormat(
        "json",
        (".json",),
        "everything, for programs",
        write_json,
        only(lambda data, _: Received(read_json(data))),
        lambda text: text.startswith("{") and any(f'"{key}"' in text for key in ("notation", "blocks", FORMAT)),
    ),
)
