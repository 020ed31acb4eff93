"""The history gives back what was kept, in order, by local date, without reading what it does not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.record import Leaving, WalkState
from retro_timer.storage import history as queries
from retro_timer.storage.history import first_day_of_week
from retro_timer.storage.memory import memory_history
from retro_timer.storage.model import Bests, Feedback, NextDay, WeekStart
from retro_timer.storage.problems import BusyError, DamagedError, RefusedError, StorageError
from tests.storage.walks import MORNING, many, walk

if TYPE_CHECKING:
    from retro_timer.storage.history import History

FEEDBACK = Feedback(
    effort=4, stumble=False, pain_before=1, pain_after=2, note="windy, wët, good", next_day=NextDay.SORE
)


def test_a_walk_comes_back_as_it_was_kept(history: History) -> None:
    kept = walk()
    kept = replace(kept, summary=replace(kept.summary, feedback=FEEDBACK, away=5000))
    history.add(kept)
    assert history.walk(kept.summary.uuid) == kept
    assert history.page() == (kept.summary,)
    assert kept.summary.state is WalkState.FINISHED
    assert kept.intervals[2].label == "eyes up"


def test_a_walk_that_is_not_there(history: History) -> None:
    assert history.walk("nobody") is None
    assert history.page(after="nobody") == ()
    assert not history.delete("nobody")
    assert not history.give_feedback("nobody", FEEDBACK)
    assert history.bests() == Bests(None, None)
    assert not history.days()
    assert not history.weeks()


def test_pages_go_back_in_time_and_miss_nothing(history: History) -> None:
    kept = many(25)
    for one in kept:
        history.add(one)
    shown: list[str] = []
    while page := history.page(limit=10, after=shown[-1] if shown else None):
        shown += [summary.uuid for summary in page]
    assert shown == [one.summary.uuid for one in reversed(kept)]


def test_walks_that_began_at_the_same_moment_are_all_shown(history: History) -> None:
    for _ in range(5):
        history.add(walk(seconds=30))
    first = history.page(limit=3)
    rest = history.page(limit=3, after=first[-1].uuid)
    assert len({summary.uuid for summary in (*first, *rest)}) == 5


def test_a_page_of_some_days_only(history: History) -> None:
    for one in many(10, every=timedelta(days=1)):
        history.add(one)
    shown = history.page(since=date(2026, 3, 4), until=date(2026, 3, 6))
    assert [summary.day.day for summary in shown] == [6, 5, 4]


def test_a_walk_counts_for_the_local_date_on_which_it_began(history: History) -> None:
    # Half past midnight in Auckland, when it is still Sunday in UTC.
    auckland = timezone(timedelta(hours=13), "NZDT")
    history.add(walk(datetime(2026, 3, 2, 0, 30, tzinfo=auckland)))
    assert [period.first for period in history.days()] == [date(2026, 3, 2)]
    assert history.page()[0].start.started == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert history.page()[0].start.started.utcoffset() == timedelta(hours=13)


def test_days_add_up_to_weeks_that_start_where_the_walker_says(history: History) -> None:
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    kept = [walk(saturday + timedelta(days=days), seconds=60 + 10 * days) for days in range(3)]
    for one in (*kept, kept[0]):  # keeping one twice does not count twice
        history.add(one)
    monday, sunday = history.weeks(), history.weeks(starts=WeekStart.SUNDAY)
    assert [(week.first, week.sessions) for week in monday] == [(date(2026, 3, 2), 2), (date(2026, 3, 9), 1)]
    assert [(week.first, week.sessions) for week in sunday] == [(date(2026, 3, 1), 1), (date(2026, 3, 8), 2)]
    for weeks in (monday, sunday):
        assert sum(week.backward for week in weeks) == sum(one.summary.totals.backward for one in kept)
        assert sum(week.forward for week in weeks) == sum(one.summary.totals.forward for one in kept)
        assert sum(week.turn for week in weeks) == sum(one.summary.totals.turn for one in kept)
        assert sum(week.walked for week in weeks) == sum(one.summary.spent.walked for one in kept)
    assert monday[1].longest_backward == kept[2].summary.totals.longest_backward


@pytest.mark.parametrize("starts", WeekStart)
def test_every_day_is_in_the_week_it_is_in(history: History, starts: WeekStart) -> None:
    for days in range(15):
        started = MORNING + timedelta(days=days)
        one = walk(started, seconds=30)
        history.add(one)
        (week,) = history.weeks(since=started.date(), until=started.date(), starts=starts)
        assert (week.first, week.sessions) == (first_day_of_week(started.date(), starts), 1)


@pytest.mark.parametrize("starts", WeekStart)
def test_a_week_starts_on_its_day(starts: WeekStart) -> None:
    for days in range(14):
        day = date(2026, 3, 1) + timedelta(days=days)
        first = first_day_of_week(day, starts)
        assert first.isoweekday() == starts
        assert timedelta(0) <= day - first < timedelta(days=7)


def test_the_best_walks(history: History) -> None:
    longest = walk(notation="back 50s, cool 10s")
    most = walk(MORNING + timedelta(days=1), notation="3x(back 40s | fwd 10s)")
    for one in (walk(), longest, most):
        history.add(one)
    assert history.bests() == Bests(longest_backward=longest.summary, most_backward=most.summary)


def test_feedback_can_be_given_and_changed_later(history: History) -> None:
    kept = walk()
    history.add(kept)
    assert history.give_feedback(kept.summary.uuid, Feedback(effort=9))
    assert history.give_feedback(kept.summary.uuid, FEEDBACK)
    assert history.page()[0].feedback == FEEDBACK


@pytest.mark.parametrize("note", ["\x1b[2J", "two\nlines", "\N{RIGHT-TO-LEFT OVERRIDE}", "x" * 1001])
def test_a_note_that_cannot_be_kept_is_refused(history: History, note: str) -> None:
    kept = walk()
    history.add(kept)
    with pytest.raises(RefusedError, match="a note"):
        history.give_feedback(kept.summary.uuid, Feedback(note=note))
    assert history.page()[0].feedback == Feedback()


def test_deleting_one_walk_leaves_nothing_of_it(history: History) -> None:
    kept = many(2)
    for one in kept:
        history.add(one)
    assert history.delete(kept[0].summary.uuid)
    assert history.page() == (kept[1].summary,)
    for table in ("intervals", "pauses", "edits"):
        sessions = {row[0] for row in history.database.read(f"SELECT session FROM {table}")}  # noqa: S608  (three names)
        assert len(sessions) <= 1


def test_the_walk_that_is_going_on_is_not_deleted_and_not_listed(history: History) -> None:
    kept = walk(seconds=30)
    history.add(replace(kept, summary=replace(kept.summary, state=WalkState.WALKING)))
    assert not history.page()
    assert not history.days()
    with pytest.raises(BusyError, match="walked right now"):
        history.delete(kept.summary.uuid)


def test_everything_with_its_intervals(history: History) -> None:
    kept = many(60)
    for one in kept:
        history.add(one)
    assert list(history.everything()) == kept[::-1]


@pytest.mark.parametrize(
    "vandalism",
    [
        "UPDATE sessions SET walked = 'a lot'",
        "UPDATE sessions SET day = day + 1",
        "UPDATE sessions SET uuid = 'me'",
        "UPDATE sessions SET started = 9000000000000000000",
        "UPDATE sessions SET utc_offset = 999999999",
        "UPDATE sessions SET name = char(27) || '[2J'",
        "UPDATE sessions SET name = x'ff'",
        "UPDATE sessions SET name = CAST(x'ff' AS TEXT)",
        "UPDATE intervals SET phase = 'sideways'",
        "UPDATE intervals SET speed_kmh = 1e9",
        "UPDATE intervals SET walked = -1",
    ],
)
def test_a_history_edited_by_hand_is_refused_not_corrected(history: History, vandalism: str) -> None:
    kept = walk()
    history.add(kept)
    history.database.connection.execute(vandalism)
    with pytest.raises(DamagedError) as refused:
        [*history.everything(), history.walk(kept.summary.uuid), history.walk("me")]
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "column", ["day = 'today'", "day = -5", "started = 'now'", "state = 'flying'", "effort = 11", "completion = 2"]
)
def test_what_no_walk_can_be_does_not_get_in(history: History, column: str) -> None:
    history.add(walk())
    with pytest.raises(StorageError, match="CHECK"), history.database.writing() as connection:
        connection.execute(f"UPDATE sessions SET {column}")  # noqa: S608  (from the list above)
    assert history.page()


def plans(history: History, query: str) -> list[str]:
    places = query.count("?")
    return [row["detail"] for row in history.database.read(f"EXPLAIN QUERY PLAN {query}", (0,) * places)]


@pytest.mark.parametrize(
    "query",
    [
        queries.PAGE_QUERY,
        queries.CURSOR_QUERY,
        queries.DAYS_QUERY,
        *queries.WEEKS_QUERIES.values(),
        queries.KEY_QUERY,
        *queries.BEST_QUERIES,
        *queries.PART_QUERIES.values(),
    ],
)
def test_no_query_scans_a_table(history: History, query: str) -> None:
    plan = plans(history, query)
    assert plan
    for step in plan:
        assert step.startswith("SEARCH"), plan
        assert "TEMP B-TREE" not in step, plan


@pytest.mark.parametrize("query", [queries.DAYS_QUERY, *queries.WEEKS_QUERIES.values()])
def test_totals_read_an_index_alone(history: History, query: str) -> None:
    assert all("COVERING INDEX" in step for step in plans(history, query))


def test_the_journal_is_looked_up_not_searched_for(history: History) -> None:
    # The journal holds one row for each interrupted session: it is read whole, the sessions are not.
    scans = [step for step in plans(history, queries.JOURNAL_QUERY) if not step.startswith("SEARCH")]
    assert scans == ["SCAN j"]


def test_a_history_in_memory_does_all_that() -> None:
    with memory_history() as history:
        assert history.in_memory
        kept = walk()
        history.add(kept)
        assert list(history.everything()) == [kept]
        assert kept.intervals[-1].left is Leaving.COMPLETE
