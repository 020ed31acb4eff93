"""A history in memory, for tests and for sessions without a usable data directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.storage.database import Database
from retro_timer.storage.history import History

if TYPE_CHECKING:
    from pathlib import Path


def memory_history() -> History:
    """An empty history that is lost when it is closed."""
    return History(Database(None))


def copy_in_memory(path: Path) -> History:
    """Copy a history file into memory; the file is only read.

    Raises:
        StorageError: if it cannot be read.
    """
    history = memory_history()
    try:
        history.database.fill_from(path)
    except BaseException:
        history.close()
        raise
    return history
