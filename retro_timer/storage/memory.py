"""A history in memory: for tests, and for a session that has to go on when the data directory cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.storage.database import Database
from retro_timer.storage.history import History

if TYPE_CHECKING:
    from pathlib import Path


def memory_history() -> History:
    """An empty history that is gone when it is closed."""
    return History(Database(None))


def copy_in_memory(path: Path) -> History:
    """What a file that cannot be written holds, in memory.

    Raises:
        StorageError: when it cannot be read either.
    """
    history = memory_history()
    try:
        history.database.fill_from(path)
    except BaseException:
        history.close()
        raise
    return history
