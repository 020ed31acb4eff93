"""Changing a logged walk: only what the walker changes; the rest stays as it was recorded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.clock import later
from retro_timer.runtime.log_walk import check_longest, check_walked, what_was_walked
from retro_timer.runtime.walk_times import LogError, check_day, check_time, local_time, sessions_near
from retro_timer.session.history import calendar_day
from retro_timer.session.logged import Origin, logged_session, origin_of
from retro_timer.session.states import SECOND, shown_seconds
from retro_timer.storage.rows import check_note

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout
    from retro_timer.session.history import Feedback, SessionSummary, StoredSession
    from retro_timer.storage.history import History

_DAY: Final = timedelta(days=1)


class WalkChanges(Struct, frozen=True):
    """What to change about a walk; None for what stays as it is.

    Attributes:
        day: the date.
        at: when it began, by the clock of the time zone in which it was walked.
        workout: what was walked.
        backward: instead of a workout, the seconds backward.
        forward: the seconds forward.
        longest: the longest backward bout in seconds, 0 if it is not known.
        feedback: the answers about it.
    """

    day: date | None = None
    at: time | None = None
    workout: Workout | None = None
    backward: int | None = None
    forward: int | None = None
    longest: int | None = None
    feedback: Feedback | None = None


def change_walk(history: History, session: StoredSession, changes: WalkChanges, now: datetime) -> StoredSession:
    """Change a logged walk, or the answers about any session.

    Args:
        history: the history.
        session: the session as the walker saw it; what was changed elsewhere since then stays.
        changes: what to change.
        now: the wall clock.

    Raises:
        LogError: if the session is gone, or if the walk becomes impossible, overlaps a session, or would lose what was
            measured or timed.
        WorkoutError: if a length is invalid.
        RefusedError: if the note is invalid.
        StorageError: if it cannot be written.
    """
    seen, stored = session.summary.feedback, history.session(session.summary.uuid)
    if stored is None:
        raise LogError("this session is no longer in the history")
    feedback = seen if changes.feedback is None else changes.feedback
    check_note(feedback.note)
    changed = _with(stored, feedback=feedback)
    if changes == WalkChanges(feedback=changes.feedback):
        history.give_feedback(session.summary.uuid, feedback, seen)
        return changed
    if origin_of(session.summary.uuid) is Origin.TIMER:
        raise LogError("the timer ran this session: only the answers about it can be changed")
    changed = _with_longest(_moved(_walked(changed, changes), changes, now), changes.longest)
    _check_time(history, stored.summary, changed.summary, now)
    history.add(changed, seen)
    return changed


def _walked(session: StoredSession, changes: WalkChanges) -> StoredSession:
    """The session with another workout, or other minutes; its intervals are then those of the workout."""
    backward, forward, totals = changes.backward, changes.forward, session.summary.totals
    if (changes.workout, backward, forward) == (None, None, None):
        return session
    longest: int | None = None
    if changes.workout is None:
        backward = shown_seconds(totals.backward) if backward is None else backward
        forward = shown_seconds(totals.forward) if forward is None else forward
        longest = totals.longest_backward if totals.longest_backward <= backward * SECOND else 0
    workout = what_was_walked(changes.workout, backward, forward)
    if session.measures or session.traces or session.pauses:
        raise LogError(
            "its laps were measured, and a change of what was walked would lose that: delete it, and import the file "
            "again with other phases"
        )
    check_walked(workout)
    return logged_session(session.summary.start, workout, session.summary.feedback, longest_backward=longest)


def _moved(session: StoredSession, changes: WalkChanges, now: datetime) -> StoredSession:
    """The session at another time, in its own time zone; the time in its minute stays if the minute stays.

    If that is this computer's time zone, it has the offset from UTC that is valid then: in summer or in winter.
    """
    start = session.summary.start
    before = start.started
    if changes.day is not None:
        check_day(changes.day, later(now, _DAY))  # it may be tomorrow already in the session's time zone
    at = changes.at
    if at is None or at == before.time().replace(second=0, microsecond=0):
        at = before.time()
    day = changes.day or calendar_day(before)
    if (day, at) == (calendar_day(before), before.time()):
        return session
    started = datetime.combine(day, at, before.tzinfo)
    if before.astimezone().utcoffset() == before.utcoffset():
        started = local_time(started.replace(tzinfo=None), now)
        start = replace(start, zone=started.tzname() or "")
    return _with(session, start=replace(start, started=started))


def _with_longest(session: StoredSession, longest: int | None) -> StoredSession:
    totals = session.summary.totals
    check_longest(longest, shown_seconds(totals.backward))
    return session if longest is None else _with(session, totals=replace(totals, longest_backward=longest * SECOND))


def _check_time(history: History, before: SessionSummary, after: SessionSummary, now: datetime) -> None:
    """Check the time of a walk if it was moved, or its length was changed."""
    if after.start == before.start and after.spent == before.spent:
        return
    started, length = after.start.started, timedelta(milliseconds=after.spent.total)
    check_time(started, length, sessions_near(history, calendar_day(started), before.uuid), now)


def _with(session: StoredSession, **changes: object) -> StoredSession:
    """The session with changes to its summary."""
    return replace(session, summary=replace(session.summary, **changes))
