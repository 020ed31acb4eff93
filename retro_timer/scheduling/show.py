"""A workout as it is shown to people and to scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.schedule import flatten

if TYPE_CHECKING:
    from retro_timer.scheduling.workout import Workout


def clock_time(seconds: int) -> str:
    """Seconds as a clock shows them: `0:45`, `12:05`, `1:02:30`."""
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def as_json(workout: Workout) -> dict[str, Any]:
    """What `show --json` prints; lengths and starts in seconds, speeds in km/h."""
    schedule = flatten(workout)
    return {
        "name": workout.name or None,
        "notation": format_workout(workout),
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
