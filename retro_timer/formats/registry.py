"""The registry of formats: detection, reading and writing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from retro_timer import formats
from retro_timer.formats.direction import Assume
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES, decode, read_file
from retro_timer.formats.format import Format, SessionFormat, WorkoutFormat
from retro_timer.formats.intervals_icu import looks_like_steps, read_icu
from retro_timer.formats.workout_json import read_json
from retro_timer.formats.zwo import read_zwo
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_NAME, check_text
from retro_timer.scheduling.notation import parse
from retro_timer.text import file_name, one_line, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retro_timer.formats.export import Export
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import StoredSession


Kind = TypeVar("Kind", bound=Format)


def _declared() -> Iterator[Format]:
    """The formats that the modules of this package declare in `FORMATS`."""
    for module in iter_modules(formats.__path__, f"{formats.__name__}."):
        if module.name != __name__:
            yield from getattr(import_module(module.name), "FORMATS", ())


def _of_kind(kind: type[Kind]) -> tuple[Kind, ...]:
    return tuple(sorted((known for known in _declared() if isinstance(known, kind)), key=lambda known: known.id))


WORKOUT_FORMATS: Final = _of_kind(WorkoutFormat)
"""Workout formats, by their ids."""
SESSION_FORMATS: Final = _of_kind(SessionFormat)
"""Session formats, by their ids. (CSV of many sessions is in `storage.transfer`.)"""


def read_workout(path: Path, *, assume: Assume | str | None = None) -> Workout:
    """Read a workout from a file of any supported format; an unnamed workout gets the name of the file.

    Args:
        path: the file.
        assume: what to assume about missing directions.

    Raises:
        DirectionUnknownError: if directions are missing and `assume` is None: ask, then read again.
        FormatError: if it cannot be read; one line that names the file and the place.
    """
    source = file_name(path)
    try:
        data = read_file(path)
        workout = _reader(data, path.suffix.lower())(data, _assume(assume))
    except FormatError as error:
        raise error.named(source) from error
    except WorkoutError as error:
        raise FormatError(str(error), source=source) from error
    return workout if workout.name else replace(workout, name=_name_of(path))


def read_pasted(text: str, *, assume: Assume | str | None = None) -> Workout:
    """Read a workout from pasted text, in notation or any text format.

    Raises:
        DirectionUnknownError: as for a file.
        WorkoutError: if it cannot be read.
    """
    data = text.encode(errors="replace")
    if len(data) > MAX_BYTES:
        raise FormatError(f"larger than {MAX_BYTES / 1_000_000:g} MB: no workout is that long")
    return _reader(data, "")(data, _assume(assume))


def write_workout(workout: Workout, path_or_format: Path | str) -> Export:
    """Export a workout.

    Args:
        workout: the workout to write.
        path_or_format: the id of a format, or a path with its suffix.

    Raises:
        FormatError: if there is no such format.
    """
    known = _named(path_or_format, WORKOUT_FORMATS)
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
    """How the files of some formats end, with the format where the ending does not name it: ".fit, .xml (qz)"."""
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


def _assume(assume: Assume | str | None) -> Assume | None:
    try:
        return None if assume is None else Assume(assume)
    except ValueError as error:
        raise FormatError(f"expected forward or alternate, not {quoted(str(assume))}") from error


def _reader(data: bytes, suffix: str) -> Callable[[bytes, Assume | None], Workout]:
    """The reader for some contents, chosen by suffix if that is unambiguous, otherwise by how the contents begin."""
    for known in WORKOUT_FORMATS:
        if suffix == known.suffixes[0] and known.read:
            return known.read
    if data[8:12] == b".FIT":
        raise FormatError("FIT files are written, not read: export the workout as .zwo or text where it comes from")
    text = decode(data).lstrip()
    if not text:
        raise FormatError("there is nothing in it")
    if text.startswith("<"):
        if "<workout_file" in text[:10_000].lower():
            return read_zwo
        raise FormatError("this XML is not a .zwo workout")
    if text.startswith("{"):
        return lambda contents, _: read_json(contents)
    if looks_like_steps(text):
        return read_icu
    return lambda contents, _: parse(decode(contents).strip())


def _name_of(path: Path) -> str:
    """The file's name as a workout name; empty if it is not a valid one."""
    try:
        return check_text(one_line(path.stem, MAX_NAME), "name", MAX_NAME)
    except WorkoutError:
        return ""
