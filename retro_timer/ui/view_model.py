"""The view model of the session screen: a pure function of the session, so that widgets only draw."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import show_speed
from retro_timer.session.events import PauseReason
from retro_timer.session.states import SECOND, State, shown_seconds
from retro_timer.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.scheduling.schedule import Entry, Schedule
    from retro_timer.session.spent import BackwardTime

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
    """The data of a session, here or in another process, from which its view model is computed."""

    @property
    def state(self) -> State:
        """Its state."""

    @property
    def pause_reason(self) -> PauseReason | None:
        """Why it is paused; None if it is not."""

    @property
    def schedule(self) -> Schedule:
        """Its current schedule."""

    @property
    def index(self) -> int:
        """The index of the running interval."""

    @property
    def entry(self) -> Entry:
        """The running interval, with its round."""

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


class Appearance(StrEnum):
    """The looks of a session from afar: they differ in shape and colour, even out of focus."""

    RUNNING = "running"
    READY = "ready"
    PAUSED = "paused"
    STOPPED = "stopped"
    WAITING = "waiting"
    COMPLETE = "complete"
    ENDED = "ended"


class Achieved(Struct, frozen=True):
    """The times walked in a session that is over, in milliseconds.

    Attributes:
        backward: the time walked backward.
        walked: the total time.
        longest_before: the longest bout of earlier sessions; 0 if there is none, or if it is unknown.
    """

    backward: BackwardTime
    walked: int
    longest_before: int


class SessionView(Struct, frozen=True):
    """The content of the session screen.

    Attributes:
        phase: the phase, for colour and shape.
        look: how the session looks from afar.
        word: the direction, or the state of the session, in capitals.
        countdown: the giant time; after the end, the time walked.
        below: the label of the giant time, if that is not the time left of the interval.
        banner: giant words instead of the time, which tell the walker what to do.
        urgent: whether the phase is about to change.
        beat: the displayed seconds, which move the arrows.
        still: whether the session is not running.
        name, round, left: the parts of the top line.
        minutes_left: the time left in minutes, rounded up; in the last one, in seconds.
        ends: when the session will be over, if it keeps running.
        hint: what the walker can do now, if the session is paused or waiting.
        praise: after the end, a record of the session; empty if there is none.
        following: the next two phases; in a lead-in, the first is the one that it leads into.
        speed: the planned speed, if any.
        position, total: milliseconds of the schedule.
    """

    phase: Phase
    look: Appearance
    word: str
    countdown: str
    below: str
    banner: str
    urgent: bool
    beat: int
    still: bool
    name: str
    round: str
    left: str
    minutes_left: str
    ends: str
    hint: str
    praise: str
    following: tuple[str, ...]
    speed: str
    position: int
    total: int

    @property
    def heading(self) -> str:
        """The word above the giant time or words: the direction, the state, or the verb that goes with a key."""
        return "PRESS" if self.look is Appearance.WAITING else self.word


def session_view(  # noqa: PLR0913  (what is shown, and how)
    session: ShownSession,
    name: str,
    key: Callable[[str], str],
    *,
    ahead: Callable[[int], str] | None = None,
    achieved: Achieved | None = None,
    imperial: bool = False,
) -> SessionView:
    """Compute the content of the session screen.

    Args:
        session: the session.
        name: the name of the workout.
        key: returns the key of an action for display, given its id.
        ahead: returns the time of day in a number of milliseconds; without it, the time of the end is not shown.
        achieved: the times walked, after the end; without it, the countdown stays.
        imperial: whether to show speeds in mph instead of km/h.
    """
    lead_in, over = session.state is State.LEAD_IN, session.state.is_over
    phase = session.phase_ahead if lead_in else session.entry.phase
    look = _look(session.state, session.pause_reason)
    shown = _seconds(session.lead_in_left if lead_in else session.interval_left)
    countdown, below = _achievement(achieved) if achieved else (clock_time(shown), "")
    place = session.entry.place
    speed = session.entry.interval.speed_kmh
    begins = lead_in and session.interval_left > 0
    runs = look in (Appearance.RUNNING, Appearance.READY)
    return SessionView(
        phase=phase,
        look=look,
        word=_WORDS.get(look, WORDS[phase]),
        countdown=countdown,
        below=below,
        banner=_banner(look, key),
        urgent=runs and 0 < shown <= URGENT_SECONDS,
        beat=shown,
        still=session.state in (State.PAUSED, State.HOLDING, State.READY) or over,
        name=name,
        round=f"round {place.round} of {place.rounds}" if place else "",
        left="" if over else f"{clock_time(_seconds(session.left))} left",
        minutes_left="" if over else _minutes_left(_seconds(session.left)),
        ends=f"ends {ahead(session.lead_in_left + session.left)}" if runs and ahead else "",
        hint=_hint(session.state, session.pause_reason, key),
        praise=_praise(achieved) if achieved else "",
        following=() if over else _following(session.schedule.entries, session.index + (not begins)),
        speed=show_speed(speed, imperial=imperial) if speed is not None else "",
        position=session.position,
        total=session.schedule.total * SECOND,
    )


def _seconds(milliseconds: int) -> int:
    """Milliseconds as seconds for a countdown, rounded up."""
    return -(-milliseconds // SECOND)


_WORDS: Final = {
    Appearance.READY: "READY",
    Appearance.PAUSED: "PAUSED",
    Appearance.STOPPED: "STOPPED",
    Appearance.COMPLETE: "COMPLETE",
    Appearance.ENDED: "ENDED",
}


def _praise(achieved: Achieved) -> str:
    longest = achieved.backward.longest
    is_best = longest > achieved.longest_before > 0
    return f"your longest bout yet: {clock_time(shown_seconds(longest))}" if is_best else ""


def _minutes_left(seconds: int) -> str:
    return f"{-(-seconds // 60)} min left" if seconds > 60 else f"{clock_time(seconds)} left"


def _look(state: State, reason: PauseReason | None) -> Appearance:
    if state is State.PAUSED:
        return Appearance.STOPPED if reason is PauseReason.BAIL_OUT else Appearance.PAUSED
    looks = {
        State.READY: Appearance.READY,
        State.LEAD_IN: Appearance.READY,
        State.HOLDING: Appearance.WAITING,
        State.FINISHED: Appearance.COMPLETE,
        State.ENDED_EARLY: Appearance.ENDED,
    }
    return looks.get(state, Appearance.RUNNING)


def _banner(look: Appearance, key: Callable[[str], str]) -> str:
    if look is Appearance.WAITING:
        return key("session.turned").upper()
    return "STEP OFF" if look is Appearance.STOPPED else ""


def _achievement(achieved: Achieved) -> tuple[str, str]:
    """The time walked backward, or if there is none, in total; with its label."""
    backward = achieved.backward.total
    if backward >= SECOND:
        return clock_time(shown_seconds(backward)), WORDS[Phase.BACKWARD]
    return clock_time(shown_seconds(achieved.walked)), "WALKED"


def _hint(state: State, reason: PauseReason | None, key: Callable[[str], str]) -> str:
    if state is State.HOLDING:
        return f"turn around, then press {key('session.turned')}"
    if state is not State.PAUSED:
        return ""
    resumes = f"{key('session.pause')} resumes"
    hints = {
        PauseReason.BAIL_OUT: f"hold the rail, step off; your session is kept. {resumes}, {key('session.quit')} ends",
        PauseReason.SLEEP: f"paused when the computer went to sleep; {resumes}",
        PauseReason.STOPPED: f"paused while the program was stopped; {resumes}",
        PauseReason.BELT: f"paused when the belt stopped; {resumes}",
        PauseReason.TURNING: f"paused so that you can turn around; {resumes}",
        PauseReason.INTERRUPTED: f"picked up where you stopped; {resumes}",
    }
    return hints.get(reason, resumes) if reason else resumes


def _following(entries: Sequence[Entry], start: int) -> tuple[str, ...]:
    """The two intervals from `start` on, as text."""
    two = entries[start : start + 2]
    texts = [f"{SYMBOLS[entry.phase]} {NAMES[entry.phase]} {clock_time(entry.duration)}" for entry in two]
    return tuple(texts) if texts else ("finish",)
