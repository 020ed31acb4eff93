"""Marks in the history change nothing that is said: with them and without, the plan and the streak are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from retro_timer.progress import Span, means, progress_of
from retro_timer.scheduling.plan import PlanChoices, advise
from retro_timer.scheduling.plan_weeks import RUNG_ORDER
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import WeekStart
from retro_timer.scheduling.week import streak
from retro_timer.storage import past
from retro_timer.storage.model import Feedback, NextDay
from retro_timer.storage.past import lately_of
from retro_timer.storage.practice import practices_of
from retro_timer.storage.problems import BusyError
from retro_timer.storage.writer import write_walk
from tests.storage.test_practice import walk_of
from tests.storage.walks import MORNING

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from retro_timer.storage.history import History

MONDAY = WeekStart.MONDAY


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "STEP", 5)


def fill(history: History, count: int, *, every: timedelta = timedelta(hours=50)) -> datetime:
    """Walks up the ladder, some of which went wrong; returns the day after the last."""
    ladder = [walk_of(workout.id) for workout in presets()]
    with history.database.writing() as connection:
        for index in range(count):
            walked = ladder[min(len(ladder) - 1, index // 6)]
            start = replace(walked.summary.start, uuid=str(UUID(int=index)), started=MORNING + index * every)
            said = Feedback(effort=2 + index % 5, stumble=index % 11 == 0, next_day=NextDay.NORMAL)
            write_walk(connection, replace(walked, summary=replace(walked.summary, start=start, feedback=said)))
    return MORNING + count * every


def marks(history: History) -> int:
    found: int = history.database.read("SELECT count(*) FROM marks")[0][0]
    return found


def assert_same(history: History, now: datetime) -> None:
    """What is said from the marks on is what is said from the first walk on."""
    everything, today = practices_of(history, now), now.date()
    for start in ("floor-first", "starter"):
        lately = lately_of(history, now, MONDAY, start)
        choices = PlanChoices(start=start)
        assert advise(lately.practices, today, choices, before=lately.before) == advise(
            everything.practices, today, choices
        )
        run = lately.before.run if lately.before else None
        assert streak(lately.practices, today, MONDAY, run) == streak(everything.practices, today, MONDAY)
        assert sorted(lately.problems) == sorted(everything.problems)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 11, 40, 90])
def test_marks_change_nothing(history: History, count: int) -> None:
    now = fill(history, count)
    for days in (0, 1, 6, 20, 400):
        assert_same(history, now + timedelta(days=days))
    assert_same(history, now)
    assert bool(marks(history)) == (count >= 5)


def test_a_second_look_reads_from_the_last_mark_on(history: History) -> None:
    now = fill(history, 90)
    first = lately_of(history, now, MONDAY, "starter")
    kept = marks(history)
    assert len(first.practices) < 5 + 14
    assert lately_of(history, now, MONDAY, "starter") == first
    assert marks(history) == kept


def test_an_answer_about_an_old_walk_is_heard(history: History) -> None:
    now = fill(history, 90)
    assert_same(history, now)
    before = marks(history)
    assert history.give_feedback(str(UUID(int=40)), Feedback(effort=9, fall=True))
    assert 0 < marks(history) < before
    assert_same(history, now)


def test_a_walk_that_is_deleted_is_forgotten(history: History) -> None:
    now = fill(history, 60)
    assert_same(history, now)
    for index in (0, 30, 59):
        history.delete(str(UUID(int=index)))
        assert_same(history, now)


def test_a_clock_that_was_set_back_reads_what_was_then(history: History) -> None:
    now = fill(history, 60)
    assert_same(history, now)
    assert_same(history, MORNING + timedelta(days=40))


def test_a_walk_that_cannot_be_true_is_named_however_old_it_is(history: History) -> None:
    now = fill(history, 60)
    for change in ("longest_backward = backward + 1000 WHERE id = 7", "walked = 100000000000 WHERE id = 30"):
        history.database.connection.execute(f"UPDATE sessions SET {change}")  # noqa: S608  (from above)
        assert_same(history, now)
    assert_same(history, now)
    assert len(lately_of(history, now, MONDAY).problems) == 2


def test_a_mark_that_is_damaged_or_of_another_version_is_made_again(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = fill(history, 60)
    assert_same(history, now)
    history.database.connection.execute("UPDATE marks SET past = '[7]'")
    assert_same(history, now)
    monkeypatch.setattr(past, "__version__", "another")
    history.database.connection.execute("UPDATE marks SET past = '[7]'")
    assert_same(history, now)


def test_no_mark_is_left_when_the_history_changes_meanwhile_or_cannot_be_written(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = fill(history, 60)
    monkeypatch.setattr(past, "_state", lambda _: object())
    assert len(lately_of(history, now, MONDAY).practices) < 60
    assert marks(history) == 0
    monkeypatch.undo()

    def busy(**_: bool) -> sqlite3.Connection:
        raise BusyError("another process writes")

    monkeypatch.setattr(history.database, "writing", busy)
    assert_same(history, now)
    assert marks(history) == 0


@pytest.mark.parametrize("span", Span)
def test_progress_is_the_same_with_marks(history: History, span: Span) -> None:
    now = fill(history, 200)
    first = progress_of(history, span, now, MONDAY)
    assert marks(history)
    assert progress_of(history, span, now, MONDAY) == first
    assert first.streak == streak(practices_of(history, now).practices, now.date(), MONDAY)
    said = [walked for walked in practices_of(history, now).practices if walked.day >= first.first]
    assert first.sessions == len(said)
    starts = [bucket.first for bucket in first.buckets] if first.by_month else None
    assert first.efforts == means(((walked.day, walked.effort or 0, 1) for walked in said), starts)
    rungs = ((walked.day, RUNG_ORDER[walked.preset or ""] + 1, 1) for walked in said)
    assert first.rungs == means(rungs, starts)
