"""A session as a FIT activity, for upload. Imports fit-tool, so import this module only when needed.

There is one lap per interval. FIT laps have no names, so each refers to a workout step with the name, as in files from
watches. The sub-sport is Garmin's indoor walking, because many sites take "treadmill" for running. Each second has a
record. Measured speeds, distances and heart rates replace planned speeds. Distance is written only where a speed is
known, energy never.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from retro_timer.formats.activity import distances, laps_of, planned_distances, points_of, stops_of, walked_seconds
from retro_timer.formats.export import Export
from retro_timer.formats.fit.file import (
    EPOCH,
    INTENSITY,
    Activity,
    ActivityMessage,
    DeviceInfoMessage,
    Event,
    EventMessage,
    EventType,
    FileType,
    LapMessage,
    LapTrigger,
    Message,
    RecordMessage,
    SessionMessage,
    SourceType,
    Sport,
    SubSport,
    WorkoutMessage,
    build,
    creator,
    file_id,
    fit_text,
    message,
    timestamp,
)
from retro_timer.formats.fit.workout import step
from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.units import metres_per_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from retro_timer.formats.activity import Lap, LapPoint
    from retro_timer.session.history import StoredSession


def write_fit_activity(session: StoredSession) -> Export:
    """A session as a FIT file."""
    laps = laps_of(session)
    distance = distances(laps)
    messages = [
        file_id(FileType.ACTIVITY, laps[0].started),
        *creator(laps[0].started),
        *_sensors(laps),
        *_walked_as(session, laps),
        *_timeline(session, laps, distance),
        _session(session, laps, distance),
        _activity(session, laps[-1].ended),
    ]
    return Export(build(messages), (_note(laps, distance),))


def _note(laps: tuple[Lap, ...], distance: list[float] | None) -> str:
    if distance is not None:
        source = "some distances are" if any(lap.is_measured for lap in laps) else "distances are"
        return (
            f"FIT: {source} based on the planned speeds" if planned_distances(laps) else "FIT: distances are measured"
        )
    if any(lap.speed_kmh is not None for lap in laps):
        return "FIT: not every speed is known, so there is no total distance"
    return "FIT: no speed is known, so there is no distance"


def _timeline(session: StoredSession, laps: tuple[Lap, ...], distance: list[float] | None) -> Iterator[Message]:
    """The messages in order: timer start and stop, a record every second, a lap at the end of each interval."""
    stops, measured = stops_of(session), points_of(session, laps)
    yield _timer(laps[0].started, EventType.START)
    for index, lap in enumerate(laps):
        before = distance[index] if distance else None
        yield _record(lap.started, lap.speed_kmh, before)
        inside = [(stop, go_on) for stop, go_on in stops if lap.started <= stop < lap.ended]
        for _, messages in sorted(
            [
                *(
                    (point.moment, (_point(point, lap, before),))
                    for point in measured[index]
                    if point.moment > lap.started
                ),
                *((stop, (_timer(stop, EventType.STOP), _timer(go_on, EventType.START))) for stop, go_on in inside),
            ],
            key=itemgetter(0),
        ):
            yield from messages
        if lap is laps[-1]:
            yield _record(lap.ended, lap.speed_kmh, distance[-1] if distance else None)
            yield _timer(lap.ended, EventType.STOP_ALL)
        yield _lap(lap, index)


def _walked_as(session: StoredSession, laps: tuple[Lap, ...]) -> Iterator[Message]:
    """The workout messages that give the laps their names: one step per lap."""
    yield message(
        WorkoutMessage,
        workout_name=fit_text(session.summary.planned.name or "Walk"),
        sport=Sport.WALKING,
        sub_sport=SubSport.INDOOR_WALKING,
        num_valid_steps=len(laps),
    )
    for index, lap in enumerate(laps):
        yield step(Interval(lap.phase, max(1, round(lap.seconds)), lap.planned_kmh, lap.label), index)


def _timer(moment: datetime, kind: EventType) -> Message:
    return message(EventMessage, timestamp=timestamp(moment), event=Event.TIMER, event_type=kind)


def _sensors(laps: tuple[Lap, ...]) -> Iterator[Message]:
    """The sensors that measured something."""
    measures = [lap.measured for lap in laps if lap.measured is not None]
    found = [
        ("Treadmill", any(each.speeds for each in measures)),
        ("Heart rate sensor", any(each.beats for each in measures)),
    ]
    for index, name in enumerate(name for name, is_there in found if is_there):
        yield message(
            DeviceInfoMessage,
            timestamp=timestamp(laps[0].started),
            device_index=index + 1,
            source_type=SourceType.BLUETOOTH_LOW_ENERGY,
            product_name=name,
        )


def _point(point: LapPoint, lap: Lap, before: float | None) -> Message:
    """The record of one point of a lap."""
    metres = None if before is None else before + min(point.metres, lap.metres or 0.0)
    return _record(point.moment, point.speed_kmh, metres, point.heart_rate)


def _record(moment: datetime, speed_kmh: float | None, metres: float | None, heart_rate: int | None = None) -> Message:
    known: dict[str, float] = {} if speed_kmh is None else {"speed": metres_per_second(speed_kmh)}
    if heart_rate is not None:
        known["heart_rate"] = heart_rate
    if metres is not None:
        known["distance"] = metres
    return message(RecordMessage, timestamp=timestamp(moment), **known)


def _lap(lap: Lap, index: int) -> Message:
    known: dict[str, float] = {}
    if lap.speed_kmh is not None and lap.metres is not None:
        known = {"total_distance": lap.metres, "avg_speed": metres_per_second(lap.speed_kmh)}
        if lap.max_kmh is not None:
            known["max_speed"] = metres_per_second(lap.max_kmh)
    known |= _heart([lap])
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
        sub_sport=SubSport.INDOOR_WALKING,
        workout_step_index=index,
        **known,
    )


def _session(session: StoredSession, laps: tuple[Lap, ...], distance: list[float] | None) -> Message:
    known = {"total_distance": distance[-1], "avg_speed": distance[-1] / walked_seconds(session)} if distance else {}
    known |= _heart(laps)
    started, ended = laps[0].started, laps[-1].ended
    return message(
        SessionMessage,
        message_index=0,
        timestamp=timestamp(ended),
        event=Event.SESSION,
        event_type=EventType.STOP,
        start_time=timestamp(started),
        sport=Sport.WALKING,
        sub_sport=SubSport.INDOOR_WALKING,
        total_elapsed_time=(ended - started).total_seconds(),
        total_timer_time=walked_seconds(session),
        first_lap_index=0,
        num_laps=len(laps),
        **known,
    )


def _heart(laps: Sequence[Lap]) -> dict[str, float]:
    """The mean and the highest heart rate of some laps; nothing if it was not measured."""
    measures = [lap.measured for lap in laps if lap.measured is not None and lap.measured.beats]
    beats = sum(each.beats for each in measures)
    if not beats:
        return {}
    mean = sum((each.heart_mean or 0) * each.beats for each in measures) / beats
    highest = [each.heart_max for each in measures if each.heart_max is not None]
    return {"avg_heart_rate": round(mean), **({"max_heart_rate": max(highest)} if highest else {})}


def _activity(session: StoredSession, ended: datetime) -> Message:
    return message(
        ActivityMessage,
        timestamp=timestamp(ended),
        local_timestamp=_local(ended),
        total_timer_time=walked_seconds(session),
        num_sessions=1,
        type=Activity.MANUAL,
        event=Event.ACTIVITY,
        event_type=EventType.STOP,
    )


def _local(moment: datetime) -> int:
    """Local wall-clock time as a FIT local timestamp: seconds since the end of 1989."""
    offset = moment.utcoffset()
    return timestamp(moment) // 1000 - EPOCH + (int(offset.total_seconds()) if offset else 0)
