"""QZ (qdomyos-zwift) treadmill programs, import and export: rows with a length and a speed.

    <rows device="treadmill">
      <row duration="00:02:00" speed="1.6" inclination="0" forcespeed="1">
        <textevent timeoffset="0" message="Backward at 1.6 km/h"/>
      </row>
      <repeat times="3"><row duration="00:01:00"/></repeat>
    </rows>

QZ sets the belt to a row's speed if `forcespeed` is 1. It ignores a speed of 0, and its program pauses while the belt
stands still, so it cannot stop the belt for a turn. It shows the texts of a row, which give the direction. A row may
be a distance in kilometres, or a ramp of speeds (github.com/cagnulein/qdomyos-zwift, `trainprogram.cpp`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.formats.assumptions import NOTHING_ASSUMED, Assumptions, seconds_for
from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.errors import FormatError, PaceUnknownError, too_many_intervals
from retro_timer.formats.export import Export
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.markup import Element, escape, parse_xml
from retro_timer.formats.received import Received, only
from retro_timer.formats.texts import Marked, describe, read_text
from retro_timer.formats.values import read_metres, read_seconds, read_speed_kmh, read_times
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_INTERVALS, MAX_SECONDS, Workout, iter_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.scheduling.model import Interval

_DURATION: Final = re.compile(r"(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:\.\d+)?", re.ASCII)
_RAMPS: Final = ("speedfrom", "powerfrom", "powerzonefrom")


def read_qz(data: bytes, assumptions: Assumptions = NOTHING_ASSUMED) -> Received:
    """Read a workout from a QZ program.

    Raises:
        AssumptionNeededError: if the file has no directions, or distances without a speed, and nothing is assumed.
        WorkoutError: if it cannot be read; names the line.
    """
    root, notes = parse_xml(data)
    if root.tag != "rows":
        raise FormatError(f"expected <rows>, not {quoted(f'<{root.tag}>')}", place=root.place)
    bouts: list[Bout] = []
    for group, element in enumerate(root.children):
        bouts += _bouts(element, group, assumptions)
        if len(bouts) > MAX_INTERVALS:
            raise too_many_intervals(element.place)
    if not bouts:
        raise FormatError("there is nothing to walk", place=root.place)
    directed = direct(bouts, assumptions)
    return Received(Workout(directed.blocks), (*notes, *directed.notes, *_lost(root)))


def write_qz(workout: Workout) -> Export:
    """A workout as a QZ treadmill program, speeds in km/h."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rows device="treadmill">',
        *(line for entry in flatten(workout) for line in _row(entry.interval)),
        "</rows>",
        "",
    ]
    return Export("\n".join(lines).encode(), tuple(_notes(workout)))


def _bouts(element: Element, group: int, assumptions: Assumptions) -> Sequence[Bout]:
    """The bouts of a row, or of a repeat of rows."""
    if element.tag == "row":
        return _bout(element, assumptions)
    if element.tag != "repeat":
        return ()
    times = read_times(element.attributes.get("times", ""), "times", element.place)
    rows = [bout for row in element.children if row.tag == "row" for bout in _bout(row, assumptions)]
    if times * len(rows) > MAX_INTERVALS:
        raise too_many_intervals(element.place)
    # Group 0 is for single rows.
    return [replace(row, repeated=times > 1, group=group + 1) for row in rows] * times


def _bout(row: Element, assumptions: Assumptions) -> Sequence[Bout]:
    """The bout of a row; none if it has no length, as in QZ."""
    speed = row.attributes.get("speed", "")
    speed_kmh = read_speed_kmh(speed, row.place) if speed else None
    seconds = _seconds(row, speed_kmh or assumptions.pace_kmh)
    if not seconds:
        return ()
    marked = Marked(None)
    for text in _texts(row):
        try:
            said = read_text(text.attributes.get("message", ""), seconds)
        except WorkoutError as error:
            raise FormatError(str(error), place=text.place) from error
        if marked.phase is None and (said.phase or not marked.label):
            marked = said
    return (Bout(seconds, marked.phase, marked.speed_kmh or speed_kmh, marked.label, place=row.place),)


def _seconds(row: Element, speed_kmh: float | None) -> int:
    """The length of a row in seconds: of time, or of a distance at a speed."""
    duration, distance = row.attributes.get("duration", ""), row.attributes.get("distance", "")
    if distance:
        metres = 1000 * read_metres(distance, "distance", row.place)
        if not metres:
            return 0
        if speed_kmh is None:
            raise PaceUnknownError(place=row.place)
        return read_seconds(str(seconds_for(metres, speed_kmh)), f"the time for {metres:g} m", row.place)
    found = _DURATION.fullmatch(duration.strip())
    length = sum(int(part) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else None
    if length is None or length > MAX_SECONDS:
        expected = "a length from 00:00:01 to 04:00:00" if duration else "a duration or a distance"
        raise FormatError(f"expected {expected}, not {quoted(duration)}", place=row.place)
    return length


def _texts(row: Element) -> Iterator[Element]:
    return (child for child in row.children if child.tag == "textevent")


def _lost(root: Element) -> Iterator[str]:
    """A note for each feature of QZ that is left out."""
    rows = [element for element in root.inside() if element.tag == "row"]
    texts = sum(max(0, sum(1 for _ in _texts(row)) - 1) for row in rows)
    if texts:
        yield f"{counted(texts, 'text')} {'is' if texts == 1 else 'are'} left out"
    ramps = sum(any(name in row.attributes for name in _RAMPS) for row in rows)
    if ramps:
        yield f"{counted(ramps, 'ramp')} {'keeps its length' if ramps == 1 else 'keep their lengths'}, without speeds"
    if any(row.attributes.get("inclination", "0").strip("0.") for row in rows):
        yield "inclines are left out"


def _row(interval: Interval) -> tuple[str, str, str]:
    minutes, seconds = divmod(interval.duration, 60)
    row = f'  <row duration="{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"'
    if _forces(interval):
        row += f' speed="{interval.speed_kmh:.3g}" inclination="0" forcespeed="1"'
    return f"{row}>", f'    <textevent timeoffset="0" message="{escape(describe(interval))}"/>', "  </row>"


def _forces(interval: Interval) -> bool:
    """Whether QZ sets the speed of the belt: never during a turn or a rest."""
    return interval.speed_kmh is not None and interval.phase.on_belt


def _notes(workout: Workout) -> list[str]:
    walked = list(iter_intervals(workout.blocks))
    notes = ["QZ: it shows the directions as texts, but does not speak them; follow them in Retro Timer"]
    if workout.name:
        notes.append("QZ: the format has no place for a name")
    if any(interval.phase is Phase.TURN for interval in walked):
        notes.append("QZ: it does not stop the belt for a turn; stop it yourself, and QZ waits")
    if any(interval.phase.on_belt and interval.speed_kmh is None for interval in walked):
        notes.append("QZ: where no speed is set, the belt keeps its speed")
    return notes


FORMATS: Final = (
    WorkoutFormat(
        "qz",
        (".xml",),
        "QZ (qdomyos-zwift) treadmill program",
        write_qz,
        only(read_qz),
        lambda text: text.startswith("<") and "<rows" in text[:10_000].lower(),
    ),
)
