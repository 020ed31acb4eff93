"""Sessions in any situation, for the tests of the engine."""

from __future__ import annotations

from typing import TypeVar

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import Event
from retro_timer.session.record import IntervalRecord, Record, SessionStatus
from retro_timer.session.spent import Spent
from retro_timer.session.states import Rules

LADDER = "warm 20s, 2x(turn 10s, back 30s, turn 10s | fwd 20s), cool 20s"
T = 1_000_000
"""The moment of the start, in milliseconds."""
E = TypeVar("E", bound=Event)


def session_of(notation: str = LADDER, **rules: int | bool) -> Session:
    return Session(flatten(parse(notation)), Rules(**{"lead_in": 10, **rules}))  # type: ignore[arg-type]  # by name


def walking(notation: str = LADDER, *, at: int, **rules: int | bool) -> Session:
    """A session without a lead-in, after some milliseconds of walking."""
    session = session_of(notation, **{"lead_in": 0, **rules})
    session.start(T)
    session.advance(T + at)
    return session


def record_of(session: Session, position: int, spent: Spent | None = None) -> Record:
    """The record of a session that was interrupted at a position in milliseconds; all before was walked."""
    schedule = session.schedule
    intervals = tuple(
        IntervalRecord.of(entry, index, 0, walked=min(entry.duration * 1000, position - start * 1000))
        for index, (entry, start) in enumerate(zip(schedule, schedule.starts, strict=False))
        if start * 1000 <= position
    )
    return Record(SessionStatus.WALKING, schedule, position, spent or Spent(), intervals)


def brief(events: tuple[Event, ...]) -> list[tuple[str, int, int]]:
    """Each event's name, when it was since the start, and where; milliseconds."""
    return [(type(event).__name__, event.moment - T, event.at) for event in events]


def only(events: tuple[Event, ...], kind: type[E]) -> E:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found
