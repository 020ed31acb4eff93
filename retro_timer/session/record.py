"""The record of a session: its intervals, pauses and edits, and their totals.

All times are in milliseconds of the session's own time (`at`: since its start, independent of changes of the wall
clock; pauses include sleep and interruptions). A saved record is also used to resume an interrupted session
(`Session.restore`). Records are made by `session.recorder`.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten

# msgspec reads the annotations of stored types.
from retro_timer.session.bounds import (  # noqa: TC001
    Count,
    Label,
    Ms,
    Name,
    Notation,
    Ordinal,
    Seconds,
    Share,
    Speed,
    Total,
    Word,
    Words,
    WorkoutId,
)
from retro_timer.session.completion import completed_share
from retro_timer.session.events import PauseReason  # noqa: TC001
from retro_timer.session.spent import BackwardTime
from retro_timer.session.states import SECOND
from retro_timer.session.trace import IntervalMeasures, TraceChunk  # noqa: TC001
from retro_timer.text import one_line

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.schedule import Entry, Place, Schedule
    from retro_timer.session.completion import Walked
    from retro_timer.session.spent import Spent

FACING_FORWARD: Final = frozenset({Phase.WARM_UP, Phase.FORWARD, Phase.COOL_DOWN})
"""The phases that count as forward."""


class SessionStatus(StrEnum):
    """The status of a session; the values are stored in the history."""

    WALKING = "walking"
    FINISHED = "finished"
    ENDED_EARLY = "ended-early"
    INTERRUPTED = "interrupted"  # the program was killed; not resumed or closed yet

    @property
    def is_over(self) -> bool:
        """Whether the session is over."""
        return self in (SessionStatus.FINISHED, SessionStatus.ENDED_EARLY)


class Leaving(StrEnum):
    """How an interval was left; the values are stored in the history."""

    OPEN = "open"  # not yet
    COMPLETE = "complete"
    SKIPPED = "skipped"
    RESTARTED = "restarted"
    WENT_BACK = "went-back"
    ENDED = "ended"  # the session ended in it
    UNDONE = "undone"  # the jump that led to it was undone


class IntervalRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An interval as it was walked; one that was restarted, or left by mistake, has a record for each time.

    Attributes:
        index: index in the schedule.
        phase: its phase.
        planned: its length when it was entered, in seconds.
        target: its length when it was left, in seconds; differs after an edit.
        at: when it was entered, in milliseconds of the session.
        walked: walking time in milliseconds, without pauses and held time.
        held: waiting time at its end, in milliseconds.
        left: how it was left.
        round: the round of the innermost repeat, from 1; None outside repeats.
        rounds: the number of rounds.
        speed_kmh: the planned speed.
        label: the walker's label.
        into: the position in the interval when it was entered, in milliseconds; not 0 if a jump or an end was undone.
    """

    index: Count
    phase: Phase
    planned: Seconds
    target: Seconds
    at: Ms
    walked: Ms
    held: Ms
    left: Leaving
    round: Ordinal | None
    rounds: Ordinal | None
    speed_kmh: Speed | None
    label: Label
    into: Ms = 0

    @property
    def reached(self) -> int:
        """How far it was walked, in milliseconds: one that continued after an undone jump or end, from its start on."""
        return min(self.into + self.walked, self.target * SECOND)

    @classmethod
    def of(  # noqa: PLR0913  (which interval, and how it was walked)
        cls, entry: Entry, index: int, at: int, *, into: int = 0, walked: int = 0, left: Leaving = Leaving.OPEN
    ) -> IntervalRecord:
        """The record of an interval as it is entered, or of one that was walked already."""
        interval, place = entry
        return cls(
            index=index,
            phase=interval.phase,
            planned=interval.duration,
            target=interval.duration,
            at=at,
            walked=walked,
            held=0,
            left=left,
            round=place.round if place else None,
            rounds=place.rounds if place else None,
            speed_kmh=interval.speed_kmh,
            label=interval.label,
            into=into,
        )


class PauseRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A pause, including the lead-in that ends it, and the time that the machine slept or the program did not run.

    All times are in milliseconds.

    Attributes:
        at: its start, in the session's time.
        position: the position in the schedule.
        length: its length.
        reason: its reason.
    """

    at: Ms
    position: Ms
    length: Ms
    reason: PauseReason


class EditRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """An edit of the remaining schedule.

    Attributes:
        at: its time, in milliseconds of the session.
        position: the position in the schedule, in milliseconds.
        what: "edit", "undo" or "redo".
        words: the spoken confirmation.
        total: the new length of the schedule, in seconds.
    """

    at: Ms
    position: Ms
    what: Word
    words: Words
    total: Total


class Record(Struct, frozen=True):
    """A session as of one moment.

    Attributes:
        state: its status.
        schedule: the schedule with all edits so far.
        position: the position in the schedule, in milliseconds.
        spent: how the time was spent.
        intervals: the interval records, in order.
        pauses: the pauses, in order; their lengths add up to `spent.paused`.
        edits: the edits, in order.
        measures: the sensor measurements of each interval, in order.
        traces: the sensor measurements of each second, in chunks.
        longest_backward: the longest uninterrupted backward bout, in milliseconds.
    """

    state: SessionStatus
    schedule: Schedule
    position: int
    spent: Spent
    intervals: tuple[IntervalRecord, ...] = ()
    pauses: tuple[PauseRecord, ...] = ()
    edits: tuple[EditRecord, ...] = ()
    measures: tuple[IntervalMeasures, ...] = ()
    traces: tuple[TraceChunk, ...] = ()
    longest_backward: int = 0

    @property
    def walked(self) -> Walked:
        """What was walked of each interval."""
        most: dict[tuple[int, Phase], int] = {}
        for interval in self.intervals:
            key = interval.index, interval.phase
            most[key] = max(most.get(key, 0), interval.reached)
        return most

    @property
    def backward(self) -> BackwardTime:
        """How long was walked backward."""
        walked = sum(interval.walked for interval in self.intervals if interval.phase.faces_backward)
        return BackwardTime(walked, self.longest_backward)

    def closed(self) -> Record:
        """The record as ended early at this moment; unchanged if the session is over."""
        if self.state.is_over:
            return self
        intervals = self.intervals
        if intervals and intervals[-1].left is Leaving.OPEN:
            last = intervals[-1]
            left = Leaving.COMPLETE if last.reached == last.target * SECOND else Leaving.ENDED
            intervals = (*intervals[:-1], replace(last, left=left))
        return replace(self, state=SessionStatus.ENDED_EARLY, intervals=intervals)


_STORED: Final = {"seconds": "planned_seconds", "rounds": "planned_rounds", "preset_id": "rung"}
"""The stored names of the fields of `Planned` that differ from those in the code."""


class Planned(Struct, frozen=True, rename=_STORED):
    """The planned workout, as of the start of the session.

    Attributes:
        name: its name; may be empty.
        workout_id: the id of a preset or saved workout; empty for any other.
        notation: the workout in canonical notation.
        seconds: its length in seconds.
        rounds: the total rounds of its repeats; 0 without a repeat.
        preset_id: the preset that it counts as for the plan; None if it does not count as one.
    """

    name: Name
    workout_id: WorkoutId
    notation: Notation
    seconds: Total
    rounds: Count
    preset_id: Word | None = None

    @classmethod
    def of(cls, workout: Workout, preset_id: str | None = None) -> Planned:
        """Describe a workout that is about to start."""
        return cls(
            name=workout.name,
            workout_id=workout.id,
            notation=format_notation(workout),
            seconds=workout.total_seconds,
            rounds=len(_rounds(flatten(workout))),
            preset_id=preset_id,
        )

    def workout(self) -> Workout:
        """The workout, as of the start of the session.

        Raises:
            WorkoutError: if it was edited by hand and is invalid.
        """
        return parse(self.notation, name=self.name, workout_id=self.workout_id)

    @property
    def schedule(self) -> Schedule | None:
        """The planned schedule; None if the workout was edited by hand and is invalid."""
        return _schedule_of(self.notation)

    @property
    def title(self) -> str:
        """The name, or the notation if there is none, truncated to fit on one line."""
        return one_line(self.name or self.notation)


@lru_cache(maxsize=1)  # asked for at every change of a running session
def _schedule_of(notation: str) -> Schedule | None:
    try:
        return flatten(parse(notation))
    except WorkoutError:
        return None


class Totals(Struct, frozen=True):
    """The totals of a session; lengths in milliseconds.

    Attributes:
        backward: backward walking time.
        forward: forward walking time: warm-up, forward and cool-down.
        turn: time spent turning around, without held time.
        rest: planned rest.
        longest_backward: the longest uninterrupted backward bout.
        rounds_done: rounds with every interval completed.
        incomplete: intervals on the belt, of the final schedule, that were not completed. The rest of a turn may be
            skipped.
        completion: the completed share of the planned workout, 0 to 1, as in `session.completion`.
    """

    backward: Ms
    forward: Ms
    turn: Ms
    rest: Ms
    longest_backward: Ms
    rounds_done: Count
    incomplete: Count
    completion: Share

    @classmethod
    def of(cls, record: Record, planned: Planned) -> Totals:
        """Compute the totals of a record."""
        walked: dict[Phase, int] = defaultdict(int)
        complete: set[int] = set()
        for interval in record.intervals:
            walked[interval.phase] += interval.walked
            if interval.left is Leaving.COMPLETE and _is_at(record.schedule, interval):
                complete.add(interval.index)
        schedule = planned.schedule
        return cls(
            backward=walked[Phase.BACKWARD],
            forward=sum(walked[phase] for phase in FACING_FORWARD),
            turn=walked[Phase.TURN],
            rest=walked[Phase.REST],
            longest_backward=record.longest_backward,
            rounds_done=sum(indexes <= complete for indexes in _rounds(record.schedule)),
            incomplete=sum(
                entry.phase.on_belt and index not in complete for index, entry in enumerate(record.schedule)
            ),
            completion=completed_share(schedule, _by_phase(record.walked)) if schedule else 1.0,
        )


def _by_phase(walked: Walked) -> dict[Phase, int]:
    """What was walked of each phase, in milliseconds."""
    times: dict[Phase, int] = defaultdict(int)
    for (_, phase), milliseconds in walked.items():
        times[phase] += milliseconds
    return times


def _is_at(schedule: Schedule, interval: IntervalRecord) -> bool:
    """Whether the schedule still has this interval at its index: going back and editing may have replaced it."""
    return interval.index < len(schedule) and schedule[interval.index].phase is interval.phase


def _rounds(schedule: Schedule) -> list[set[int]]:
    """The indexes of each round of the outermost repeats, without the intervals between rounds."""
    rounds: dict[tuple[int, int], set[int]] = defaultdict(set)
    for index, entry in enumerate(schedule):
        if entry.place and not (place := _outermost(entry.place)).between:
            rounds[place.loop, place.round].add(index)
    return list(rounds.values())


def _outermost(place: Place) -> Place:
    while place.outer:
        place = place.outer
    return place
