"""A session without a screen: one line per event, for screen readers, pipes and scripts.

The lines contain everything that the screen shows: phase, length, round, next phase, cues, and the state of the sound.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from retro_timer.cli.plain_keys import HELP, QUIT
from retro_timer.cli.plain_lines import asks_for_measurements, interval_facts, interval_text
from retro_timer.cli.streams import json_text
from retro_timer.session.cue import CueKind
from retro_timer.session.events import (
    CueHeard,
    Edited,
    Ended,
    EndReason,
    Event,
    Held,
    HoldReminded,
    IntervalStarted,
    Paused,
    PauseReason,
    Refused,
    Resumed,
    Resuming,
    Started,
    Turned,
)
from retro_timer.session.languages import caption
from retro_timer.session.states import State, shown_seconds
from retro_timer.text import clock_time, one_line
from retro_timer.ui.measured_text import measured_facts, measured_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.cli.plain_keys import PlainKeys
    from retro_timer.runtime.runner import Runner
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import Conductor
    from retro_timer.session.sensing import Measurements

    Write = Callable[[str], None]


class Notice(Enum):
    """Events outside the session that a plain session reacts to."""

    STOPS = "the process is about to be stopped"
    CONTINUED = "the process was stopped, and runs again"
    NO_KEYS = "no key can be read any more"
    ASKED = "another device asks for something"


class FollowingDevices(Protocol):
    """The devices that follow a plain session."""

    @property
    def can_continue(self) -> bool:
        """Whether the session can wait for a device although no key can be read."""

    def wait_for_answers(self) -> bool:
        """Whether to wait for a device's answers about the session, which is over."""

    def perform(self) -> None:
        """Perform the devices' requests."""

    def publish(self) -> None:
        """Send the devices all changes."""


class Plain:
    """A session printed as lines.

    Args:
        runner: the session.
        keys: the key bindings.
        write: prints a line.
        as_json: one JSON object per event, instead of text.
        no_input: whether there is no input; the session then never waits for a key.

    Attributes:
        devices: the devices that follow the session; None if none can.
    """

    def __init__(self, runner: Runner, keys: PlainKeys, write: Write, *, as_json: bool, no_input: bool = False) -> None:
        self._runner = runner
        self._keys = keys
        imperial = runner.config.cues.imperial
        self._lines = _JsonLines(write) if as_json else _TextLines(write, keys, imperial=imperial)
        self._no_input = no_input
        self._kept_for_later = False
        self._unsaved = ""
        self.devices: FollowingDevices | None = None

    @property
    def finished(self) -> bool:
        """Whether the session was completed."""
        return self._runner.session.state is State.FINISHED

    def start(self) -> None:
        """Start; an interrupted session continues where it stopped."""
        self.show(self._runner.start())
        if self._runner.interrupted is not None:
            self.show(self._runner.act("pause"))

    def run(self, wait: Callable[[Runner], str | Notice | None]) -> None:
        """Run to the end, or as far as possible without input.

        Args:
            wait: waits until the runner is due and returns None, or returns earlier with a typed line or a notice.
        """
        while not self._kept_for_later and not self._runner.session.state.is_over:
            happened = wait(self._runner)
            if isinstance(happened, Notice):
                self._take(happened)
            else:
                self.show(self._runner.advance() if happened is None else self._typed(happened))
            if self._no_input:
                self._continue_without_input()
            if self._runner.unsaved != self._unsaved:
                self._unsaved = self._runner.unsaved
                self.say(self._unsaved or "saved")
            self._publish()

    def hear_out(self, wait: Callable[[Runner], str | Notice | None]) -> None:
        """Stay until the recap is heard and devices have answered, or the key that ends a session is typed.

        Args:
            wait: as for `run`.
        """
        self._runner.settle()
        self._publish()
        while self._runner.session.state.is_over and (self._runner.has_more_to_say or self._wait_for_answers()):
            happened = wait(self._runner)
            if isinstance(happened, str) and self._keys.action_id(happened) == QUIT:
                break
            if happened is Notice.ASKED:
                self._take(happened)
            self._runner.advance()  # its cues were already printed
            self._publish()

    def _wait_for_answers(self) -> bool:
        return self.devices is not None and self.devices.wait_for_answers()

    def _publish(self) -> None:
        if self.devices is not None:
            self.devices.publish()

    def _typed(self, line: str) -> tuple[Event, ...]:
        """Perform the action of a typed line, or report that it has none."""
        action_id = self._keys.action_id(line)
        if action_id == HELP:
            for explained in self._keys.explained():
                self.say(explained)
            return self._runner.advance()
        if not action_id:
            return self._runner.refuse(
                f'"{one_line(line.strip())}" does nothing here; {self._keys.help} lists all keys'
            )
        return self._runner.act(action_id.partition(".")[2])

    def _take(self, notice: Notice) -> None:
        """Handle a notice: pause while the process is stopped, and report it afterwards."""
        if notice is Notice.NO_KEYS:
            self._no_input = True
            return
        if notice is Notice.ASKED:
            if self.devices is not None:
                self.devices.perform()
            return
        if notice is Notice.STOPS:
            self.show(self._runner.advance())
        self.show(self._runner.stopped())
        if notice is Notice.CONTINUED and self._runner.session.state is State.PAUSED:
            self.say("paused while the program was stopped; an empty line resumes")

    def _continue_without_input(self) -> None:
        """Do not wait for input that cannot come: continue, unless the walker paused or bailed out."""
        session = self._runner.session
        if self.devices is not None and self.devices.can_continue:
            return
        if session.state is State.HOLDING:
            self.say("no keys can be read, so the turn does not wait")
            self.show(self._runner.act("turned"))
        elif session.state is State.PAUSED and session.pause_reason in (PauseReason.WALKER, PauseReason.BAIL_OUT):
            self.say("no keys can be read: the session is saved, and `retro-timer resume` resumes it")
            self._kept_for_later = True
        elif session.state is State.PAUSED:
            self.show(self._runner.act("pause"))

    def say(self, text: str) -> None:
        """Print something about the program itself."""
        self._lines.say(self._runner.session.position, text)

    def broken_off(self) -> None:
        """Print the last line of a session that a signal ended."""
        session = self._runner.session
        if not session.state.is_over:
            self.show((Ended(moment=0, at=session.position, reason=EndReason.EARLY),))

    def closed(self) -> None:
        """Report how the session was saved, unless it was saved as usual; call after closing the runner."""
        if self._runner.not_saved:
            self.say(f"NOT saved: {self._runner.not_saved}")
        elif self._runner.journal is not None and not self._runner.session.state.is_over and not self._kept_for_later:
            self.say("saved as interrupted: `retro-timer resume` resumes it")

    def show(self, events: tuple[Event, ...]) -> None:
        """Print events."""
        conductor = self._runner.conductor
        for event in events:
            if isinstance(event, Ended) and conductor.session.state.is_over:
                for cue in conductor.coming:  # printed now, so that the line about the end is the last
                    self._lines.show(CueHeard(moment=event.moment, at=event.at, cue=cue), conductor)
            self._lines.show(event, conductor)
            if self._runner.measurements is not None and asks_for_measurements(event):
                self._lines.show_measured(event.at, self._runner.measurements())


