"""QZ (qdomyos-zwift) treadmill programs, export only: rows with a length and a speed.

    <rows device="treadmill"><row duration="00:02:00" speed="1.6" inclination="0" forcespeed="1"/></rows>

QZ sets the belt to a row's speed if `forcespeed` is 1. It ignores a speed of 0, and its program pauses while the belt
stands still (github.com/cagnulein/qdomyos-zwift, `trainprogram.cpp`), so it cannot stop the belt for a turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.formats.export import Export
from retro_timer.formats.format import WorkoutFormat
from retro_timer.scheduling.model import iter_intervals
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Interval, Workout


def write_qz(workout: Workout) -> Export:
    """A workout as a QZ treadmill program, speeds in km/h."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rows device="treadmill">',
        *(_row(entry.interval) for entry in flatten(workout)),
        "</rows>",
        "",
    ]
    return Export("\n".join(lines).encode(), tuple(_notes(workout)))


def _row(interval: Interval) -> str:
    minutes, seconds = divmod(interval.duration, 60)
    row = f'  <row duration="{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"'
    if _forces(interval):
        row += f' speed="{interval.speed_kmh:.3g}" inclination="0" forcespeed="1"'
    return row + "/>"


def _forces(interval: Interval) -> bool:
    """Whether QZ sets the speed of the belt: never during a turn or a rest."""
    return interval.speed_kmh is not None and interval.phase.on_belt


def _notes(workout: Workout) -> list[str]:
    walked = list(iter_intervals(workout.blocks))
    notes = ["QZ: directions and the name are left out; follow them in Retro Timer"]
    if any(interval.label for interval in walked):
        notes.append("QZ: labels are left out")
    if any(interval.phase is Phase.TURN for interval in walked):
        notes.append("QZ: it does not stop the belt for a turn; stop it yourself, and QZ waits")
    if any(interval.phase.on_belt and interval.speed_kmh is None for interval in walked):
        notes.append("QZ: where no speed is set, the belt keeps its speed")
    return notes


FORMATS: Final = (WorkoutFormat("qz", (".xml",), "QZ (qdomyos-zwift) treadmill program, written only", write_qz),)
