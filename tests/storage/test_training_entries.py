"""Training entries from the rows of the history: what the plan sees, and what is left out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from retro_timer.config.schema import PlanSettings, Settings
from retro_timer.runtime.today import today_of
from retro_timer.scheduling.notation import format_notation
from retro_timer.scheduling.presets import LADDER, preset
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.record import Planned
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.training_entries import entries_of, outcomes_of, walked_days
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, stored_session

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.history import StoredSession
    from retro_timer.storage.history import History
    from retro_timer.training.entry import TrainingEntry

NOW = MORNING + timedelta(days=30)


def session_of(workout_id: str = "first-try", *, preset_id: str | None = None, **changes: Any) -> StoredSession:  # noqa: ANN401
    """A session of a preset, started from the list unless a rung is given."""
    workout = preset(workout_id)
    walked = stored_session(notation=format_notation(workout), **changes)
    return replace(walked, summary=replace(walked.summary, planned=Planned.of(workout, preset_id)))


def only(history: History, now: datetime = NOW) -> TrainingEntry:
    entries, problems = entries_of(history, now)
    assert not problems
    return entries[0]


@pytest.mark.parametrize("preset_id", [each.id for each in LADDER])
def test_an_unchanged_preset_counts_for_its_level(history: History, preset_id: str) -> None:
    history.add(session_of(preset_id))
    entry = only(history)
    assert (entry.preset, entry.complete, entry.share) == (preset_id, True, 1.0)
    assert entry.day == MORNING.date()
    workout = preset(preset_id)
    assert (entry.walked_seconds, entry.backward_seconds) == (workout.total_seconds, workout.backward_seconds)


def test_a_preset_with_other_lengths_is_an_own_workout(history: History) -> None:
    walked = session_of()
    planned = replace(walked.summary.planned, notation="back 1m, fwd 1m")
    history.add(replace(walked, summary=replace(walked.summary, planned=planned)))
    assert only(history).preset is None


def test_an_advised_preset_counts_for_its_level(history: History) -> None:
    history.add(session_of("builder", preset_id="starter"))
    assert only(history).preset == "starter"


@pytest.mark.parametrize(("seconds", "complete"), [(480, True), (479, False), (240, False)])
def test_a_session_that_was_ended_early_is_incomplete(history: History, seconds: int, complete: bool) -> None:
    history.add(session_of(seconds=seconds + 10))  # the lead-in
    assert only(history).complete is complete


def test_a_session_shortened_on_the_way_is_incomplete(history: History) -> None:
    walked = session_of()
    for share, complete in ((0.96, True), (0.9, False)):
        totals = replace(walked.summary.totals, completion=share)
        history.add(replace(walked, summary=replace(walked.summary, totals=totals)))
        assert only(history).complete is complete


@pytest.mark.parametrize("next_day", [*NextDay, None])
def test_the_feedback_is_shown(history: History, next_day: NextDay | None) -> None:
    walked = session_of()
    history.add(walked)
    said = Feedback(effort=4, stumble=True, fall=False, pain_before=1, pain_after=2, next_day=next_day)
    assert history.give_feedback(walked.summary.uuid, said)
    entry = only(history)
    assert (entry.effort, entry.stumble, entry.fall) == (4, True, False)
    assert (entry.pain_before, entry.pain_after, entry.next_day) == (1, 2, next_day)


def test_a_session_in_the_future_is_left_out_and_named_by_date(history: History) -> None:
    history.add(session_of(started=NOW + timedelta(days=2)))
    entries, problems = entries_of(history, NOW)
    assert entries == ()
    assert problems == (
        f"the walk of {(NOW + timedelta(days=2)).date()} lies in the future; today is {NOW.date()}; it is left out",
    )


def test_a_session_of_tomorrow_in_another_zone_is_todays(history: History) -> None:
    """Walked on Tuesday morning in Tokyo; it is still Monday evening in New York."""
    tokyo = datetime(2026, 3, 3, 8, 0, tzinfo=timezone(timedelta(hours=9)))
    new_york = datetime(2026, 3, 2, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert tokyo < new_york
    history.add(session_of(started=tokyo))
    assert only(history, new_york).day == new_york.date()


def test_sessions_are_listed_oldest_first(history: History) -> None:
    for days in (3, 1, 2):
        history.add(session_of(started=MORNING + timedelta(days=days)))
    found = [entry.day for entry in entries_of(history, NOW).entries]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("longest_backward = backward + 1000", "impossible lengths backward"),
        ("walked = 100000000000", "impossible length"),
    ],
)
def test_an_edited_impossible_session_is_left_out_and_named_by_date(tmp_path: Path, change: str, says: str) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(session_of())
    edit(tmp_path, change)
    with open_history(tmp_path, lambda: MORNING).history as history:
        entries, problems = entries_of(history, NOW)
    assert entries == ()
    assert "2026-03-02" in problems[0]
    assert says in problems[0]


def test_an_edited_invalid_session_is_quarantined_and_the_others_count(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(session_of())
    edit(tmp_path, "workout_id = 12, notation = ''")
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(session_of(started=MORNING + timedelta(days=1)))
        assert len(entries_of(history, NOW).entries) == 1
        (quarantined,) = history.quarantined()
        assert quarantined.session.startswith("2026-03-02 09:00")


def test_the_running_session_is_not_listed(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(session_of())
    edit(tmp_path, "state = 'walking'")
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert entries_of(history, NOW).entries == ()


def edit(directory: Path, change: str) -> None:
    """Change the history by hand."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.execute(f"UPDATE sessions SET {change}")  # noqa: S608  (what a hand might write)
        connection.commit()


