"""When a logged walk was: what can be, and which time is free."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from retro_timer.clock import later
from retro_timer.errors import UserError
from retro_timer.session.history import calendar_day
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from retro_timer.session.history import SessionSummary
    from retro_timer.storage.history import History

NOON: Final = time(12)
"""When a walk of an earlier day began, if the walker does not say."""
EARLIEST_YEAR: Final = 2000
_DAY: Final = timedelta(days=1)
_NEAR: Final = 2 * _DAY
"""Sessions of these many days before and after a day may overlap it: time zones are up to 26 hours apart."""


class LogError(UserError, ValueError):
    """What was entered cannot be a walk. The message is one clause."""


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


def sessions_near(history: History, day: date, but: str | None = None) -> list[SessionSummary]:
    """The sessions that may overlap a walk of a day, except one.

    Args:
        history: the history.
        day: the day.
        but: the uuid of the session that is left out.
    """
    near = history.page(since=day - _NEAR, until=day + _NEAR, limit=1000)
    return [session for session in near if session.uuid != but]


def overlapping(start: datetime, length: timedelta, others: Iterable[SessionSummary]) -> SessionSummary | None:
    """The first of some sessions that ran at the same time."""
    for other in others:
        began = other.start.started
        if began < start + length and start < began + timedelta(milliseconds=other.spent.total + other.away):
            return other
    return None


def check_day(day: date, now: datetime) -> None:
    """Check that a walk can have been on a day of the local calendar.

    Raises:
        LogError: if the day is in the future, or too long ago.
    """
    if day > calendar_day(now):
        raise LogError(f"{day:%Y-%m-%d} is in the future")
    _check_year(day)


def check_time(start: datetime, length: timedelta, others: Iterable[SessionSummary], now: datetime) -> None:
    """Check that a walk can have been at a time.

    Raises:
        LogError: if it is in the future, too long ago, or there is a session at that time.
    """
    _check_year(start)
    if start > now:
        raise LogError(f"{start:%Y-%m-%d %H:%M} is in the future")
    if start + length > now:
        raise LogError(f"it would end at {later(start, length):%Y-%m-%d %H:%M}, in the future")
    if other := overlapping(start, length, others):
        when = f"{other.start.started:%Y-%m-%d %H:%M}"
        raise LogError(f"there is a session at that time: {other.planned.title[:60]} of {when}")


def free_time(day: date, length: timedelta, others: Iterable[SessionSummary], now: datetime) -> datetime:
    """A time on a day at which a walk of this length can have begun, and no session ran.

    A walk of today ends now at the latest, so that shortly after midnight it began yesterday.

    Raises:
        LogError: if there is none.
    """
    latest = later(now, -length).replace(second=0, microsecond=0)
    start = latest if day == calendar_day(now) else min(latest, local_time(datetime.combine(day, NOON), now))
    earliest = now - _DAY if day == calendar_day(now) else local_time(datetime.combine(day, time(0)), now)
    sessions = list(others)
    while start >= earliest:
        other = overlapping(start, length, sessions)
        if other is None:
            return start
        start = later(start, other.start.started - length - start)  # in this time zone, wherever the other was walked
    raise LogError("this day is full: say when the walk began")


def local_time(moment: datetime, now: datetime) -> datetime:
    """A moment of the local clock with its offset from UTC, which differs in summer and in winter."""
    if now.astimezone().utcoffset() == now.utcoffset():
        return moment.astimezone()
    return moment.replace(tzinfo=now.tzinfo)


def _check_year(day: date) -> None:
    if day.year < EARLIEST_YEAR:
        raise LogError(f"{day:%Y-%m-%d} is too long ago: the history begins in {EARLIEST_YEAR}")
