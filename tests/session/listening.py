"""Somebody who listens to a conducted session: a player that plays in time, and what must be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.engine import SECOND, Session, State
from retro_timer.session.phrases import NAMED
from retro_timer.session.timeline import CueSettings, CueTimeline, count_in
from retro_timer.testing import RecordingPlayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.conductor import Command
    from retro_timer.session.engine import Rules
    from retro_timer.session.events import Event
    from retro_timer.session.ports import DueCue

START = 7_000_000
"""The first moment, in milliseconds."""
COURSE = frozenset({
    CueKind.ANNOUNCE, CueKind.COUNT, CueKind.PHASE, CueKind.HALFWAY, CueKind.ONE_MINUTE, CueKind.LAST_ROUND,
    CueKind.SPEED, CueKind.COMPLETE,
})  # fmt: skip
"""The kinds of a timeline; all others answer something that happened."""
Heard = tuple[int, Cue]
"""A moment, and what was heard then."""


class PunctualPlayer(RecordingPlayer):
    """Plays what is due, however late its owner looks, and finds out when a cue came too late to be in time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.late: list[DueCue] = []
        self.silenced_at: list[int] = []

    def send(self, cues: Sequence[DueCue]) -> None:
        """Queue cues; note those whose moment is past."""
        assert cues, "nothing was sent"
        self.late += [due_cue for due_cue in cues if due_cue.due < self.now]
        super().send(cues)

    def cancel(self, *, sounding: bool = True) -> None:
        """Forget what is queued; note when what sounded was silenced."""
        if sounding:
            self.silenced_at.append(self.now)
        super().cancel(sounding=sounding)


class Listener:
    """A session, its conductor and what was heard of it."""

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
        self.conductor.listen(self.events.append)

    def after(self, passed: int, command: Command | None = None) -> tuple[Event, ...]:
        """Let time pass, hear what is due, then give a command, or just look."""
        self.now += passed
        self.player.now = self.now
        self.heard += [(due_cue.due, due_cue.cue) for due_cue in self.player.play_until(self.now)]
        return self.conductor.tell(self.now, command or self.session.advance)

    def walk(self, passed: int, step: int = 1000) -> None:
        """Let time pass, looking every so often."""
        while passed > 0:
            self.after(min(step, passed))
            passed -= step

    def finish(self, step: int = 1000) -> None:
        """Walk to the end, and listen to what is said there."""
        while not self.session.state.is_over:
            self.after(step)
        self.after(1)

    @property
    def texts(self) -> list[tuple[float, str]]:
        """What was heard, by the second since the first moment."""
        return [((moment - START) / 1000, cue.text) for moment, cue in self.heard]

    def heard_of(self, *kinds: CueKind) -> list[tuple[float, str]]:
        """What was heard of some kinds."""
        return [((moment - START) / 1000, cue.text) for moment, cue in self.heard if cue.kind in kinds]


def is_course(cue: Cue) -> bool:
    """Whether a cue is one that could be known ahead. A phase that is named answers a command that began it."""
    return cue.kind in COURSE and not (cue.kind is CueKind.PHASE and cue.words and cue.words[0] in NAMED.values())


class Course:
    """What must be heard of a session's course from one call to the next: found from its state alone."""

    def __init__(self, session: Session, settings: CueSettings, moment: int, *, begins: bool) -> None:
        """Look at a session right after a call.

        Args:
            session: the session.
            settings: what is said.
            moment: when.
            begins: whether the course begins here: what is due at this very moment is still to be heard.
        """
        self.timeline = CueTimeline(session.schedule, settings)
        self.settings = settings
        self.moment = moment
        self.begins = begins
        self.state = session.state
        self.position = session.position
        self.runs_from = session.runs_from
        self.opening = None
        if session.interval_left and not session.at_interval_start:
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
        """What must be heard after the call (or at it, where the course begins) up to a moment."""
        if self.runs_from is None:
            return []
        first = self.moment if self.begins else self.moment + 1
        heard = [(due, cue) for due, cue in self._counted_in() if first <= due <= moment]
        offset = self.runs_from - self.position
        begin = self.position if self.state is State.LEAD_IN else first - offset
        cues = self.timeline.between(begin, min(moment - offset + 1, self.holds_at))
        return heard + [(cue.at + offset, cue) for cue in cues]

    def _counted_in(self) -> list[Heard]:
        if self.state is not State.LEAD_IN or self.runs_from is None:
            return []
        cues = [] if CueKind.COUNT in self.settings.off else count_in(self.runs_from, self.settings.ticks)
        if self.opening and CueKind.PHASE not in self.settings.off:
            cues.append(self.opening.but(at=self.runs_from))
        return [(cue.at, cue.but(at=self.position)) for cue in cues]
