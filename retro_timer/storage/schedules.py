"""The schedule that a walk is taken up from, kept with the places of its intervals so that it can still be edited."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from retro_timer.scheduling.notation import format_workout, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Place, Schedule
from retro_timer.scheduling.workout import MAX_INTERVALS, MAX_LABEL, Interval, Workout
from retro_timer.storage.problems import DamagedError, clean
from retro_timer.storage.wire import Ordinal, Seconds, Speed


class PlaceData(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """A `Place`."""

    loop: Annotated[int, Meta(ge=0)]
    round: Ordinal
    rounds: Ordinal
    between: bool
    outer: "PlaceData | None"


class EntryData(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """An `Entry`."""

    phase: Phase
    duration: Seconds
    speed_kmh: Speed | None
    label: Annotated[str, Meta(max_length=MAX_LABEL)]
    place: PlaceData | None


class ScheduleData(Struct, frozen=True, forbid_unknown_fields=True):
    """A `Schedule`; what stands between rounds is kept as notation."""

    entries: Annotated[list[EntryData], Meta(min_length=1, max_length=MAX_INTERVALS)]
    betweens: dict[int, str]


def encode_schedule(schedule: Schedule) -> bytes:
    """A schedule with the places of its intervals, so that rounds can still be edited when it is read back."""
    betweens = {loop: format_workout(Workout(blocks)) if blocks else "" for loop, blocks in schedule.betweens.items()}
    return msgspec.json.encode(ScheduleData([_from_entry(entry) for entry in schedule], betweens))


def decode_schedule(data: bytes) -> Schedule:
    """A schedule read back.

    Raises:
        DamagedError: when it is none.
    """
    try:
        decoded = msgspec.json.decode(data, type=ScheduleData)
        entries = tuple(_to_entry(entry) for entry in decoded.entries)
        betweens = {loop: parse(text).blocks if text else () for loop, text in decoded.betweens.items()}
        return Schedule(entries, betweens)
    except (ValueError, RecursionError) as error:  # msgspec's, Unicode's and WorkoutError are ValueErrors
        raise DamagedError(f"the interrupted session cannot be read ({clean(str(error))})") from None


def _from_entry(entry: Entry) -> EntryData:
    interval, place = entry
    return EntryData(interval.phase, interval.duration, interval.speed_kmh, interval.label, _from_place(place))


def _to_entry(data: EntryData) -> Entry:
    return Entry(Interval(data.phase, data.duration, data.speed_kmh, data.label), _to_place(data.place))


def _from_place(place: Place | None) -> PlaceData | None:
    if place is None:
        return None
    return PlaceData(place.loop, place.round, place.rounds, place.between, _from_place(place.outer))


def _to_place(data: PlaceData | None) -> Place | None:
    if data is None:
        return None
    return Place(data.loop, data.round, data.rounds, data.between, _to_place(data.outer))
