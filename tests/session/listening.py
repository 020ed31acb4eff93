"""Listens to a session: a player that plays cues on time, and the cues that must be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from retro_timer.scheduling.edits import AddRounds
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.engine import Session
from retro_timer.session.events import CueHeard
from retro_timer.session.languages.english import NAMED, REDONE, RESUMING, UNDONE, spoken_ms
from retro_timer.session.states import SECOND, Rules, State
from retro_timer.session.timeline import CueSettings, CueTimeline
from retro_timer.testing import RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import SessionMethod
    from retro_timer.session.events import Event
    from retro_timer.session.ports import DueCue

START = 7_000_000
"""The first moment, in milliseconds."""
COURSE = frozenset({
    CueKind.ANNOUNCE, CueKind.COUNT, CueKind.PHASE, CueKind.HALFWAY, CueKind.ONE_MINUTE, CueKind.LAST_ROUND,
    CueKind.SPEED, CueKind.TARGET, CueKind.RAIL, CueKind.COMPLETE,
})  # fmt: skip
"""The kinds of cues in a timeline; all others announce something that happened."""
LADDER = "warm 20s, 2x(turn 15s, back 60s, turn 15s | fwd 60s), cool 60s"
ONLY_PHASES = CueSettings(off=frozenset(CueKind) - {CueKind.PHASE})
PAUSED = "The session is paused. Press the space bar to resume."
Heard = tuple[int, Cue]
"""A moment, and the cue heard then."""


class PunctualPlayer(RecordingPlayer):
    """Plays due cues at their moments, however late it is called, and records cues that were sent too late."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.late: list[DueCue] = []
        self.silenced_at: list[int] = []

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues; record those that are already overdue."""
        assert cues, "nothing was sent"
        self.late += [due_cue for due_cue in cues if due_cue.due < self.now]
        super().send(cues)

    def cancel(self, *, sounding: bool = True) -> None:
        """Clear the queue; record when a sounding cue was silenced."""
        if sounding:
            self.silenced_at.append(self.now)
        super().cancel(sounding=sounding)


class Listener:
    """A session, its conductor and the cues that were heard."""

    def __init__(
        self, schedule: Schedule, rules: Rules, settings: CueSettings | None = None, stale: int | None = STALE
    ) -> None:
        self.now = START
        self.player = PunctualPlayer()
        self.session = Session(schedule, rules)
        self.settings = settings or CueSettings()
        self.conductor = Conductor(self.session, self.player, settings, stale=stale)
        self.events: list[Event] = []
        self.heard: list[Heard] = []
        self.expected: list[Heard] = []
        self.conductor.add_listener(self.events.append)

    def after(self, passed: int, command: SessionMethod | None = None) -> tuple[Event, ...]:
        """Let time pass, hear the due cues, then call a method of the session, by default `advance`."""
        self.now += passed
        self.player.now = self.now
        self.heard += [(due_cue.due, due_cue.cue) for due_cue in self.player.play_until(self.now)]
        return self.conductor.call(self.now, command or self.session.advance)

    def walk(self, passed: int, step: int = 1000) -> None:
        """Let time pass, calling `advance` at every step."""
        while passed > 0:
            self.after(min(step, passed))
            passed -= step

    def finish(self, step: int = 1000) -> None:
        """Walk to the end, and listen to its cues."""
        while not self.session.state.is_over:
            self.after(step)
        self.after(1)

    @property
    def texts(self) -> list[tuple[float, str]]:
        """The texts that were heard, with the seconds since the first moment."""
        return [((moment - START) / 1000, cue.text) for moment, cue in self.heard]

    def heard_of(self, *kinds: CueKind) -> list[tuple[float, str]]:
        """The texts of some kinds that were heard, with the seconds since the first moment."""
        return [((moment - START) / 1000, cue.text) for moment, cue in self.heard if cue.kind in kinds]


def listening(
    notation: str = LADDER, settings: CueSettings | None = None, *, stale: int | None = STALE, **rules: int | bool
) -> Listener:
    """A listener to a session that has just started, by default without a lead-in."""
    wanted = Rules(**{"lead_in": 0, **rules})  # type: ignore[arg-type]  # by name
    listener = Listener(flatten(parse(notation)), wanted, settings, stale)
    listener.after(0, listener.session.start)
    return listener


def said(events: tuple[Event, ...]) -> list[str]:
    """The captions of the cues among events."""
    return [event.cue.text for event in events if isinstance(event, CueHeard)]


def kinds_due(listener: Listener) -> list[tuple[int, CueKind]]:
    """The kinds of the cues that were sent, with the milliseconds until they are due."""
    return [(due_cue.due - listener.now, due_cue.cue.kind) for due_cue in listener.player.queued]


def edits(listener: Listener) -> None:
    """Add a round at this moment."""
    listener.after(0, lambda now: listener.session.edit(now, AddRounds(1)))


def is_course(cue: Cue) -> bool:
    """Whether a cue belongs to the timeline. A named phase announces an action that started it."""
    named = (*NAMED.values(), UNDONE, REDONE)
    opens = cue.words[0] if cue.words else cue.caption
    return cue.kind in COURSE and not (cue.kind is CueKind.PHASE and opens in named)


class Course:
    """The cues that must be heard from one call to the next, computed from the session's state alone."""

    def __init__(
        self, session: Session, settings: CueSettings, moment: int, *, begins: bool, heard: Sequence[Heard] = ()
    ) -> None:
        """Take the state of a session right after a call.

        Args:
            session: the session.
            settings: which cues are on.
            moment: when.
            begins: whether the course begins or changes here, so that cues due at this moment are still to be heard.
            heard: cues that were heard at this moment already; no others of their kinds are heard at it.
        """
        self.timeline = CueTimeline(session.schedule, settings)
        self.settings = settings
        self.moment = moment
        self.begins = begins
        self.already = heard
        self.state = session.state
        self.position = session.position
        self.runs_from = session.runs_from
        self.completes = session.completes
        self.opening = None
        ticks = 0 if CueKind.COUNT in settings.off else settings.ticks
        room = session.lead_in_length - ticks * SECOND
        # Where there is no room for "Resuming: ..." before the ticks, the phase is named at the end of the lead-in.
        named_ahead = spoken_ms(RESUMING[session.phase_ahead], settings.voice) <= room
        if named_ahead and session.interval_left and not session.at_interval_start:
            self.opening = self.timeline.opening(session.index)
        self.holds_at = self._next_hold(session)

    def _next_hold(self, session: Session) -> int:
        """The position at which a turn waits next."""
        for index in range(session.index, len(session.schedule)):
            end = session.schedule.starts[index + 1] * SECOND
            if self.timeline.waits(index) and end > session.position:
                return end
        return 2**62

    def heard_until(self, moment: int) -> list[Heard]:
        """The cues that must be heard after the call (or at it, if the course begins) up to a moment."""
        if self.runs_from is None:
            return []
        first = self.moment if self.begins else self.moment + 1
        heard = [(due, cue) for due, cue in self._lead_in_cues() if first <= due <= moment]
        offset = self.runs_from - self.position
        begin = self.position if self.state is State.LEAD_IN else first - offset
        cues = self.timeline.between(begin, min(moment - offset + 1, self.holds_at))
        true = [cue for cue in cues if cue.kind is not CueKind.COMPLETE or self.completes]
        coming = heard + [(cue.at + offset, cue) for cue in true]
        already = [(due, cue.kind) for due, cue in self.already]
        return [(due, cue) for due, cue in coming if (due, cue.kind) not in already]

    def _lead_in_cues(self) -> list[Heard]:
        if self.state is not State.LEAD_IN or self.runs_from is None:
            return []
        cues = [] if CueKind.COUNT in self.settings.off else self.settings.count(self.runs_from, self.settings.ticks)
        if self.opening and CueKind.PHASE not in self.settings.off:
            cues.append(replace(self.opening, at=self.runs_from))
        return [(cue.at, replace(cue, at=self.position)) for cue in cues]
