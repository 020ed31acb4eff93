"""What is said about things when they happen: pauses, turns that wait, edits, where the walker is.

What can be known ahead is in `session.timeline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.scheduling.edits import NOTICE
from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.engine import SECOND, State
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Held,
    HoldReminded,
    Paused,
    PauseReason,
    Resumed,
    Resuming,
    Started,
)

if TYPE_CHECKING:
    from retro_timer.session.engine import Session
    from retro_timer.session.events import Event


def where(session: Session, at: int) -> tuple[Cue, ...]:
    """Where the walker is, when asked: phase, time left, round k of n; each as an announcement of its own.

    Named, never as a command: "Turn around." would make somebody turn who only asked.
    """
    if session.state.is_over:
        over = phrases.COMPLETE if session.state is State.FINISHED else phrases.ENDED
        return (Cue(at, CueKind.WHERE, words=(over,)),)
    said: list[tuple[str, ...]] = [(phrases.PAUSED,)] if session.state is State.PAUSED else []
    if session.interval_left == 0 and session.state in (State.HOLDING, State.PAUSED):
        said.append((phrases.HAVE_YOU_TURNED,))  # and nothing after it that could run into the next reminder
    else:
        said.append((phrases.NAMED[session.phase_ahead],))
    if session.interval_left:
        said.append(phrases.length_left(seconds_left(session)))
        if place := session.entry.place:
            said.append(phrases.round_of(place.round, place.rounds))
    return tuple(Cue(at, CueKind.WHERE, words=words, phase=session.entry.phase) for words in said if words)


def of_event(event: Event, session: Session) -> Cue | None:
    """What is heard because of an event, at once; None when it is silent, or the timeline knew it ahead."""
    cue: Cue | None = None
    match event:
        case Started() if event.lead_in:
            cue = _ready(event, session.entry.phase)
        case Paused():
            cue = _paused(event)
        case Resuming():
            following = session.phase_ahead
            cue = Cue(event.at, CueKind.RESUMING, words=(phrases.RESUMING[following],), phase=following)
        case Resumed():
            cue = begun(session, event.at)
        case Held() | HoldReminded():
            cue = Cue(event.at, CueKind.HOLDING, Sound.ATTENTION, (phrases.HAVE_YOU_TURNED,), phase=Phase.TURN)
        case Edited() if event.words:
            cue = Cue(event.at, CueKind.EDITED, words=event.words, phase=session.entry.phase)
        case Ended() if event.reason is EndReason.EARLY:
            cue = Cue(event.at, CueKind.ENDED, words=(phrases.ENDED,))
        case _:
            pass
    return cue


def begun(session: Session, at: int) -> Cue:
    """What is walked at this moment and for how long still: for a change that nothing announced."""
    phase, left = session.entry.phase, seconds_left(session)
    return Cue(at, CueKind.PHASE, Sound.of(phase), (phrases.NAMED[phase], phrases.length(left)), phase=phase)


def seconds_left(session: Session) -> int:
    """Seconds left of the running interval, as they are shown."""
    return -(-session.interval_left // SECOND)


def _ready(event: Started, first: Phase) -> Cue:
    """The lead-in, with what it leads to where the count leaves room for it."""
    following = (phrases.IMPERATIVE[first],) if event.lead_in > NOTICE * SECOND else ()
    return Cue(event.at, CueKind.READY, words=(phrases.GET_READY, *following), phase=first)


def _paused(event: Paused) -> Cue | None:
    if event.reason is PauseReason.BAIL_OUT:
        return Cue(event.at, CueKind.BAIL_OUT, Sound.ATTENTION, (phrases.STEP_OFF,))
    if event.reason is PauseReason.INTERRUPTED:
        return None
    words = phrases.SLEPT if event.reason is PauseReason.SLEEP else phrases.PAUSED
    return Cue(event.at, CueKind.PAUSED, Sound.PAUSED, (words,))
