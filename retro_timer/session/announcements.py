"""The content of announcements: pauses, waiting turns, edits, where the walker is.

Cues that are known in advance are in `session.timeline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import NOTICE
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Held,
    HoldReminded,
    IntervalStarted,
    Move,
    Paused,
    PauseReason,
    Refused,
    Resumed,
    Resuming,
    Started,
)
from retro_timer.session.states import SECOND, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retro_timer.session.engine import Session
    from retro_timer.session.events import Event
    from retro_timer.session.timeline import CueSettings

    Answer = Callable[[int], Cue | None]
    """Makes a cue from the milliseconds left of the interval when the cue starts; None if it would be false by then."""


def always(cue: Cue) -> Answer:
    """An answer that is always true."""
    return lambda _left: cue


def where(session: Session, at: int, settings: CueSettings) -> tuple[Answer, ...]:
    """The answer to "Where am I?": phase, time left, what is next, round, total left, each as a separate announcement.

    The phase is named, not given as a command: "Turn around." might make a walker turn who only asked. In a pause, the
    last announcement says how to resume.
    """
    phrases = settings.phrases
    asked = Cue(at, CueKind.WHERE, phase=session.entry.phase)
    if session.state.is_over:
        over = phrases.COMPLETE if session.state is State.FINISHED else phrases.ENDED
        return (always(replace(asked, words=(over,))),)
    paused = session.state is State.PAUSED
    first = [always(replace(asked, words=(phrases.PAUSED,)))] if paused else []
    last = [always(replace(asked, words=(phrases.TO_RESUME,)))] if paused else []
    if session.interval_left == 0:
        # Nothing follows, since it could overlap the next reminder.
        named = phrases.HAVE_YOU_TURNED if session.state is State.HOLDING else phrases.NAMED[session.phase_ahead]
        return (*first, *(last or [always(replace(asked, words=(named,)))]))
    return (*first, *_place(session, asked, settings), *last)


def _place(session: Session, asked: Cue, settings: CueSettings) -> Iterator[Answer]:
    """The place in the running interval and in the session; parts that are no longer true when spoken are left out."""
    phrases = settings.phrases
    yield _while_it_lasts(replace(asked, words=(phrases.NAMED[session.phase_ahead],)))
    yield lambda left: replace(asked, words=words) if (words := phrases.time_left(left)) else None
    following = session.index + 1
    is_last = following == len(session.schedule)
    coming = phrases.LAST_OF_ALL if is_last else phrases.NEXT[session.schedule[following].phase]
    yield _while_it_lasts(replace(asked, words=(coming,)))
    if (place := session.entry.place) and (words := phrases.round_of(place.round, place.rounds)):
        yield _while_it_lasts(replace(asked, words=words))
    behind = session.left - session.interval_left
    if not is_last:
        yield (
            lambda left: (
                replace(asked, words=words) if left > 0 and (words := phrases.total_left(left + behind)) else None
            )
        )


def recovered(session: Session, at: int, about_sound: str, settings: CueSettings) -> tuple[Answer, ...]:
    """The announcement that the sound is back, followed by what to do now.

    Args:
        session: the session.
        at: its position.
        about_sound: the phrase about the sound.
        settings: the cue settings.
    """
    return always(Cue(at, CueKind.SOUND, words=(about_sound,))), _now(session, at, settings)


def _now(session: Session, at: int, settings: CueSettings) -> Answer:
    """What to do now and for how long; nothing if an upcoming change announces it."""
    phrases = settings.phrases
    following, whole = session.phase_ahead, session.interval_left
    cue = Cue(at, CueKind.PHASE, words=(phrases.NAMED[following],), phase=following)
    if session.state is State.RUNNING:
        return lambda left: _with_time_left(cue, left, settings) if left > 0 else None
    if session.state is State.LEAD_IN:
        return lambda left: cue if left == whole else None
    if session.state is State.HOLDING:
        return always(Cue(at, CueKind.HOLDING, words=(phrases.HAVE_YOU_TURNED,), phase=Phase.TURN))
    if session.state is State.PAUSED:
        bailed_out = session.pause_reason is PauseReason.BAIL_OUT
        kind = CueKind.BAIL_OUT if bailed_out else CueKind.PAUSED
        return always(Cue(at, kind, words=(phrases.STEP_OFF,) if bailed_out else (phrases.PAUSED, phrases.TO_RESUME)))
    return where(session, at, settings)[0]


def _while_it_lasts(cue: Cue) -> Answer:
    """An answer that is true during the running interval."""
    return lambda left: cue if left > 0 else None


def _with_time_left(named: Cue, left: int, settings: CueSettings) -> Cue:
    """Append the time left, as of when that part is spoken.

    Args:
        named: the cue so far.
        left: milliseconds left of the interval when the cue begins.
        settings: the cue settings.
    """
    phrases = settings.phrases
    left -= settings.duration_ms(named) + phrases.WORD_GAP_MS
    return replace(named, words=(*named.words, *phrases.time_left(left)))


def of_event(event: Event, session: Session, settings: CueSettings) -> Cue | None:
    """The immediate announcement of an event; None if it is silent, or already in the timeline.

    Args:
        event: the event.
        session: the session after the event.
        settings: the cue settings.
    """
    phrases = settings.phrases
    cue: Cue | None = None
    match event:
        case IntervalStarted(move=Move.UNDO | Move.REDO):
            cue = _returned(event, session, settings)
        case Started() if event.lead_in:
            cue = _ready(event, session.entry.phase, settings)
        case Paused():
            cue = _paused(event, settings)
        case Resuming():
            cue = resuming(session, event.at, settings)
        case Resumed() if not session.at_interval_start:  # otherwise the timeline orders the phase
            cue = begun(session, event.at, settings)
        case Held() | HoldReminded():
            cue = Cue(event.at, CueKind.HOLDING, Sound.ATTENTION, (phrases.HAVE_YOU_TURNED,), phase=Phase.TURN)
        case Edited() if event.words:
            cue = Cue(event.at, CueKind.EDITED, words=event.words, phase=session.entry.phase)
        case Refused():
            cue = Cue(event.at, CueKind.REFUSED, Sound.REFUSED, caption=event.why)
        case Ended() if event.reason is EndReason.EARLY:
            cue = Cue(event.at, CueKind.ENDED, words=(phrases.ENDED,))
        case _:
            pass
    return cue


def resuming(session: Session, at: int, settings: CueSettings) -> Cue | None:
    """Announce the phase that a lead-in leads to; None if the words would overlap the ticks."""
    following = session.phase_ahead
    cue = Cue(at, CueKind.RESUMING, words=(settings.phrases.RESUMING[following],), phase=following)
    return cue if settings.duration_ms(cue) <= session.lead_in_length - settings.ticks_heard * SECOND else None


def _returned(event: IntervalStarted, session: Session, settings: CueSettings) -> Cue | None:
    """Announce the interval that undo returned to, with the time left; None if a lead-in or a cue does it."""
    phrases = settings.phrases
    if session.state is not State.RUNNING or session.at_interval_start:
        return None
    cue = begun(session, event.at, settings, phrases.RESTORED[event.move.value])
    has_room = settings.duration_ms(cue) <= session.interval_left - settings.ticks_heard * SECOND
    return cue if has_room else replace(cue, words=(), caption=phrases.NAMED[session.entry.phase])


def begun(session: Session, at: int, settings: CueSettings, *first: str) -> Cue:
    """Announce the current phase and the time left, after a change that the timeline has no cue for.

    Args:
        session: the current session.
        at: the position.
        settings: the cue settings.
        first: phrases to say first.
    """
    phase = session.entry.phase
    named = Cue(at, CueKind.PHASE, Sound.of(phase), (*first, settings.phrases.NAMED[phase]), phase=phase)
    return _with_time_left(named, session.interval_left, settings)


def _ready(event: Started, first: Phase, settings: CueSettings) -> Cue:
    """Announce the lead-in, with the phase it leads to if there is time before the count."""
    phrases = settings.phrases
    following = (phrases.IMPERATIVE[first],) if event.lead_in > NOTICE * SECOND else ()
    return Cue(event.at, CueKind.READY, words=(phrases.GET_READY, *following), phase=first)


def _paused(event: Paused, settings: CueSettings) -> Cue | None:
    phrases = settings.phrases
    if event.reason is PauseReason.BAIL_OUT:
        return Cue(event.at, CueKind.BAIL_OUT, Sound.ATTENTION, (phrases.STEP_OFF,))
    if event.reason in (PauseReason.INTERRUPTED, PauseReason.REOPENED):
        return None
    if event.reason is PauseReason.TURNING and CueKind.WHERE not in settings.off:
        return None  # where the walker is, which is said as well, begins with the pause
    whys = {PauseReason.SLEEP: phrases.SLEPT, PauseReason.BELT: phrases.BELT_STOPPED}
    why = (whys[event.reason],) if event.reason in whys else ()
    return Cue(event.at, CueKind.PAUSED, Sound.PAUSED, (*why, phrases.PAUSED, phrases.TO_RESUME))
