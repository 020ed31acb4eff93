"""The recorder: turns the events of a session into its record.

Pure: the events carry the moments at which things happened.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from retro_timer.scheduling.phases import Phase
from retro_timer.session.engine import SECOND, Spent
from retro_timer.session.events import (
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
    Started,
    Turned,
)
from retro_timer.session.record import EditMade, Leaving, PauseTaken, Record, WalkedInterval, WalkState

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.events import Event

_LEFT_BY: Final = {Move.SKIP: Leaving.SKIPPED, Move.RESTART: Leaving.RESTARTED, Move.PREVIOUS: Leaving.WENT_BACK}
_TOLD: Final = (Started, IntervalStarted, IntervalEnded, Paused, Resuming, Resumed, Held, Turned, Edited, Ended)


class Recorder:
    """Turns the events of one session into its record.

    Args:
        schedule: what the session walks.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._state = WalkState.WALKING
        self._seen: int | None = None  # the moment of the last event
        self._counts_as: Literal["lead_in", "walked", "held", "paused"] | None = None  # what time passes as
        self._count_in_until: int | None = None  # the moment at which a lead-in is over
        self._position = 0
        self._spent = Spent()
        self._intervals: list[WalkedInterval] = []
        self._pauses: list[PauseTaken] = []
        self._edits: list[EditMade] = []
        self._stretch = 0  # walked backward since the last stop
        self._longest = 0

    @classmethod
    def going_on(cls, record: Record) -> Recorder:
        """A recorder for a session that is taken up again (`Session.restore`) from a record."""
        recorder = cls(record.schedule)
        recorder._position = record.position
        recorder._spent = record.spent
        recorder._intervals = list(record.intervals)
        recorder._pauses = list(record.pauses)
        recorder._edits = list(record.edits)
        recorder._longest = record.longest_backward
        return recorder

    @property
    def begun(self) -> bool:
        """Whether the session was started or taken up again."""
        return self._seen is not None

    def note(self, event: Event) -> bool:
        """Take an event in. Returns whether it changed the record; cues and reminders do not."""
        if not isinstance(event, _TOLD) or self._state.is_over:
            return False
        self._pass(event.moment)
        self._position = event.at
        match event:
            case IntervalStarted():
                self._enter(event)
            case IntervalEnded():
                self._leave(event.index, event.entry.duration, complete=event.complete)
            case Edited():
                self._edit(event)
            case Ended():
                self._end(event)
            case _:
                self._change_pace(event)
        return True

    def _change_pace(self, event: Event) -> None:
        """Count the time that follows as what it is."""
        match event:
            case Started():
                self._counts_as = "lead_in"
                self._count_in_until = event.moment + event.lead_in
            case Resuming():
                self._count_in_until = event.moment + event.lead_in
            case Paused():
                self._stand("paused")
                self._pauses.append(PauseTaken(self._spent.total, event.at, 0, event.reason))
            case Held():
                self._stand("held")
            case Resumed():
                self._walk()
            case _:
                pass

    def record(self, now: int | None = None) -> Record:
        """The walk as of the last event, or as of a moment after it.

        Time that is not confirmed by an event runs at most to the end of the running interval or lead-in: only the
        session knows what comes after it.
        """
        state = self
        if now is not None and self._seen is not None:
            state = copy.copy(self)
            state._intervals, state._pauses = list(self._intervals), list(self._pauses)  # noqa: SLF001  (a copy of self)
            state._pass(min(now, self._seen + self._certain))  # noqa: SLF001  (a copy of self)
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
            longest_backward=self._longest,
        )

    @property
    def _certain(self) -> int:
        """For how many milliseconds after the last event nothing but the passing of time is to be expected."""
        if self._seen is None or self._counts_as is None:
            return 0
        if self._counts_as == "walked":
            return self._schedule.starts[self._intervals[-1].index + 1] * SECOND - self._position
        if self._count_in_until is not None:
            return self._count_in_until - self._seen
        return 2**62  # a pause or a waiting turn lasts as long as it lasts

    def _pass(self, moment: int) -> None:
        """Let time pass until a moment."""
        passed = 0 if self._seen is None else max(0, moment - self._seen)
        self._seen = moment if self._seen is None else max(moment, self._seen)
        if not passed or self._counts_as is None:
            return
        self._spent = self._spent.but(**{self._counts_as: getattr(self._spent, self._counts_as) + passed})
        if self._counts_as == "walked":
            self._position += passed
            self._change_last(walked=self._intervals[-1].walked + passed)
            if self._intervals[-1].phase is Phase.BACKWARD:
                self._stretch += passed
                self._longest = max(self._longest, self._stretch)
        elif self._counts_as == "held":
            self._change_last(held=self._intervals[-1].held + passed)
        elif self._counts_as == "paused":
            self._pauses[-1] = replace(self._pauses[-1], length=self._pauses[-1].length + passed)

    def _stand(self, counts_as: Literal["held", "paused"]) -> None:
        self._counts_as = counts_as
        self._count_in_until = None
        self._stretch = 0

    def _walk(self) -> None:
        self._counts_as = "walked"
        self._count_in_until = None

    def _enter(self, event: IntervalStarted) -> None:
        if event.move is Move.RESUME:
            self._take_up(event)
            return
        if self._intervals and event.move in _LEFT_BY and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(left=_LEFT_BY[event.move])
        if event.move is not Move.TIME or event.entry.phase is not Phase.BACKWARD:
            self._stretch = 0
        self._append(event)
        # Skipping or going back leaves a pause, and a lead-in after one, as it is.
        if event.move in (Move.START, Move.TIME) or self._counts_as == "held":
            self._walk()

    def _take_up(self, event: IntervalStarted) -> None:
        """Go on in the interval that was interrupted; what is counted next comes with the pause that follows."""
        self._counts_as = None
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            if self._intervals[-1].index == event.index:
                return
            self._leave(self._intervals[-1].index, self._intervals[-1].target, complete=True)
        self._append(event)

    def _append(self, event: IntervalStarted) -> None:
        interval, place = event.entry
        self._intervals.append(
            WalkedInterval(
                index=event.index,
                phase=interval.phase,
                planned=interval.duration,
                target=interval.duration,
                at=self._spent.total,
                round=place.round if place else None,
                rounds=place.rounds if place else None,
                speed_kmh=interval.speed_kmh,
                label=interval.label,
            )
        )

    def _leave(self, index: int, target: int, *, complete: bool) -> None:
        if self._intervals and self._intervals[-1].index == index:
            self._change_last(target=target, left=Leaving.COMPLETE if complete else Leaving.OPEN)

    def _edit(self, event: Edited) -> None:
        self._schedule = event.after
        words = " ".join(event.words)
        self._edits.append(EditMade(self._spent.total, event.at, event.what, words, event.after.total))
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(target=event.after[self._intervals[-1].index].duration)

    def _end(self, event: Ended) -> None:
        complete = event.reason is EndReason.COMPLETE
        self._state = WalkState.FINISHED if complete else WalkState.ENDED_EARLY
        self._counts_as = None
        if self._intervals and self._intervals[-1].left is Leaving.OPEN:
            self._change_last(left=Leaving.SKIPPED if complete else Leaving.ENDED)

    def _change_last(self, **changes: int | Leaving) -> None:
        self._intervals[-1] = replace(self._intervals[-1], **changes)  # type: ignore[arg-type]  # fields by name
