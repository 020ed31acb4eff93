"""A workout as text for people, and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import clock_time

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


def totals(workout: Workout) -> str:
    """The totals of a workout as one line."""
    share = 100 * workout.backward_seconds / workout.total_seconds
    line = f"{clock_time(workout.total_seconds)} total, {clock_time(workout.backward_seconds)} backward ({share:.0f} %)"
    longest = flatten(workout).longest_backward
    return f"{line}, longest bout {clock_time(longest)}" if longest else line


def as_lines(workout: Workout) -> list[str]:
    """A workout as lines: name, notation, totals, then one line per interval."""
    schedule = flatten(workout)
    shown = [workout.name] if workout.name else []
    shown += [format_notation(workout), totals(workout), ""]
    for index, entry in enumerate(schedule):
        round_of = f"round {entry.place.round} of {entry.place.rounds}" if entry.place else ""
        details = [f"{entry.interval.speed_kmh:.1f} km/h" if entry.interval.speed_kmh else "", entry.interval.label]
        line = f"{clock_time(schedule.starts[index]):>8}  {entry.phase.value:10} {clock_time(entry.duration):>7}"
        shown.append("  ".join([line, f"{round_of:16}", *filter(None, details)]).rstrip())
    return shown
