"""Sessions for the tests of the formats, made with the real engine on a clock moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import Sampled
from retro_timer.session.history import SessionSummary, Start, StoredSession
from retro_timer.session.record import Planned, Totals
from retro_timer.session.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

BUILDER = "warm 3m @3.2km/h, 4x(turn 30s, back 2m @1.6km/h, turn 30s | fwd 1m @3.2km/h), cool 2m @3.2km/h"
STARTED = datetime(2026, 3, 2, 7, 30, 5, 250_000, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def walked_session(
    notation: str = BUILDER,
    *,
    name: str = "Builder",
    started: datetime = STARTED,
    pause_at: int | None = None,
    pause_for: int = 0,
    end_at: float | None = None,
    sampled: Callable[[int], tuple[float | None, int | None]] | None = None,
) -> StoredSession:
    """A session walked to its end, or to a given second; optionally with a pause of some seconds.

    `sampled` gives the speed and the heart rate of each second.
    """
    workout = parse(notation, name=name)
    session = Session(flatten(workout))
    recorder = Recorder(session.schedule)
    now = 0
    events = list(session.start(now))
    if pause_at is not None:
        now = pause_at * 1000
        events += [*session.pause(now)]
        now += pause_for * 1000
        events += [*session.resume(now)]
    now = round(end_at * 1000) if end_at is not None else now + (workout.total_seconds + 60) * 1000
    events += [*session.advance(now), *session.end(now)]
    if sampled is not None:
        for second in range(now // 1000):
            speed, heart = sampled(second)
            sample: dict[str, Any] = {"speed_kmh": speed, "heart_rate": heart, "metres": round((speed or 0) / 3.6, 2)}
            events.append(Sampled(moment=second * 1000, at=0, **sample))
    for event in sorted(events, key=lambda each: each.moment):
        recorder.note(event)
    record, planned = recorder.record(), Planned.of(workout)
    summary = SessionSummary(
        start=Start("uuid", started),
        state=record.state,
        planned=planned,
        spent=record.spent,
        totals=Totals.of(record, planned),
    )
    return StoredSession(summary, record.intervals, record.pauses, (), record.measures, record.traces)
