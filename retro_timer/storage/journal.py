"""The journal: saves the running session continuously, in a thread.

`note` updates the record in memory; the thread writes the changes after every event and every beat. So nothing waits
for the disk, no queue can overflow, and a failed write loses nothing: the changes are still in the record, and the
write is retried. A killed process loses at most the time since the last beat, a power cut at most `DURABLE` seconds
more.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.session.record import SessionStatus
from retro_timer.session.recorder import Recorder
from retro_timer.storage.errors import BusyError, DamagedError, StorageError, UnwritableError
from retro_timer.storage.history import History
from retro_timer.storage.writer import Subject, write_record
from retro_timer.text import printable

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.clock import Clock
    from retro_timer.session.events import Event
    from retro_timer.session.history import InterruptedSession, StoredSession
    from retro_timer.session.record import Record
    from retro_timer.storage.database import Database
    from retro_timer.storage.open import HistoryFile
    from retro_timer.storage.writer import Saved

BEAT: Final = 0.75
"""Seconds between two writes without events: the most that a killed process loses; one second is allowed."""
DURABLE: Final = 4.0
"""Seconds between two durable writes: the most that a power cut loses; five seconds are allowed."""
STOPPED: Final = 2.0
"""A beat that is this many seconds late was not just delayed: the process was stopped, or the machine slept."""
RETRY: Final = 0.1
"""Seconds between two attempts while closing."""
ASIDES: Final = 3
"""Maximum number of damaged files that one session quarantines."""
CLOSE: Final = 2.0
"""Seconds that closing waits for a disk that does not respond."""


class Keeping(StrEnum):
    """Whether the session is saved."""

    STARTING = "starting"
    SAVED = "saved"
    PENDING = "not saved yet"  # retried with every beat
    MEMORY = "in memory only"  # closed without having been written to the file


class JournalState(Struct, frozen=True):
    """The state of the journal, for the screen.

    Attributes:
        keeping: whether the session is saved.
        reason: why it is not, as one clause; empty if it is.
        set_aside: the new name of a file that was quarantined in the meantime.
    """

    keeping: Keeping = Keeping.STARTING
    reason: str = ""
    set_aside: Path | None = None

    def __str__(self) -> str:
        """One line for the screen, such as "not saved yet: the disk is full"."""
        return f"{self.keeping}: {self.reason}" if self.reason else str(self.keeping)


class Journal:
    """Saves a session while it is running. Add `note` to the conductor as a listener.

    Args:
        subject: identifies the session.
        recorder: its recorder: `Recorder(schedule)`, or `Recorder.resume(record)` for a resumed session.
        clock: the session's clock.
        file: the history file; None saves to `memory` only.
        memory: takes the session on closing if the file could not be written.
        exclusive: whether no other session can be running, so that any marked as running in the file was interrupted.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        subject: Subject,
        recorder: Recorder,
        clock: Clock,
        *,
        file: HistoryFile | None,
        memory: History | None = None,
        exclusive: bool = False,
    ) -> None:
        self._subject = subject
        self._recorder = recorder
        self._clock = clock
        self._file = file
        self._memory = memory
        self._marks_others = exclusive
        self._state = JournalState()
        self._database: Database | None = None
        self._saved: Saved | None = None
        self._durable_at = self._close_by = time.monotonic()
        self._asides = 0
        self._turn = threading.Condition()  # guards the fields below, and the recorder
        self._wanted = 0  # number of requested writes
        self._done = 0  # number of those attempted
        self._closing = self._closed = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def resume(
        cls,
        interrupted: InterruptedSession,
        clock: Clock,
        *,
        file: HistoryFile,
        memory: History | None = None,
        exclusive: bool = False,
    ) -> Journal:
        """The journal of an interrupted session that is resumed (`Session.restore`)."""
        subject = Subject(interrupted.start, interrupted.planned, interrupted.away)
        return cls(subject, Recorder.resume(interrupted.record), clock, file=file, memory=memory, exclusive=exclusive)

    @property
    def state(self) -> JournalState:
        """Whether the session is saved."""
        return self._state

    def note(self, event: Event) -> None:
        """Process an event. Never blocks, never raises."""
        with self._turn:
            if self._recorder.note(event):
                self._wanted += 1
                self._turn.notify_all()

    def record(self) -> Record:
        """The current record."""
        with self._turn:
            return self._recorder.record(self._clock.now())

    def stored_session(self) -> StoredSession:
        """The session so far, as stored in the history."""
        return self._subject.stored_session(self.record())

    def ended_session(self) -> StoredSession:
        """The session as if it ended now."""
        return self._subject.stored_session(self.record().closed())

    def flush(self, timeout: float = CLOSE) -> JournalState:
        """Request a write, and wait until it was attempted, for at most `timeout` seconds."""
        with self._turn:
            self._wanted += 1
            wanted = self._wanted
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._done >= wanted, timeout)
        return self._state

    def close(self, timeout: float = CLOSE) -> JournalState:
        """Write everything and stop, within at most `timeout` seconds.

        A session that is not over stays in the history as interrupted.
        """
        with self._turn:
            self._closing = True
            self._close_by = time.monotonic() + timeout
            self._turn.notify_all()
            if not self._turn.wait_for(lambda: self._closed, timeout):
                self._state = replace(self._state, keeping=Keeping.PENDING, reason="the disk does not respond")
        self._thread.join(max(0, self._close_by - time.monotonic()))
        return self._state

    def _run(self) -> None:
        closing = False
        while not closing:
            due = time.monotonic() + BEAT
            with self._turn:
                self._turn.wait_for(lambda: self._closing or self._wanted > self._done, BEAT)
                closing, wanted = self._closing, self._wanted
                asked = closing or wanted > self._done
                record = self._recorder.record(self._clock.now()) if self._recorder.begun else None
            if record and closing and not record.state.is_over:
                record = replace(record, state=SessionStatus.INTERRUPTED)
            # If the process was stopped, the walking time is unknown until the session has handled the gap.
            if record and (asked or time.monotonic() - due < STOPPED):
                self._write(record)
                while closing and self._state.keeping is Keeping.PENDING and time.monotonic() < self._close_by - RETRY:
                    time.sleep(RETRY)
                    self._write(record)
            with self._turn:
                self._done = wanted
                self._turn.notify_all()
        self._fall_back()
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        self._disconnect()

    def _write(self, record: Record) -> None:
        """Write the changes, or set the state to the error."""
        if self._saved and self._saved.record.state.is_over:
            if record.state.is_over:
                return
            self._saved = None  # the end was undone: write the journal row for crash recovery again
        try:
            try:
                self._write_to(self._connected(), record)
            except DamagedError as damage:
                self._quarantine_file(damage)
                self._write_to(self._connected(), record)
        except StorageError as problem:
            self._fail(problem)
        except Exception as defect:  # noqa: BLE001  (shown on the screen and retried; it must not end the journal)
            self._fail(StorageError(printable(f"{type(defect).__name__}: {defect}")))

    def _write_to(self, database: Database, record: Record) -> None:
        durable = time.monotonic() - self._durable_at >= DURABLE
        self._saved = write_record(database, self._subject, record, self._saved, self._clock.wall(), durable=durable)
        if durable:
            self._durable_at = time.monotonic()
        if self._state.keeping is not Keeping.SAVED:
            self._state = replace(self._state, keeping=Keeping.SAVED, reason="")
        if self._marks_others:
            self._mark_others(History(database))

    def _mark_others(self, history: History) -> None:
        """Mark interrupted sessions, since no command can while this session holds the lock."""
        self._marks_others = False
        mine = self._subject.start.uuid
        with suppress(StorageError):  # not important for this session; the next command retries and reports the error
            history.mark_interrupted(
                interrupted for interrupted in history.interrupted() if interrupted.start.uuid != mine
            )

    def _connected(self) -> Database:
        """The connection; if there is none or its file was moved, a new one, to which everything is written again."""
        if self._database and self._database.is_in_place:
            return self._database
        self._disconnect()
        if self._file:
            self._database = self._file.connect()
        elif self._memory:
            self._database = self._memory.database
        else:
            raise UnwritableError("there is nowhere to write it")
        return self._database

    def _quarantine_file(self, damage: DamagedError) -> None:
        """Quarantine the damaged file, so that everything is written to a new one."""
        self._disconnect()
        if not self._file or self._asides == ASIDES:
            raise damage
        self._state = replace(self._state, set_aside=self._file.set_aside())
        self._asides += 1

    def _fail(self, problem: StorageError) -> None:
        self._state = replace(self._state, keeping=Keeping.PENDING, reason=str(problem))
        if not isinstance(problem, BusyError):
            self._disconnect()

    def _fall_back(self) -> None:
        """Keep a finished session in memory if it could not be written to the file."""
        if self._state.keeping is not Keeping.PENDING or not self._memory or not self._file:
            return
        record = self.record()
        if not record.state.is_over:
            return
        try:
            self._memory.add(self._subject.stored_session(record))
        except StorageError as problem:
            self._fail(problem)
        else:
            self._state = replace(self._state, keeping=Keeping.MEMORY)

    def _disconnect(self) -> None:
        """Close the connection, unless it belongs to `memory`."""
        database, self._database, self._saved = self._database, None, None
        if database and self._file:
            with suppress(StorageError):  # unwritten changes are still in the record
                database.close()
