"""The store: the lock, the history and the running session of one data directory.

Expensive imports happen on first use, after the first frame.
"""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from retro_timer.storage.errors import (
    DamagedError,
    DiskFullError,
    MendableError,
    NoLockError,
    StorageError,
    UnwritableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.clock import Clock
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.history import Feedback, InterruptedSession, StoredSession
    from retro_timer.storage.history import History
    from retro_timer.storage.journal import Journal
    from retro_timer.storage.open import HistoryFile, OpenedHistory
    from retro_timer.storage.repair import Report
    from retro_timer.storage.session_lock import SessionLock

T = TypeVar("T")


class Store:
    """Stores the sessions of one data directory.

    Args:
        directory: the data directory; nothing is created before something is stored.
        clock: the session's clock.
        config: the directory of the settings, for `warnings`.
    """

    def __init__(self, directory: Path, clock: Clock, config: Path | None = None) -> None:
        self.directory = directory
        self._config = config
        self._clock = clock
        self._lock: SessionLock | None = None
        self._file: HistoryFile | None = None
        self._opened: OpenedHistory | None = None
        self._opening = Lock()
        self._examining = Lock()
        self.unguarded = ""
        """Why sessions are not exclusive, as one sentence; empty if they are, or if it is unknown."""
        self._unsaved: dict[str, tuple[StoredSession, str]] = {}  # unsaved sessions by uuid, each with the reason

    @property
    def opened(self) -> OpenedHistory:
        """The history with problems to report; opened on first use."""
        with self._opening:  # used by several threads of screens
            if self._opened is None:
                self._opened = self.file.open(self.lock)
            return self._opened

    @property
    def history(self) -> History:
        """The history; in memory if the file cannot be used."""
        return self.opened.history

    def readable_history(self) -> OpenedHistory:
        """The history for reading: the file, or a copy of it in memory.

        Interrupted sessions are marked first, so that it includes them; if the file cannot be written, in a copy.

        Raises:
            StorageError: if the file cannot be read.
        """
        opened = self._usable(copies=True)
        try:
            self._mark_interrupted(opened.history)
        except StorageError as problem:
            if isinstance(problem, DamagedError) and self._opened is opened:
                raise
            opened = self._replace(opened, partial(self.file.open_copy, problem))
            self._mark_interrupted(opened.history)
        return opened

    def writable_history(self) -> OpenedHistory:
        """The history for changes: always the file itself.

        Raises:
            StorageError: if the file cannot be written.
        """
        opened = self._usable(copies=False)
        self._mark_interrupted(opened.history)
        return opened

    def _usable(self, *, copies: bool) -> OpenedHistory:
        opened = self.opened
        if opened.history.in_memory and not (copies and opened.copied):
            raise UnwritableError(f"nothing was {'read' if copies else 'written'}: {opened.problem}")
        return opened

    def _mark_interrupted(self, history: History) -> None:
        from retro_timer.storage.interrupted import mark_interrupted

        if history.unfinished():
            mark_interrupted(history, self.directory, self._clock.wall())

    def examine(self, stop: Callable[[], bool]) -> bool:
        """Check the whole file for damage; returns whether there was any.

        Inconsistent indexes are rebuilt; otherwise a damaged file is quarantined.

        To save time, a large history is opened without this check: run it in a background thread.

        Args:
            stop: polled; returns True to stop early.

        Raises:
            StorageError: if the file cannot be read.
        """
        from retro_timer.storage.database_file import check_file

        if not self._examining.acquire(blocking=False):
            return False  # another thread is doing it
        try:
            history = self.history
            if not history.database.examined:
                history.database.examined = check_file(self.file.path, stop)
        except MendableError:
            history.database.mend()
            history.validate_all()
            return True
        except DamagedError as damage:
            self.replace_damaged(damage, history)
            return True
        finally:
            self._examining.release()
        return False

    def replace_damaged(self, damage: DamagedError, history: History) -> None:
        """Quarantine a history that turned out to be damaged, and create a new one.

        No effect if another thread has already replaced it.
        """
        opened = self._opened
        if opened is not None and opened.history is history:
            self._replace(opened, lambda: self.file.reopen(history, damage, self.lock))

    def _replace(self, opened: OpenedHistory, reopen: Callable[[], OpenedHistory]) -> OpenedHistory:
        """Replace the opened history, unless another thread has already done so. Returns the current one."""
        with self._opening:
            if self._opened is opened:
                self._opened = reopen()
            return self._opened or opened  # None once the store is closed

    def read(self, reading: Callable[[OpenedHistory], T]) -> T:
        """Read from the history; if it is damaged or another thread replaces it meanwhile, read again from the new one.

        Raises:
            StorageError: if it cannot be read.
        """
        opened = self.opened
        try:
            return reading(opened)
        except DamagedError as damage:
            self.replace_damaged(damage, opened.history)
        except StorageError:
            if self.opened is opened:
                raise
        return reading(self.opened)

    @property
    def lock(self) -> SessionLock:
        """The session lock."""
        if self._lock is None:
            from retro_timer.storage.session_lock import SessionLock

            self._lock = SessionLock(self.directory)
        return self._lock

    @property
    def file(self) -> HistoryFile:
        """The history's file."""
        if self._file is None:
            from retro_timer.storage.open import HistoryFile

            self._file = HistoryFile(self.directory, self._clock.wall)
        return self._file

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the directories, one sentence each."""
        from retro_timer.config.paths import open_to_others

        directories = (self.directory, self._config) if self._config else (self.directory,)
        return tuple(filter(None, (self.unguarded, *dict.fromkeys(map(open_to_others, directories)))))

    def begin(self, workout: Workout, schedule: Schedule, preset_id: str | None = None) -> Journal:
        """Start storing a session; the caller then notes the events so far.

        Raises:
            BusyError: if a session is running in another window; says which process, and since when.
        """
        from uuid import uuid4

        from retro_timer.session.history import Start
        from retro_timer.session.record import Planned
        from retro_timer.session.recorder import Recorder
        from retro_timer.storage.journal import Journal
        from retro_timer.storage.writer import Subject

        self._take_lock()
        now = self._clock.wall()
        subject = Subject(Start(str(uuid4()), now, now.tzname() or ""), Planned.of(workout, preset_id))
        return Journal(
            subject,
            Recorder(schedule),
            self._clock,
            file=self.file,
            memory=self._memory_history(),
            exclusive=self.lock.held,
        )

    def interrupted(self) -> tuple[InterruptedSession, ...]:
        """The interrupted sessions, oldest first.

        Raises:
            BusyError: if a session is running in another window, because it cannot be told apart from an interrupted
                one.
            StorageError: if the history cannot be read.
        """
        from retro_timer.storage.interrupted import find_interrupted

        return find_interrupted(self.readable_history().history, self.directory, self._clock.wall())

    def keep(self, session: InterruptedSession) -> None:
        """Keep an interrupted session as ended early.

        Raises:
            RefusedError: if it was resumed, kept or discarded in another window.
            StorageError: if it cannot be written, or a session is running; it can be retried later.
        """
        from retro_timer.storage.session_lock import SessionLock

        with SessionLock(self.directory) as lock:
            current = self._current(session, lock)
            self.history.keep(current)

    def discard(self, session: InterruptedSession) -> None:
        """Delete an interrupted session. Raises the same errors as `keep`."""
        from retro_timer.storage.session_lock import SessionLock

        with SessionLock(self.directory) as lock:
            current = self._current(session, lock)
            self.history.discard(current)

    def claim(self, session: InterruptedSession) -> None:
        """Take the session lock to resume an interrupted session (with `resume`). Raises the same errors as `keep`."""
        try:
            self._current(session, self.lock)
        except BaseException:
            self.release()
            raise

    def _current(self, session: InterruptedSession, lock: SessionLock) -> InterruptedSession:
        """The current state of an interrupted session, while `lock` protects it from other windows."""
        from retro_timer.storage.interrupted import current_state

        return current_state(session, self.writable_history().history, lock, self._clock.wall())

    def resume(self, session: InterruptedSession) -> Journal:
        """Continue storing an interrupted session.

        Raises:
            BusyError: if a session is running in another window.
        """
        from retro_timer.storage.journal import Journal

        self._take_lock()
        return Journal.resume(
            session, self._clock, file=self.file, memory=self._memory_history(), exclusive=self.lock.held
        )

    @property
    def repairable(self) -> bool:
        """Whether there are quarantined files or sessions that no repair has tried."""
        from retro_timer.storage.file_quarantine import asides

        if self.history.in_memory:
            return False
        return bool(asides(self.directory)) or any(not session.tried for session in self.history.quarantined())

    def repair(self, file: Path | None = None) -> list[Report]:
        """Recover the readable sessions of a file, or of everything in quarantine.

        Raises:
            RefusedError: if the file contains no sessions.
            StorageError: if the history cannot be written.
        """
        from retro_timer.storage.repair import repair_everything, repair_file

        history, now = self.writable_history().history, self._clock.wall()
        return [repair_file(file, history, now)] if file else repair_everything(self.directory, history, now)

    def note_outcome(self, session: StoredSession, not_saved: str) -> None:
        """Record whether a session was saved, for `rescue`.

        Args:
            session: the finished session.
            not_saved: why it could not be saved, as one clause; empty if it was saved.
        """
        if not_saved:
            self._unsaved[session.summary.uuid] = (session, not_saved)
        else:
            self._unsaved.pop(session.summary.uuid, None)

    def give_feedback(self, uuid: str, feedback: Feedback, seen: Feedback | None = None) -> Feedback | None:
        """Store the answers about a session that differ from those the walker saw; see `History.give_feedback`.

        Raises:
            StorageError: if it cannot be stored.
        """
        # Feedback about an unsaved session is stored with the session.
        history = self.history if uuid in self._unsaved else self.writable_history().history
        return history.give_feedback(uuid, feedback, seen)

    def decline(self, uuid: str) -> None:
        """Remember not to ask a session's unanswered questions again.

        Raises:
            StorageError: if that cannot be saved.
        """
        self.writable_history().history.decline(uuid)

    def rescue(self) -> list[str]:
        """Write all unsaved sessions to where they can be recovered. Returns lines for standard error."""
        if not self._unsaved:
            return []
        from retro_timer.storage.rescue import Unsaved, rescue

        memory, lines = self._memory_history(), []
        while self._unsaved:
            uuid, (ended, reason) = self._unsaved.popitem()
            answered = memory.session(uuid) if memory else None  # with the walker's feedback
            session = answered if answered and answered.summary.state.is_over else ended
            lines += rescue(Unsaved(session, reason), self._clock.wall())
        return lines

    def release(self) -> None:
        """Release the session lock."""
        if self._lock is not None:
            self._lock.release()

    def close(self) -> None:
        """Close the history and release the lock."""
        if self._opened is not None:
            self._opened.history.close()
            self._opened = None
        self.release()

    def _memory_history(self) -> History | None:
        """The history in memory, for sessions that could not be written; None if the history is a file or not open."""
        if self._opened is not None and self._opened.history.in_memory:
            return self._opened.history
        return None

    def _take_lock(self) -> None:
        try:
            self.lock.take(self._clock.wall())
        except NoLockError as problem:
            self.unguarded = str(problem)
        except (UnwritableError, DiskFullError):
            pass  # the journal reports an unusable directory; the session continues
