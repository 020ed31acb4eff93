"""What the session screen says at a moment: a pure function of the session, so that widgets only draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.units import show_speed
from retro_timer.session.engine import SECOND, State
from retro_timer.session.events import PauseReason

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry
    from retro_timer.session.conductor import Conductor

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
ASCII_SYMBOLS: Final = {
    Phase.WARM_UP: "^",
    Phase.BACKWARD: "v",
    Phase.TURN: "@",
    Phase.FORWARD: "^",
    Phase.REST: "=",
    Phase.COOL_DOWN: "v",
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


@dataclass(frozen=True, slots=True)
class Face:
    """What the session screen shows.

    Attributes:
        phase: whose colour and shape it has.
        word: the direction, or what the session waits for, in capitals.
        countdown: the giant time.
        urgent: whether the phase is about to change.
        beat: counts the seconds shown, so that arrows move with them.
        still: whether time stands still.
        name, round, left: the top line.
        hint: what the walker may do now, where the session waits for them.
        following: what comes next, and what after that.
        speed: the target speed, where there is one.
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


def face_of(conductor: Conductor, name: str, *, imperial: bool = False, ascii_only: bool = False) -> Face:
    """What the session screen shows now."""
    session = conductor.session
    phase = session.phase_ahead if session.state is State.LEAD_IN else session.entry.phase
    shown = _seconds(session.lead_in_left if session.state is State.LEAD_IN else session.interval_left)
    place = session.entry.place
    speed = session.entry.interval.speed_kmh
    return Face(
        phase=phase,
        word=_word(session.state, phase, session.pause_reason),
        countdown=clock_time(shown),
        urgent=session.state in (State.RUNNING, State.LEAD_IN) and 0 < shown <= URGENT_SECONDS,
        beat=shown,
        still=session.state in (State.PAUSED, State.HOLDING, State.READY) or session.state.is_over,
        name=name,
        round=f"round {place.round} of {place.rounds}" if place else "",
        left=f"{clock_time(_seconds(session.left))} left",
        hint=_hint(session.state, session.pause_reason, phase),
        following=_following(session.schedule.entries[session.index + 1 : session.index + 3], ascii_only=ascii_only),
        speed=show_speed(speed, imperial=imperial) if speed is not None else "",
        position=session.position,
        total=session.schedule.total * SECOND,
    )


def _seconds(milliseconds: int) -> int:
    """Milliseconds as the seconds a countdown shows: rounded up."""
    return -(-milliseconds // SECOND)


def _word(state: State, phase: Phase, reason: PauseReason | None) -> str:
    if state is State.PAUSED:
        return "STOPPED" if reason is PauseReason.BAIL_OUT else "PAUSED"
    fixed = {State.READY: "READY", State.LEAD_IN: "READY", State.FINISHED: "COMPLETE", State.ENDED_EARLY: "ENDED"}
    return fixed.get(state, WORDS[phase])


def _hint(state: State, reason: PauseReason | None, phase: Phase) -> str:
    if state is State.HOLDING:
        return "turn around, then press enter"
    if state is State.LEAD_IN:
        return f"next: {NAMES[phase]}"
    if state is not State.PAUSED:
        return ""
    hints = {
        PauseReason.BAIL_OUT: "hold the rail, step off; the record is kept. space goes on, q ends",
        PauseReason.SLEEP: "paused when the computer went to sleep; space goes on",
        PauseReason.STOPPED: "paused while the program was stopped; space goes on",
        PauseReason.INTERRUPTED: "taken up where it was; space goes on",
    }
    return hints.get(reason, "space goes on") if reason else "space goes on"


def _following(entries: tuple[Entry, ...], *, ascii_only: bool) -> tuple[str, ...]:
    symbols = ASCII_SYMBOLS if ascii_only else SYMBOLS
    texts = [f"{symbols[entry.phase]} {NAMES[entry.phase]} {clock_time(entry.duration)}" for entry in entries]
    return tuple(texts) if texts else ("finish",)
