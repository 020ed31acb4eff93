"""The conductor: keeps a session, its cues and whoever listens in step.

It is the one place where a session is told anything. Cues are handed to the player ahead of time with the moment they
are due, so that nothing that stalls afterwards delays them; whatever changes the course takes them back first.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Final

from retro_timer.session import answers
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.engine import SECOND, State
from retro_timer.session.events import (
    Edited,
    Ended,
    EndReason,
    Event,
    Held,
    HoldReminded,
    IntervalStarted,
    Move,
    Paused,
    Resumed,
    Said,
)
from retro_timer.session.metronome import ClickSettings, Course, Metronome
from retro_timer.session.phrases import COMPLETE, MUTED, SOUND_ON
from retro_timer.session.ports import DueCue
from retro_timer.session.timeline import GAP_MS, CueSettings, CueTimeline, count_in, duration_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retro_timer.session.engine import Session
    from retro_timer.session.ports import Player

    Listener = Callable[[Event], None]
    Command = Callable[[int], tuple[Event, ...]]

HORIZON: Final = 15 * SECOND
"""How far ahead cues are handed to the player: a screen may stall as long without one being late."""
ASKED: Final = frozenset({CueKind.EDITED, CueKind.WHERE, CueKind.SOUND})
"""Kinds that answer a key: they wait for what is being said, and give way to what comes."""
_JUMPS: Final = (Move.SKIP, Move.RESTART, Move.PREVIOUS)
STALE: Final = 1500
"""A cue noticed later than this many milliseconds is not shown any more; what is over is not replayed."""


class Conductor:
    """Drives one session.

    Args:
        session: what is walked.
        player: what plays the cues.
        settings: which cues are heard.
        click: whether there is a click to step to.
        listeners: called with every event, in order: the screen, the journal.
        stale: milliseconds after which a caption is dropped, None for never (rehearsals).
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        session: Session,
        player: Player,
        settings: CueSettings | None = None,
        *,
        click: ClickSettings | None = None,
        listeners: Sequence[Listener] = (),
        stale: int | None = STALE,
    ) -> None:
        self.session = session
        self.player = player
        self.muted = False
        self.click = Metronome(player, click or ClickSettings())
        self._settings = (settings or CueSettings()).but(waits_at_turns=session.rules.wait_at_turns)
        self._timeline = CueTimeline(session.schedule, self._settings)
        self._listeners = list(listeners)
        self._stale = stale
        self._now = 0  # the last moment seen
        self._sent: list[DueCue] = []  # handed to the player, not yet due, in order
        self._course: list[DueCue] = []  # those of them that follow from the course, not from a command
        self._handed = 0  # the moment up to which the course was handed to the player
        self._voice: DueCue | None = None  # what was said last
        self._voice_foreseen = False  # whether it followed from the course
        self._offset: int | None = None  # from a position to the moment it is due, as handed over
        self._since = 0  # the moment from which the course runs by that

    def listen(self, listener: Listener) -> None:
        """Call a listener with every event from now on."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Call a listener no more; it may ask for that while it is called."""
        self._listeners.remove(listener)

    def advance(self, now: int) -> tuple[Event, ...]:
        """Bring everything to a moment, and report what happened and what was heard, in order."""
        return self.tell(now, self.session.advance)

    def tell(self, now: int, command: Command) -> tuple[Event, ...]:
        """Give the session a command (one of its own methods), and report what happened and what was heard."""
        self._now = now = max(now, self._now)
        heard = self._heard(now)
        course = self._offset
        events = command(now)
        self._follow(events)
        self._keep_step()
        for event in self._still_true(events, course):
            if (cue := answers.of_event(event, self.session)) is None:
                continue
            if cue.kind is CueKind.EDITED:
                self._say_when_free([cue], cut_short=True)
            else:
                self._say(event.moment if self._stale is None else now, cue)
        # What is due at this very moment is reported behind what caused it, and the end comes last.
        reported = sorted((*heard, *events, *self._heard(now)), key=_order)
        for event in reported:
            for listener in tuple(self._listeners):
                listener(event)
        return tuple(reported)

    def next_wakeup(self, now: int) -> int | None:
        """When to call `advance` next; None while nothing will happen by itself."""
        moments = [self.session.next_wakeup(now), self._sent[0].due if self._sent else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def where(self, now: int) -> tuple[Event, ...]:
        """Say where the walker is, unless it is being said already."""
        events = self.advance(now)
        sounding = [self._voice] if self._voice is not None and _end(self._voice) > self._now else []
        if not any(said.cue.kind is CueKind.WHERE for said in (*sounding, *self._sent)):
            self._say_when_free(answers.where(self.session, self.session.position), cut_short=False)
        return (*events, *self.advance(now))

    def mute(self, now: int, muted: bool) -> tuple[Event, ...]:
        """Silence the player, or stop doing so; says which."""
        events = self.advance(now)
        self.muted = muted
        self.player.mute(muted)
        self._say(self._now, Cue(self.session.position, CueKind.SOUND, words=(MUTED if muted else SOUND_ON,)))
        return (*events, *self.advance(now))

    def metronome(self, now: int, on: bool) -> tuple[Event, ...]:
        """Let the click to step to be heard, or not. The screen says which; to the ear the click speaks for itself."""
        events = self.advance(now)
        self._note(DueCue(self._now, Cue(self.session.position, CueKind.SOUND, caption=self.click.switch(on))))
        return (*events, *self.advance(now))

    def _follow(self, events: tuple[Event, ...]) -> None:
        """Hand the cues that come next to the player, after taking back those that are no longer true."""
        session = self.session
        if self._stale is None and self._offset is not None:
            self._make_up(events, self._offset)
        edited = self._timeline.schedule is not session.schedule
        if edited:
            self._timeline = CueTimeline(session.schedule, self._settings)
            self._forget_what_is_false()
        offset = None if session.runs_from is None else session.runs_from - session.position
        if offset != self._offset or any(map(_breaks_off, events)):
            if not self._completes_as_handed(events):
                self._take_back(sounding=True)
                self._complete(events)
            self._offset, self._handed = offset, self._now
            self._since = session.runs_from or 0
        elif edited and offset is not None:
            self._take_back_what_changed(offset)
        if offset is not None:
            self._hand_over(offset)

    def _make_up(self, events: tuple[Event, ...], offset: int) -> None:
        """In a rehearsal, hand over what was passed by on the course so far: it leaves nothing out."""
        left = next((event for event in events if isinstance(event, Held | Ended)), None)
        until = self._now if left is None else left.moment
        if not isinstance(left, Held):
            until += 1  # what is due at this very moment is heard; what a turn that waits holds back is not
        passed_by = self._timeline.between(self._handed - offset, until - offset)
        self._send([DueCue(cue.at + offset, cue) for cue in passed_by])
        self._handed = max(self._handed, until)

    def _hand_over(self, offset: int) -> None:
        """Send what comes next. What was missed altogether is not replayed, but the phase that runs is told."""
        begin, end = self._handed, self._horizon(offset)
        if self._stale is not None and self.session.state is State.RUNNING:
            begin = max(begin, self._now - self._stale)
            if self._handed <= self._timeline.opening(self.session.index).at + offset < begin:
                self._say(self._now, answers.begun(self.session, self.session.position))
        coming = self._ahead(offset, begin, end)
        self._course += coming
        self._send(coming)
        self._handed = max(self._handed, end)

    def _ahead(self, offset: int, begin: int, end: int) -> list[DueCue]:
        """The cues of the course with `begin <= due < end`: of a lead-in, and of the position from where it is."""
        counted = [due_cue for due_cue in self._counted_in() if begin <= due_cue.due < end]
        first = begin - offset
        if self.session.state is State.LEAD_IN:
            first = max(first, self.session.position)
        return counted + [DueCue(cue.at + offset, cue) for cue in self._timeline.between(first, end - offset)]

    def _counted_in(self) -> list[DueCue]:
        """The ticks of a lead-in, and the phase's sound at its end where no interval opens there."""
        session, off = self.session, self._settings.off
        if session.state is not State.LEAD_IN or session.runs_from is None:
            return []
        cues = [] if CueKind.COUNT in off else count_in(0, self._settings.ticks)
        if CueKind.PHASE not in off and session.interval_left and not session.at_interval_start:
            cues.append(self._timeline.opening(session.index).but(at=0))
        return [DueCue(session.runs_from + cue.at, cue.but(at=session.position)) for cue in cues]

    def _horizon(self, offset: int) -> int:
        """The moment up to which cues are handed over: a turn that waits hides what comes after it."""
        session = self.session
        end = max(session.runs_from or 0, self._now) + HORIZON
        for index in range(session.index, len(session.schedule)):
            ends = session.schedule.starts[index + 1] * SECOND
            if ends + offset >= end:
                break
            if ends > session.position and self._timeline.waits(index):
                return ends + offset
        return end

    def _keep_step(self) -> None:
        """Let the player click as far ahead as it has the cues."""
        if self._offset is None:
            self.click.keep(self._now, None, self._now)
        else:
            course = Course(self.session.schedule, self.session.index, self._offset, self._since)
            self.click.keep(self._now, course, self._horizon(self._offset))

    def _completes_as_handed(self, events: tuple[Event, ...]) -> bool:
        """Whether the session came to its end by itself, so that its last cue is on its way or sounds already."""
        return any(
            isinstance(event, Ended)
            and event.reason is EndReason.COMPLETE
            and self._offset is not None
            and event.moment == event.at + self._offset < self._handed
            for event in events
        )

    def _complete(self, events: tuple[Event, ...]) -> None:
        """Say that the workout is complete where it was not known ahead: after a skip, or a long stall."""
        for event in events:
            if isinstance(event, Ended) and event.reason is EndReason.COMPLETE:
                self._say(self._now, Cue(event.at, CueKind.COMPLETE, Sound.COMPLETE, (COMPLETE,)))

    def _take_back_what_changed(self, offset: int) -> None:
        """After an edit: leave what is queued alone when it is still right, and what sounds in any case."""
        if self._course != self._ahead(offset, self._now + 1, min(self._handed, self._horizon(offset))):
            self._take_back(sounding=False)
            self._handed = self._now + 1

    def _take_back(self, *, sounding: bool) -> None:
        self.player.cancel(sounding=sounding)
        if sounding:
            self._voice = None
        self._sent = [due_cue for due_cue in self._sent if due_cue.due <= self._now]
        self._course.clear()

    def _still_true(self, events: tuple[Event, ...], course: int | None) -> Iterator[Event]:
        """The events to be answered: those that were heard coming, or are over already, are not."""
        holds = [event for event in events if isinstance(event, Held | HoldReminded)]
        edited = any(isinstance(event, Edited) for event in events)
        for event in events:
            if event in holds and self._stale is not None:
                if event is holds[-1] and self.session.state is State.HOLDING:
                    yield event
            elif isinstance(event, Resumed):
                counted_in = course is not None and event.moment == event.at + course
                if not counted_in and not edited:
                    yield event
            else:
                yield event

    def _forget_what_is_false(self) -> None:
        """After an edit, what is being said need not be heard to its end when it is not true any more."""
        if self._voice is None or self._offset is None or not self._voice_foreseen:
            return
        at = self._voice.due - self._offset
        if self._voice.cue not in self._timeline.between(at, at + 1):
            self._voice = None

    def _say_when_free(self, cues: Sequence[Cue], *, cut_short: bool) -> None:
        """Say answers one after the other: after what is being said, and never over what the walker relies on.

        Args:
            cues: what to say.
            cut_short: whether an answer may be begun that is cut short by what comes; else it is left out.
        """
        due = self._now
        if self._voice is not None and not (cut_short and self._voice.cue.kind in ASKED):
            due = max(due, _end(self._voice))
        due = max([due, *(_end(asked) + GAP_MS for asked in self._sent if asked.cue.kind is CueKind.WHERE)])
        for cue in cues:
            ends = due + duration_ms(cue)
            for coming in self._course:
                if coming.cue.words and coming.due < ends and due < _end(coming):
                    if not cut_short:
                        return
                    if coming.due <= due:
                        due = _end(coming)
            self._say(due, cue)
            due += duration_ms(cue) + GAP_MS

    def _say(self, due: int, cue: Cue) -> None:
        if cue.kind not in self._settings.off:
            self._send([DueCue(due, cue)])

    def _send(self, due_cues: list[DueCue]) -> None:
        if not due_cues:
            return
        self.player.send(due_cues)
        for due_cue in due_cues:
            self._note(due_cue)

    def _note(self, due_cue: DueCue) -> None:
        """Let a cue be reported when it is due."""
        insort(self._sent, due_cue, key=lambda sent: sent.due)

    def _heard(self, now: int) -> list[Event]:
        """The cues that have become due, as events; stale ones are dropped."""
        heard: list[Event] = []
        while self._sent and self._sent[0].due <= now:
            due_cue = self._sent.pop(0)
            if due_cue.cue.words:
                self._voice, self._voice_foreseen = due_cue, due_cue in self._course
            if self._stale is None or now - due_cue.due <= self._stale:
                heard.append(Said(moment=due_cue.due, at=due_cue.cue.at, cue=due_cue.cue))
        self._course = [due_cue for due_cue in self._course if due_cue.due > now]
        return heard


def _breaks_off(event: Event) -> bool:
    """Whether the course goes on elsewhere, or not at all, after an event, so that nothing queued is true any more."""
    return isinstance(event, Paused | HoldReminded | Ended) or (
        isinstance(event, IntervalStarted) and event.move in _JUMPS
    )


def _end(due_cue: DueCue) -> int:
    """When a cue has been said."""
    return due_cue.due + duration_ms(due_cue.cue)


def _order(event: Event) -> tuple[int, bool, bool]:
    return event.moment, isinstance(event, Ended), isinstance(event, Said)
