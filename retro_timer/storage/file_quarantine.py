"""Quarantine of damaged files: they are renamed with the date, along with their companions, and never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.storage.errors import problem_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""Suffixes of the companion files that SQLite keeps next to a database."""

DAMAGED: Final = "damaged"
"""The word in the name of a quarantined file."""


def asides(directory: Path) -> list[Path]:
    """The quarantined histories that have not been repaired yet, oldest first."""
    return sorted(directory.glob(f"history.{DAMAGED}-*.db"))


def set_aside(path: Path, now: datetime, why: str = DAMAGED) -> Path:
    """Rename a database and its companions. Returns the new name.

    Args:
        path: the database.
        now: the wall clock.
        why: a word for the new name.

    Raises:
        UnwritableError: if it cannot be renamed; it keeps its name then.
    """
    aside = free_name(path, now, why)
    move(path, aside)
    return aside


def move(path: Path, name: Path) -> None:
    """Rename a database and its companions.

    Raises:
        UnwritableError: if it cannot be renamed; it keeps its name then.
    """
    # Companions first: one left behind would be taken for the next database's.
    moves = [
        (companion(path, suffix), companion(name, suffix)) for suffix in COMPANIONS if companion(path, suffix).exists()
    ]
    moves.append((path, name))
    moved: list[tuple[Path, Path]] = []
    try:
        for old, new in moves:
            old.rename(new)
            moved.append((old, new))
    except OSError as error:
        for old, new in moved:
            new.rename(old)
        raise problem_of(error, path) from error


def free_name(path: Path, now: datetime, why: str) -> Path:
    """A free name with reason and time: `history.damaged-2026-03-02-090000.db`."""
    return numbered(path.with_name(f"{path.stem}.{why}-{now:%Y-%m-%d-%H%M%S}{path.suffix}"))


def numbered(path: Path) -> Path:
    """The path if there is no such file, otherwise a free one with a number: no file is ever replaced."""
    count, free = 1, path
    while free.exists():
        count += 1
        free = path.with_stem(f"{path.stem}-{count}")
    return free


def companion(path: Path, suffix: str) -> Path:
    """The path of a companion file of a database."""
    return path.with_name(path.name + suffix)
