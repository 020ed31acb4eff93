"""The JSON output of a workout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.schedule import flatten

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout


def as_json(workout: Workout) -> dict[str, Any]:
    """The output of `show --json`; lengths and starts in seconds, speeds in km/h."""
    schedule = flatten(workout)
    return {
        "name": workout.name or None,
        "notation": format_notation(workout),
        "total_seconds": workout.total_seconds,
        "backward_seconds": workout.backward_seconds,
        "intervals": [
            {
                "index": index,
                "phase": entry.phase.value,
                "start": schedule.starts[index],
                "duration": entry.duration,
                "round": entry.place.round if entry.place else None,
                "rounds": entry.place.rounds if entry.place else None,
                "label": entry.interval.label or None,
                "speed_kmh": entry.interval.speed_kmh,
            }
            for index, entry in enumerate(schedule)
        ],
    }
