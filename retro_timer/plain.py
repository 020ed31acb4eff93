"""A session without a screen: one line per event, for screen readers, pipes and scripts.

Everything the screen says is said here, too: what is walked, for how long, which round, what comes next, what is
heard, and the state of the sound.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from retro_timer.scheduling.show import clock_time
from retro_timer.session.cue import CueKind
from retro_timer.session.engine import State
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

    from retro_timer.runner import Runner
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import Conductor

    Write = Callable[[str], None]


PLAIN_KEYS: Final = {
    "": "pause", "n": "skip", "p": "back", "+": "longer", "-": "shorter", "b": "backward_more", "B": "backward_less",
    "f": "forward_more", "F": "forward_less", "t": "turn_more", "T": "turn_less", "r": "rounds_more",
    "R": "rounds_less", "c": "cool_down", "u": "undo", "U": "redo", "e": "turned", "m": "mute", "o": "metronome",
    "s": "where", "x": "bail_out", "q": "end",
}  # fmt: skip
"""What a line typed during a plain session does; an empty line pauses and goes on."""


class Plain:
    """A session that is printed.

    Args:
        runner: the session.
        write: takes a line.
        as_json: one JSON object per event, instead of text.
    """

    def __init__(self, runner: Runner, write: Write, *, as_json: bool) -> None:
        self._runner = runner
        self._lines = _JsonLines(write) if as_json else _TextLines(write)
        self._unsaved = ""

    @property
    def finished(self) -> bool:
        """Whether it was walked to its end."""
        return self._runner.session.state is State.FINISHED

    def start(self) -> None:
        """Begin; a session that was interrupted goes on where it stood."""
        self._show(self._runner.start())
        if self._runner.interrupted is not None:
            self._show(self._runner.act("pause"))

    def run(self, wait: Callable[[Runner], str | None]) -> None:
        """Walk to the end.

        Args:
            wait: waits until the runner is due; returns the action to do, or None.
        """
        while not self._runner.session.state.is_over:
            action = wait(self._runner)
            self._show(self._runner.act(action) if action else self._runner.advance())
            if self._runner.unsaved != self._unsaved:
                self._unsaved = self._runner.unsaved
                self._lines.say(self._runner.session.position, self._unsaved or "saved")

    def broken_off(self) -> None:
        """The last line of a session that was stopped from outside."""
        session = self._runner.session
        if not session.state.is_over:
            self._show((Ended(moment=0, at=session.position, reason=EndReason.EARLY),))

    def _show(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self._lines.show(event, self._runner.conductor)


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

    def say(self, position: int, text: str) -> None:
        """Print something about the program itself."""
        self.write(json.dumps({"event": "notice", "at": seconds(position), "text": text}, ensure_ascii=False))

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

    def say(self, position: int, text: str) -> None:
        """Print something about the program itself."""
        self.write(f"{clock_time(position // 1000):>7}  {text}")

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
    parts.append(f"{clock_time(schedule.total - event.at // 1000)} left")
    if event.index + 1 < len(schedule):
        following = schedule[event.index + 1]
        parts.append(f"next {following.phase.value} {clock_time(following.duration)}")
    return ", ".join(parts)
