"""A process with a real session, conductor and journal in real time, until it ends or is killed.

It takes up what it finds interrupted, and tells on its standard output what it found and then, again and again, where
it is: that is what is compared after it was killed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retro_timer.clock import SystemClock
from retro_timer.scheduling.edits import AddToInterval, AddToPhase
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.engine import Session
from retro_timer.session.history import Start
from retro_timer.session.record import Planned
from retro_timer.session.recorder import Recorder
from retro_timer.session.states import Rules
from retro_timer.storage.journal import Journal
from retro_timer.storage.open import HistoryFile
from retro_timer.storage.session_lock import SessionLock
from retro_timer.storage.writer import Subject
from retro_timer.testing import RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.session.events import Event
    from retro_timer.storage.history import History

    Command = Callable[[int], tuple[Event, ...]]

# After a pause, a belt phase has a lead-in, which takes longer than most processes live; the others resume at once.
WORKOUT = parse("back 1s, turn 2s, rest 3s", name="Killed Often")
TICK = 0.01


def emit(**what: object) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def begin(history: History, file: HistoryFile, clock: SystemClock, rules: Rules) -> tuple[Session, Journal, Command]:
    """The last interrupted session, or a new one."""
    interrupted = history.interrupted()
    history.mark_interrupted(interrupted)
    for older in interrupted[:-1]:
        history.keep(older)
    if interrupted:
        walk = interrupted[-1]
        session = Session(walk.record.schedule, rules)
        journal = Journal.resume(walk, clock, file=file)
        return session, journal, lambda now: session.restore(now, walk.record)
    session = Session(flatten(WORKOUT), rules)
    subject = Subject(Start(str(uuid.uuid4()), clock.wall()), Planned.of(WORKOUT))
    return session, Journal(subject, Recorder(session.schedule), clock, file=file), session.start


def some_command(session: Session, choice: random.Random) -> Command | None:
    """Occasionally, a random action of the walker."""
    commands: list[Command] = [
        session.pause,
        session.skip,
        session.back,
        lambda now: session.edit(now, AddToInterval(2)),
        lambda now: session.edit(now, AddToPhase(Phase.BACKWARD, -1)),
        session.undo,
    ]
    if session.pause_reason is not None:
        return session.resume if choice.random() < 0.2 else None
    return choice.choice(commands) if choice.random() < 0.004 else None


def report(session: Session, now: int, walk: str) -> None:
    spent = session.spent
    emit(now=now, uuid=walk, total=spent.total, position=session.position, over=session.state.is_over)


def described(history: History) -> dict[str, Any]:
    """The contents of the history, in a form that the watching process compares."""
    newest = history.page(limit=1)
    if not newest:
        return {"newest": None}
    walk = history.session(newest[0].uuid)
    assert walk
    assert sum(interval.walked for interval in walk.intervals) == walk.summary.spent.walked
    assert sum(pause.length for pause in walk.pauses) == walk.summary.spent.paused
    return {"newest": {"state": walk.summary.state, "total": walk.summary.spent.total, "uuid": walk.summary.uuid}}


def main(directory: Path, seed: int) -> None:
    clock, choice = SystemClock(), random.Random(seed)
    lock = SessionLock(directory)
    lock.take(clock.wall())
    file = HistoryFile(directory, clock.wall)
    opened = file.open(lock)
    rules = Rules(lead_in=choice.choice((0, 1)), resume_lead_in=choice.choice((0, 1)))
    session, journal, command = begin(opened.history, file, clock, rules)
    emit(set_aside=str(opened.set_aside or ""), problem=opened.problem, **described(opened.history))
    conductor = Conductor(session, RecordingPlayer())
    conductor.add_listener(journal.note)
    now = clock.now()
    conductor.call(now, command)
    walk = journal.stored_session().summary.uuid
    report(session, now, walk)
    while not session.state.is_over:
        time.sleep(TICK)
        now = clock.now()
        conductor.call(now, some_command(session, choice) or session.advance)
        report(session, now, walk)
    emit(closed=str(journal.close()))
    opened.history.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
