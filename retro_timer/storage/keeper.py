"""The keeper: one data directory as the program uses it, with its lock, its history and the walk being kept.

Everything that is heavy to import is imported when it is first needed, which is after the first frame.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.clock import Clock
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.scheduling.workout import Workout
    from retro_timer.storage.history import History
    from retro_timer.storage.journal import Journal
    from retro_timer.storage.lock import SessionLock
    from retro_timer.storage.model import Interrupted
    from retro_timer.storage.opening import HistoryFile, Opened
    from retro_timer.storage.problems import DamagedError


class Keeper:
    """Keeps the walks of one data directory.

    Args:
        directory: the data directory; nothing is made in it before something is to be kept.
        clock: the session's clock.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self.directory = directory
        self._clock = clock
        self._lock: SessionLock | None = None
        self._file: HistoryFile | None = None
        self._opened: Opened | None = None
        self._opening = Lock()
        self._examining = Lock()

    @property
    def opened(self) -> Opened:
        """The history, opened when it is first asked for, and what the walker should know about it."""
        with self._opening:  # screens ask for it from threads of their own
            if self._opened is None:
                self._opened = self.file.open(self.lock)
            return self._opened

    @property
    def history(self) -> History:
        """The history; in memory when the file cannot be used."""
        return self.opened.history

    def examine(self, stop: Callable[[], bool]) -> bool:
        """Look the whole file through for damage; returns whether there was some, which is then set aside.

        A long history is opened without, so that no walker waits for it; this is for a thread of its own.

        Args:
            stop: asked again and again whether to leave it at that.

        Raises:
            StorageError: when the file cannot be read.
        """
        from retro_timer.storage.database import check_file  # noqa: PLC0415  (after the first frame)
        from retro_timer.storage.problems import DamagedError  # noqa: PLC0415  (the same)

        if not self._examining.acquire(blocking=False):
            return False  # another thread is at it
        try:
            history = self.history
            if not history.database.examined:
                history.database.examined = check_file(self.file.path, stop)
        except DamagedError as damage:
            self.meet(damage, history)
            return True
        finally:
            self._examining.release()
        return False

    def meet(self, damage: DamagedError, history: History) -> None:
        """Go on after damage that showed when a history was read: set it aside, and begin a new one.

        Where another thread has met it before, the new one is there already, and stays.
        """
        with self._opening:
            if self._opened is not None and self._opened.history is history:
                self._opened = self.file.reopen(history, damage, self.lock)

    @property
    def lock(self) -> SessionLock:
        """The right to walk."""
        if self._lock is None:
            from retro_timer.storage.lock import SessionLock  # noqa: PLC0415  (after the first frame)

            self._lock = SessionLock(self.directory)
        return self._lock

    @property
    def file(self) -> HistoryFile:
        """The history's file."""
        if self._file is None:
            from retro_timer.storage.opening import HistoryFile  # noqa: PLC0415  (after the first frame)

            self._file = HistoryFile(self.directory, self._clock.wall)
        return self._file

    def begin(self, workout: Workout, schedule: Schedule, rung: str | None = None) -> Journal:
        """Begin to keep a walk; the events so far are to be noted next.

        Raises:
            BusyError: another window walks: says which process, and since when.
        """
        from uuid import uuid4  # noqa: PLC0415  (after the first frame)

        from retro_timer.session.record import Planned  # noqa: PLC0415
        from retro_timer.session.recorder import Recorder  # noqa: PLC0415
        from retro_timer.storage.journal import Journal  # noqa: PLC0415
        from retro_timer.storage.model import Start  # noqa: PLC0415
        from retro_timer.storage.writer import Subject  # noqa: PLC0415

        self._take_lock()
        now = self._clock.wall()
        subject = Subject(Start(str(uuid4()), now, now.tzname() or ""), Planned.of(workout, rung))
        return Journal(subject, Recorder(schedule), self._clock, file=self.file, memory=self._spare())

    def interrupted(self) -> tuple[Interrupted, ...]:
        """The walks whose program died, oldest first; none while another window walks."""
        from retro_timer.storage.problems import StorageError  # noqa: PLC0415  (after the first frame)

        try:
            self.lock.take(self._clock.wall())
        except StorageError:
            return ()
        try:
            return self.history.interrupted()
        except StorageError:
            return ()
        finally:
            self.release()

    def take_up(self, walk: Interrupted) -> Journal:
        """Go on keeping an interrupted walk.

        Raises:
            BusyError: another window walks.
        """
        from retro_timer.storage.journal import Journal  # noqa: PLC0415  (after the first frame)

        self._take_lock()
        return Journal.taking_up(walk, self._clock, file=self.file, memory=self._spare())

    def release(self) -> None:
        """Give the right to walk back."""
        if self._lock is not None:
            self._lock.release()

    def close(self) -> None:
        """Close the history and give the lock back."""
        if self._opened is not None:
            self._opened.history.close()
            self._opened = None
        self.release()

    def _spare(self) -> History | None:
        """Where a walk goes that never reached the file: a history that is in memory already."""
        if self._opened is not None and self._opened.history.in_memory:
            return self._opened.history
        return None

    def _take_lock(self) -> None:
        from retro_timer.storage.problems import DiskFullError, UnwritableError  # noqa: PLC0415  (after the first frame)

        # A directory that cannot be used is the journal's to report: the walk goes on.
        with suppress(UnwritableError, DiskFullError):
            self.lock.take(self._clock.wall())
