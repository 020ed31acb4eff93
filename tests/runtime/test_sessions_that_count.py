"""A session cancelled in its lead-in is kept, but counts nowhere: one rule for the plan, days, weeks and totals."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from retro_timer.config.schema import Settings
from retro_timer.runtime.programme_report import report
from retro_timer.runtime.progress import Span, progress_of
from retro_timer.runtime.today import today_of
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback
from retro_timer.storage.memory import memory_history
from retro_timer.storage.programmes import eight_weeks
from retro_timer.storage.training_entries import entries_of
from retro_timer.training.case import Verdict
from retro_timer.training.plan import PlanChoices
from tests.storage.sessions import MORNING
from tests.storage.test_training_entries import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.runtime.today import Today
    from retro_timer.storage.history import History

LEAD_IN: Final = 3
"""Seconds: less than the lead-in."""
NOW: Final = MORNING + timedelta(hours=3)


@pytest.fixture
def history() -> Iterator[History]:
    with memory_history() as opened:
        yield opened


def today(history: History) -> Today:
    return today_of(history, Settings(), WeekStart.MONDAY, NOW)


def cancel(history: History, preset_id: str = "first-try", hours: float = 0, said: Feedback | None = None) -> None:
    session = session_of(preset_id, seconds=LEAD_IN, started=MORNING + timedelta(hours=hours))
    assert session.summary.spent.walked == 0
    assert not session.summary.counts
    history.add(session)
    if said is not None:
        assert history.give_feedback(session.summary.uuid, said)


def test_a_session_cancelled_in_its_lead_in_is_kept_and_counts_nowhere(history: History) -> None:
    before = today(history)
    for hour in range(2):
        cancel(history, hours=hour)
    assert len(history.page()) == 2, "the record is kept"
    assert today(history) == before
    assert history.days() == ()
    progress = progress_of(history, Span.FOUR_WEEKS, NOW, WeekStart.MONDAY)
    assert (progress.sessions, progress.minutes, progress.streak.weeks, progress.preset_ids) == (0, {}, 0, ())
    assert {bucket.sessions for bucket in progress.buckets} == {0}
    entries = entries_of(history, NOW).entries
    page = report(eight_weeks(), entries, (), NOW.date(), choices=PlanChoices(), imperial=False)
    assert "- 0 sessions on 0 days" in page


def test_a_second_of_walking_counts(history: History) -> None:
    session = session_of(seconds=11)
    assert session.summary.counts
    history.add(session)
    day = today(history)
    assert (day.week.sessions, day.streak.weeks, len(history.days())) == (1, 1, 1)


def test_it_neither_ends_a_gap_nor_lifts_the_stop_after_a_fall(history: History) -> None:
    fell = session_of(started=MORNING - timedelta(days=20))
    history.add(fell)
    cancel(history)
    assert today(history).advice.reason == "Your last walk was 20 days ago."
    assert history.give_feedback(fell.summary.uuid, Feedback(fall=True))
    assert today(history).advice.action is Verdict.STOP


def test_a_fall_before_the_first_step_still_stops_the_plan(history: History) -> None:
    history.add(session_of(started=MORNING - timedelta(days=2)))
    cancel(history, said=Feedback(fall=True))
    assert today(history).advice.action is Verdict.STOP
