"""Logging a walk by hand: what the walker enters becomes a session in the history, and can be changed later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from msgspec import Struct

from retro_timer.errors import UserError
from retro_timer.runtime.resolve import resolve
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.notation import format_length, format_notation, parse_length
from retro_timer.scheduling.phases import Phase
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, logged_id, logged_session, origin_of
from retro_timer.storage.rows import check_note
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retro_timer.session.history import SessionSummary, StoredSession
    from retro_timer.storage.history import History

NOON: Final = time(12)
"""When a walk of an earlier day began, if the walker does not say."""
EARLIEST_YEAR: Final = 2000
_DAY: Final = timedelta(days=1)
_MINUTES: Final = (Phase.FORWARD, Phase.BACKWARD)
"""The phases of `minutes_walked`."""


class LogError(UserError, ValueError):
    """What was entered cannot be a walk. The message is one clause."""


class EnteredWalk(Struct, frozen=True):
    """A walk as the walker enters it.

    Attributes:
        day: the local date.
        workout: what was walked; `minutes_walked` makes one of minutes.
        at: when it began; None for a free time on that day.
        longest: the longest backward bout in seconds; None takes it from the workout, 0 if it is not known.
        feedback: the answers about it.
    """

    day: date
    workout: Workout
    at: time | None = None
    longest: int | None = None
    feedback: Feedback = Feedback()


def time_of_day(text: str) -> time:
    """Parse a time of day such as 18:30.

    Raises:
        LogError: if it is not one.
    """
    try:
        found = time.fromisoformat(text.strip().zfill(5))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise LogError(f"expected a time such as 18:30, not {quoted(text)}")
    return found


def minutes(text: str) -> int:
    """Parse minutes such as 10, or a length such as 8:30 or 90s, into seconds.

    Raises:
        WorkoutError: if it is neither, or more than 4 hours.
    """
    found = text.strip()
    return parse_length(f"{found}m" if found.isdecimal() else found)


def minutes_walked(backward: int, forward: int) -> Workout:
    """A workout of the given seconds forward and backward.

    Raises:
        LogError: if both are 0.
        WorkoutError: if one is too long.
    """
    parts = zip(_MINUTES, (forward, backward), strict=True)
    blocks = tuple(Interval(phase, seconds) for phase, seconds in parts if seconds)
    if not blocks:
        raise LogError("say what you walked: a workout, or the minutes backward and forward")
    return Workout(blocks)


def log_walk(
    history: History, entered: EnteredWalk, now: datetime, replaces: SessionSummary | None = None
) -> StoredSession:
    """Add a walk to the history, or change one that was logged.

    Args:
        history: the history.
        entered: the walk.
        now: the wall clock.
        replaces: the logged session that is changed.

    Raises:
        LogError: if it is impossible, or there is a session at that time.
        RefusedError: if the note is invalid.
        StorageError: if it cannot be written.
    """
    check_note(entered.feedback.note)
    if entered.longest and entered.longest > entered.workout.backward_seconds:
        raise LogError("the longest bout is longer than all backward walking")
    near = [
        other
        for other in history.page(since=entered.day - _DAY, until=entered.day + _DAY, limit=1000)
        if replaces is None or other.uuid != replaces.uuid
    ]
    length = timedelta(seconds=entered.workout.total_seconds)
    started = _start(entered, now, near, length)
    uuid = replaces.uuid if replaces else logged_id(uuid4().bytes, Origin.HAND)
    start = Start(uuid, started, started.tzname() or "")
    longest = None if entered.longest is None else entered.longest * 1000
    session = logged_session(start, entered.workout, entered.feedback, longest_backward=longest)
    history.add(session)
    return session


def entered_of(session: StoredSession) -> EnteredWalk:
    """A logged session as it was entered.

    Raises:
        LogError: if the timer ran it, and so recorded what was walked.
        WorkoutError: if it was edited by hand and is invalid.
    """
    summary = session.summary
    if origin_of(summary.uuid) is Origin.TIMER:
        raise LogError("the timer ran this session: only the answers about it can be changed")
    started = summary.start.started
    return EnteredWalk(
        day=started.date(),
        workout=summary.planned.workout(),
        at=started.time(),
        longest=summary.totals.longest_backward // 1000,
        feedback=summary.feedback,
    )


class EnteredTexts(Struct, frozen=True):
    """A walk as it is typed; empty texts are left out.

    Attributes:
        day: a date.
        at: when it began.
        workout: a preset, an own workout or notation.
        backward: the minutes backward, instead of a workout.
        forward: the minutes forward.
        longest: the longest backward bout.
    """

    day: str
    at: str = ""
    workout: str = ""
    backward: str = ""
    forward: str = ""
    longest: str = ""

    @classmethod
    def of(cls, session: StoredSession) -> EnteredTexts:
        """What would be typed to log a logged session again.

        Raises:
            LogError: if the timer ran it.
        """
        entered = entered_of(session)
        only_minutes = not entered.workout.name and all(
            isinstance(block, Interval) and block.phase in _MINUTES for block in entered.workout.blocks
        )
        totals = session.summary.totals
        words = {
            "backward": format_length(totals.backward // 1000) if totals.backward else "",
            "forward": format_length(totals.forward // 1000) if totals.forward else "",
        }
        if not only_minutes:
            words = {"workout": entered.workout.id or format_notation(entered.workout)}
        at = f"{entered.at:%H:%M}" if entered.at else ""
        longest = format_length(entered.longest) if entered.longest else ""
        return cls(entered.day.isoformat(), at, longest=longest, **words)

    def entered(self, feedback: Feedback, own: Sequence[Workout]) -> EnteredWalk:
        """The walk.

        Args:
            feedback: the answers about it.
            own: the walker's own workouts.

        Raises:
            LogError: if a date or a time is invalid.
            WorkoutError: if a length or a workout is invalid.
        """
        try:
            day = date.fromisoformat(self.day.strip())
        except ValueError:
            raise LogError(f"expected a date such as 2026-03-02, not {quoted(self.day)}") from None
        at = time_of_day(self.at) if self.at.strip() else None
        backward, forward, longest = (
            minutes(text) if text.strip() else 0 for text in (self.backward, self.forward, self.longest)
        )
        if not self.workout.strip():
            return EnteredWalk(day, minutes_walked(backward, forward), at, longest, feedback)
        if backward or forward:
            raise LogError("give a workout, or the minutes backward and forward")
        return EnteredWalk(day, resolve(self.workout, own=own), at, longest or None, feedback)


def overlapping(start: datetime, length: timedelta, others: list[SessionSummary]) -> SessionSummary | None:
    """The first of some sessions that ran at the same time."""
    for other in others:
        began = other.start.started
        if began < start + length and start < began + timedelta(milliseconds=other.spent.total + other.away):
            return other
    return None


def _start(entered: EnteredWalk, now: datetime, near: list[SessionSummary], length: timedelta) -> datetime:
    """When a walk began: as entered, or at a time that is free."""
    if entered.day > now.date():
        raise LogError(f"{entered.day:%Y-%m-%d} is in the future")
    if entered.day.year < EARLIEST_YEAR:
        raise LogError(f"{entered.day:%Y-%m-%d} is too long ago: the history begins in {EARLIEST_YEAR}")
    if entered.at is not None:
        started = _local(datetime.combine(entered.day, entered.at), now)
        if started > now:
            raise LogError(f"{started:%Y-%m-%d %H:%M} is in the future")
        if other := overlapping(started, length, near):
            when = f"{other.start.started:%Y-%m-%d %H:%M}"
            raise LogError(f"there is a session at that time: {other.planned.title[:60]} of {when}")
        return started
    if entered.day == now.date():
        started = _local((now - length).replace(tzinfo=None, second=0, microsecond=0), now)
        started = max(started, _local(datetime.combine(entered.day, time(0)), now))
    else:
        started = _local(datetime.combine(entered.day, NOON), now)
    while (other := overlapping(started, length, near)) is not None:
        started = other.start.started - length
        if started.date() != entered.day:
            raise LogError("this day is full: say when the walk began")
    return started


def _local(moment: datetime, now: datetime) -> datetime:
    """A moment of the local clock with its offset from UTC, which differs in summer and in winter."""
    if now.astimezone().utcoffset() == now.utcoffset():
        return moment.astimezone()
    return moment.replace(tzinfo=now.tzinfo)
