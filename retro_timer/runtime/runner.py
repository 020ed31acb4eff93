"""The runner of one session: connects conductor, player, journal and sleep detection.

Used by both the full screen and plain sessions.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from retro_timer.clock import STOPS_IN_SLEEP, SleepWatch
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.actions import session_action
from retro_timer.session.conductor import STALE, Conductor
from retro_timer.session.engine import Session
from retro_timer.session.events import PauseReason
from retro_timer.session.ports import SoundState

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.clock import Clock
    from retro_timer.runtime.session_config import SessionConfig
    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.events import Event
    from retro_timer.session.history import InterruptedSession, StoredSession
    from retro_timer.session.ports import Player
    from retro_timer.session.sensing import Measurements
    from retro_timer.storage.journal import Journal
    from retro_timer.storage.store import Store

    Events = tuple[Event, ...]


class Runner:
    """Runs one session.

    Args:
        workout: the workout.
        clock: the source of time.
        player: plays the cues; closed with the runner.
        config: how the session runs.
        rehearsal: whether time runs faster: captions are never stale then, and nothing is kept.
        interrupted: the interrupted session to resume where it stopped.

    Attributes:
        speaker: the device that plays the sound instead of this one; empty if none does.
        measurements: what the sensors measure now, in moments of the session's clock; None without sensors.
    """

    def __init__(  # noqa: PLR0913  (the parts that are put together)
        self,
        workout: Workout,
        *,
        clock: Clock,
        player: Player,
        config: SessionConfig,
        rehearsal: bool = False,
        interrupted: InterruptedSession | None = None,
    ) -> None:
        self.workout = workout
        self.player = player
        self.interrupted = interrupted
        schedule = interrupted.record.schedule if interrupted else flatten(workout)
        self.session = Session(schedule, config.rules, config.cues.phrases)
        self.conductor = Conductor(
            self.session, player, config.cues, click=config.metronome, stale=None if rehearsal else STALE
        )
        self.journal: Journal | None = None
        self._store: Store | None = None
        self._clock = clock
        self._watch = SleepWatch(clock)
        self.config = config
        self.speaker = ""
        self.measurements: Callable[[], Measurements] | None = None
        self._rehearsal = rehearsal
        self._last_check = clock.now()
        self._began = clock.wall()
        self._first = schedule
        self._early: list[Event] = []  # events before the journal was attached
        self._closing = Lock()
        self._closed = False

    def start(self) -> Events:
        """Start, or restore the interrupted session, paused where it stopped."""
        interrupted = self.interrupted
        events: Events = self.conductor.mute(self._clock.now(), muted=True) if self.config.muted else ()
        if interrupted is None:
            return events + self._call(self.session.start)
        events += self._call(lambda now: self.session.restore(now, interrupted.record))
        return events + self._clock_stopped((self._clock.wall() - interrupted.seen) // timedelta(milliseconds=1))

    def advance(self) -> Events:
        """Advance the session to the current time."""
        events: Events = ()
        if slept := self._watch.slept():
            # The time between the last check and the sleep is unknown, so it is not counted as walked.
            events = self._pause_at_last_check(PauseReason.SLEEP)
            if STOPS_IN_SLEEP:
                events += self._clock_stopped(slept)
        return events + self._noted(self.conductor.advance(self._check_time()))

    def mark_running(self) -> None:
        """Record that the process is running; a later stop is dated to the last call."""
        self._check_time()

    def stopped(self) -> Events:
        """Pause as of the last check, because the process is about to be stopped or was."""
        return self._pause_at_last_check(PauseReason.STOPPED)

    def act(self, name: str) -> Events:
        """Perform a session action; one without effect is refused, with the reason."""
        action = session_action(name)
        if self.session.state.is_over and not action.after_the_end:
            return self.refuse("the session is over")
        before = self.advance()
        done = self._noted(action.act(self.conductor, self._check_time(), self.config.steps)) if action.act else ()
        return before + (done if done or not action.nothing else self.refuse(action.nothing))

    def reopen(self) -> Events:
        """Undo the end of the session, which is then paused at that point."""
        return self._call(self.session.undo) if self.session.can_reopen else ()

    def edit(self, edit: Edit) -> Events:
        """Edit the rest of the session."""
        return self.advance() + self._call(lambda now: self.session.edit(now, edit))

    def skip_to(self, index: int) -> Events:
        """Go to a later interval at once."""
        return self.advance() + self._call(lambda now: self.session.skip_to(now, index))

    def replace_player(self, player: Player) -> None:
        """Play through another player, which also plays what was sent to the old one, and is closed with the runner."""
        self.player = player
        self.conductor.replace_player(player)

    def sound_returned(self) -> Events:
        """Announce that the sound is heard here again, unless the session is over."""
        if self.session.state.is_over:
            return ()
        return self._noted(self.conductor.sound_returned(self._check_time()))

    def ask(self, *parts: tuple[str, ...]) -> Events:
        """Speak a screen's question, given as parts of phrases; without any, stop the one being spoken."""
        return self._noted(self.conductor.ask(self._check_time(), parts))

    def refuse(self, why: str) -> Events:
        """Refuse a key: plays the refusal sound and gives the reason in one sentence."""
        return self.advance() + self._noted(self.conductor.refuse(self._check_time(), why))

    @property
    def clock_now(self) -> int:
        """The present moment of the session's clock, in milliseconds."""
        return self._clock.now()

    @property
    def measured_metres(self) -> float:
        """The distance that sensors measured before an interruption; 0 in a session that was not interrupted."""
        return sum(each.metres for each in self.interrupted.record.measures) if self.interrupted else 0.0

    def measured(self, speed_kmh: float | None, heart_rate: int | None, metres: float) -> None:
        """Keep what sensors measured."""
        event = self.conductor.sampled(self._clock.now(), speed_kmh, heart_rate, metres)
        self._noted((event,))

    def belt_stopped(self) -> Events:
        """Pause, because the belt has stopped."""
        return self.advance() + self._call(lambda now: self.session.pause(now, PauseReason.BELT))

    def belt_moves(self) -> Events:
        """Resume, because the belt moves again."""
        return self.advance() + self._call(self.session.resume)

    def warn(self, words: str) -> Events:
        """Say a warning about the belt."""
        return self.advance() + self._noted(self.conductor.warn(self._check_time(), words))

    def next_delay(self) -> float | None:
        """Seconds until the next call of `advance`; None if nothing will happen by itself."""
        now = self._clock.now()
        due = self.conductor.next_wakeup(now)
        return None if due is None else max(0, self._clock.system(due) - self._clock.system(now)) / 1000

    def keep(self, store: Store, preset_id: str | None = None) -> None:
        """Start saving the session, including earlier events. A rehearsal is not saved.

        Raises:
            BusyError: if a session is running in another window.
        """
        if self._rehearsal:
            return
        if self.interrupted is None:
            journal = store.begin(self.workout, self.session.schedule, preset_id)
        else:
            journal = store.resume(self.interrupted)
        for event in self._early:
            journal.note(event)
        self._early.clear()
        self.conductor.add_listener(journal.note)
        self.journal = journal
        self._store = store

    def stored_session(self) -> StoredSession:
        """The session so far, as stored in the history; also if it is not saved."""
        if self.journal is not None:
            return self.journal.stored_session()
        from uuid import uuid4

        from retro_timer.session.history import Start
        from retro_timer.session.record import Planned
        from retro_timer.session.recorder import Recorder
        from retro_timer.storage.writer import Subject

        recorder = Recorder.resume(self.interrupted.record) if self.interrupted else Recorder(self._first)
        for event in self._early:
            recorder.note(event)
        start = Start(str(uuid4()), self._began, self._began.tzname() or "")
        return Subject(start, Planned.of(self.workout)).stored_session(recorder.record(self._clock.now()))

    @property
    def unsaved(self) -> str:
        """Why the session is not saved yet ("not saved yet: the disk is full"); empty if it is."""
        if self.journal is None:
            return ""
        state = self.journal.state
        aside = f"a damaged history was set aside as {state.set_aside.name}" if state.set_aside else ""
        return "; ".join(filter(None, [str(state) if state.reason else "", aside]))

    @property
    def not_saved(self) -> str:
        """Why the session is not in the history, as one clause; empty if it is."""
        return self.journal.state.reason if self.journal is not None else ""

    def settle(self) -> str:
        """Write everything, and release the session if it is over and cannot be reopened. Thread-safe.

        The player stays open: the recap and the questions of the summary are still to be heard.

        Returns:
            `not_saved`.
        """
        over = self.session.state.is_over and not self.session.can_reopen
        if over:
            with self._closing:
                self._release()
        elif self.journal is not None:
            self.journal.flush()
        return self.not_saved

    def remember_longest(self, store: Store) -> None:
        """Tell the session the longest backward bout of all other sessions, for praise and recap. Thread-safe.

        Raises:
            StorageError: if the history cannot be read.
        """
        resumed = self.interrupted.start.uuid if self.interrupted else ""  # its journal may not have written yet
        best = store.readable_history().history.bests(but=resumed).longest_backward
        self.conductor.remember_longest(0 if best is None else best.totals.longest_backward)

    @property
    def has_more_to_say(self) -> bool:
        """Whether the session's end has more to say: cues are coming, and the sound works."""
        return self.player.state is SoundState.OK and bool(self.conductor.coming)

    def close(self, *, drain: bool | None = None) -> None:
        """Write everything, and close the player.

        Thread-safe and idempotent: a second call waits until the first is done.

        Args:
            drain: whether the player finishes the current cue; by default only if the session is over.
        """
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._release()
            self.player.close(drain=self.session.state.is_over if drain is None else drain)

    def _release(self) -> None:
        """Write everything and let another window run a session, once."""
        if self._store is None or self.journal is None:
            return
        store, self._store = self._store, None
        ended = self.journal.ended_session()
        store.note_outcome(ended, "the disk does not respond")  # the exit must not be delayed
        self.journal.close()
        store.note_outcome(ended, self.not_saved)
        store.release()

    def _check_time(self) -> int:
        self._last_check = self._clock.now()
        return self._last_check

    def _pause_at_last_check(self, reason: PauseReason) -> Events:
        if self.session.state.is_over:
            return ()
        events = self.conductor.call(self._last_check, lambda moment: self.session.pause(moment, reason))
        self._check_time()
        return self._noted(events)

    def _clock_stopped(self, length: int) -> Events:
        return self._call(lambda now: self.session.clock_stopped(now, length))

    def _call(self, method: Callable[[int], Events]) -> Events:
        return self._noted(self.conductor.call(self._check_time(), method))

    def _noted(self, events: Events) -> Events:
        """Buffer events until the journal is attached."""
        if self.journal is None:
            self._early.extend(events)
        return events
