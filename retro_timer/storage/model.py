"""What the history holds, as the screens and the plan read it: frozen and typed, free of SQL and cheap to import."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from retro_timer.session.engine import Spent
    from retro_timer.session.record import EditMade, PauseTaken, Planned, Record, Totals, WalkedInterval, WalkState

MAX_NOTE = 1000
"""Characters of a note."""


class NextDay(StrEnum):
    """How the day after a walk was."""

    NORMAL = "normal"
    SORE = "sore"
    UNTOLD = "untold"  # asked once, and not answered


class WeekStart(IntEnum):
    """The first day of a week; the values are those of `date.isoweekday`."""

    MONDAY = 1
    SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Start:
    """What is fixed when a session starts.

    Attributes:
        uuid: what the session is known by, in every copy of the history.
        started: the wall clock then, with its offset from UTC, so that a change of the zone or of summer time later
            does not move the walk to another day.
        zone: what the clock called its zone.
    """

    uuid: str
    started: datetime
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the walker said about a walk; None where nothing was said.

    Attributes:
        effort: Borg CR10, 0 to 10.
        stumble: whether there was a stumble or a grab at the rail.
        pain_before: 0 to 10.
        pain_after: 0 to 10.
        note: one line, at most `MAX_NOTE` characters.
        next_day: how the day after was.
        fall: whether there was a fall.
    """

    effort: int | None = None
    stumble: bool | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    note: str = ""
    next_day: NextDay | None = None
    fall: bool | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A walk as lists show it.

    Attributes:
        start: when, and what it is known by.
        state: how it stands.
        planned: what was to be walked.
        spent: where the time went.
        totals: what was walked.
        away: milliseconds between interruption and being taken up again, by the wall clock.
        feedback: what the walker said.
    """

    start: Start
    state: WalkState
    planned: Planned
    spent: Spent
    totals: Totals
    away: int = 0
    feedback: Feedback = field(default_factory=Feedback)

    @property
    def uuid(self) -> str:
        """What the walk is known by."""
        return self.start.uuid

    @property
    def day(self) -> date:
        """The local date on which it began."""
        return self.start.started.date()


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk with everything that happened in it."""

    summary: Summary
    intervals: tuple[WalkedInterval, ...] = ()
    pauses: tuple[PauseTaken, ...] = ()
    edits: tuple[EditMade, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """What one day or week adds up to; lengths in milliseconds.

    Attributes:
        first: its first day.
        sessions: how many walks began in it.
        walked: walked in all.
        backward: of it backward.
        forward: of it forward, warm-up and cool-down included.
        turn: of it turning around.
        longest_backward: the longest stretch backward.
    """

    first: date
    sessions: int
    walked: int
    backward: int
    forward: int
    turn: int
    longest_backward: int


@dataclass(frozen=True, slots=True)
class Bests:
    """The walks that hold a record; None without any."""

    longest_backward: Summary | None
    most_backward: Summary | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A walk whose program died.

    Attributes:
        start: when, and what it is known by.
        planned: what was to be walked.
        record: the walk as of the last moment that was kept: give `schedule`, `position` and `spent` to the session.
        seen: the wall clock at that moment.
        away: milliseconds it lay there before, by the wall clock.
    """

    start: Start
    planned: Planned
    record: Record
    seen: datetime
    away: int = 0
