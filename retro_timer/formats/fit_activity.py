"""A walked session as a FIT activity, for upload. Loads fit-tool: import it only when it is needed.

One lap for each interval. FIT laps have no names: each refers to a workout step that carries it, as watches write it.
Distance is there only where the speeds were planned; energy never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.formats.activity import distances
from retro_timer.formats.export import Export
from retro_timer.formats.fit_file import (
    INTENSITY,
    Activity,
    ActivityMessage,
    Event,
    EventMessage,
    EventType,
    FileType,
    LapMessage,
    LapTrigger,
    Message,
    RecordMessage,
    SessionMessage,
    Sport,
    SubSport,
    WorkoutMessage,
    build,
    file_id,
    fit_text,
    message,
    metres_per_second,
    timestamp,
)
from retro_timer.formats.fit_workout import step
from retro_timer.scheduling.workout import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from retro_timer.formats.activity import Lap, WalkedSession


def write_fit_activity(session: WalkedSession) -> Export:
    """A session as a FIT file."""
    laps = session.laps
    far = distances(laps)
    messages = [
        file_id(FileType.ACTIVITY, laps[0].started),
        *_walked_as(session, laps),
        *_timeline(session, laps, far),
        _session(session, laps, far),
        _activity(session, laps[-1].ended),
    ]
    return Export(build(messages), (_note(laps, far),))


def _note(laps: tuple[Lap, ...], far: list[float] | None) -> str:
    if far is not None:
        return "FIT: distances are by the planned speeds"
    if any(lap.speed_kmh is not None for lap in laps):
        return "FIT: not every speed is known, so there is no distance of the whole"
    return "FIT: no speed is known, so there is no distance"


def _timeline(session: WalkedSession, laps: tuple[Lap, ...], far: list[float] | None) -> Iterator[Message]:
    """What happened, in order: the timer started and stopped, a record at every change, a lap at its end."""
    stops = session.stops
    yield _timer(laps[0].started, EventType.START)
    for index, lap in enumerate(laps):
        yield _record(lap.started, lap, far[index] if far else None)
        for stop, go_on in stops:
            if lap.started <= stop < lap.ended:
                yield _timer(stop, EventType.STOP)
                yield _timer(go_on, EventType.START)
        if lap is laps[-1]:
            yield _record(lap.ended, lap, far[-1] if far else None)
            yield _timer(lap.ended, EventType.STOP_ALL)
        yield _lap(lap, index)


def _walked_as(session: WalkedSession, laps: tuple[Lap, ...]) -> Iterator[Message]:
    """The names: a workout with a step for each lap."""
    yield message(
        WorkoutMessage,
        workout_name=fit_text(session.planned.name or "Walk"),
        sport=Sport.WALKING,
        sub_sport=SubSport.TREADMILL,
        num_valid_steps=len(laps),
    )
    for index, lap in enumerate(laps):
        yield step(Interval(lap.phase, max(1, round(lap.seconds)), lap.speed_kmh, lap.label), index)


def _timer(moment: datetime, kind: EventType) -> Message:
    return message(EventMessage, timestamp=timestamp(moment), event=Event.TIMER, event_type=kind)


def _record(moment: datetime, lap: Lap, metres: float | None) -> Message:
    known = {} if lap.speed_kmh is None else {"speed": metres_per_second(lap.speed_kmh)}
    if metres is not None:
        known["distance"] = metres
    return message(RecordMessage, timestamp=timestamp(moment), **known)


def _lap(lap: Lap, index: int) -> Message:
    known = {}
    if lap.speed_kmh is not None and lap.metres is not None:
        speed = metres_per_second(lap.speed_kmh)
        known = {"total_distance": lap.metres, "avg_speed": speed, "max_speed": speed}
    return message(
        LapMessage,
        message_index=index,
        timestamp=timestamp(lap.ended),
        event=Event.LAP,
        event_type=EventType.STOP,
        start_time=timestamp(lap.started),
        total_elapsed_time=(lap.ended - lap.started).total_seconds(),
        total_timer_time=lap.seconds,
        intensity=INTENSITY[lap.phase],
        lap_trigger=LapTrigger.TIME,
        sport=Sport.WALKING,
        sub_sport=SubSport.TREADMILL,
        workout_step_index=index,
        **known,
    )


def _session(session: WalkedSession, laps: tuple[Lap, ...], far: list[float] | None) -> Message:
    known = {"total_distance": far[-1], "avg_speed": far[-1] / session.seconds} if far else {}
    started, ended = laps[0].started, laps[-1].ended
    return message(
        SessionMessage,
        message_index=0,
        timestamp=timestamp(ended),
        event=Event.SESSION,
        event_type=EventType.STOP,
        start_time=timestamp(started),
        sport=Sport.WALKING,
        sub_sport=SubSport.TREADMILL,
        total_elapsed_time=(ended - started).total_seconds(),
        total_timer_time=session.seconds,
        first_lap_index=0,
        num_laps=len(laps),
        **known,
    )


def _activity(session: WalkedSession, ended: datetime) -> Message:
    return message(
        ActivityMessage,
        timestamp=timestamp(ended),
        local_timestamp=_local(ended),
        total_timer_time=session.seconds,
        num_sessions=1,
        type=Activity.MANUAL,
        event=Event.ACTIVITY,
        event_type=EventType.STOP,
    )


def _local(moment: datetime) -> int:
    """The wall clock's reading as a FIT local timestamp: seconds since the end of 1989, whatever the zone."""
    offset = moment.utcoffset()
    return timestamp(moment) // 1000 - 631_065_600 + (int(offset.total_seconds()) if offset else 0)
