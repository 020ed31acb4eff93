"""Names of workouts: compared as they look, and made into names of files."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.model import MAX_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retro_timer.scheduling.model import Workout

_LONGEST_STEM: Final = 80
"""Limit in bytes: with suffixes, names stay within 143 bytes, the limit of eCryptfs."""
_NO_LETTERS: Final = "workout"
_RESERVED: Final = re.compile(r"con|prn|aux|nul|conin|conout|(?:com|lpt)\d", re.ASCII)
"""Windows device names, reserved with any suffix; see "Naming Files, Paths, and Namespaces" at Microsoft Learn."""


def file_stem(name: str) -> str:
    """A portable file name made from any name: letters, digits and dashes only."""
    normal = unicodedata.normalize("NFKC", name).casefold()
    dashed = "".join(character if character.isalnum() else "-" for character in normal)
    stem = "-".join(part for part in dashed.split("-") if part)
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    stem = stem.rstrip("-") or _NO_LETTERS
    return f"{stem}-{_NO_LETTERS}" if _RESERVED.fullmatch(stem) else stem


def name_key(name: str) -> str:
    """A key that is equal for names that look the same."""
    normal = unicodedata.normalize("NFKC", name).casefold()
    return "-".join(normal.replace("_", " ").replace("-", " ").split())


def goes_by(name: str, workouts: Iterable[Workout]) -> bool:
    """Whether a name means one of some workouts: it is the id or the name of one."""
    return any(name_key(name) in (name_key(workout.id), name_key(workout.name)) for workout in workouts)


def free_name(name: str, taken: Iterable[str], ending: str = "") -> str:
    """A name that looks like none that is taken: with the ending, and a number if necessary; never too long."""
    known = set(map(name_key, taken))
    number, free = 1, _with_ending(name, ending)
    while name_key(free) in known:
        number += 1
        free = _with_ending(name, f"{ending} {number}")
    return free


def _with_ending(name: str, ending: str) -> str:
    return f"{name[: MAX_NAME - len(ending)].rstrip()}{ending}"
