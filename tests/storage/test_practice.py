"""From the rows of the history to what the plan sees, what is left out, and why."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.scheduling.notation import format_workout
from retro_timer.scheduling.practice import NextDay as PlanNextDay
from retro_timer.scheduling.presets import LADDER, preset
from retro_timer.session.record import Planned
from retro_timer.storage.model import Feedback, NextDay
from retro_timer.storage.opening import FILE_NAME, open_history
from retro_timer.storage.practice import keyed_practices, practices_of
from retro_timer.storage.problems import DamagedError
from tests.storage.walks import MORNING, walk

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.scheduling.practice import Practice
    from retro_timer.storage.history import History
    from retro_timer.storage.model import Walk

NOW = MORNING + timedelta(days=30)


def walk_of(workout_id: str = "first-try", *, rung: str | None = None, **changes: Any) -> Walk:  # noqa: ANN401
    """A walk of a preset, chosen from the list unless a rung is given."""
    workout = preset(workout_id)
    walked = walk(notation=format_workout(workout), **changes)
    return replace(walked, summary=replace(walked.summary, planned=Planned.of(workout, rung)))


def only(history: History, now: datetime = NOW) -> Practice:
    practices, problems, _ = practices_of(history, now)
    assert not problems
    return practices[0]


@pytest.mark.parametrize("rung", [rung.id for rung in LADDER])
def test_a_preset_walked_as_it_is_counts_for_its_rung(history: History, rung: str) -> None:
    history.add(walk_of(rung))
    practice = only(history)
    assert (practice.preset, practice.complete, practice.share) == (rung, True, 1.0)
    assert practice.day == MORNING.date()
    workout = preset(rung)
    assert (practice.walked_seconds, practice.backward_seconds) == (workout.total_seconds, workout.backward_seconds)


def test_a_preset_with_other_lengths_is_a_workout_of_ones_own(history: History) -> None:
    walked = walk_of()
    planned = replace(walked.summary.planned, notation="back 1m, fwd 1m")
    history.add(replace(walked, summary=replace(walked.summary, planned=planned)))
    assert only(history).preset is None


def test_what_the_plan_said_counts_for_its_rung(history: History) -> None:
    history.add(walk_of("builder", rung="starter"))
    assert only(history).preset == "starter"


@pytest.mark.parametrize(("seconds", "complete"), [(480, True), (479, False), (240, False)])
def test_a_walk_that_was_ended_early_is_incomplete(history: History, seconds: int, complete: bool) -> None:
    history.add(walk_of(seconds=seconds + 10))  # the lead-in
    assert only(history).complete is complete


def test_a_walk_cut_short_on_the_way_is_incomplete(history: History) -> None:
    walked = walk_of()
    for share, complete in ((0.96, True), (0.9, False)):
        totals = replace(walked.summary.totals, completion=share)
        history.add(replace(walked, summary=replace(walked.summary, totals=totals)))
        assert only(history).complete is complete


@pytest.mark.parametrize(
    ("next_day", "told"),
    [(NextDay.NORMAL, PlanNextDay.NORMAL), (NextDay.SORE, PlanNextDay.SORE), (NextDay.UNTOLD, None), (None, None)],
)
def test_what_was_said_is_there(history: History, next_day: NextDay | None, told: PlanNextDay | None) -> None:
    walked = walk_of()
    history.add(walked)
    said = Feedback(effort=4, stumble=True, fall=False, pain_before=1, pain_after=2, next_day=next_day)
    assert history.give_feedback(walked.summary.uuid, said)
    practice = only(history)
    assert (practice.effort, practice.stumble, practice.fall) == (4, True, False)
    assert (practice.pain_before, practice.pain_after, practice.next_day) == (1, 2, told)


def test_a_walk_in_the_future_is_left_out_by_its_date(history: History) -> None:
    history.add(walk_of(started=NOW + timedelta(days=2)))
    practices, problems, _ = practices_of(history, NOW)
    assert practices == ()
    assert problems == (
        f"the walk of {(NOW + timedelta(days=2)).date()} lies in the future; today is {NOW.date()}; it is left out",
    )


def test_a_walk_of_tomorrow_in_another_zone_is_todays(history: History) -> None:
    """Walked on Tuesday morning in Tokyo; it is still Monday evening in New York."""
    tokyo = datetime(2026, 3, 3, 8, 0, tzinfo=timezone(timedelta(hours=9)))
    new_york = datetime(2026, 3, 2, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert tokyo < new_york
    history.add(walk_of(started=tokyo))
    assert only(history, new_york).day == new_york.date()


def test_walks_come_oldest_first(history: History) -> None:
    for days in (3, 1, 2):
        history.add(walk_of(started=MORNING + timedelta(days=days)))
    found = [practice.day for practice in practices_of(history, NOW).practices]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("longest_backward = backward + 1000", "impossible lengths backward"),
        ("walked = 100000000000", "impossible length"),
    ],
)
def test_an_edited_walk_that_cannot_be_true_is_left_out_by_its_date(tmp_path: Path, change: str, says: str) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(walk_of())
    edit(tmp_path, change)
    with open_history(tmp_path, lambda: MORNING).history as history:
        practices, problems, _ = practices_of(history, NOW)
    assert practices == ()
    assert "2026-03-02" in problems[0]
    assert says in problems[0]


def test_an_edited_walk_that_is_none_is_damage(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(walk_of())
    edit(tmp_path, "workout_id = 12, notation = ''")
    with open_history(tmp_path, lambda: MORNING).history as history, pytest.raises(DamagedError):
        practices_of(history, NOW)


def test_the_walk_that_goes_on_is_not_there(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(walk_of())
    edit(tmp_path, "state = 'walking'")
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert practices_of(history, NOW).practices == ()
        assert keyed_practices(history, NOW) == []


def edit(directory: Path, change: str) -> None:
    """Change the history by hand."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.execute(f"UPDATE sessions SET {change}")  # noqa: S608  (what a hand might write)
        connection.commit()


def test_moments_are_compared_whatever_their_zone(history: History) -> None:
    history.add(walk_of(started=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
    assert only(history, datetime(2026, 3, 2, 10, 0, tzinfo=UTC)).day == datetime(2026, 3, 2, tzinfo=UTC).date()