def test_moments_are_compared_whatever_their_zone(history: History) -> None:
    history.add(session_of(started=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
    assert only(history, datetime(2026, 3, 2, 10, 0, tzinfo=UTC)).day == datetime(2026, 3, 2, tzinfo=UTC).date()


def test_a_session_of_tomorrow_in_another_zone_makes_today_a_walked_day_once_it_has_begun(history: History) -> None:
    now = NOW + timedelta(hours=2)
    begun = now.astimezone(timezone(timedelta(hours=14))) - timedelta(seconds=1)
    assert begun.date() > now.date()
    history.add(session_of(started=begun))
    assert walked_days(history, now) == [now.date()]
    assert walked_days(history, now - timedelta(seconds=2)) == []


@pytest.mark.parametrize(("day_ends", "days"), [(0, [2, 3, 3]), (3, [2, 2, 3]), (6, [2, 2, 2])])
def test_a_day_can_end_at_another_hour_than_midnight(history: History, day_ends: int, days: list[int]) -> None:
    zone = timezone(timedelta(hours=-5))
    hours = ((2, 23), (3, 2), (3, 5))
    now = datetime(2026, 3, 3, 5, 30, tzinfo=zone)
    for number, hour in hours:
        history.add(stored_session(datetime(2026, 3, number, hour, tzinfo=zone)))
    assert [entry.day.day for entry in entries_of(history, now, day_ends).entries] == days
    assert [day.day for day in walked_days(history, now, day_ends)] == sorted(set(days))
    totals = history.days(since=date(2026, 3, 2), until=date(2026, 3, 3), day_ends=day_ends)
    assert [(total.first.day, total.sessions) for total in totals] == sorted(Counter(days).items())
    outcomes = outcomes_of(history, now, date(2026, 3, 1), day_ends)
    assert [(outcome.day.day, outcome.sessions) for outcome in outcomes] == sorted(Counter(days).items())
    today = today_of(history, Settings(plan=PlanSettings(day_ends=day_ends)), WeekStart.MONDAY, now)
    assert today.day.day == (3 if day_ends < 6 else 2)
