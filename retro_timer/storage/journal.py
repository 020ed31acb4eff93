"""The journal: the session that is being walked, written as it happens by a thread of its own.

`note` folds an event into the record at once, in memory; the thread writes what is new, after every event and every
beat. So nothing waits for the disk, no queue can overflow, and what could not be written is not lost: it is still in
the record, and tried again. A killed process loses at most the time since the last beat, a power cut at most
`LASTING` more.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from retro_timer.session.recorder import Recorder
from retro_timer.storage.problems import BusyError, DamagedError, StorageError, UnwritableError, clean
from retro_timer.storage.writer import Subject, milliseconds, write_record

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.clock import Clock
    from retro_timer.session.events import Event
    from retro_timer.session.record import Record
    from retro_timer.storage.database import Database
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Interrupted, Walk
    from retro_timer.storage.opening import HistoryFile
    from retro_timer.storage.writer import Saved

BEAT: Final = 0.75
"""Seconds between two writes while nothing happens: what a killed process loses, of the one second it may."""
LASTING: Final = 4.0
"""Seconds after which what was written is forced to the disk itself: what a power cut loses, below the five it may."""
STOPPED: Final = 2.0
"""A beat that comes so many seconds late was not stalled: the process was stopped, or the machine slept."""
RETRY: Final = 0.1
"""Seconds between two attempts while closing."""
ASIDES: Final = 3
"""How many damaged files one session sets aside before it stops beginning new ones."""
CLOSE: Final = 2.0
"""Seconds that closing waits for a disk that does not answer."""


class Keeping(StrEnum):
    """Whether the walk is safe."""

    STARTING = "starting"
    SAVED = "saved"
    PENDING = "not saved yet"  # tried again with every beat
    MEMORY = "in memory only"  # closed without ever reaching the file


@dataclass(frozen=True, slots=True)
class JournalState:
    """What the screen says about the journal.

    Attributes:
        keeping: whether the walk is safe.
        reason: why it is not, one clause; empty when it is.
        set_aside: the new name of a file that was found damaged meanwhile.
    """

    keeping: Keeping = Keeping.STARTING
    reason: str = ""
    set_aside: Path | None = None

    def __str__(self) -> str:
        """One line for the screen: "not saved yet: the disk is full"."""
        return f"{self.keeping}: {self.reason}" if self.reason else str(self.keeping)


class Journal:
    """Keeps one session while it is walked. Hand `note` to the conductor as a listener.

    Args:
        subject: which walk.
        recorder: of its session: `Recorder(schedule)`, or `Recorder.going_on(record)` for one that is taken up again.
        clock: the session's clock.
        file: where it is kept; None keeps it in `memory` alone.
        memory: what takes the walk when the journal is closed and the file could not.
    """

    def __init__(
        self,
        subject: Subject,
        recorder: Recorder,
        clock: Clock,
        *,
        file: HistoryFile | None,
        memory: History | None = None,
    ) -> None:
        self._subject = subject
        self._recorder = recorder
        self._clock = clock
        self._file = file
        self._memory = memory
        self._state = JournalState()
        self._database: Database | None = None
        self._saved: Saved | None = None
        self._lasting_at = self._close_by = time.monotonic()
        self._asides = 0
        self._turn = threading.Condition()  # guards what follows, and the recorder
        self._wanted = 0  # how many writes were asked for
        self._done = 0  # how many of them were tried
        self._closing = self._closed = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def taking_up(cls, walk: Interrupted, clock: Clock, *, file: HistoryFile, memory: History | None = None) -> Journal:
        """The journal of a session that is taken up again (`Session.restore`) where it was interrupted."""
        away = walk.away + max(0, milliseconds(clock.wall()) - milliseconds(walk.seen))
        subject = Subject(walk.start, walk.planned, away)
        return cls(subject, Recorder.going_on(walk.record), clock, file=file, memory=memory)

    @property
    def state(self) -> JournalState:
        """Whether the walk is safe."""
        return self._state

    def note(self, event: Event) -> None:
        """Take an event in. Never blocks, never raises."""
        with self._turn:
            if self._recorder.note(event):
                self._wanted += 1
                self._turn.notify_all()

    def record(self) -> Record:
        """The walk as of now."""
        with self._turn:
            return self._recorder.record(self._clock.now())

    def walk(self) -> Walk:
        """The walk as of now, as the history will hold it."""
        return self._subject.walk(self.record())

    def flush(self, timeout: float = CLOSE) -> JournalState:
        """Write now, and wait until that was tried, for at most `timeout` seconds."""
        with self._turn:
            self._wanted += 1
            wanted = self._wanted
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._done >= wanted, timeout)
        return self._state

    def close(self, timeout: float = CLOSE) -> JournalState:
        """Write what is not written yet, for at most `timeout` seconds, and stop.

        A session that is not over stays in the history as one that was interrupted.
        """
        with self._turn:
            self._closing = True
            self._close_by = time.monotonic() + timeout
            self._turn.notify_all()
            if not self._turn.wait_for(lambda: self._closed, timeout):
                self._state = replace(self._state, keeping=Keeping.PENDING, reason="the disk does not answer")
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
            # After the process stood still nobody knows what of that time was walked until the session says so.
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
        self._let_go()

    def _write(self, record: Record) -> None:
        """Write what is new, or say why that cannot be done."""
        if self._saved and self._saved.record.state.is_over:
            return
        try:
            try:
                self._write_to(self._connected(), record)
            except DamagedError as damage:
                self._begin_anew(damage)
                self._write_to(self._connected(), record)
        except StorageError as problem:
            self._fail(problem)
        except Exception as defect:  # noqa: BLE001  (said on the screen and tried again; it must not end the journal)
            self._fail(StorageError(clean(f"{type(defect).__name__}: {defect}")))

    def _write_to(self, database: Database, record: Record) -> None:
        lasting = time.monotonic() - self._lasting_at >= LASTING
        self._saved = write_record(database, self._subject, record, self._saved, self._clock.wall(), lasting=lasting)
        if lasting:
            self._lasting_at = time.monotonic()
        if self._state.keeping is not Keeping.SAVED:
            self._state = replace(self._state, keeping=Keeping.SAVED, reason="")

    def _connected(self) -> Database:
        """The connection; a new one, to be written everything, when there is none or its file was taken away."""
        if self._database and self._database.is_in_place:
            return self._database
        self._let_go()
        if self._file:
            self._database = self._file.connect()
        elif self._memory:
            self._database = self._memory.database
        else:
            raise UnwritableError("there is nowhere to write it")
        return self._database

    def _begin_anew(self, damage: DamagedError) -> None:
        """Set the damaged file aside, so that everything is written into a new one."""
        self._let_go()
        if not self._file or self._asides == ASIDES:
            raise damage
        self._state = replace(self._state, set_aside=self._file.set_aside())
        self._asides += 1

    def _fail(self, problem: StorageError) -> None:
        self._state = replace(self._state, keeping=Keeping.PENDING, reason=str(problem))
        if not isinstance(problem, BusyError):
            self._let_go()

    def _fall_back(self) -> None:
        """Leave a walk that is over in memory when it could not be written to the file."""
        if self._state.keeping is not Keeping.PENDING or not self._memory or not self._file:
            return
        record = self.record()
        if not record.state.is_over:
            return
        try:
            self._memory.add(self._subject.walk(record))
        except StorageError as problem:
            self._fail(problem)
        else:
            self._state = replace(self._state, keeping=Keeping.MEMORY)

    def _let_go(self) -> None:
        """Close the connection, if it is the journal's own."""
        database, self._database, self._saved = self._database, None, None
        if database and self._file:
            with suppress(StorageError):  # what was to be written is still in the record
                database.close()
