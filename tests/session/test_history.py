"""What the history knows of a session without its details."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.history import (
    LONGEST_TRY,
    SHORTEST_TRY,
    Feedback,
    InterruptedSession,
    SessionSummary,
    Start,
    WalkTest,
    calendar_day,
    day_at,
)
from retro_timer.session.record import Planned, Record, SessionStatus, Totals
from retro_timer.session.spent import Spent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANSWERED = {"effort": 0, "pain_after": 0, "stumble": False, "fall": False}


def test_feedback_is_complete_when_all_is_answered_even_with_nothing() -> None:
    assert Feedback(**ANSWERED).is_complete  # type: ignore[arg-type]  # by name
    assert not Feedback().is_complete
    for name in ANSWERED:
        assert not Feedback(**{**ANSWERED, name: None}).is_complete  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(("hour", "day_ends", "day"), [(0, 0, 2), (0, 4, 1), (3, 4, 1), (4, 4, 2), (23, 4, 2)])
def test_a_day_may_end_after_midnight(hour: int, day_ends: int, day: int) -> None:
    assert day_at(datetime(2026, 3, 2, hour, tzinfo=UTC), day_ends) == date(2026, 3, day)


def test_the_better_try_counts() -> None:
    assert WalkTest("", NOON, (4_000, 3_500)).best == 3_500
    assert WalkTest("", NOON, (4_000,)).best == 4_000
    assert (SHORTEST_TRY, LONGEST_TRY) == (1_000, 60_000)


def test_a_session_belongs_to_the_day_it_started_on_by_its_own_clock() -> None:
    planned = Planned.of(parse("back 1m"))
    record = Record(SessionStatus.WALKING, flatten(parse("back 1m")), 0, Spent())
    started = datetime(2026, 3, 2, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    summary = SessionSummary(Start("some-id", started), record.state, planned, Spent(), Totals.of(record, planned))
    assert (summary.uuid, calendar_day(summary.start.started)) == ("some-id", date(2026, 3, 2))
    assert (summary.away, summary.feedback) == (0, Feedback())


@pytest.mark.parametrize(("position", "shown"), [(0, "0:00 of 2:00"), (61_999, "1:01 of 2:00")])
def test_where_an_interrupted_session_stopped(position: int, shown: str) -> None:
    workout = parse("back 2m")
    record = Record(SessionStatus.WALKING, flatten(workout), position, Spent())
    interrupted = InterruptedSession(Start("some-id", NOON), Planned.of(workout), record, NOON)
    assert interrupted.stopped_at == shown
    assert interrupted.away == 0


@pytest.mark.parametrize(
    ("status", "over"),
    [
        (SessionStatus.WALKING, False),
        (SessionStatus.FINISHED, True),
        (SessionStatus.ENDED_EARLY, True),
        (SessionStatus.INTERRUPTED, False),
    ],
)
def test_which_sessions_are_over(status: SessionStatus, over: bool) -> None:
    assert status.is_over is over
