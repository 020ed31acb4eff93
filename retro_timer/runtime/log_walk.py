"""Logging a walk by hand: what the walker enters becomes a session in the history."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from msgspec import Struct

from retro_timer.runtime.walk_times import LogError, check_day, check_time, free_time, local_time, sessions_near
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.notation import parse_length
from retro_timer.scheduling.phases import Phase
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, logged_id, logged_session
from retro_timer.storage.rows import check_note
from retro_timer.training.entry import MAX_SECONDS

if TYPE_CHECKING:
    from retro_timer.session.history import StoredSession
    from retro_timer.session.record import Planned
    from retro_timer.storage.history import History

_MINUTES: Final = (Phase.FORWARD, Phase.BACKWARD)
"""The phases of a workout that is made of minutes."""


class EnteredWalk(Struct, frozen=True):
    """A walk as the walker enters it.

    Attributes:
        day: the local date.
        workout: what was walked; see `what_was_walked`.
        at: when it began; None for a free time on that day.
        longest: the longest backward bout in seconds; None takes it from the workout, 0 if it is not known.
        feedback: the answers about it.
    """

    day: date
    workout: Workout
    at: time | None = None
    longest: int | None = None
    feedback: Feedback = Feedback()


def minutes(text: str) -> int:
    """Parse minutes such as 10, or a length such as 8:30 or 90s, into seconds.

    Raises:
        WorkoutError: if it is neither, or more than 4 hours.
    """
    found = text.strip()
    return parse_length(f"{found}m" if found.isdecimal() else found)


def what_was_walked(workout: Workout | None, backward: int | None, forward: int | None) -> Workout:
    """The workout that was given, or one of the given seconds forward and backward; None for what was not given.

    Raises:
        LogError: if both a workout and seconds were given, or nothing.
        WorkoutError: if a length is too long.
    """
    if workout is not None:
        if (backward, forward) != (None, None):
            raise LogError("give a workout, or the minutes backward and forward")
        return workout
    parts = zip(_MINUTES, (forward, backward), strict=True)
    blocks = tuple(Interval(phase, seconds) for phase, seconds in parts if seconds)
    if not blocks:
        raise LogError("say what you walked: a workout, or the minutes backward and forward")
    return Workout(blocks)


def is_only_minutes(planned: Planned) -> bool:
    """Whether what was walked is like a workout that is made of minutes."""
    try:
        blocks = planned.workout().blocks
    except WorkoutError:  # the database was edited by hand
        return False
    return not planned.name and all(isinstance(block, Interval) and block.phase in _MINUTES for block in blocks)


def check_walked(workout: Workout) -> timedelta:
    """The length of a walk.

    Raises:
        LogError: if it is longer than a day, which the plan would leave out.
    """
    if workout.total_seconds > MAX_SECONDS:
        raise LogError(f"a walk takes {MAX_SECONDS // 3600} hours at most")
    return timedelta(seconds=workout.total_seconds)


def check_longest(longest: int | None, backward: int) -> None:
    """Check the longest bout, in seconds.

    Raises:
        LogError: if it is longer than all backward walking.
    """
    if longest and longest > backward:
        raise LogError("the longest bout is longer than all backward walking")


def log_walk(history: History, entered: EnteredWalk, now: datetime) -> StoredSession:
    """Add a walk to the history.

    Args:
        history: the history.
        entered: the walk.
        now: the wall clock.

    Raises:
        LogError: if it is impossible, or there is a session at that time.
        RefusedError: if the note is invalid.
        StorageError: if it cannot be written.
    """
    check_note(entered.feedback.note)
    check_longest(entered.longest, entered.workout.backward_seconds)
    length = check_walked(entered.workout)
    check_day(entered.day, now)
    near = sessions_near(history, entered.day)
    if entered.at is None:
        started = free_time(entered.day, length, near, now)
    else:
        started = local_time(datetime.combine(entered.day, entered.at), now)
        check_time(started, length, near, now)
    start = Start(logged_id(uuid4().bytes, Origin.HAND), started, started.tzname() or "")
    longest = None if entered.longest is None else entered.longest * 1000
    session = logged_session(start, entered.workout, entered.feedback, longest_backward=longest)
    history.add(session)
    return session
