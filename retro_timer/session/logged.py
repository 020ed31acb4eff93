"""Logged sessions: walked without the timer, and entered by hand or imported from another program.

The id of a session records how it got into the history, so that every copy, export and repair keeps that information
(docs/adr/0015). The timer's sessions have ids of version 4; logged ones have ids of version 8, whose content is up to
the program (RFC 9562, 5.8).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.events import PauseReason
from retro_timer.session.history import SessionSummary, StoredSession
from retro_timer.session.record import IntervalRecord, Leaving, PauseRecord, Planned, Record, SessionStatus, Totals
from retro_timer.session.spent import Spent
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import Feedback, Start


class Origin(StrEnum):
    """How a session got into the history; the values are shown."""

    TIMER = ""
    HAND = "by hand"
    IMPORT = "imported"


_VERSION: Final = 14
"""The index of the version in an id; the next character tells the kind of logged session."""
_MARKS: Final = {Origin.HAND: "81", Origin.IMPORT: "82"}


def logged_id(content: bytes, origin: Origin) -> str:
    """An id for a logged session.

    Args:
        content: sixteen bytes, random or identifying an imported activity.
        origin: how the session gets into the history.
    """
    digits = content.hex()
    return f"{digits[:8]}-{digits[8:12]}-{_MARKS[origin]}{digits[14:16]}-8{digits[17:20]}-{digits[20:]}"


def origin_of(uuid: str) -> Origin:
    """How a session got into the history."""
    mark = uuid[_VERSION : _VERSION + 2]
    return next((origin for origin, known in _MARKS.items() if mark == known), Origin.TIMER)


class Spell(NamedTuple):
    """The walking time of one interval, and the length of the pause after it, in milliseconds."""

    walked: int
    paused: int = 0


def logged_session(
    start: Start,
    workout: Workout,
    feedback: Feedback,
    *,
    spells: Sequence[Spell] = (),
    longest_backward: int | None = None,
) -> StoredSession:
    """A session that was walked completely.

    Args:
        start: its start, with an id of `logged_id`.
        workout: the workout that was walked.
        feedback: the walker's feedback.
        spells: one for each interval of the workout; empty if each was walked for exactly its length.
        longest_backward: the longest backward bout in milliseconds, 0 if it is unknown; None computes it from the
            intervals.
    """
    schedule = flatten(workout)
    walked = spells or [Spell(entry.duration * SECOND) for entry in schedule]
    intervals, pauses, at, position = [], [], 0, 0
    for index, (entry, spell) in enumerate(zip(schedule, walked, strict=True)):
        intervals.append(IntervalRecord.of(entry, index, at, walked=spell.walked, left=Leaving.COMPLETE))
        at, position = at + spell.walked, position + spell.walked
        if spell.paused:
            pauses.append(PauseRecord(at, position, spell.paused, PauseReason.WALKER))
            at += spell.paused
    spent = Spent(walked=position, paused=at - position)
    longest = _longest(intervals) if longest_backward is None else longest_backward
    record = Record(
        SessionStatus.FINISHED,
        schedule,
        schedule.total * SECOND,
        spent,
        tuple(intervals),
        tuple(pauses),
        longest_backward=longest,
    )
    planned = Planned.of(workout)
    summary = SessionSummary(start, record.state, planned, spent, Totals.of(record, planned), feedback=feedback)
    return StoredSession(summary, record.intervals, record.pauses)


def _longest(intervals: Sequence[IntervalRecord]) -> int:
    """The longest backward bout: consecutive backward intervals are one bout, unless there was a pause between them."""
    longest = bout = ended = 0
    for interval in intervals:
        follows = bout if interval.at == ended else 0
        bout = follows + interval.walked if interval.phase is Phase.BACKWARD else 0
        longest = max(longest, bout)
        ended = interval.at + interval.walked
    return longest
