"""A session without a screen: one line per event, for screen readers, pipes and scripts.

Everything the screen says is said here, too: what is walked, for how long, which round, what comes next, what is
heard, and the state of the sound.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from retro_timer.scheduling.show import clock_time
from retro_timer.session.cue import CueKind
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Event,
    Held,
    IntervalStarted,
    Paused,
    Refused,
    Resumed,
    Resuming,
    Said,
    Started,
    Turned,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.clock import Clock
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import Conductor

    Write = Callable[[str], None]


class Wait(Protocol):
    """Waits until a moment of the clock, or returns sooner when there is something to do.

    Returns what is to be done: a command of the conductor's, or None.
    """

    def __call__(self, until: int | None) -> Callable[[int], object] | None:
        """Wait until a moment, for ever when None."""


def run_plain(conductor: Conductor, clock: Clock, wait: Wait, write: Write, *, as_json: bool) -> bool:
    """Walk a session to its end, a line per event; returns whether it was walked whole."""
    printer = _JsonLines(write) if as_json else _TextLines(write)
    for event in conductor.tell(clock.now(), conductor.session.start):
        printer.show(event, conductor)
    while not conductor.session.state.is_over:
        command = wait(conductor.next_wakeup(clock.now()))
        events = command(clock.now()) if command else conductor.advance(clock.now())
        assert isinstance(events, tuple)  # noqa: S101  (what the conductor's commands return)
        for event in events:
            printer.show(event, conductor)
    return conductor.session.state.value == "finished"


def end_line(conductor: Conductor, write: Write, *, as_json: bool) -> None:
    """The last line of a session that is broken off from outside."""
    session = conductor.session
    event = Ended(moment=0, at=session.position, reason=EndReason.EARLY)
    (_JsonLines(write) if as_json else _TextLines(write)).show(event, conductor)


def seconds(milliseconds: int) -> int | float:
    """Milliseconds as seconds: a whole number where it is one."""
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


class _JsonLines:
    """One JSON object per event."""

    def __init__(self, write: Write) -> None:
        self.write = write

    def show(self, event: Event, conductor: Conductor) -> None:
        """Print an event."""
        fields = self.fields(event, conductor.session.schedule)
        if fields is not None:
            name, more = fields
            self.write(json.dumps({"event": name, "at": seconds(event.at), **more}, ensure_ascii=False))

    def fields(  # noqa: C901  (a table of events, one case each)
        self, event: Event, schedule: Schedule
    ) -> tuple[str, dict[str, Any]] | None:
        """The name and the fields of an event, None for one that is not printed."""
        found: tuple[str, dict[str, Any]]
        match event:
            case Started():
                found = "started", {"lead_in": seconds(event.lead_in), "total": schedule.total}
            case IntervalStarted():
                found = "interval", _interval(event)
            case Said():
                found = "cue", {"cue": event.cue.kind.value, "text": event.cue.text}
            case Paused():
                found = "paused", {"reason": event.reason.value}
            case Resuming():
                found = "resuming", {"lead_in": seconds(event.lead_in)}
            case Resumed():
                found = "resumed", {"stood": seconds(event.stood)}
            case Held():
                found = "held", {"index": event.index}
            case Turned():
                found = "turned", {"held": seconds(event.held)}
            case Edited():
                found = "edited", {"what": event.what, "text": " ".join(event.words), "total": event.after.total}
            case Refused():
                found = "refused", {"text": event.why}
            case Ended():
                finished = event.reason is EndReason.COMPLETE
                found = "finished" if finished else "ended", {"elapsed": seconds(event.at)}
            case _:
                return None
        return found


class _TextLines:
    """One line of text per event, the session's time first."""

    def __init__(self, write: Write) -> None:
        self.write = write

    def show(self, event: Event, conductor: Conductor) -> None:
        """Print an event."""
        text = self.text(event, conductor)
        if text:
            self.write(f"{clock_time(event.at // 1000):>7}  {text}")

    def text(self, event: Event, conductor: Conductor) -> str:
        """What the line says after the time; nothing for an event that is not printed."""
        schedule = conductor.session.schedule
        match event:
            case Started():
                state = f"sound {conductor.player.state.value}"
                text = f"starting in {seconds(event.lead_in)} s, {clock_time(schedule.total)} in all, {state}"
            case IntervalStarted():
                text = _interval_text(event, schedule)
            case Said():
                # The phase's own line says what its cue says.
                text = "" if event.cue.kind is CueKind.PHASE else f"  {event.cue.text}"
            case Paused():
                text = f"paused ({event.reason.value})"
            case Resumed():
                text = "going on"
            case Held():
                text = "the turn waits: say when you have turned"
            case Edited():
                text = f"{event.what}: {' '.join(event.words)} ends at {clock_time(event.after.total)}"
            case Refused():
                text = f"not changed: {event.why}"
            case Ended():
                done = "complete" if event.reason is EndReason.COMPLETE else "ended early"
                text = f"{done}, walked {clock_time(conductor.session.spent.walked // 1000)}"
            case _:
                text = ""
        return text


def _interval(event: IntervalStarted) -> dict[str, Any]:
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


def _interval_text(event: IntervalStarted, schedule: Schedule) -> str:
    entry = event.entry
    parts = [f"{entry.phase.value.upper()} {clock_time(entry.duration)}"]
    if entry.interval.speed_kmh:
        parts.append(f"at {entry.interval.speed_kmh:.1f} km/h")
    if entry.interval.label:
        parts.append(f'"{entry.interval.label}"')
    if entry.place:
        parts.append(f"round {entry.place.round} of {entry.place.rounds}")
    parts.append(f"{clock_time(schedule.total - schedule.starts[event.index])} left")
    if event.index + 1 < len(schedule):
        following = schedule[event.index + 1]
        parts.append(f"next {following.phase.value} {clock_time(following.duration)}")
    return ", ".join(parts)
