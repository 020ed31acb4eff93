"""The formats there are: which one a file is in, and reading and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from retro_timer.formats.direction import Assume
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import MAX_BYTES, decode, read_file
from retro_timer.formats.intervals_icu import looks_like_steps, read_icu, write_icu
from retro_timer.formats.qz import write_qz
from retro_timer.formats.share_card import write_ascii_card, write_card
from retro_timer.formats.tcx import write_tcx
from retro_timer.formats.text import one_line, shown, shown_path
from retro_timer.formats.workout_json import read_json, write_json
from retro_timer.formats.workout_toml import read_toml, write_toml
from retro_timer.formats.zwo import read_zwo, write_zwo
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.workout import MAX_NAME, check_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.formats.activity import WalkedSession
    from retro_timer.formats.export import Export
    from retro_timer.scheduling.workout import Workout


@dataclass(frozen=True, slots=True)
class WorkoutFormat:
    """A format workouts are traded in.

    Attributes:
        id: its name on the command line.
        suffixes: how its files end, the usual one first.
        help: one line about it.
        read: reads a file's contents, with what to assume where it does not say which way to walk; None when the
            format is only written.
        write: writes a workout.
    """

    id: str
    suffixes: tuple[str, ...]
    help: str
    read: Callable[[bytes, Assume | None], Workout] | None
    write: Callable[[Workout], Export]


@dataclass(frozen=True, slots=True)
class SessionFormat:
    """A format walked sessions are handed on in; none is read.

    Attributes:
        id: its name on the command line.
        suffixes: how its files end, the usual one first.
        help: one line about it.
        write: writes a session.
    """

    id: str
    suffixes: tuple[str, ...]
    help: str
    write: Callable[[WalkedSession], Export]


def _write_fit_workout(workout: Workout) -> Export:
    from retro_timer.formats.fit_workout import write_fit_workout  # noqa: PLC0415  (fit-tool takes long to load)

    return write_fit_workout(workout)


def _write_fit_activity(session: WalkedSession) -> Export:
    from retro_timer.formats.fit_activity import write_fit_activity  # noqa: PLC0415  (see above)

    return write_fit_activity(session)


WORKOUT_FORMATS: Final = (
    WorkoutFormat("json", (".json",), "everything, for programs", lambda data, _: read_json(data), write_json),
    WorkoutFormat("toml", (".toml",), "an own workout's file, for people", lambda data, _: read_toml(data), write_toml),
    WorkoutFormat("zwo", (".zwo",), "Zwift; direction and speed in its texts", read_zwo, write_zwo),
    WorkoutFormat("icu", (".icu", ".txt"), "intervals.icu workout text", read_icu, write_icu),
    WorkoutFormat("fit", (".fit",), "FIT workout for a watch, written only", None, _write_fit_workout),
    WorkoutFormat("qz", (".xml",), "QZ (qdomyos-zwift) treadmill program, written only", None, write_qz),
)  # fmt: skip
"""Workout formats, in the order they are offered."""

SESSION_FORMATS: Final = (
    SessionFormat("fit", (".fit",), "FIT activity, for upload", _write_fit_activity),
    SessionFormat("tcx", (".tcx",), "TCX activity, for upload", write_tcx),
    SessionFormat("card", (".txt",), "share card, Unicode text", write_card),
    SessionFormat("card-ascii", (".asc",), "share card, plain ASCII", write_ascii_card),
)
"""Session formats, in the order they are offered. (CSV of many sessions is the history's.)"""


Format = TypeVar("Format", WorkoutFormat, SessionFormat)


def read_workout(path: Path, *, assume: Assume | str | None = None) -> Workout:
    """The workout in a file of any format that can be read; without a name it is called like the file.

    Args:
        path: where it is.
        assume: what to assume where nothing says which way to walk.

    Raises:
        DirectionUnknownError: when nothing says it, and nothing is to be assumed: ask, and read again.
        FormatError: when it cannot be read; one line that names the file and the place.
    """
    source = shown_path(path)
    try:
        data = read_file(path)
        workout = _reader(data, path.suffix.lower())(data, _assume(assume))
    except FormatError as error:
        raise error.named(source) from error
    except WorkoutError as error:
        raise FormatError(str(error), source=source) from error
    return workout if workout.name else workout.but(name=_name_of(path))


def read_pasted(text: str, *, assume: Assume | str | None = None) -> Workout:
    """The workout in a text that was pasted, in notation or any format that is text.

    Raises:
        DirectionUnknownError: as for a file.
        WorkoutError: when it cannot be read.
    """
    data = text.encode(errors="replace")
    if len(data) > MAX_BYTES:
        raise FormatError(f"larger than {MAX_BYTES / 1_000_000:g} MB: no workout is that long")
    return _reader(data, "")(data, _assume(assume))


def write_workout(workout: Workout, path_or_format: Path | str) -> Export:
    """A workout as a file, and what the format cannot carry.

    Args:
        workout: what to write.
        path_or_format: the id of a format, or a path whose suffix tells it.

    Raises:
        FormatError: when there is no such format.
    """
    known = _named(path_or_format, WORKOUT_FORMATS)
    written = known.write(workout)
    if known.read and len(written.data) > MAX_BYTES:
        return written._replace(
            notes=(*written.notes, f"{known.id}: too large to be read back ({_size(written.data)})")
        )
    return written


def write_session(session: WalkedSession, path_or_format: Path | str) -> Export:
    """A walked session as a file, and what the format cannot carry.

    Args:
        session: what to write.
        path_or_format: the id of a format, or a path whose suffix tells it.

    Raises:
        FormatError: when there is no such format.
    """
    return _named(path_or_format, SESSION_FORMATS).write(session)


def format_for(path_or_format: Path | str) -> WorkoutFormat:
    """The workout format with an id, or with the suffix of a path.

    Raises:
        FormatError: names the formats there are.
    """
    return _named(path_or_format, WORKOUT_FORMATS)


def _named(path_or_format: Path | str, formats: Sequence[Format]) -> Format:
    """The format with an id, or with the suffix of a path."""
    wanted = str(path_or_format)
    suffix = Path(wanted).suffix.lower()
    for known in formats:
        if wanted.lower() == known.id or suffix in known.suffixes:
            return known
    listed = ", ".join(f"{known.id} ({known.suffixes[0]})" for known in formats)
    raise FormatError(f"{shown(suffix or wanted)} is no format; there are {listed}")


def _size(data: bytes) -> str:
    return f"{len(data) / 1_000_000:.1f} MB of at most {MAX_BYTES / 1_000_000:g}"


def _assume(assume: Assume | str | None) -> Assume | None:
    try:
        return None if assume is None else Assume(assume)
    except ValueError as error:
        raise FormatError(f"expected forward or alternate, not {shown(str(assume))}") from error


def _reader(data: bytes, suffix: str) -> Callable[[bytes, Assume | None], Workout]:
    """What reads some contents: told by the suffix where one format alone has it, else by how they begin."""
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
        raise FormatError("of XML only .zwo workouts are read: this is something else")
    if text.startswith("{"):
        return lambda contents, _: read_json(contents)
    if looks_like_steps(text):
        return read_icu
    return lambda contents, _: parse(decode(contents).strip())


def _name_of(path: Path) -> str:
    """A file's name as the name of the workout in it; empty where it is none."""
    try:
        return check_text(one_line(path.stem, MAX_NAME), "name", MAX_NAME)
    except WorkoutError:
        return ""
