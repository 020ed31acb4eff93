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
from retro_timer.scheduling.edits import AddToInterval, Combined, SetPhase
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import LADDER, preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.engine import Session
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.logged import Origin, logged_id
from retro_timer.session.record import Planned, SessionStatus
from retro_timer.session.recorder import Recorder
from retro_timer.session.states import Rules, State
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.training_entries import Outcome, entries_of, outcomes_of, problems_of, walked_days
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, stored_session, subject

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
    assert (entry.preset, entry.as_planned, entry.share) == (preset_id, True, 1.0)
    assert entry.day == MORNING.date()
    workout = preset(preset_id)
    assert (entry.walked_seconds, entry.backward_seconds) == (workout.total_seconds, workout.backward_seconds)


def test_a_preset_with_other_lengths_is_an_own_workout(history: History) -> None:
    walked = session_of()
    planned = replace(walked.summary.planned, notation="back 1m, fwd 1m")
    history.add(replace(walked, summary=replace(walked.summary, planned=planned)))
    assert only(history).preset is None


@pytest.mark.parametrize(
    ("now", "counts"),
    [
        ('back 1m @1.6km/h "eyes up", fwd 1m', True),
        ("1x(back 1m, fwd 1m)", True),
        ("back 1m, fwd 61s", False),
        ("fwd 1m, back 1m", False),
    ],
)
def test_a_workout_of_a_programme_is_the_same_with_other_words_and_speeds(
    history: History, now: str, counts: bool
) -> None:
    walked = stored_session(notation='back 1m @1.2km/h "slowly", fwd 1m')
    planned = replace(walked.summary.planned, workout_id="knee-1", preset_id=None)
    history.add(replace(walked, summary=replace(walked.summary, planned=planned)))
    (entry,) = entries_of(history, NOW, others=[parse(now, workout_id="knee-1")]).entries
    assert entry.preset == ("knee-1" if counts else None)


def test_an_advised_preset_counts_for_its_level(history: History) -> None:
    history.add(session_of("builder", preset_id="starter"))
    assert only(history).preset == "starter"


@pytest.mark.parametrize(("seconds", "as_planned"), [(480, True), (479, False), (240, False)])
def test_a_session_that_was_ended_early_is_not_as_planned(history: History, seconds: int, as_planned: bool) -> None:
    history.add(session_of(seconds=seconds + 10))  # the lead-in
    assert only(history).as_planned is as_planned


def test_a_session_shortened_on_the_way_is_not_as_planned(history: History) -> None:
    walked = session_of()
    for share, as_planned in ((0.96, True), (0.9, False)):
        totals = replace(walked.summary.totals, completion=share)
        history.add(replace(walked, summary=replace(walked.summary, totals=totals)))
        assert only(history).as_planned is as_planned


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


@pytest.mark.parametrize(
    ("share", "incomplete", "state", "as_planned"),
    [
        (0.95, 0, SessionStatus.FINISHED, True),
        (0.9499, 0, SessionStatus.FINISHED, False),
        (1.0, 1, SessionStatus.FINISHED, False),
        (1.0, 0, SessionStatus.ENDED_EARLY, False),
        (1.0, 0, SessionStatus.INTERRUPTED, False),
    ],
)
def test_a_session_is_as_planned_with_nearly_all_of_it_and_every_bout(
    history: History, share: float, incomplete: int, state: SessionStatus, as_planned: bool
) -> None:
    walked = session_of()
    totals = replace(walked.summary.totals, completion=share, incomplete=incomplete)
    history.add(replace(walked, summary=replace(walked.summary, totals=totals, state=state)))
    assert (only(history).as_planned, only(history).share) == (as_planned, share)


def test_a_longer_warm_up_does_not_make_up_for_bouts_that_were_cut_short(history: History) -> None:
    workout = preset("builder")
    session, recorder = Session(flatten(workout), Rules(lead_in=0)), Recorder(flatten(workout))
    edit = Combined((AddToInterval(480), SetPhase(Phase.BACKWARD, 5)))
    for events in (session.start(0), session.edit(0, edit), session.advance(3_600_000)):
        for event in events:
            recorder.note(event)
    history.add(subject(format_notation(workout)).stored_session(recorder.record()))
    entry = only(history)
    assert (entry.backward_seconds, session.state) == (20, State.FINISHED)
    assert entry.share == pytest.approx(20 / workout.backward_seconds)
    assert not entry.as_planned


@pytest.mark.parametrize(
    ("clock", "day_ends", "day"),
    [
        ("02:59:59", 3, 2), ("03:00:00", 3, 3), ("03:00:01", 3, 3), ("00:00:00", 0, 3), ("00:30:00", 0, 3),
        ("23:59:59", 12, 3),
    ],
)  # fmt: skip
def test_a_day_ends_to_the_second(history: History, clock: str, day_ends: int, day: int) -> None:
    started = datetime.fromisoformat(f"2026-03-03T{clock}-05:00")
    now = started + timedelta(hours=1)
    history.add(session_of(started=started))
    assert entries_of(history, now, day_ends).entries[0].day == date(2026, 3, day)
    assert walked_days(history, now, day_ends) == [date(2026, 3, day)]
    assert [outcome.day for outcome in outcomes_of(history, now, date(2026, 3, 1), day_ends)] == [date(2026, 3, day)]
    if not day_ends:
        assert entries_of(history, now).entries[0].day == date(2026, 3, day)
        assert walked_days(history, now) == [date(2026, 3, day)]
        assert outcomes_of(history, now, date(2026, 3, 1))[0].day == date(2026, 3, day)


