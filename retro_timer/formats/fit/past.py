"""Read FIT activities. Imports fit-tool, so import this module only when needed.

Sessions and laps are decoded. The records of every second, which make up nearly all of a file, are only counted and
checked: laps already have the time, distance and heart rates, and fit-tool would take seconds to decode an hour of
records.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.fit.file import (
    EPOCH,
    ActivityMessage,
    FieldDescriptionMessage,
    FileIdMessage,
    FileType,
    FitCRCError,
    FitError,
    LapMessage,
    Message,
    RawDataRecord,
    SessionMessage,
    WireDecoder,
    WorkoutMessage,
    WorkoutStepMessage,
    project_data_record,
    register_developer_field,
)
from retro_timer.formats.lap_measures import measures_of
from retro_timer.formats.past_activity import PastActivities, PastActivity, PastLap, speed_of
from retro_timer.formats.texts import read_written
from retro_timer.scheduling.units import kmh_from_metres_per_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_RECORDS: Final = 250_000
"""Maximum number of messages: two days at one record a second have fewer."""
_READ: Final = frozenset(
    kind.ID
    for kind in (
        FileIdMessage,
        SessionMessage,
        LapMessage,
        WorkoutMessage,
        WorkoutStepMessage,
        ActivityMessage,
        FieldDescriptionMessage,
    )
)
_QUARTER: Final = timedelta(minutes=15)
"""Offsets from UTC are multiples of it."""
_LONGEST_OFFSET: Final = timedelta(hours=14)
"""The largest offset of any time zone from UTC."""
_ROUNDING: Final = 2000
"""Milliseconds. A shorter pause may only be due to FIT rounding starts to seconds."""


def read_fit_activities(data: bytes) -> PastActivities:
    """The activities of a FIT file.

    Raises:
        FormatError: if the file is damaged, too long, or is not an activity.
    """
    messages = list(_messages(data))
    if not any(isinstance(each, FileIdMessage) and each.type == FileType.ACTIVITY.value for each in messages):
        raise FormatError("this FIT file is not an activity: workouts come in as .zwo or text")
    zone = _zone(messages)
    steps = {each.message_index: each for each in messages if isinstance(each, WorkoutStepMessage)}
    name = next((str(each.workout_name or "") for each in messages if isinstance(each, WorkoutMessage)), "")
    laps = sorted((each for each in messages if isinstance(each, LapMessage)), key=_start)
    sessions = sorted((each for each in messages if isinstance(each, SessionMessage)), key=_start)
    if not sessions:
        raise FormatError("this FIT file has no session: it was cut off, or is not an activity")
    ends = [*map(_start, sessions[1:]), math.inf]
    found = []
    for session, end in zip(sessions, ends, strict=True):
        own = [lap for lap in laps if _start(session) <= _start(lap) < end] or [session]
        found.append(PastActivity(_moment(_start(own[0]), zone), _laps(own, steps, session), name))
    return PastActivities(tuple(found))


def _messages(data: bytes) -> Iterator[Message]:
    """The decoded messages of the kinds that are needed.

    Raises:
        FormatError: if the file is damaged, or has too many messages.
    """
    developer_fields: dict[int, dict[int, object]] = {}
    try:
        for number, raw in enumerate(WireDecoder(check_crc=True).iter_raw_records(BytesIO(data))):
            _check_number(number)
            if isinstance(raw, RawDataRecord) and raw.definition.global_id in _READ:
                record = project_data_record(raw, developer_fields)
                register_developer_field(record, developer_fields)
                yield record.message
    except FormatError:
        raise
    except FitCRCError as error:
        raise FormatError("this FIT file is damaged: its checksum is wrong") from error
    except (FitError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise FormatError("this FIT file is damaged or cut off") from error


def _check_number(number: int) -> None:
    if number >= MAX_RECORDS:
        raise FormatError(f"more than {MAX_RECORDS:,} records: no walk is that long")


def _laps(laps: Sequence[Message], steps: Mapping[int, Message], session: Message) -> tuple[PastLap, ...]:
    """The laps of a session; the time between the end of one and the start of the next counts as a pause.

    If no lap has a heart rate, the session's heart rate counts for each.
    """
    starts = [*map(_start, laps[1:]), None]
    hearts = session if all(lap.avg_heart_rate is None for lap in laps) else None
    return tuple(
        _with_measures(_lap(lap, next_start, steps), lap, hearts or lap)
        for lap, next_start in zip(laps, starts, strict=True)
    )


def _with_measures(past: PastLap, lap: Message, hearts: Message) -> PastLap:
    """A lap with its measurements."""
    fastest = kmh_from_metres_per_second(lap.max_speed or 0)
    rates = hearts.avg_heart_rate, hearts.max_heart_rate
    return replace(past, measured=measures_of(past.walked, lap.total_distance, fastest, *rates))


def _lap(lap: Message, next_start: int | None, steps: Mapping[int, Message]) -> PastLap:
    elapsed = _milliseconds(lap.total_elapsed_time) if next_start is None else next_start - _start(lap)
    walked = elapsed if lap.total_timer_time is None else _milliseconds(lap.total_timer_time)
    paused = elapsed - walked
    step = steps.get(lap.workout_step_index) if isinstance(lap, LapMessage) else None
    written = read_written(str(step.workout_step_name or "") if step else "")
    return PastLap(
        walked, paused if paused >= _ROUNDING else 0, written.phase, speed_of(lap.total_distance, walked), written.label
    )


def _milliseconds(seconds: float | None) -> int:
    return 0 if seconds is None else round(seconds * 1000)


def _start(lap: Message) -> int:
    """When a lap or a session began, in milliseconds since 1970.

    Raises:
        FormatError: if the time is missing.
    """
    moment = lap.start_time if lap.start_time is not None else lap.timestamp
    if moment is None:
        raise FormatError("this FIT file does not say when the activity began")
    return int(moment)


def _moment(milliseconds: int, zone: timezone | None) -> datetime:
    """A moment in the file's time zone, or else in the local one."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(zone)


def _zone(messages: Sequence[Message]) -> timezone | None:
    """The time zone in which the activity was recorded; None if the file does not say."""
    for each in messages:
        if isinstance(each, ActivityMessage) and each.local_timestamp and each.timestamp:
            offset = timedelta(seconds=each.local_timestamp + EPOCH - each.timestamp / 1000)
            rounded = round(offset / _QUARTER) * _QUARTER
            if abs(rounded) <= _LONGEST_OFFSET:
                return timezone(rounded)
    return None
