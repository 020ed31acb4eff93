"""Opening the history whatever state it is in: the program always starts, and says what it found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retro_timer.storage.damage import free_name, set_aside
from retro_timer.storage.database import Database
from retro_timer.storage.history import History
from retro_timer.storage.lock import SessionLock
from retro_timer.storage.memory import copy_in_memory, memory_history
from retro_timer.storage.problems import BusyError, DamagedError, StorageError, TooNewError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

FILE_NAME: Final = "history.db"


@dataclass(frozen=True, slots=True)
class Opened:
    """A history that can be used, and what the walker should know about it.

    Attributes:
        history: in memory when the file cannot be used; it then holds what could be read of it.
        problem: why it is in memory, one clause; empty when it is not.
        set_aside: the new name of a file that was damaged, None when it was sound.
    """

    history: History
    problem: str = ""
    set_aside: Path | None = None


class HistoryFile:
    """The history of one data directory.

    Args:
        directory: the data directory; made when it is not there.
        wall: reads the wall clock, for the names of backups and of files set aside.
    """

    def __init__(self, directory: Path, wall: Callable[[], datetime]) -> None:
        self.directory = directory
        self.path = directory / FILE_NAME
        self._wall = wall

    def connect(self) -> Database:
        """A connection of its own to the file.

        Raises:
            StorageError: when it cannot be used.
        """
        return Database(self.path, self._back_up)

    def set_aside(self) -> Path:
        """Rename the damaged file, so that a new one can be begun. Returns its new name.

        Raises:
            StorageError: when it cannot be renamed.
        """
        return set_aside(self.path, self._wall())

    def open(self, lock: SessionLock) -> Opened:
        """Open the history; never raises a `StorageError`.

        Args:
            lock: of the same directory. Only who holds it, or can take it for the moment, sets a damaged file aside:
                another window may be writing to it.
        """
        try:
            return Opened(History(self.connect()))
        except DamagedError as damage:
            return self._begin_anew(damage, lock)
        except TooNewError as problem:
            return Opened(memory_history(), str(problem))
        except StorageError as problem:
            return self._open_copy(problem)

    def reopen(self, history: History, damage: DamagedError, lock: SessionLock) -> Opened:
        """Set the file aside and begin a new one, after damage that showed only when the history was read.

        The history is closed. Where the journal has begun a new file meanwhile, that one is opened. Never raises a
        `StorageError`.
        """
        in_place = history.database.is_in_place
        with suppress(StorageError):  # it is damaged
            history.close()
        return self._begin_anew(damage, lock) if in_place else self.open(lock)

    def _begin_anew(self, damage: DamagedError, lock: SessionLock) -> Opened:
        guest = not lock.held
        try:
            lock.take(self._wall())
            aside = self.set_aside()
        except BusyError:
            return Opened(memory_history(), f"{damage}, and a session is running in another window")
        except StorageError as problem:
            return Opened(memory_history(), f"{damage}, and {problem}")
        finally:
            if guest:
                lock.release()
        try:
            return Opened(History(self.connect()), set_aside=aside)
        except StorageError as problem:
            return Opened(memory_history(), str(problem), aside)

    def _open_copy(self, problem: StorageError) -> Opened:
        try:
            return Opened(copy_in_memory(self.path), str(problem))
        except StorageError:
            return Opened(memory_history(), str(problem))

    def _back_up(self, database: Database, version: int) -> None:
        """Copy an older file before it is changed."""
        database.copy_to_file(free_name(self.path, self._wall(), f"version-{version}"))


def open_history(directory: Path, wall: Callable[[], datetime], lock: SessionLock | None = None) -> Opened:
    """Open the history of a data directory; never raises a `StorageError`.

    Args:
        directory: the data directory.
        wall: reads the wall clock.
        lock: the directory's, when this process has one already.
    """
    return HistoryFile(directory, wall).open(lock or SessionLock(directory))
