"""The lines of a plain session about an interval that begins, and when measurements are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retro_timer.scheduling.units import show_speed
from retro_timer.session.cue import CueKind
from retro_timer.session.events import CueHeard, IntervalStarted
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.events import Event


def interval_facts(event: IntervalStarted) -> dict[str, Any]:
    """An interval that begins, for JSON."""
    entry = event.entry
    return {
        "index": event.index,
        "phase": entry.phase.value,
        "duration": entry.duration,
        "round": entry.place.round if entry.place else None,
        "rounds": entry.place.rounds if entry.place else None,
        "label": entry.interval.label or None,
        "speed_kmh": entry.interval.speed_kmh,
    }


def interval_text(event: IntervalStarted, schedule: Schedule, *, imperial: bool) -> str:
    """An interval that begins, in words."""
    entry = event.entry
    parts = [f"{entry.phase.value.upper()} {clock_time(entry.duration)}"]
    if entry.interval.speed_kmh:
        parts.append(f"at {show_speed(entry.interval.speed_kmh, imperial=imperial)}")
    if entry.interval.label:
        parts.append(f'"{entry.interval.label}"')
    if entry.place:
        parts.append(f"round {entry.place.round} of {entry.place.rounds}")
    parts.append(f"{clock_time(schedule.total - event.at // 1000)} left")
    if event.index + 1 < len(schedule):
        following = schedule[event.index + 1]
        parts.append(f"next {following.phase.value} {clock_time(following.duration)}")
    return ", ".join(parts)


def asks_for_measurements(event: Event) -> bool:
    """Whether measurements are printed after an event: an interval begins, or "Where am I?" was answered."""
    return isinstance(event, IntervalStarted) or (isinstance(event, CueHeard) and event.cue.kind is CueKind.WHERE)
