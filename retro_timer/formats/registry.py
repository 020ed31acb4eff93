"""The registry of formats: detection, reading and writing."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from retro_timer import formats
from retro_timer.formats.assumptions import Assume, Assumptions, Lengths
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES, decode_foreign, read_bounded, read_file, too_large
from retro_timer.formats.foreign import refuse_bytes, refuse_text
from retro_timer.formats.format import Format, SessionFormat, WorkoutFormat
from retro_timer.formats.received import Received, only
from retro_timer.formats.workout_json import read_json
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME, check_text
from retro_timer.scheduling.notation import parse
from retro_timer.text import file_name, one_line, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from retro_timer.formats.export import Export
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession


Kind = TypeVar("Kind", bound=Format)
Choice = TypeVar("Choice", bound=StrEnum)
_BY_SUFFIX_ONLY: Final = ".toml"
"""TOML cannot be recognized by its contents."""


def _declared() -> Iterator[Format]:
    """The formats that the modules of this package declare in `FORMATS`."""
    for module in iter_modules(formats.__path__, f"{formats.__name__}."):
        if module.name != __name__:
            yield from getattr(import_module(module.name), "FORMATS", ())


def _of_kind(kind: type[Kind]) -> tuple[Kind, ...]:
    return tuple(sorted((known for known in _declared() if isinstance(known, kind)), key=lambda known: known.id))


WORKOUT_FORMATS: Final = _of_kind(WorkoutFormat)
"""Workout formats, by their ids."""
WRITTEN_FORMATS: Final = tuple(known for known in WORKOUT_FORMATS if known.write)
"""The workout formats that can be exported to."""
SESSION_FORMATS: Final = _of_kind(SessionFormat)
"""Session formats, by their ids. (CSV of many sessions is in `storage.history_csv`.)"""


def read_workout(
    path: Path,
    *,
    assume: Assume | str | None = None,
    lengths: Lengths | str | None = None,
    pace_kmh: float | None = None,
    longest: int | None = None,
) -> Workout:
    """Read a workout from a file of any supported format; an unnamed workout gets the name of the file.

    Args:
        path: the file, which has one workout.
        assume: what to assume about missing directions: forward or alternate.
        lengths: the unit of lengths that have none: metres or seconds.
        pace_kmh: the speed that turns distances into times.
        longest: the longest backward bout in seconds that may be assumed.

    Raises:
        AssumptionNeededError: if one of these is missing: ask, then read again.
        FormatError: if it cannot be read; one line that names the file and the place.
    """
    direction = _choice(Assume, assume)
    return read_one(path, Assumptions(direction, _choice(Lengths, lengths), pace_kmh, longest)).workout


def read_one(path: Path, assumptions: Assumptions) -> Received:
    """Read the workout in a file, with notes on what was decided and lost.

    Raises:
        AssumptionNeededError: as for `read_workout`.
        FormatError: as for `read_workout`.
    """
    found = read_workouts(path, assumptions)
    if len(found) > 1:
        names = ", ".join(quoted(each.workout.name) for each in found[:3])
        more = ", …" if len(found) > 3 else ""
        raise FormatError(f"it has {len(found)} workouts ({names}{more}): import them first", source=file_name(path))
    return found[0]


def read_workouts(path: Path, assumptions: Assumptions) -> tuple[Received, ...]:
    """Read every workout in a file; one without a name gets the name of the file.

    Raises:
        AssumptionNeededError: as for `read_workout`.
        FormatError: as for `read_workout`.
    """
    return _named_after(path, lambda: read_file(path), assumptions)


def read_stream(stream: BinaryIO, source: str, assumptions: Assumptions) -> tuple[Received, ...]:
    """Read every workout in a stream such as standard input; `source` is its name.

    Raises:
        AssumptionNeededError: as for `read_workout`.
        FormatError: as for `read_workout`.
    """
    return _named_after(Path(source), lambda: read_bounded(stream), assumptions)


def read_pasted(text: str, assumptions: Assumptions) -> tuple[Received, ...]:
    """Read workouts from pasted text, in notation or any text format.

    Raises:
        AssumptionNeededError: as for a file.
        WorkoutError: if it cannot be read.
    """
    data = text.encode(errors="replace")
    if len(data) > MAX_BYTES:
        raise FormatError(too_large(MAX_BYTES))
    return tuple(_reader(data, "")(data, assumptions))


def write_workout(workout: Workout, path_or_format: Path | str) -> Export:
    """Export a workout.

    Args:
        workout: the workout to write.
        path_or_format: the id of a format, or a path with its suffix.

    Raises:
        FormatError: if there is no such format.
    """
    known = _named(path_or_format, WRITTEN_FORMATS)
    assert known.write is not None  # noqa: S101  (for the type checker: `WRITTEN_FORMATS` has no others)
    written = known.write(workout)
    if known.read and len(written.data) > MAX_BYTES:
        return written._replace(
            notes=(*written.notes, f"{known.id}: too large to be read back ({_size(written.data)})")
        )
    return written


def write_session(session: StoredSession, path_or_format: Path | str) -> Export:
    """Export a session.

    Args:
        session: the session to write.
        path_or_format: the id of a format, or a path with its suffix.

    Raises:
        FormatError: if there is no such format.
    """
    return _named(path_or_format, SESSION_FORMATS).write(session)


def endings(known_formats: Sequence[Format]) -> str:
    """The usual suffixes of some formats, with the format if it has another name: ".fit, .xml (qz)"."""
    usual = ((known.id, known.suffixes[0]) for known in known_formats)
    return ", ".join(suffix if suffix == f".{name}" else f"{suffix} ({name})" for name, suffix in usual)


def _named(path_or_format: Path | str, known_formats: Sequence[Kind]) -> Kind:
    """The format with an id, or with the suffix of a path."""
    wanted = str(path_or_format)
    suffix = Path(wanted).suffix.lower()
    for known in known_formats:
        if wanted.lower() == known.id or suffix in known.suffixes:
            return known
    listed = ", ".join(f"{known.id} ({known.suffixes[0]})" for known in known_formats)
    raise FormatError(f"{quoted(suffix or wanted)} is not a format; the formats are {listed}")


def _size(data: bytes) -> str:
    return f"{len(data) / 1_000_000:.1f} MB of at most {MAX_BYTES / 1_000_000:g}"


def _choice(kind: type[Choice], value: Choice | str | None) -> Choice | None:
    """A value of an option, which may be given as text."""
    try:
        return None if value is None else kind(value)
    except ValueError as error:
        raise FormatError(f"expected {' or '.join(kind)}, not {quoted(str(value))}") from error


def _named_after(path: Path, contents: Callable[[], bytes], assumptions: Assumptions) -> tuple[Received, ...]:
    """Read some contents; errors and unnamed workouts get the name of the file."""
    source = file_name(path)
    try:
        data = contents()
        found = _reader(data, path.suffix.lower())(data, assumptions)
    except FormatError as error:
        raise error.named(source) from error
    except WorkoutError as error:
        raise FormatError(str(error), source=source) from error
    return tuple(
        each if each.workout.name else replace(each, workout=replace(each.workout, name=_name_of(path)))
        for each in found
    )


def _reader(data: bytes, suffix: str) -> Callable[[bytes, Assumptions], Sequence[Received]]:
    """Choose the reader for some contents, by the contents themselves if possible, otherwise by the suffix.

    Raises:
        FormatError: if they are not a workout; says what they are, if known.
    """
    refuse_bytes(data)
    by_suffix = next((known.read for known in WORKOUT_FORMATS if suffix == known.suffixes[0] and known.read), None)
    try:
        text = decode_foreign(data).text.lstrip().removeprefix("\ufeff").lstrip()
    except FormatError:
        if by_suffix:
            return by_suffix
        raise
    for known in WORKOUT_FORMATS:
        if suffix != _BY_SUFFIX_ONLY and known.read and known.recognizes and known.recognizes(text):
            return known.read
    if by_suffix and suffix == _BY_SUFFIX_ONLY:
        return by_suffix
    if not text:
        raise FormatError("there is nothing in it")
    refuse_text(text)
    if by_suffix:
        return by_suffix
    if text.startswith(("{", "[")):
        return only(lambda contents, _: Received(read_json(contents)))
    return only(_read_notation)


def _read_notation(data: bytes, _: Assumptions) -> Received:
    text, notes = decode_foreign(data)
    return Received(parse(text.strip()), notes)


def _name_of(path: Path) -> str:
    """The file's name as a workout name; empty if it is not a valid one."""
    try:
        return check_text(one_line(path.stem, MAX_NAME), "name", MAX_NAME)
    except WorkoutError:
        return ""
