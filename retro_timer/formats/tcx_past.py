"""Read TCX activities. Tracks are skipped, since laps already have the time, distance and heart rates."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.lap_measures import measures_of
from retro_timer.formats.markup import parse_xml
from retro_timer.formats.past_activity import PastActivities, PastActivity, PastLap, speed_of
from retro_timer.formats.texts import read_written
from retro_timer.scheduling.units import kmh_from_metres_per_second

if TYPE_CHECKING:
    from retro_timer.formats.lap_measures import PastMeasures
    from retro_timer.formats.markup import Element

TAG: Final = "trainingcenterdatabase"
"""The root element, in lower case."""
_ROUNDING: Final = 1000
"""Milliseconds. A shorter pause may only be due to starts in whole seconds."""
_SKIPPED: Final = frozenset({"track"})


def read_tcx_activities(data: bytes) -> PastActivities:
    """The activities of a TCX file, and those that cannot be read.

    Raises:
        FormatError: if it is damaged, or has no activity that can be read.
    """
    root = parse_xml(data, _SKIPPED).root
    activities = [each for each in root.inside() if each.tag == "activity"] if root.tag == TAG else []
    return PastActivities.of(map(_read, activities), "this TCX file has no activity")


def _read(activity: Element) -> PastActivity | FormatError:
    try:
        return _with_measures(_activity(activity), activity)
    except FormatError as error:
        return error


def _activity(activity: Element) -> PastActivity:
    laps = [child for child in activity.children if child.tag == "lap"]
    if not laps:
        raise FormatError("an activity without laps", place=activity.place)
    starts = [_moment(lap.attributes.get("starttime", ""), lap) for lap in laps]
    ends = [*starts[1:], None]
    name = activity.child("notes")
    return PastActivity(
        starts[0],
        tuple(_lap(lap, start, end) for lap, start, end in zip(laps, starts, ends, strict=True)),
        name.text if name else "",
    )


def _with_measures(past: PastActivity, activity: Element) -> PastActivity:
    """An activity with the measurements of its laps."""
    laps = zip(past.laps, (child for child in activity.children if child.tag == "lap"), strict=True)
    return replace(past, laps=tuple(replace(lap, measured=_measures(element, lap.walked)) for lap, element in laps))


def _measures(lap: Element, walked: int) -> PastMeasures:
    fastest = kmh_from_metres_per_second(_given(lap, "maximumspeed") or 0)
    rates = _given(lap, "averageheartratebpm"), _given(lap, "maximumheartratebpm")
    return measures_of(walked, _given(lap, "distancemeters"), fastest, *rates)


def _lap(lap: Element, start: datetime, end: datetime | None) -> PastLap:
    walked = round(_number(lap, "totaltimeseconds") * 1000)
    paused = 0 if end is None else (end - start) // timedelta(milliseconds=1) - walked
    notes = lap.child("notes")
    written = read_written(notes.text if notes else "")
    return PastLap(
        walked,
        paused if paused >= _ROUNDING else 0,
        written.phase,
        speed_of(_number(lap, "distancemeters"), walked),
        written.label,
    )


def _number(lap: Element, tag: str) -> float:
    """A number in a lap; 0 if it is missing.

    Raises:
        FormatError: if it is not a number, or negative.
    """
    child = lap.child(tag)
    try:
        number = float(child.text) if child else 0.0
    except ValueError:
        number = math.nan
    if not 0 <= number < 1e9:
        raise FormatError(f"{tag} is not a number that can be true", place=lap.place)
    return number


def _given(lap: Element, tag: str) -> float | None:
    """An optional number in a lap; None if it is missing, 0 or impossible."""
    try:
        return _number(lap, tag) or None
    except FormatError:
        return None


def _moment(text: str, lap: Element) -> datetime:
    """A moment in the local zone; in UTC if no offset is given."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()
    except (ValueError, OverflowError):
        raise FormatError("a lap does not say when it began", place=lap.place) from None
