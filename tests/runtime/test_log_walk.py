"""When a walk without the timer can have been: never in the future, and never for longer than a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest

from retro_timer.runtime.log_walk import EnteredWalk, log_walk
from retro_timer.runtime.walk_times import LogError
from retro_timer.scheduling.notation import parse
from tests.storage.sessions import stored_session

if TYPE_CHECKING:
    from retro_timer.storage.history import History

TODAY = date(2026, 3, 2)


def log(history: History, workout: str, now: str, day: date = TODAY, at: time | None = None) -> str:
    """Log a walk at a time of `TODAY`. Returns when it began."""
    moment = datetime.combine(TODAY, time.fromisoformat(now), UTC)
    return f"{log_walk(history, EnteredWalk(day, parse(workout), at), moment).summary.start.started:%d %H:%M}"


def test_a_walk_ends_now_at_the_latest(history: History) -> None:
    with pytest.raises(LogError, match="it would end at 2026-03-03 06:00, in the future"):
        log(history, "3x(back 4h)", "18:17", at=time(18))
    with pytest.raises(LogError, match="2026-03-02 18:18 is in the future"):
        log(history, "back 1m", "18:17", at=time(18, 18))
    assert log(history, "back 17m", "18:17", at=time(18)) == "02 18:00"
    assert log(history, "5x(back 4h)", "07:30", day=date(2026, 3, 1)) == "01 11:30", "not until 8:00 today"


def test_shortly_after_midnight_it_began_yesterday(history: History) -> None:
    assert [log(history, "back 8m", "00:05:30") for _ in range(3)] == ["01 23:57", "01 23:49", "01 23:41"]


def test_a_day_is_full_when_nothing_fits(history: History) -> None:
    for day in (TODAY, date(2026, 3, 1)):
        log(history, "3x(back 4h)", "20:00", day=day)
        with pytest.raises(LogError, match="this day is full: say when the walk began"):
            log(history, "4x(back 4h)", "20:00", day=day)


def test_a_walk_takes_a_day_at_most(history: History) -> None:
    with pytest.raises(LogError, match="a walk takes 24 hours at most"):
        log(history, "6x(fwd 4h), fwd 1s", "20:00", day=date(2026, 2, 1))
    assert log(history, "6x(fwd 4h)", "20:00", day=date(2026, 2, 1)) == "01 12:00"


@pytest.mark.usefixtures("central_europe")
def test_a_walk_over_a_change_of_the_clocks_began_its_length_ago(history: History) -> None:
    now = datetime.fromisoformat("2026-10-25T02:30+01:00")
    walked = log_walk(history, EnteredWalk(now.date(), parse("4x(back 15m)")), now)
    assert walked.summary.start.started.isoformat() == "2026-10-25T02:30:00+02:00"


def test_a_free_time_is_on_the_day_wherever_the_other_session_was_walked(history: History) -> None:
    history.add(stored_session(datetime.fromisoformat("2026-03-02T02:01+14:00")))  # 12:01 on the day before, in UTC
    assert log(history, "back 35m", "18:00", day=date(2026, 3, 1)) == "01 11:26"
