"""The kind of an imported file, by how it begins: a history, past activities or a programme; otherwise a workout."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import read_file
from retro_timer.formats.programme_toml import is_programme
from retro_timer.runtime.import_activities import past_in
from retro_timer.storage.transfer import FORMAT, import_everything, read_json
from retro_timer.text import counted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.training.programme import Programme

_HEAD: Final = 4096


class FileKind(Enum):
    """The kinds of imported files, besides workouts."""

    HISTORY = auto()
    PAST = auto()
    PROGRAMME = auto()


def kind_of(file: Path) -> FileKind | None:
    """The kind of a file; None for a workout, and for an unreadable file, which fails later."""
    if _is_history(file):
        return FileKind.HISTORY
    if _is_programme(file):
        return FileKind.PROGRAMME
    return FileKind.PAST if past_in(file) else None


def import_history(history: History, file: Path, now: datetime) -> str:
    """Add what an exported history has and this one does not. Returns what was added, as a clause.

    Raises:
        UserError: if the file cannot be read, or the history cannot be written.
    """
    done, tested = import_everything(history, read_json(file, now))
    also = f"; {counted(tested, 'walk test')} added" if tested else ""
    return f"{done}{also}"


def describe(found: Programme) -> str:
    """A programme in a few words: "Knee by A. Example (6 steps, since 30 November 2026)"."""
    by = f" by {found.author}" if found.author else ""
    since = f", since {found.started.day} {found.started:%B %Y}" if found.started else ""
    return f"{found.name}{by} ({counted(len(found.levels), 'step')}{since})"


def _is_programme(file: Path) -> bool:
    """Whether a file looks like a programme; False for an unreadable file."""
    if file.suffix.lower() != ".toml":
        return False
    try:
        return is_programme(read_file(file))
    except FormatError:
        return False


def _is_history(file: Path) -> bool:
    """Whether a file begins like an exported history; False for an unreadable file."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as start:
            head = start.read(_HEAD)
        # A shell that redirects an export may have written it as UTF-16.
        return any(f'"{FORMAT}"'.encode(encoding) in head for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    except (OSError, ValueError):
        return False
