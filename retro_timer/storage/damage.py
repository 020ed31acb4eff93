"""Setting a damaged file aside: renamed with the date, together with what belongs to it, and never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.storage.problems import problem_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; it belongs to it by its name."""


def set_aside(path: Path, now: datetime, why: str = "damaged") -> Path:
    """Rename a database and its companions. Returns the new name.

    Args:
        path: the database.
        now: the wall clock.
        why: a word for the new name.

    Raises:
        UnwritableError: when it cannot be renamed; it is where it was.
    """
    aside = free_name(path, now, why)
    # The companions first: one that stayed behind would be taken for the next database's.
    moves = [(beside(path, suffix), beside(aside, suffix)) for suffix in COMPANIONS if beside(path, suffix).exists()]
    moves.append((path, aside))
    moved: list[tuple[Path, Path]] = []
    try:
        for old, new in moves:
            old.rename(new)
            moved.append((old, new))
    except OSError as error:
        for old, new in moved:
            new.rename(old)
        raise problem_of(error, path) from error
    return aside


def free_name(path: Path, now: datetime, why: str) -> Path:
    """A name beside a file that says why and when and is not taken: `history.damaged-2026-03-02-090000.db`."""
    stem = f"{path.stem}.{why}-{now:%Y-%m-%d-%H%M%S}"
    name = path.with_name(f"{stem}{path.suffix}")
    count = 2
    while name.exists():
        name = path.with_name(f"{stem}-{count}{path.suffix}")
        count += 1
    return name


def beside(path: Path, suffix: str) -> Path:
    """The name of a companion of a database."""
    return path.with_name(path.name + suffix)
