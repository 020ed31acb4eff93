"""The conductor: keeps a session, its cues and whoever listens in step.

It is the one place where a session is told anything. Cues are handed to the player ahead of time with the moment they
are due, so that nothing that stalls afterwards delays them; whatever changes the course takes them back first.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.session import said
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.engine import SECOND
from retro_timer.session.events import Ended, EndReason, Event, Resuming, Said, Started
from retro_timer.session.phrases import COMPLETE, MUTED, SOUND_ON
from retro_timer.session.ports import DueCue
from retro_timer.session.timeline import CueSettings, CueTimeline, count_in, duration_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.session.engine import Session
    from retro_timer.session.ports import Player

    Listener = Callable[[Event], None]
    Command = Callable[[int], tuple[Event, ...]]

HORIZON: Final = 15 * SECOND
"""How far ahead cues are handed to the player: a screen may stall as long without one being late."""
STALE: Final = 1500
"""A cue noticed later than this many milliseconds is not shown any more; what is over is not replayed."""


class Conductor:
    """Drives one session.

    Args:
        session: what is walked.
        player: what plays the cues.
        settings: which cues are heard.
        listeners: called with every event, in order: the screen, the journal.
        stale: milliseconds after which a caption is dropped, None for never (rehearsals).
    """

    def __init__(
        self,
        session: Session,
        player: Player,
        settings: CueSettings | None = None,
        *,
        listeners: Sequence[Listener] = (),
        stale: int | None = STALE,
    ) -> None:
        self.session = session
        self.player = player
        self.muted = False
        self._settings = replace(settings or CueSettings(), waits_at_turns=session.rules.wait_at_turns)
        self._timeline = CueTimeline(session.schedule, self._settings)
        self._listeners = list(listeners)
        self._stale = stale
        self._sent: list[DueCue] = []  # handed to the player, not yet due, in order
        self._sent_to = 0  # the position up to which the timeline was handed over
        self._offset: int | None = None  # from a position to the moment it is due, as handed over

    def listen(self, listener: Listener) -> None:
        """Call a listener with every event from now on."""
        self._listeners.append(listener)

    def advance(self, now: int) -> tuple[Event, ...]:
        """Bring everything to a moment, and report what happened and what was heard, in order."""
        return self.tell(now, self.session.advance)

    def tell(self, now: int, command: Command) -> tuple[Event, ...]:
        """Give the session a command (one of its own methods), and report what happened and what was heard."""
        heard = self._heard(now)
        events = command(now)
        self._follow_course(events)
        for event in events:
            self._answer(event)
        # What is due at this very moment is reported with what caused it.
        everything = (*heard, *events, *self._heard(now))
        reported = sorted(everything, key=lambda event: (event.moment, isinstance(event, Said)))
        for event in reported:
            for listener in self._listeners:
                listener(event)
        return tuple(reported)

    def next_wakeup(self, now: int) -> int | None:
        """When to call `advance` next; None while nothing will happen by itself."""
        moments = [self.session.next_wakeup(now), self._sent[0].due if self._sent else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def where(self, now: int) -> tuple[Event, ...]:
        """Say where the walker is."""
        events = self.advance(now)
        due = now
        for cue in said.where(self.session, self.session.position):
            self._send(due, [cue])
            due += duration_ms(cue)
        return (*events, *self.advance(now))

    def mute(self, now: int, muted: bool) -> tuple[Event, ...]:
        """Silence the player, or stop doing so; says which."""
        events = self.advance(now)
        self.muted = muted
        self.player.mute(muted)
        words = (MUTED if muted else SOUND_ON,)
        self._send(now, [Cue(self.session.position, CueKind.SOUND, words=words)])
        return (*events, *self.advance(now))

    def _follow_course(self, events: tuple[Event, ...]) -> None:
        """Hand the cues that come next to the player, after taking back those that are no longer true."""
        session = self.session
        runs_from = session.runs_from
        offset = None if runs_from is None else runs_from - session.position
        if session.state.is_over and self._completes(events):
            self._offset = None
            return
        edited = self._timeline.schedule is not session.schedule
        if edited:
            self._timeline = CueTimeline(session.schedule, self._settings)
        if offset != self._offset:
            self._take_back(session.position, sounding=True)
        elif edited:
            self._take_back(session.position + 1, sounding=False)
        self._offset = offset
        if offset is None:
            return
        for cue in self._timeline.between(self._sent_to, self._horizon):
            self._send(cue.at + offset, [cue])
        self._sent_to = max(self._sent_to, self._horizon)

    @property
    def _horizon(self) -> int:
        """The position up to which cues are handed over: a turn that waits hides what comes after it."""
        session = self.session
        if session.rules.wait_at_turns and session.entry.phase is Phase.TURN and session.interval_left > 0:
            return session.position + min(HORIZON, session.interval_left)
        return session.position + HORIZON

    def _completes(self, events: tuple[Event, ...]) -> bool:
        """Whether the session came to its end by itself, so that its last cue sounds already."""
        return any(
            isinstance(event, Ended)
            and event.reason is EndReason.COMPLETE
            and self._offset is not None
            and event.moment == event.at + self._offset
            for event in events
        )

    def _take_back(self, position: int, *, sounding: bool) -> None:
        self.player.cancel(sounding=sounding)
        self._sent.clear()
        self._sent_to = position

    def _answer(self, event: Event) -> None:
        """Say what could not be known ahead."""
        if (cue := said.of_event(event, self.session)) and cue.kind not in self._settings.off:
            self._send(event.moment, [cue])
        if isinstance(event, Started | Resuming):
            self._count_in(event)
        if isinstance(event, Ended) and event.reason is EndReason.COMPLETE and self._sent_to <= event.at:
            self._send(event.moment, [Cue(event.at, CueKind.COMPLETE, Sound.COMPLETE, (COMPLETE,))])

    def _count_in(self, event: Started | Resuming) -> None:
        """The ticks of a lead-in, and the phase's sound where the timeline has none at that position."""
        end = event.moment + event.lead_in
        session = self.session
        ticks = min(self._settings.ticks, event.lead_in // SECOND)
        cues = [] if CueKind.COUNT in self._settings.off else count_in(0, ticks)
        if CueKind.PHASE not in self._settings.off and session.interval_left and not session.at_interval_start:
            cues.append(replace(self._timeline.opening(session.index), at=0))
        for cue in cues:
            self._send(end + cue.at, [replace(cue, at=event.at)])

    def _send(self, due: int, cues: list[Cue]) -> None:
        due_cues = [DueCue(due, cue) for cue in cues]
        self.player.send(due_cues)
        for due_cue in due_cues:
            insort(self._sent, due_cue, key=lambda sent: sent.due)

    def _heard(self, now: int) -> list[Event]:
        """The cues that have become due, as events; stale ones are dropped."""
        heard: list[Event] = []
        while self._sent and self._sent[0].due <= now:
            due, cue = self._sent[0].due, self._sent.pop(0).cue
            if self._stale is None or now - due <= self._stale:
                heard.append(Said(moment=due, at=cue.at, cue=cue))
        return heard
