"""The record of a walk: what became of each interval, the pauses and the edits, made from the events of a session.

Pure: the events carry the moments at which things happened, and everything is kept as milliseconds of the session's
own time (`at`: since its start, whatever the wall clock does). A record kept somewhere is also what a session that was
interrupted is taken up from: `Record.schedule`, `position` and `spent` are what `Session.restore` needs.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
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
    PauseReason,
    Resumed,
    Resuming,
    Started,
    Turned,
)

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Place, Schedule
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.events import Event

FACING_FORWARD: Final = frozenset({Phase.WARM_UP, Phase.FORWARD, Phase.COOL_DOWN})
"""The phases that count as walked forward."""


class WalkState(StrEnum):
    """How a walk stands; the values are kept in the history."""

    WALKING = "walking"
    FINISHED = "finished"
    ENDED_EARLY = "ended-early"
    INTERRUPTED = "interrupted"  # the program died during it; neither taken up again nor closed yet

    @property
    def is_over(self) -> bool:
        """Whether the walker is done with it."""
        return self in (WalkState.FINISHED, WalkState.ENDED_EARLY)


class Leaving(StrEnum):
    """How the walker left an interval; the values are kept in the history."""

    OPEN = "open"  # not yet
    COMPLETE = "complete"
    SKIPPED = "skipped"
    RESTARTED = "restarted"
    WENT_BACK = "went-back"
    ENDED = "ended"  # the session ended in it


_LEFT_BY: Final = {Move.SKIP: Leaving.SKIPPED, Move.RESTART: Leaving.RESTARTED, Move.PREVIOUS: Leaving.WENT_BACK}


@dataclass(frozen=True, slots=True)
class WalkedInterval:
    """An interval as it was walked; one that was begun again is there once for each time.

    Attributes:
        index: which entry of the schedule.
        phase: what was walked.
        planned: its length when it was entered, in seconds.
        target: its length when it was left, in seconds: another one when it was edited meanwhile.
        at: when it was entered, in milliseconds of the session.
        walked: how long it was walked, in milliseconds, pauses and held time left out.
        held: how long it waited for the walker at its end, in milliseconds.
        left: how it was left.
        round: which round of the innermost repeat, from 1; None outside one.
        rounds: of how many.
        speed_kmh: the speed planned for it.
        label: the walker's own words.
    """

    index: int
    phase: Phase
    planned: int
    target: int
    at: int
    walked: int = 0
    held: int = 0
    left: Leaving = Leaving.OPEN
    round: int | None = None
    rounds: int | None = None
    speed_kmh: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class PauseTaken:
    """Time that stood still, the lead-in back included; all in milliseconds.

    Attributes:
        at: when it began, in the session's time.
        position: where in the schedule.
        length: how long.
        reason: why.
    """

    at: int
    position: int
    length: int
    reason: PauseReason


@dataclass(frozen=True, slots=True)
class EditMade:
    """A change of what was left.

    Attributes:
        at: when, in milliseconds of the session.
        position: where in the schedule, in milliseconds.
        what: "edit", "undo" or "redo".
        words: how it was said.
        total: how long the whole schedule became, in seconds.
    """

    at: int
    position: int
    what: str
    words: str
    total: int


@dataclass(frozen=True, slots=True)
class Record:
    """A walk as of one moment.

    Attributes:
        state: how it stands.
        schedule: what is walked, with every edit so far.
        position: where in the schedule, in milliseconds.
        spent: where the time went.
        intervals: as walked, in order.
        pauses: in order; their lengths add up to `spent.paused`.
        edits: in order.
        longest_backward: the longest stretch walked backward without a stop, in milliseconds.
    """

    state: WalkState
    schedule: Schedule
    position: int
    spent: Spent
    intervals: tuple[WalkedInterval, ...] = ()
    pauses: tuple[PauseTaken, ...] = ()
    edits: tuple[EditMade, ...] = ()
    longest_backward: int = 0

    def closed(self) -> Record:
        """The same walk as one that was ended where it stood; one that is over stays as it is."""
        if self.state.is_over:
            return self
        intervals = self.intervals
        if intervals and intervals[-1].left is Leaving.OPEN:
            last = intervals[-1]
            left = Leaving.COMPLETE if last.walked >= last.target * SECOND else Leaving.ENDED
            intervals = (*intervals[:-1], replace(last, left=left))
        return replace(self, state=WalkState.ENDED_EARLY, intervals=intervals)


@dataclass(frozen=True, slots=True)
class Planned:
    """What was to be walked, as it stood at the start.

    Attributes:
        name: what the workout is called; may be empty.
        workout_id: the id of a preset or saved workout; empty for any other.
        notation: the workout in canonical form.
        seconds: its length.
        rounds: how many rounds its repeats make; 0 without one.
        rung: the rung of the ladder it was walked as, None off the plan.
    """

    name: str
    workout_id: str
    notation: str
    seconds: int
    rounds: int
    rung: str | None = None

    @classmethod
    def of(cls, workout: Workout, rung: str | None = None) -> Planned:
        """A workout that is about to be walked."""
        return cls(
            name=workout.name,
            workout_id=workout.id,
            notation=format_workout(workout),
            seconds=workout.total_seconds,
            rounds=len(_rounds(flatten(workout))),
            rung=rung,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """What a walk adds up to; lengths in milliseconds.

    Attributes:
        backward: walked backward.
        forward: walked forward: warm-up, forward and cool-down.
        turn: spent turning around, time held at a turn left out.
        rest: spent resting as planned.
        longest_backward: the longest stretch walked backward without a stop.
        rounds_done: rounds of which every interval was walked to its end.
        incomplete: intervals of the schedule as it stood last that were not walked to their end.
        completion: how much of the planned length was walked, 0 to 1; what is walked twice counts once.
    """

    backward: int
    forward: int
    turn: int
    rest: int
    longest_backward: int
    rounds_done: int
    incomplete: int
    completion: float

    @classmethod
    def of(cls, record: Record, planned: Planned) -> Totals:
        """Add a record up."""
        walked: dict[Phase, int] = defaultdict(int)
        best: dict[int, int] = defaultdict(int)
        complete: set[int] = set()
        for interval in record.intervals:
            walked[interval.phase] += interval.walked
            best[interval.index] = max(best[interval.index], min(interval.walked, interval.target * SECOND))
            if interval.left is Leaving.COMPLETE and _is_at(record.schedule, interval):
                complete.add(interval.index)
        return cls(
            backward=walked[Phase.BACKWARD],
            forward=sum(walked[phase] for phase in FACING_FORWARD),
            turn=walked[Phase.TURN],
            rest=walked[Phase.REST],
            longest_backward=record.longest_backward,
            rounds_done=sum(indexes <= complete for indexes in _rounds(record.schedule)),
            incomplete=len(record.schedule) - len(complete),
            completion=min(1.0, sum(best.values()) / (planned.seconds * SECOND)),
        )


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
        self._spent = replace(self._spent, **{self._counts_as: getattr(self._spent, self._counts_as) + passed})
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


def _is_at(schedule: Schedule, interval: WalkedInterval) -> bool:
    """Whether an interval is still where it was walked: going back and then editing may have put another there."""
    return interval.index < len(schedule) and schedule[interval.index].phase is interval.phase


def _rounds(schedule: Schedule) -> list[set[int]]:
    """The indexes of each round of the outermost repeats, what stands between rounds left out."""
    rounds: dict[tuple[int, int], set[int]] = defaultdict(set)
    for index, entry in enumerate(schedule):
        if entry.place and not (place := _outermost(entry.place)).between:
            rounds[place.loop, place.round].add(index)
    return list(rounds.values())


def _outermost(place: Place) -> Place:
    while place.outer:
        place = place.outer
    return place
