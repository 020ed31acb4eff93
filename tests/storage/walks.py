"""Walks for the tests of the history: through the real engine, at moments that are handed in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Rules, Session
from retro_timer.session.record import Planned
from retro_timer.session.recorder import Recorder
from retro_timer.storage.journal import Journal
from retro_timer.storage.model import Start
from retro_timer.storage.opening import HistoryFile
from retro_timer.storage.writer import Subject
from retro_timer.testing import FakeClock, RecordingPlayer

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.record import Record
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Interrupted, Walk

NOTATION = 'warm 20s, 2x(turn 10s, back 30s @1.6km/h "eyes up", turn 10s | fwd 20s), cool 20s'
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = 1000


def subject(notation: str = NOTATION, started: datetime = MORNING, name: str = "Short One") -> Subject:
    return Subject(Start(str(uuid.uuid4()), started, "UTC"), Planned.of(parse(notation, name=name), "builder"))


def walk(started: datetime = MORNING, notation: str = NOTATION, *, seconds: int = 10_000) -> Walk:
    """A walk of so many seconds, or to its end."""
    session = Session(flatten(parse(notation)))
    recorder = Recorder(session.schedule)
    for event in (*session.start(0), *session.advance(seconds * SECOND), *session.end(seconds * SECOND)):
        recorder.note(event)
    return subject(notation, started).walk(recorder.record())


def many(count: int, *, every: timedelta = timedelta(hours=7), first: datetime = MORNING) -> list[Walk]:
    return [walk(first + index * every, seconds=20 + index % 200) for index in range(count)]


class Walker:
    """A conducted session with a journal, on a clock that is moved by hand."""

    def __init__(
        self,
        directory: Path | None,
        clock: FakeClock | None = None,
        *,
        memory: History | None = None,
        taking_up: Interrupted | None = None,
        rules: Rules | None = None,
    ) -> None:
        self.clock = clock or FakeClock()
        self.file = HistoryFile(directory, self.clock.wall) if directory else None
        if taking_up:
            assert self.file
            self.session = Session(taking_up.record.schedule, rules)
            self.journal = Journal.taking_up(taking_up, self.clock, file=self.file, memory=memory)
        else:
            about = subject(started=self.clock.wall())
            self.session = Session(flatten(parse(about.planned.notation)), rules)
            recorder = Recorder(self.session.schedule)
            self.journal = Journal(about, recorder, self.clock, file=self.file, memory=memory)
        self.conductor = Conductor(self.session, RecordingPlayer(), listeners=[self.journal.note])
        if taking_up:
            record = taking_up.record
            self.conductor.tell(self.clock.now(), lambda now: self.session.restore(now, record.position, record.spent))
        else:
            self.conductor.tell(self.clock.now(), self.session.start)

    def on(self, seconds: float) -> None:
        self.conductor.advance(self.clock.move(round(seconds * SECOND)))

    def resume(self) -> None:
        self.conductor.tell(self.clock.now(), self.session.resume)

    def pause(self) -> None:
        self.conductor.tell(self.clock.now(), self.session.pause)

    def record(self) -> Record:
        return self.journal.record()
