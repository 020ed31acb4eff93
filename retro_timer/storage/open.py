"""Opening the history in any state: the program always starts, and reports problems."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.files.leftovers import clear_leftovers
from retro_timer.storage.database import Database
from retro_timer.storage.errors import BusyError, DamagedError, NoLockError, StorageError, TooNewError
from retro_timer.storage.file_quarantine import free_name, set_aside
from retro_timer.storage.history import History
from retro_timer.storage.memory import copy_in_memory, memory_history
from retro_timer.storage.session_lock import SessionLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

FILE_NAME: Final = "history.db"


class OpenedHistory(Struct, frozen=True):
    """An opened history, with problems to report.

    Attributes:
        history: the history; if the file cannot be used, a history in memory with its readable content.
        problem: why it is in memory, as one clause; empty if it is not.
        set_aside: the new name of a damaged file; None if it was undamaged.
        copied: whether a history in memory contains everything in the file.
    """

    history: History
    problem: str = ""
    set_aside: Path | None = None
    copied: bool = False


class HistoryFile:
    """The history file of a data directory.

    Args:
        directory: the data directory; created if it is missing.
        wall: reads the wall clock, for the names of backups and quarantined files.
    """

    def __init__(self, directory: Path, wall: Callable[[], datetime]) -> None:
        self.directory = directory
        self.path = directory / FILE_NAME
        self._wall = wall

    def connect(self) -> Database:
        """Open a new connection to the file.

        Raises:
            StorageError: if it cannot be used.
        """
        return Database(self.path, self._back_up)

    def set_aside(self) -> Path:
        """Quarantine the damaged file, so that a new one can be created. Returns its new name.

        Raises:
            StorageError: if it cannot be renamed.
        """
        return set_aside(self.path, self._wall())

    def open(self, lock: SessionLock) -> OpenedHistory:
        """Open the history; never raises a `StorageError`.

        Args:
            lock: the lock of the same directory. A damaged file is quarantined only while the lock is held or can be
                taken, because another window may be writing to it.
        """
        clear_leftovers(self.directory)
        try:
            return OpenedHistory(self._history())
        except DamagedError as damage:
            return self._quarantine_file(damage, lock)
        except TooNewError as problem:
            return OpenedHistory(memory_history(), str(problem))
        except StorageError as problem:
            return self.open_copy(problem)

    def reopen(self, history: History, damage: DamagedError, lock: SessionLock) -> OpenedHistory:
        """Quarantine the file and create a new one, after damage was found while reading.

        Closes the history. If the journal has created a new file in the meantime, that one is opened. Never raises a
        `StorageError`.
        """
        in_place = history.database.is_in_place
        with suppress(StorageError):  # it is damaged
            history.close()
        return self._quarantine_file(damage, lock) if in_place else self.open(lock)

    def _history(self) -> History:
        history = History(self.connect())
        try:
            if history.database.mended:
                history.validate_all()
        except BaseException:
            history.close()
            raise
        return history

    def _quarantine_file(self, damage: DamagedError, lock: SessionLock) -> OpenedHistory:
        try:
            # A separate lock: a session that starts meanwhile in another thread must not mistake this one for its own.
            with nullcontext(lock) if lock.held else SessionLock(self.directory) as guard:
                with suppress(NoLockError):  # without locks, no other process can hold it
                    guard.take(self._wall())
                aside = self.set_aside()
        except BusyError:
            return OpenedHistory(memory_history(), f"{damage}, and a session is running in another window")
        except StorageError as problem:
            return OpenedHistory(memory_history(), f"{damage}, and {problem}")
        try:
            return OpenedHistory(History(self.connect()), set_aside=aside)
        except StorageError as problem:
            return OpenedHistory(memory_history(), str(problem), aside)

    def open_copy(self, problem: StorageError) -> OpenedHistory:
        """Open the readable content of a read-only file as a history in memory.

        Args:
            problem: why the file cannot be written.
        """
        try:
            return OpenedHistory(copy_in_memory(self.path), str(problem), copied=True)
        except StorageError:
            return OpenedHistory(memory_history(), str(problem))

    def _back_up(self, database: Database, version: int) -> None:
        """Copy an older file before its migration; only once, even if the migration is interrupted."""
        why = f"version-{version}"
        known = sorted(self.directory.glob(f"{self.path.stem}.{why}-*{self.path.suffix}"))
        database.copy_to_file(free_name(self.path, self._wall(), why), known)
