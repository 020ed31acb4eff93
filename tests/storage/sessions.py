"""Sessions for the tests of the history, made with the real engine on a clock moved by hand."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.history import Start
from retro_timer.session.record import Planned
from retro_timer.session.recorder import Recorder
from retro_timer.storage.journal import Journal
from retro_timer.storage.migrations import MIGRATIONS
from retro_timer.storage.open import FILE_NAME, HistoryFile
from retro_timer.storage.writer import Subject
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import InterruptedSession, StoredSession
    from retro_timer.session.record import Record
    from retro_timer.session.states import Rules
    from retro_timer.storage.history import History

NOTATION = 'warm 20s, 2x(turn 10s, back 30s @1.6km/h "eyes up", turn 10s | fwd 20s), cool 20s'
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = 1000
OLD_VERSIONS = (1, 2, 3, 4, 5, 6, 7, 8)
"""Versions of the history before this one."""
_STEPS_BACK = {
    3: "DROP TABLE quarantine",
    2: "DROP TRIGGER session_added; DROP TRIGGER session_changed; DROP TRIGGER session_deleted;"
    "DROP TABLE marks; DROP INDEX sessions_untrue",
}
"""The SQL that turns a version into the one before."""


@cache
def workout_of(notation: str, name: str) -> Workout:
    """The workout of a notation, read once: the tests make thousands of sessions of the same one."""
    return parse(notation, name=name)


def subject(notation: str = NOTATION, started: datetime = MORNING, name: str = "Short One") -> Subject:
    return Subject(Start(str(uuid.uuid4()), started, "UTC"), Planned.of(workout_of(notation, name), "builder"))


def stored_session(started: datetime = MORNING, notation: str = NOTATION, *, seconds: int = 10_000) -> StoredSession:
    """A session of some seconds, or to its end."""
    session = Session(flatten(workout_of(notation, name="")))
    recorder = Recorder(session.schedule)
    for event in (*session.start(0), *session.advance(seconds * SECOND), *session.end(seconds * SECOND)):
        recorder.note(event)
    return subject(notation, started).stored_session(recorder.record())


def many(count: int, *, every: timedelta = timedelta(hours=7), first: datetime = MORNING) -> list[StoredSession]:
    return [stored_session(first + index * every, seconds=20 + index % 200) for index in range(count)]


class Walker:
    """A conducted session with a journal, on a clock that is moved by hand."""

    def __init__(
        self,
        directory: Path | None,
        clock: FakeClock | None = None,
        *,
        memory: History | None = None,
        resuming: InterruptedSession | None = None,
        rules: Rules | None = None,
    ) -> None:
        self.clock = clock or FakeClock()
        self.file = HistoryFile(directory, self.clock.wall) if directory else None
        if resuming:
            assert self.file
            self.session = Session(resuming.record.schedule, rules)
            self.journal = Journal.resume(resuming, self.clock, file=self.file, memory=memory)
        else:
            about = subject(started=self.clock.wall())
            self.session = Session(flatten(about.planned.workout()), rules)
            recorder = Recorder(self.session.schedule)
            self.journal = Journal(about, recorder, self.clock, file=self.file, memory=memory)
        self.conductor = Conductor(self.session, RecordingPlayer())
        self.conductor.add_listener(self.journal.note)
        if resuming:
            self.conductor.call(self.clock.now(), lambda now: self.session.restore(now, resuming.record))
        else:
            self.conductor.call(self.clock.now(), self.session.start)

    def on(self, seconds: float) -> None:
        self.conductor.advance(self.clock.move(round(seconds * SECOND)))

    def resume(self) -> None:
        self.conductor.call(self.clock.now(), self.session.resume)

    def pause(self) -> None:
        self.conductor.call(self.clock.now(), self.session.pause)

    def record(self) -> Record:
        return self.journal.record()


def killed(walker: Walker) -> None:
    """End the journal like a kill: nothing more is written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walker.journal, "_write", lambda _: None)
        walker.journal.close()


def interrupt(directory: Path, seconds: float = 45) -> None:
    """Leave an interrupted session in the history, whose program was killed."""
    walker = Walker(directory)
    walker.on(seconds)
    walker.journal.flush()
    killed(walker)


def write_old(directory: Path, version: int) -> None:
    """Write a history of an older version, with a finished session, one that was ended early, and an interrupted one.

    The third version is the SQL that the program of that time wrote; the others are derived from it.
    """
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.executescript(Path(__file__).with_name("history_3.sql").read_text("utf-8"))
        for later in range(3, version, -1):
            connection.executescript(f"{_STEPS_BACK[later]}; PRAGMA user_version = {later - 1}")
        for earlier in range(3, version):
            step = "; ".join(MIGRATIONS[earlier])
            connection.executescript(f"{step}; PRAGMA user_version = {earlier + 1}")


def downgrade(directory: Path) -> None:
    """Convert a history to the first version, with the same sessions."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        first = "".join(MIGRATIONS[0])
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if f"TABLE {table} (" not in first and not table.startswith("sqlite_"):
                connection.execute(f"DROP TABLE {table}")
        for statement in MIGRATIONS[0]:
            if "sessions_by_monday" in statement or "sessions_by_sunday" in statement:
                connection.execute(statement)
        connection.execute('ALTER TABLE intervals DROP COLUMN "into"')
        connection.execute("UPDATE sessions SET next_day_before = next_day")
        connection.execute("ALTER TABLE sessions DROP COLUMN next_day")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'next_day_before', 'next_day')")
        connection.commit()
        connection.execute("PRAGMA writable_schema = RESET")
        connection.execute("PRAGMA user_version = 1")


def interrupted(history: History) -> InterruptedSession:
    """The one interrupted session, marked as such."""
    history.mark_interrupted(history.interrupted())
    (walk,) = history.interrupted()
    return walk


def interrupted_position(history: History) -> int:
    """The position of the session in the file, without changing it."""
    position: int = history.database.read("SELECT position FROM journal")[0][0]
    return position


def change(path: Path, statement: str) -> None:
    """Change a closed file, whatever its checks are."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)
