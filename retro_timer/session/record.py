"""The record of a walk: what became of each interval, the pauses and the edits, and what they add up to.

Everything is in milliseconds of the session's own time (`at`: since its start, whatever the wall clock does). A record
kept somewhere is also what a session that was interrupted is taken up from: `schedule`, `position` and `spent` are what
`Session.restore` needs. `session.recorder` makes it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import SECOND

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Place, Schedule
    from retro_timer.scheduling.workout import Workout
    from retro_timer.session.engine import Spent
    from retro_timer.session.events import PauseReason

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
