"""Events as programs outside the session see them: a name, and fields for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retro_timer.session.events import Ended, IntervalStarted, Move, Paused, PauseReason, Resumed, Started
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry
    from retro_timer.session.engine import Session
    from retro_timer.session.events import Event

START: Final = "start"
PHASE: Final = "phase"
PAUSE: Final = "pause"
RESUME: Final = "resume"
STOP: Final = "stop"
END: Final = "end"
LOST_SOUND: Final = "lost_sound"
NOTIFY: Final = "notify"
"""Not an event of a session, but a request to show a notification; its field `text` has the words."""
EVENTS: Final = (START, PHASE, PAUSE, RESUME, STOP, END, LOST_SOUND)
"""The names of the events; the settings `hooks.*` have the same names."""


def names_of(event: Event) -> tuple[str, ...]:
    """The names under which an event of the session is reported outside; most events are not reported."""
    match event:
        case Started():
            return (START,)
        case IntervalStarted():
            # When an interrupted session is resumed, there is no `Started`: this event marks the start.
            return (START, PHASE) if event.move is Move.RESUME else (PHASE,)
        case Paused():
            return (STOP,) if event.reason is PauseReason.BAIL_OUT else (PAUSE,)
        case Resumed():
            return (RESUME,)
        case Ended():
            return (END,)
    return ()


def described(name: str, session: Session, workout: str, event: Event | None = None) -> dict[str, Any]:
    """The fields of an event, for JSON. Times are in seconds.

    Args:
        name: the name of the event.
        session: the session as it is after the event.
        workout: the name of the workout.
        event: the session's event; None to describe the session as it is now.
    """
    at = session.position if event is None else event.at
    index = event.index if isinstance(event, IntervalStarted) else session.index
    entries = session.schedule.entries
    following = entries[index + 1] if index + 1 < len(entries) else None
    reason = event.reason.value if isinstance(event, Paused | Ended) else None
    return {
        "event": name,
        "workout": workout,
        "at": round(at / SECOND, 1),
        "left": round(max(0, session.schedule.total * SECOND - at) / SECOND, 1),
        **_interval(entries[index]),
        "next": None if following is None else _interval(following),
        **({} if reason is None else {"reason": reason}),
    }


def _interval(entry: Entry) -> dict[str, Any]:
    place, interval = entry.place, entry.interval
    return {
        "phase": entry.phase.value,
        "duration": entry.duration,
        "round": place.round if place else None,
        "rounds": place.rounds if place else None,
        "label": interval.label or None,
        "speed_kmh": None if interval.speed_kmh is None else round(interval.speed_kmh, 2),
    }
