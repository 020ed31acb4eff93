"""The view model of the session screen: a pure function of the session, so that widgets only draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import show_speed
from retro_timer.session.events import PauseReason
from retro_timer.session.states import SECOND, State
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.scheduling.schedule import Entry, Schedule

WORDS: Final = {
    Phase.WARM_UP: "WARM UP",
    Phase.BACKWARD: "BACKWARD",
    Phase.TURN: "TURN",
    Phase.FORWARD: "FORWARD",
    Phase.REST: "REST",
    Phase.COOL_DOWN: "COOL DOWN",
}
SYMBOLS: Final = {
    Phase.WARM_UP: "△",
    Phase.BACKWARD: "▼",
    Phase.TURN: "↻",
    Phase.FORWARD: "▲",
    Phase.REST: "■",
    Phase.COOL_DOWN: "▽",
}
NAMES: Final = {
    Phase.WARM_UP: "warm up",
    Phase.BACKWARD: "backward",
    Phase.TURN: "turn around",
    Phase.FORWARD: "forward",
    Phase.REST: "rest",
    Phase.COOL_DOWN: "cool down",
}
URGENT_SECONDS: Final = 3


class ShownSession(Protocol):
    """What a session, here or in another process, is asked for its view."""

    @property
    def state(self) -> State:
        """Its state."""

    @property
    def pause_reason(self) -> PauseReason | None:
        """Why it is paused; None while it is not."""

    @property
    def schedule(self) -> Schedule:
        """What is walked."""

    @property
    def index(self) -> int:
        """The running interval."""

    @property
    def entry(self) -> Entry:
        """The same, with its round."""

    @property
    def phase_ahead(self) -> Phase:
        """The phase after a lead-in."""

    @property
    def position(self) -> int:
        """The position in milliseconds."""

    @property
    def left(self) -> int:
        """Milliseconds left of the schedule."""

    @property
    def interval_left(self) -> int:
        """Milliseconds left of the running interval."""

    @property
    def lead_in_left(self) -> int:
        """Milliseconds left of a lead-in; 0 if there is none."""


class SessionView(Struct, frozen=True):
    """The content of the session screen.

    Attributes:
        phase: the phase, for colour and shape.
        word: the direction, or the state of the session, in capitals.
        countdown: the giant time.
        urgent: whether the phase is about to change.
        beat: counts the displayed seconds, to move the arrows.
        still: whether the session is not running.
        name, round, left: the parts of the top line.
        hint: what the walker can do now, if the session is waiting.
        following: the next two phases.
        speed: the planned speed, if any.
        position, total: milliseconds of the schedule.
    """

    phase: Phase
    word: str
    countdown: str
    urgent: bool
    beat: int
    still: bool
    name: str
    round: str
    left: str
    hint: str
    following: tuple[str, ...]
    speed: str
    position: int
    total: int


def session_view(session: ShownSession, name: str, key: Callable[[str], str], *, imperial: bool = False) -> SessionView:
    """Compute the content of the session screen.

    Args:
        session: the session.
        name: the name of the workout.
        key: returns the key of an action for display, given its id.
        imperial: show speeds in mph instead of km/h.
    """
    phase = session.phase_ahead if session.state is State.LEAD_IN else session.entry.phase
    shown = _seconds(session.lead_in_left if session.state is State.LEAD_IN else session.interval_left)
    place = session.entry.place
    speed = session.entry.interval.speed_kmh
    return SessionView(
        phase=phase,
        word=_word(session.state, phase, session.pause_reason),
        countdown=clock_time(shown),
        urgent=session.state in (State.RUNNING, State.LEAD_IN) and 0 < shown <= URGENT_SECONDS,
        beat=shown,
        still=session.state in (State.PAUSED, State.HOLDING, State.READY) or session.state.is_over,
        name=name,
        round=f"round {place.round} of {place.rounds}" if place else "",
        left=f"{clock_time(_seconds(session.left))} left",
        hint=_hint(session.state, session.pause_reason, phase, key),
        following=_following(session.schedule.entries[session.index + 1 : session.index + 3]),
        speed=show_speed(speed, imperial=imperial) if speed is not None else "",
        position=session.position,
        total=session.schedule.total * SECOND,
    )


def _seconds(milliseconds: int) -> int:
    """Milliseconds as seconds for a countdown, rounded up."""
    return -(-milliseconds // SECOND)


def _word(state: State, phase: Phase, reason: PauseReason | None) -> str:
    if state is State.PAUSED:
        return "STOPPED" if reason is PauseReason.BAIL_OUT else "PAUSED"
    fixed = {State.READY: "READY", State.LEAD_IN: "READY", State.FINISHED: "COMPLETE", State.ENDED_EARLY: "ENDED"}
    return fixed.get(state, WORDS[phase])


def _hint(state: State, reason: PauseReason | None, phase: Phase, key: Callable[[str], str]) -> str:
    if state is State.HOLDING:
        return f"turn around, then press {key('session.turned')}"
    if state is State.LEAD_IN:
        return f"next: {NAMES[phase]}"
    if state is not State.PAUSED:
        return ""
    goes_on = f"{key('session.pause')} goes on"
    hints = {
        PauseReason.BAIL_OUT: f"hold the rail, step off; the record is kept. {goes_on}, {key('session.quit')} ends",
        PauseReason.SLEEP: f"paused when the computer went to sleep; {goes_on}",
        PauseReason.STOPPED: f"paused while the program was stopped; {goes_on}",
        PauseReason.INTERRUPTED: f"taken up where it was; {goes_on}",
    }
    return hints.get(reason, goes_on) if reason else goes_on


def _following(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    texts = [f"{SYMBOLS[entry.phase]} {NAMES[entry.phase]} {clock_time(entry.duration)}" for entry in entries]
    return tuple(texts) if texts else ("finish",)
