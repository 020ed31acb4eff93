"""Read lists of activities as CSV, as training sites export them: one line per activity.

Columns are found by their names (Garmin Connect, Strava, and home-made tables); other columns are ignored.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Final

from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode_foreign
from retro_timer.formats.lap_measures import measures_of
from retro_timer.formats.past_activity import PastActivities, PastActivity, PastLap, speed_of
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ROWS: Final = 20_000
_COLUMNS: Final = {
    "started": ("started", "start time", "start", "activity date", "date", "start date"),
    "walked": ("moving time", "time", "duration", "walked", "walked_seconds", "elapsed time", "total time"),
    "metres": ("distance (m)", "meters", "metres"),
    "kilometres": ("distance (km)", "distance"),
    "kind": ("activity type", "type", "sport"),
    "heart_mean": ("average heart rate", "avg hr", "avg heart rate"),
    "heart_max": ("max heart rate", "max hr", "maximum heart rate"),
    "name": ("title", "activity name", "name", "workout"),
}
"""The values to read, and the names their columns may have, best first."""
_WALKS: Final = re.compile(r"walk|hik|treadmill|indoor|gehen|wander", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:[.,]\d+)?)")
_DATES: Final = ("%b %d, %Y, %I:%M:%S %p", "%d %b %Y, %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


def is_activity_list(head: str) -> bool:
    """Whether a text begins like a list of activities."""
    names = _names(next(csv.reader(StringIO(head)), []))
    return "started" in names and "walked" in names


def read_activity_list(data: bytes) -> PastActivities:
    """The walks in a list of activities, and the lines that cannot be read; other sports are left out.

    Raises:
        FormatError: if there are none, or no line can be read; names the first line.
    """
    reader = csv.reader(StringIO(decode_foreign(data).text, newline=""))
    try:
        names = _names(next(reader, []))
        return PastActivities.of(_activities(reader, names), "there is no walk in this list")
    except csv.Error as error:
        raise FormatError("not valid CSV", place=f"line {reader.line_num}") from error


def _activities(reader: Iterator[list[str]], names: Mapping[str, int]) -> Iterator[PastActivity | FormatError]:
    """The walks, and an error for each line that cannot be read."""
    for number, row in enumerate(reader, 2):
        if number > MAX_ROWS + 1:
            raise FormatError(f"more than {MAX_ROWS:,} activities")
        cells = {name: row[column].strip() for name, column in names.items() if column < len(row)}
        if not any(cells.values()) or (cells.get("kind") and not _WALKS.search(cells["kind"])):
            continue
        try:
            activity = _activity(cells, f"line {number}")
        except FormatError as error:
            yield error
        else:
            if activity is not None:
                yield activity


def _activity(cells: Mapping[str, str], place: str) -> PastActivity | None:
    """The walk in a line; None if nothing was walked in it.

    Raises:
        FormatError: if the line cannot be read.
    """
    walked = _milliseconds(cells.get("walked", ""), place)
    if not walked:
        return None
    metres = _number(cells.get("metres", "")) or (_number(cells.get("kilometres", "")) or 0) * 1000
    hearts = (_number(cells.get(name, "")) for name in ("heart_mean", "heart_max"))
    measured = measures_of(walked, metres, None, *hearts)
    lap = PastLap(walked, speed_kmh=speed_of(metres, walked), measured=measured)
    return PastActivity(_moment(cells.get("started", ""), place), (lap,), cells.get("name", ""))


def _names(head: list[str]) -> dict[str, int]:
    """The index of each column to read, by its value's name in `_COLUMNS`."""
    columns = [name.strip().lstrip("\ufeff").lower() for name in head]
    found = {
        what: next((columns.index(name) for name in names if name in columns), None) for what, names in _COLUMNS.items()
    }
    return {what: column for what, column in found.items() if column is not None}


def _milliseconds(text: str, place: str) -> int:
    """A length such as 00:25:30, 25:30 or seconds."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        return round(((int(hours or 0) * 60 + int(minutes)) * 60 + float(seconds.replace(",", "."))) * 1000)
    seconds = _number(text) if text else 0
    if seconds is None or seconds >= 1e6:
        raise FormatError(f"expected a length such as 0:25:30 or seconds, not {quoted(text)}", place=place)
    return round(seconds * 1000)


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None


def _moment(text: str, place: str) -> datetime:
    """A date with a time, in the local time zone if no offset is given."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        pass
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).astimezone()
        except (ValueError, OverflowError):
            continue
    raise FormatError(f"expected a date such as 2026-03-02 18:30, not {quoted(text)}", place=place)
