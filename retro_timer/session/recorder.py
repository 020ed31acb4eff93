"""The recorder: turns the events of a session into its record.

Pure: all times come from the events.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from retro_timer.session.events import (
    ClockStopped,
    Edited,
    Ended,
    EndReason,
    Held,
    IntervalEnded,
    IntervalStarted,
    Move,
    Paused,
    Resumed,
    Resuming,
    Sampled,
    Started,
    Turned,
)
from retro_timer.session.languages import caption
from retro_timer.session.record import EditRecord, IntervalRecord, Leaving, PauseRecord, Record, SessionStatus
from retro_timer.session.spent import BackwardTime, CountsAs, Spent
from retro_timer.session.states import SECOND
from retro_timer.session.trace import (
    CHUNK,
    MOST_SAMPLES,
    IntervalMeasures,
    Sample,
    TraceChunk,
    continues,
    packed,
    samples_of,
)

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.events import Event

_LEFT_BY: Final = {
    Move.SKIP: Leaving.SKIPPED,
    Move.RESTART: Leaving.RESTARTED,
    Move.PREVIOUS: Leaving.WENT_BACK,
    Move.UNDO: Leaving.UNDONE,
    Move.REDO: Leaving.UNDONE,
}
_RETURNS: Final = (Move.UNDO, Move.REDO)
_RECORDED: Final = (
    Started, IntervalStarted, IntervalEnded, Paused, ClockStopped, Resuming, Resumed, Held, Turned, Edited, Ended
)  # fmt: skip


class Recorder:
    """Turns the events of one session into its record.

    Args:
        schedule: the schedule at the start.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._state = SessionStatus.WALKING
        self._seen: int | None = None  # the moment of the last event
        self._counts_as: CountsAs | None = None  # what passing time counts as
        self._lead_in_until: int | None = None  # the moment at which a lead-in is over
        self._position = 0
        self._spent = Spent()
        self._intervals: list[IntervalRecord] = []
        self._pauses: list[PauseRecord] = []
        self._edits: list[EditRecord] = []
        self._backward = BackwardTime()
        self._measures: list[IntervalMeasures] = []
        self._traces: list[TraceChunk] = []
        self._last_samples: list[Sample] = []  # of the last chunk

    @classmethod
    def resume(cls, record: Record) -> Recorder:
        """A recorder for a session that resumes (`Session.restore`) from a record."""
        recorder = cls(record.schedule)
        recorder._position = record.position
        recorder._spent = record.spent
        recorder._intervals = list(record.intervals)
        recorder._pauses = list(record.pauses)
        recorder._edits = list(record.edits)
        recorder._backward = record.backward
        recorder._measures = list(record.measures)
        recorder._traces = list(record.traces)
        recorder._last_samples = list(samples_of(record.traces[-1:]))
        return recorder

    @property
    def begun(self) -> bool:
        """Whether the session was started or resumed."""
        return self._seen is not None

    def note(self, event: Event) -> bool:
        """Process an event. Returns whether it changed the record; cues and reminders do not."""
        if isinstance(event, Sampled):
            self._sample(event)
            return False  # it is written with the next beat
        if not isinstance(event, _RECORDED):
            return False
        if self._state.is_over:
            if not (isinstance(event, IntervalStarted) and event.move in _RETURNS):
                return False
            self._state = SessionStatus.WALKING  # the end is undone
        self._pass(event.moment)
        self._position = event.at
        match event:
            case IntervalStarted():
                self._enter(event)
            case IntervalEnded():
                left = Leaving.COMPLETE if event.complete else Leaving.OPEN
                self._change_last(target=event.entry.duration, left=left)
            case Edited():
                self._edit(event)
            case Ended():
                self._end(event)
            case _:
                self._change_pace(event)
        return True

    def _change_pace(self, event: Event) -> None:
        """Set what the time after an event counts as."""
        match event:
            case Started():
                self._counts_as = CountsAs.LEAD_IN
                self._lead_in_until = event.moment + event.lead_in
            case Resuming():
                self._lead_in_until = event.moment + event.lead_in
            case Paused():
                self._count_standing(CountsAs.PAUSED)
                self._pauses.append(PauseRecord(self._spent.total, event.at, 0, event.reason))
            case ClockStopped():
                self._lengthen_pause(event.length)
            case Held():
                self._count_standing(CountsAs.HELD)
            case Resumed():
                self._count_walking()
            case _:
                pass

    def record(self, now: int | None = None) -> Record:
        """The record as of the last event, or of a later moment.

        Without an event, time is counted at most to the end of the running interval or lead-in, because only the
        session knows what follows.
        """
        state = self
        if now is not None and self._seen is not None:
            state = copy.copy(self)
            state._intervals, state._pauses = list(self._intervals), list(self._pauses)  # noqa: SLF001  (a copy of self)
            state._pass(self._certain_until(now, self._seen))  # noqa: SLF001  (a copy of self)
        return state._as_record()  # noqa: SLF001  (a copy of self)

    def _as_record(self) -> Record:
        return Record(
            state=self._state,
            schedule=self._schedule,
            position=self._position,
            spent=self._spent,
            intervals=tuple(self._intervals),
            pauses=tuple(self._pauses),
            edits=tuple(self._edits),
            longest_backward=self._backward.longest,
            measures=tuple(self._measures),
            traces=tuple(self._traces),
        )

    def _sample(self, event: Sampled) -> None:
        """Add what sensors measured to the running interval and the trace."""
        if not self._intervals or self._seen is None or self._state.is_over:
            return
        passed = max(0, self._certain_until(event.moment, self._seen) - self._seen)
        sample = Sample(self._spent.total + passed, event.speed_kmh, event.heart_rate, event.metres)
        interval = len(self._intervals) - 1
        if not self._measures or self._measures[-1].interval != interval:
            self._measures.append(IntervalMeasures(interval))
        self._measures[-1] = self._measures[-1].plus(sample)
        if continues(self._last_samples, sample):
            self._traces.pop()
        elif len(self._traces) * CHUNK >= MOST_SAMPLES:
            return
        else:
            self._last_samples = []
        self._last_samples.append(sample)
        self._traces.append(packed(self._last_samples))

    def _certain_until(self, now: int, seen: int) -> int:
        """Now, or the moment before it at which another event is expected after the last one, at `seen`."""
        if self._counts_as is CountsAs.WALKED:
            return min(now, seen + self._schedule.starts[self._intervals[-1].index + 1] * SECOND - self._position)
        if self._lead_in_until is not None:
            return min(now, self._lead_in_until)
        return now  # a pause or a waiting turn can last any length of time

    def _pass(self, moment: int) -> None:
        """Let time pass until a moment."""
        before = moment if self._seen is None else self._seen
        self._seen = max(moment, before)
        passed = self._seen - before
        if self._counts_as is None:
            return
        if self._counts_as is CountsAs.PAUSED:
            self._lengthen_pause(passed)
            return
        self._spent = self._spent.plus(passed, self._counts_as)
        if self._counts_as is CountsAs.WALKED:
            self._position += passed
            self._change_last(walked=self._intervals[-1].walked + passed)
            if self._intervals[-1].phase.faces_backward:
                self._backward = self._backward.plus(passed)
        elif self._counts_as is CountsAs.HELD:
            self._change_last(held=self._intervals[-1].held + passed)

    def _lengthen_pause(self, passed: int) -> None:
        self._spent = self._spent.plus(passed, CountsAs.PAUSED)
        self._pauses[-1] = replace(self._pauses[-1], length=self._pauses[-1].length + passed)

    def _count_standing(self, counts_as: CountsAs) -> None:
        self._counts_as = counts_as
        self._lead_in_until = None
        self._backward = self._backward.stopped()

    def _count_walking(self) -> None:
        self._counts_as = CountsAs.WALKED
        self._lead_in_until = None

    def _enter(self, event: IntervalStarted) -> None:
        if event.move is Move.RESUME:
            self._continue(event)
            return
        if self._intervals and event.move in _LEFT_BY and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(left=_LEFT_BY[event.move])
        if event.move is not Move.TIME or not event.entry.phase.faces_backward:
            self._backward = self._backward.stopped()
        self._append(event)
        # A skip or a jump back does not end a pause or the lead-in after it.
        if event.move in (Move.START, Move.TIME) or self._counts_as is CountsAs.HELD:
            self._count_walking()

    def _continue(self, event: IntervalStarted) -> None:
        """Continue the interrupted interval; the pause that follows sets what the time counts as."""
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            if self._intervals[-1].index == event.index:
                return
            self._change_last(left=Leaving.COMPLETE)
        self._append(event)

    def _append(self, event: IntervalStarted) -> None:
        into = event.at - self._schedule.starts[event.index] * SECOND
        self._intervals.append(IntervalRecord.of(event.entry, event.index, self._spent.total, into=into))

    def _edit(self, event: Edited) -> None:
        self._schedule = event.after
        words = caption(event.words)
        self._edits.append(EditRecord(self._spent.total, event.at, event.what, words, event.after.total))
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(target=event.after[self._intervals[-1].index].duration)

    def _end(self, event: Ended) -> None:
        complete = event.reason is EndReason.COMPLETE
        self._state = SessionStatus.FINISHED if complete else SessionStatus.ENDED_EARLY
        self._counts_as = None
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(left=Leaving.SKIPPED if complete else Leaving.ENDED)

    def _change_last(self, **changes: int | Leaving) -> None:
        self._intervals[-1] = replace(self._intervals[-1], **changes)
