"""One session as the program runs it: its conductor, its player, its journal, and the watch for a machine that sleeps.

Shared by the full screen and the plain lines, so that both walk the same way.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from retro_timer.clock import SleepWatch
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import session_actions
from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.engine import Session, State
from retro_timer.session.events import PauseReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.clock import Clock
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.actions import Steps
    from retro_timer.session.engine import Rules
    from retro_timer.session.events import Event
    from retro_timer.session.metronome import ClickSettings
    from retro_timer.session.ports import Player
    from retro_timer.session.timeline import CueSettings
    from retro_timer.storage.journal import Journal
    from retro_timer.storage.keeper import Keeper
    from retro_timer.storage.model import Interrupted, Walk

    Events = tuple[Event, ...]


class Runner:
    """Runs one session.

    Args:
        workout: what is walked.
        clock: where the time comes from.
        player: what plays the cues; closed with the runner.
        rules: how the session behaves.
        cues: which cues are heard.
        click: whether there is a click to step to.
        steps: by how much the length keys change.
        muted: whether it starts without sound.
        rehearsal: whether time runs faster: captions are never stale then, and nothing is kept.
        interrupted: the walk that is taken up again where it stood.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        workout: Workout,
        *,
        clock: Clock,
        player: Player,
        rules: Rules,
        cues: CueSettings,
        click: ClickSettings | None = None,
        steps: Steps | None = None,
        muted: bool = False,
        rehearsal: bool = False,
        interrupted: Interrupted | None = None,
    ) -> None:
        self.workout = workout
        self.player = player
        self.interrupted = interrupted
        schedule = interrupted.record.schedule if interrupted else flatten(workout)
        self.session = Session(schedule, rules)
        self.conductor = Conductor(self.session, player, cues, click=click, stale=None if rehearsal else STALE)
        self.journal: Journal | None = None
        self._keeper: Keeper | None = None
        self._clock = clock
        self._watch = SleepWatch(clock)
        self._actions = session_actions(steps)
        self._muted = muted
        self._rehearsal = rehearsal
        self._looked = clock.now()
        self._began = clock.wall()
        self._first = schedule
        self._early: list[Event] = []  # what happened before a journal took over
        self._closing = Lock()
        self._closed = False

    def start(self) -> Events:
        """Begin, or take an interrupted session up where it stood: it is then paused."""
        walk = self.interrupted
        events: Events = self.conductor.mute(self._clock.now(), muted=True) if self._muted else ()
        if walk is None:
            return events + self._tell(self.session.start)
        record = walk.record
        return events + self._tell(lambda now: self.session.restore(now, record.position, record.spent))

    def advance(self) -> Events:
        """Bring the session to the present."""
        slept: Events = ()
        if self._watch.slept():
            # Nothing is known of the time between the last look and the sleep: it is not counted as walked.
            slept = self._pause_where_it_was(PauseReason.SLEEP)
        return slept + self._noted(self.conductor.advance(self._look()))

    def stopped(self) -> Events:
        """The process is about to be stopped, or was: time stands still from the last look on."""
        return self._pause_where_it_was(PauseReason.STOPPED)

    def act(self, name: str) -> Events:
        """Do one of the actions of `session.actions`."""
        if self.session.state.is_over:
            return ()
        return self.advance() + self._noted(self._actions[name](self.conductor, self._look()))

    def edit(self, edit: Edit) -> Events:
        """Change what is left."""
        return self.advance() + self._tell(lambda now: self.session.edit(now, edit))

    def next_delay(self) -> float | None:
        """Seconds until `advance` is to be called next; None while nothing will happen by itself."""
        now = self._clock.now()
        due = self.conductor.next_wakeup(now)
        return None if due is None else max(0, self._clock.system(due) - self._clock.system(now)) / 1000

    def keep(self, keeper: Keeper, rung: str | None = None) -> None:
        """Begin to keep the walk; what has happened already is kept too. A rehearsal is not kept.

        Raises:
            BusyError: another window walks.
        """
        if self._rehearsal:
            return
        if self.interrupted is None:
            journal = keeper.begin(self.workout, self.session.schedule, rung)
        else:
            journal = keeper.take_up(self.interrupted)
        for event in self._early:
            journal.note(event)
        self._early.clear()
        self.conductor.listen(journal.note)
        self.journal = journal
        self._keeper = keeper

    def walk(self) -> Walk:
        """What was walked so far, as the history holds it; also where nothing is kept."""
        if self.journal is not None:
            return self.journal.walk()
        from uuid import uuid4  # noqa: PLC0415  (most walks are kept)

        from retro_timer.session.record import Planned  # noqa: PLC0415  (the same)
        from retro_timer.session.recorder import Recorder  # noqa: PLC0415  (the same)
        from retro_timer.storage.model import Start  # noqa: PLC0415  (the same)
        from retro_timer.storage.writer import Subject  # noqa: PLC0415  (the same)

        recorder = Recorder.going_on(self.interrupted.record) if self.interrupted else Recorder(self._first)
        for event in self._early:
            recorder.note(event)
        start = Start(str(uuid4()), self._began, self._began.tzname() or "")
        return Subject(start, Planned.of(self.workout)).walk(recorder.record(self._clock.now()))

    @property
    def unsaved(self) -> str:
        """Why the walk is not safe on the disk, empty when it is: "not saved yet: the disk is full"."""
        if self.journal is None:
            return ""
        state = self.journal.state
        aside = f"a damaged history was set aside as {state.set_aside.name}" if state.set_aside else ""
        return "; ".join(filter(None, [str(state) if state.reason else "", aside]))

    def close(self) -> None:
        """Write what is left to be written, and close the sound once the last cue was heard.

        May be called from any thread, and again: whoever comes second waits until it is done.
        """
        with self._closing:
            if self._closed:
                return
            self._closed = True
            if self.journal is not None:
                self.journal.close()
            if self._keeper is not None:
                self._keeper.release()
            self.player.close(drain=self.session.state is State.FINISHED)

    def _look(self) -> int:
        self._looked = self._clock.now()
        return self._looked

    def _pause_where_it_was(self, reason: PauseReason) -> Events:
        if self.session.state.is_over:
            return ()
        events = self.conductor.tell(self._looked, lambda moment: self.session.pause(moment, reason))
        self._look()
        return self._noted(events)

    def _tell(self, command: Callable[[int], Events]) -> Events:
        return self._noted(self.conductor.tell(self._look(), command))

    def _noted(self, events: Events) -> Events:
        """Remember what happens before the journal is there."""
        if self.journal is None:
            self._early.extend(events)
        return events