def seconds(milliseconds: int) -> int | float:
    """Milliseconds as seconds, as an int if possible."""
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
            self.write(json_text({"event": name, "at": seconds(event.at), **more}, indent=None))

    def say(self, position: int, text: str) -> None:
        """Print something about the program itself."""
        self.write(json_text({"event": "notice", "at": seconds(position), "text": text}, indent=None))

    def show_measured(self, position: int, measured: Measurements) -> None:
        """Print the sensors' measurements."""
        facts = {"event": "measured", "at": seconds(position), **measured_facts(measured)}
        self.write(json_text(facts, indent=None))

    def fields(  # noqa: C901  (a table of events, one case each)
        self, event: Event, schedule: Schedule
    ) -> tuple[str, dict[str, Any]] | None:
        """The name and fields of an event; None if it is not printed."""
        found: tuple[str, dict[str, Any]]
        match event:
            case Started():
                found = "started", {"lead_in": seconds(event.lead_in), "total": schedule.total}
            case IntervalStarted():
                found = "interval", interval_facts(event)
            case CueHeard():
                found = "cue", {"cue": event.cue.kind.value, "text": event.cue.text}
            case Paused():
                found = "paused", {"reason": event.reason.value}
            case Resuming():
                found = "resuming", {"lead_in": seconds(event.lead_in)}
            case Resumed():
                found = "resumed", {"stood": seconds(event.standing)}
            case Held():
                found = "held", {"index": event.index}
            case Turned():
                found = "turned", {"held": seconds(event.held)}
            case Edited():
                found = "edited", {"what": event.what, "text": caption(event.words), "total": event.after.total}
            case Refused():
                found = "refused", {"text": event.why}
            case Ended():
                finished = event.reason is EndReason.COMPLETE
                found = "finished" if finished else "ended", {"elapsed": seconds(event.at)}
            case _:
                return None
        return found


class _TextLines:
    """One line of text per event, starting with the session's time."""

    def __init__(self, write: Write, keys: PlainKeys, *, imperial: bool) -> None:
        self.write = write
        self._keys = keys
        self._imperial = imperial

    def show(self, event: Event, conductor: Conductor) -> None:
        """Print an event."""
        text = self.text(event, conductor)
        if text:
            self.write(f"{clock_time(event.at // 1000):>7}  {text}")

    def say(self, position: int, text: str) -> None:
        """Print something about the program itself."""
        self.write(f"{clock_time(position // 1000):>7}  {text}")

    def show_measured(self, position: int, measured: Measurements) -> None:
        """Print the sensors' measurements, including those that are missing."""
        parts = measured_parts(measured, imperial=self._imperial)
        self.write(f"{clock_time(position // 1000):>7}    {', '.join(parts)}")

    def text(self, event: Event, conductor: Conductor) -> str:
        """The text of the line after the time; empty if the event is not printed."""
        schedule = conductor.session.schedule
        match event:
            case Started():
                state = f"sound {conductor.player.state.value}"
                text = f"starting in {seconds(event.lead_in)} s, {clock_time(schedule.total)} total, {state}"
            case IntervalStarted():
                text = interval_text(event, schedule, imperial=self._imperial)
            case CueHeard():
                # These cues have the same text as the line of their event.
                own_line = event.cue.kind in (CueKind.PHASE, CueKind.REFUSED, CueKind.HOLDING)
                text = "" if own_line else f"  {event.cue.text}"
            case Paused():
                text = f"paused ({event.reason.value})"
            case Resumed():
                text = "resumed"
            case Held() | HoldReminded():
                text = f"the turn waits: type {self._keys.turned} when you have turned"
            case Edited():
                text = f"{event.what}: {caption(event.words)} ends at {clock_time(event.after.total)}"
            case Refused():
                text = event.why
            case Ended():
                done = "complete" if event.reason is EndReason.COMPLETE else "ended early"
                text = f"{done}, walked {clock_time(shown_seconds(conductor.session.spent.walked))}"
            case _:
                text = ""
        return text
