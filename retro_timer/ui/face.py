"""What the session screen says at a moment: a pure function of the session, so that widgets only draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.show import clock_time
from retro_timer.scheduling.units import show_speed
from retro_timer.scheduling.values import Value
from retro_timer.session.engine import SECOND, State
from retro_timer.session.events import PauseReason
from retro_timer.ui.widgets.keysbar import Hint

if TYPE_CHECKING:
    from collections.abc import Callable

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
ALL_KEYS: Final = Hint("app.help")


class Face(Value):
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


def face_of(
    conductor: Conductor, name: str, key: Callable[[str], str], *, imperial: bool = False, ascii_only: bool = False
) -> Face:
    """What the session screen shows now.

    Args:
        conductor: what drives the session.
        name: of the workout.
        key: the key of an action as it is shown, by the action's id.
        imperial: speeds in mph instead of km/h.
        ascii_only: nothing but ASCII.
    """
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
        hint=_hint(session.state, session.pause_reason, phase, key),
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


def hints_of(state: State, reason: PauseReason | None, step: int) -> tuple[Hint, ...]:
    """The footer: the five keys that matter most in a state of the session, then the one that shows all of them.

    Args:
        state: what the session is doing.
        reason: why it is paused, if it is.
        step: by how many seconds a key makes the interval longer or shorter.
    """
    if state.is_over:
        return (Hint("session.turned", "summary"), ALL_KEYS)
    stop, adjust, end = Hint("session.bail_out"), Hint("session.adjust"), Hint("session.quit")
    if state is State.HOLDING:
        return (Hint("session.turned"), stop, Hint("session.pause"), adjust, end, ALL_KEYS)
    if state is State.PAUSED:
        go_on, restart = Hint("session.pause", "go on"), Hint("session.back")
        if reason is PauseReason.BAIL_OUT:
            return (end, go_on, restart, adjust, Hint("session.cool_down"), ALL_KEYS)
        return (go_on, stop, restart, adjust, end, ALL_KEYS)
    if state is State.RUNNING:
        change = Hint("session.longer", f"{step} s", more=("session.shorter",))
        return (Hint("session.pause"), stop, Hint("session.skip"), change, adjust, ALL_KEYS)
    return (Hint("session.pause"), stop, Hint("session.skip", "begin now"), adjust, end, ALL_KEYS)


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


def _following(entries: tuple[Entry, ...], *, ascii_only: bool) -> tuple[str, ...]:
    symbols = ASCII_SYMBOLS if ascii_only else SYMBOLS
    texts = [f"{symbols[entry.phase]} {NAMES[entry.phase]} {clock_time(entry.duration)}" for entry in entries]
    return tuple(texts) if texts else ("finish",)
