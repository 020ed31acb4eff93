"""Workouts in files, for all screens: read pasted or dropped text, and copy into the library."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from retro_timer.formats.assumptions import Assumptions
    from retro_timer.formats.received import Received
    from retro_timer.scheduling.model import Workout
    from retro_timer.storage.workouts import WorkoutLibrary

_PATH_BEGINS: Final = re.compile(r"[/~]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|file://", re.IGNORECASE)
LONGEST_PATH: Final = 4096
"""Limit of a file path in characters; longer text is notation."""


def copy_preset(preset: Workout, library: WorkoutLibrary) -> Workout:
    """Save a copy of a preset under a new name.

    Raises:
        LibraryError: if it cannot be saved.
    """
    from retro_timer.scheduling.builder_document import copy_of
    from retro_timer.storage.workout_names import free_name

    copy = copy_of(preset)
    return library.save(replace(copy, name=free_name(copy.name, library.taken_names())))


def read_text(text: str, assumptions: Assumptions | None = None) -> tuple[Received, ...]:
    """Read workouts from pasted or dropped text: a file path, notation, or a text format.

    Raises:
        AssumptionNeededError: if the text leaves something open that is not assumed; ask, then read again.
        WorkoutError: if it contains no workout; one line.
    """
    from retro_timer.formats.assumptions import NOTHING_ASSUMED
    from retro_timer.formats.registry import read_pasted, read_workouts

    assumed = assumptions or NOTHING_ASSUMED

    path = dropped_path(text)
    if path is not None:
        return read_workouts(path, assumed)
    if _names_a_file(text):
        raise WorkoutError(f"there is no file {printable_path(Path(text.strip()), longest=60)}")
    return read_pasted(text, assumed)


def readable(text: str) -> str:
    """Validate that a text contains a workout, and return the text.

    Raises:
        WorkoutError: if it does not.
    """
    from retro_timer.formats.errors import AssumptionNeededError

    if not text:
        raise WorkoutError("expected the path of a file, or notation such as back 2m, fwd 1m")
    with suppress(AssumptionNeededError):  # asked in the next step
        read_text(text)
    return text


def dropped_path(text: str) -> Path | None:
    """The file in a pasted text, in the forms that terminals use for dropped files; None if it is not a path.

    Handles quotes, backslash escapes and `file://`.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_PATH or "\n" in name or "\0" in name:
        return None
    candidates = [name, name.strip("'\""), re.sub(r"\\(.)", r"\1", name)]
    if name.lower().startswith("file://"):
        candidates.append(unquote(urlsplit(name).path))
    for candidate in candidates:
        try:
            path = Path(candidate).expanduser()
            if path.is_file():
                return path
        except (OSError, RuntimeError, ValueError):
            continue  # not a valid path on this system
    return None


def _names_a_file(text: str) -> bool:
    """Whether a text looks like a path rather than notation."""
    from retro_timer.formats.registry import WORKOUT_FORMATS

    name = text.strip().strip("'\"")
    if "\n" in name or len(name) > LONGEST_PATH:
        return False
    suffixes = tuple(suffix for known in WORKOUT_FORMATS for suffix in known.suffixes)
    return bool(_PATH_BEGINS.match(name)) or name.lower().endswith(suffixes)