def test_problems_are_found_without_reading_the_other_sessions(history: History) -> None:
    history.add(session_of())
    assert problems_of(history, NOW) == ()
    history.add(session_of(started=NOW + timedelta(days=2)))
    east = (NOW + timedelta(hours=2)).astimezone(timezone(timedelta(hours=14))) - timedelta(seconds=1)
    history.add(session_of(started=east))
    assert problems_of(history, NOW + timedelta(hours=2)) == entries_of(history, NOW + timedelta(hours=2)).problems
    assert len(problems_of(history, NOW + timedelta(hours=2))) == 1
    assert len(problems_of(history, NOW)) == 2, "that of tomorrow has not begun yet"


def test_a_session_that_begins_just_now_is_todays(history: History) -> None:
    now = NOW + timedelta(hours=2)
    begun = now.astimezone(timezone(timedelta(hours=14)))
    history.add(session_of(started=begun))
    assert begun.date() > now.date()
    assert only(history, now).day == now.date()
    assert walked_days(history, now) == [now.date()]
    assert [outcome.day for outcome in outcomes_of(history, now, now.date())] == [now.date()]


def test_a_workout_of_a_programme_counts_like_a_preset(history: History) -> None:
    workout = parse("back 1m, fwd 1m", name="Mine", workout_id="knee-1")
    walked = stored_session(notation="back 1m, fwd 1m")
    history.add(replace(walked, summary=replace(walked.summary, planned=Planned.of(workout, None))))
    assert only(history).preset is None
    assert entries_of(history, NOW, 0, [workout]).entries[0].preset == "knee-1"
    assert entries_of(history, NOW, 0, [replace(workout, blocks=parse("back 2m").blocks)]).entries[0].preset is None


def test_outcomes_add_up_the_sessions_of_a_day_by_preset(history: History) -> None:
    kinds = (("builder", "starter", 3), ("builder", "starter", None), ("first-try", None, 5), ("first-try", None, 4))
    for workout_id, preset_id, effort in kinds:
        walked = session_of(workout_id, preset_id=preset_id)
        history.add(replace(walked, summary=replace(walked.summary, feedback=Feedback(effort=effort))))
    own = stored_session()
    history.add(replace(own, summary=replace(own.summary, planned=replace(own.summary.planned, preset_id=None))))
    day = MORNING.date()
    assert sorted(outcomes_of(history, NOW, day), key=lambda outcome: outcome.preset or "") == [
        Outcome(day, None, 1, 0, 0), Outcome(day, "first-try", 2, 2, 9), Outcome(day, "starter", 2, 1, 3),
    ]  # fmt: skip
    assert outcomes_of(history, NOW, day + timedelta(days=1)) == ()


def test_walks_that_were_logged_by_hand_are_known(history: History) -> None:
    walked = session_of()
    assert not entry_of(history, walked).logged
    start = replace(walked.summary.start, uuid=logged_id(b"0123456789abcdef", Origin.HAND))
    assert entry_of(history, replace(walked, summary=replace(walked.summary, start=start))).logged


def entry_of(history: History, one: StoredSession) -> TrainingEntry:
    history.add(one)
    return entries_of(history, NOW).entries[-1]


def test_a_day_that_is_none_costs_its_session_and_hides_no_other(history: History) -> None:
    for days in range(2):
        history.add(session_of(started=MORNING + timedelta(days=days)))
    history.database.connection.execute("PRAGMA ignore_check_constraints = ON")
    history.database.connection.execute("UPDATE sessions SET day = 0 WHERE id = 1")
    assert walked_days(history, NOW) == [date(2026, 3, 3)]
    assert len(history.quarantined()) == 1


def test_a_session_later_in_the_night_is_named_when_the_day_has_not_ended(history: History) -> None:
    """At 00:30 the walker's day is still Monday; one at 05:00 lies in the future, with the same date."""
    now = MORNING.replace(day=3, hour=0, minute=30)
    history.add(session_of(started=now.replace(hour=5)))
    assert problems_of(history, now, 3) == entries_of(history, now, 3).problems != ()


@pytest.mark.parametrize(
    ("skipped", "as_planned"), [(Phase.TURN, True), (Phase.BACKWARD, False), (Phase.COOL_DOWN, False)]
)
def test_the_last_seconds_of_a_turn_may_be_skipped_but_not_those_of_a_bout(
    history: History, skipped: Phase, as_planned: bool
) -> None:
    workout = preset("builder")
    schedule = flatten(workout)
    session, recorder = Session(schedule, Rules(lead_in=0)), Recorder(schedule)
    index = next(number for number, entry in enumerate(schedule) if entry.phase is skipped)
    nearly = schedule.starts[index + 1] * 1000 - 2000
    for events in (session.start(0), session.advance(nearly), session.skip(nearly), session.advance(3_600_000)):
        for event in events:
            recorder.note(event)
    history.add(subject(format_notation(workout)).stored_session(recorder.record()))
    assert session.state is State.FINISHED
    assert only(history).as_planned is as_planned
