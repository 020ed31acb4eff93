"""What is said about things that happen when they happen: pauses, edits, where the walker is.

What can be known ahead is in `session.timeline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.edits import (
    ChangeAll,
    ChangeRounds,
    ChangeThis,
    Combined,
    CoolDownNow,
    SetAll,
    SetThis,
    loop_at,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Held,
    HoldReminded,
    Paused,
    PauseReason,
    Resuming,
    Started,
)

if TYPE_CHECKING:
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.engine import Session
    from retro_timer.session.events import Event

RESTORED: Final = {"undo": phrases.UNDONE, "redo": phrases.REDONE}


def edit(made: Edit, after: Schedule, index: int) -> tuple[str, ...]:
    """An edit as it is said, as phrases: "Backward:", "One minute thirty."."""
    if isinstance(made, Combined):
        # One announcement is two phrases at most: the weightiest change that is still to be seen speaks for all.
        return next((words for one in made.edits if (words := edit(one, after, index))), ())
    if isinstance(made, ChangeThis | SetThis):
        running = after[index]
        return phrases.NAMED[running.phase], phrases.length(running.duration)
    if isinstance(made, ChangeAll | SetAll):
        lengths = [entry.duration for entry in after.entries[index:] if entry.phase is made.phase]
        # The running bout may be longer than the others: it is never cut short without notice.
        return (phrases.NAMED[made.phase], phrases.length(lengths[-1])) if lengths else ()
    if isinstance(made, ChangeRounds):
        return phrases.rounds(_rounds(after, index))
    if isinstance(made, CoolDownNow):
        return (phrases.IMPERATIVE[Phase.COOL_DOWN],)
    return ()


def where(session: Session, at: int) -> tuple[Cue, ...]:
    """Where the walker is, when asked: phase, time left, round k of n; each as an announcement of its own."""
    entry = session.entry
    left = -(-session.interval_left // 1000)
    cues = [
        Cue(at, CueKind.WHERE, words=(phrases.IMPERATIVE[entry.phase],), phase=entry.phase),
        Cue(at, CueKind.WHERE, words=phrases.length_left(left), phase=entry.phase),
    ]
    if entry.place and (words := phrases.round_of(entry.place.round, entry.place.rounds)):
        cues.append(Cue(at, CueKind.WHERE, words=words, phase=entry.phase))
    return tuple(cues)


def of_event(event: Event, session: Session) -> Cue | None:
    """What is heard because of an event, at once; None when it is silent, or the timeline knew it ahead."""
    cue: Cue | None = None
    match event:
        case Started():
            cue = Cue(event.at, CueKind.READY, words=(phrases.GET_READY,), phase=session.entry.phase)
        case Paused():
            cue = _paused(event)
        case Resuming():
            following = session.phase_ahead
            cue = Cue(event.at, CueKind.RESUMING, words=(phrases.RESUMING[following],), phase=following)
        case Held() | HoldReminded():
            cue = Cue(event.at, CueKind.HOLDING, Sound.ATTENTION, (phrases.HAVE_YOU_TURNED,), phase=Phase.TURN)
        case Edited() if event.words:
            cue = Cue(event.at, CueKind.EDITED, words=event.words, phase=session.entry.phase)
        case Ended() if event.reason is EndReason.EARLY:
            cue = Cue(event.at, CueKind.ENDED, words=(phrases.ENDED,))
        case _:
            pass
    return cue


def _paused(event: Paused) -> Cue | None:
    if event.reason is PauseReason.BAIL_OUT:
        return Cue(event.at, CueKind.BAIL_OUT, Sound.ATTENTION, (phrases.STEP_OFF,))
    if event.reason is PauseReason.INTERRUPTED:
        return None
    words = phrases.SLEPT if event.reason is PauseReason.SLEEP else phrases.PAUSED
    return Cue(event.at, CueKind.PAUSED, Sound.PAUSED, (words,))


def _rounds(schedule: Schedule, index: int) -> int:
    loop = loop_at(schedule, index)
    places = [entry.place for entry in schedule.entries[index:] if entry.place and entry.place.loop == loop]
    return places[-1].rounds if places else 0
