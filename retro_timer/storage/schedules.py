"""Encoding of schedules, including the places of intervals, so that a resumed session can still be edited."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from retro_timer.scheduling.model import MAX_INTERVALS, Interval, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Entry, Place, Schedule
from retro_timer.storage.errors import UnreadableError
from retro_timer.structs import from_json
from retro_timer.text import printable

Row = tuple[Phase, int, float | None, str, Place | None]
"""The written form of an `Entry`: the fields of its interval, and its place."""


class _ScheduleRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A `Schedule`; the blocks between rounds are stored as notation."""

    entries: Annotated[list[Row], Meta(min_length=1, max_length=MAX_INTERVALS)]
    betweens: dict[int, str]


def encode_schedule(schedule: Schedule) -> bytes:
    """Encode a schedule with the places of its intervals."""
    betweens = {loop: format_notation(Workout(blocks)) if blocks else "" for loop, blocks in schedule.betweens.items()}
    return msgspec.json.encode(_ScheduleRow([_row(*entry) for entry in schedule], betweens))


def decode_schedule(data: bytes) -> Schedule:
    """Decode a schedule.

    Raises:
        UnreadableError: if it is invalid.
    """
    try:
        decoded = from_json(data, _ScheduleRow)
        entries = tuple(
            Entry(Interval(phase, duration, speed_kmh, label), place)
            for phase, duration, speed_kmh, label, place in decoded.entries
        )
        betweens = {loop: parse(text).blocks if text else () for loop, text in decoded.betweens.items()}
        return Schedule(entries, betweens)
    except (ValueError, RecursionError) as error:  # including those of msgspec, Unicode and WorkoutError
        raise UnreadableError(f"its schedule cannot be read: {printable(str(error))}") from None


def _row(interval: Interval, place: Place | None) -> Row:
    return interval.phase, interval.duration, interval.speed_kmh, interval.label, place
