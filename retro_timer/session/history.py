"""The types of the history, as used by screens and plan: immutable, without SQL, cheap to import."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct, field
from msgspec.structs import astuple, replace

from retro_timer.scheduling.errors import WorkoutError

# msgspec reads the annotations of stored types.
from retro_timer.session.bounds import Moment, Ms, Note, Score, Uuid, Word  # noqa: TC001
from retro_timer.session.record import EditRecord, IntervalRecord, PauseRecord, Planned, SessionStatus, Totals  # noqa: TC001
from retro_timer.session.spent import Spent  # noqa: TC001
from retro_timer.session.states import SECOND
from retro_timer.session.trace import IntervalMeasures, TraceChunk  # noqa: TC001
from retro_timer.text import clock_time, one_line

if TYPE_CHECKING:
    from datetime import date, datetime

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.record import Record


class NextDay(StrEnum):
    """How the walker felt on the day after a session."""

    NORMAL = "normal"
    SORE = "sore"  # sore or painful: the answer in older versions, since split into the next two
    MUSCLES = "muscles"  # sore muscles
    PAIN = "pain"  # more pain than before the session
    UNANSWERED = "untold"  # asked once, and not answered


class Start(Struct, frozen=True):
    """Data fixed at the start of a session.

    Attributes:
        uuid: identifies the session in every copy of the history.
        started: the wall-clock time with its offset from UTC, so that a later change of time zone or daylight saving
            time does not move the session to another day.
        zone: the name of the time zone.
    """

    uuid: Uuid
    started: Moment
    zone: Word = ""


class Feedback(Struct, frozen=True):
    """The walker's feedback about a session; None for unanswered questions.

    Attributes:
        effort: 0 to 10.
        stumble: whether the walker stumbled or grabbed the rail.
        pain_before: 0 to 10.
        pain_after: 0 to 10.
        note: one line, at most `bounds.MAX_NOTE` characters.
        next_day: how the walker felt the next day.
        fall: whether the walker fell.
    """

    effort: Score | None = None
    stumble: bool | None = None
    pain_before: Score | None = None
    pain_after: Score | None = None
    note: Note = ""
    next_day: NextDay | None = None
    fall: bool | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all questions asked at the end of a session are answered."""
        return None not in (self.effort, self.pain_after, self.stumble, self.fall)

    def changed_from(self, seen: Feedback | None) -> dict[str, Any]:
        """The answers that differ from those the walker saw, by field; without any, those that were given."""
        before = astuple(seen or Feedback())
        fields = zip(self.__struct_fields__, astuple(self), before, strict=True)
        return {name: answer for name, answer, earlier in fields if answer != earlier}


def day_at(moment: datetime, day_ends: int) -> date:
    """The walker's day at a moment of the local clock; it ends `day_ends` hours after midnight."""
    return calendar_day(moment - timedelta(hours=day_ends))


def calendar_day(moment: datetime) -> date:
    """The date on the calendar: for what is stored, typed, or shown with a time. The walker's own day is `day_at`."""
    return moment.date()


SHORTEST_TRY: Final = 1000
"""Milliseconds. Nobody walks three meters backward faster."""
LONGEST_TRY: Final = 60_000
"""Milliseconds after which a try of the walk test ends by itself."""


class WalkTest(Struct, frozen=True):
    """A backward walk test: how long three meters took.

    Attributes:
        uuid: identifies it.
        started: the wall-clock time with its offset from UTC.
        tries: the times of one or two tries, in milliseconds.
    """

    uuid: Uuid
    started: Moment
    tries: Annotated[
        tuple[Annotated[int, Meta(ge=SHORTEST_TRY, le=LONGEST_TRY)], ...], Meta(min_length=1, max_length=2)
    ]

    @property
    def best(self) -> int:
        """The better try, which counts, in milliseconds."""
        return min(self.tries)


class SessionSummary(Struct, frozen=True):
    """A session without its details, for lists.

    Attributes:
        start: its start and id.
        state: its status.
        planned: the planned workout.
        spent: how the time was spent.
        totals: its totals.
        away: milliseconds between interruptions and resumptions that are not part of a pause; always 0 in sessions of
            this version.
        feedback: the walker's feedback.
    """

    start: Start
    state: SessionStatus
    planned: Planned
    spent: Spent
    totals: Totals
    away: Ms = 0
    feedback: Feedback = field(default_factory=Feedback)

    @property
    def uuid(self) -> str:
        """The id of the session."""
        return self.start.uuid

    @property
    def counts(self) -> bool:
        """Whether it counts as a session for the plan and the totals: something was walked.

        One that was cancelled in its lead-in is kept, but does not count.
        """
        return bool(self.spent.walked)


class StoredSession(Struct, frozen=True):
    """A session with all details.

    Attributes:
        summary: its summary.
        intervals: its interval records, in order.
        pauses: its pauses.
        edits: its edits.
        measures: the sensor measurements of each interval; empty without sensors.
        traces: the sensor measurements of each second, in chunks.
    """

    summary: SessionSummary
    intervals: tuple[IntervalRecord, ...] = ()
    pauses: tuple[PauseRecord, ...] = ()
    edits: tuple[EditRecord, ...] = ()
    measures: tuple[IntervalMeasures, ...] = ()
    traces: tuple[TraceChunk, ...] = ()


class Period(Struct, frozen=True):
    """Totals of one day or week; lengths in milliseconds.

    Attributes:
        first: the first day.
        sessions: number of sessions that count.
        walked: total walking time.
        backward: the backward part of it.
        forward: the forward part of it, including warm-up and cool-down.
        turn: the part spent turning around.
        longest_backward: the longest backward bout.
        shown_walked: total walking time in seconds, the sum of what is shown for each session.
        shown_backward: the backward part of it.
    """

    first: date
    sessions: int
    walked: int
    backward: int
    forward: int
    turn: int
    longest_backward: int
    shown_walked: int
    shown_backward: int

    def with_more(self, other: Period) -> Period:
        """These totals and others together, from the same day on."""
        first, *sums = astuple(self)
        both = zip(self.__struct_fields__[1:], sums, astuple(other)[1:], strict=True)
        return Period(first, *(max(a, b) if name == "longest_backward" else a + b for name, a, b in both))


class Bests(Struct, frozen=True):
    """The sessions that hold a record; None if there is none."""

    longest_backward: SessionSummary | None
    most_backward: SessionSummary | None


class InterruptedSession(Struct, frozen=True):
    """A session whose program was killed.

    Attributes:
        start: its start and id.
        planned: the planned workout.
        record: the last saved record, from which `Session.restore` resumes it.
        seen: the wall-clock time of that record.
        away: milliseconds of earlier interruptions that are not part of a pause (of older versions).
    """

    start: Start
    planned: Planned
    record: Record
    seen: datetime
    away: int = 0

    @property
    def workout(self) -> Workout:
        """The workout, as of the start of the session.

        If that was edited by hand and is invalid, this has the intervals of the schedule.
        """
        try:
            return self.planned.workout()
        except WorkoutError:
            from retro_timer.scheduling.folding import fold

            return replace(fold(self.record.schedule), name=one_line(self.planned.name), id=self.planned.workout_id)

    @property
    def stopped_at(self) -> str:
        """Where it stopped, for a line: "12:05 of 20:00"."""
        return f"{clock_time(self.record.position // SECOND)} of {clock_time(self.record.schedule.total)}"
