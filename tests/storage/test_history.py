"""The history returns stored sessions in order, by local date, and reads only what is needed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Never

import pytest
from msgspec.structs import replace

from retro_timer.session.bounds import LONGEST
from retro_timer.session.history import Bests, Feedback, NextDay, WalkTest
from retro_timer.session.record import Leaving, SessionStatus
from retro_timer.storage import history as queries
from retro_timer.storage import session_rows
from retro_timer.storage.database import Database
from retro_timer.storage.errors import BusyError, RefusedError, StorageError, UnreadableError
from retro_timer.storage.memory import memory_history
from retro_timer.storage.repair import repair_everything
from retro_timer.storage.transfer import import_sessions
from retro_timer.storage.walk_tests import add_walk_test
from tests.storage.sessions import MORNING, interrupt, many, stored_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.session.history import InterruptedSession
    from retro_timer.storage.history import History

FEEDBACK = Feedback(
    effort=4, stumble=False, pain_before=1, pain_after=2, note="windy, wët, good", next_day=NextDay.SORE
)


def test_a_stored_session_is_read_back_unchanged(history: History) -> None:
    kept = stored_session()
    kept = replace(kept, summary=replace(kept.summary, feedback=FEEDBACK, away=5000))
    history.add(kept)
    assert history.session(kept.summary.uuid) == kept
    assert history.page() == (kept.summary,)
    assert kept.summary.state is SessionStatus.FINISHED
    assert kept.intervals[2].label == "eyes up"


def test_a_missing_session(history: History) -> None:
    assert history.session("nobody") is None
    assert history.page(after="nobody") == ()
    assert not history.delete("nobody")
    assert not history.give_feedback("nobody", FEEDBACK)
    assert history.bests() == Bests(None, None)
    assert not history.days()


def test_pages_go_back_in_time_without_gaps(history: History) -> None:
    kept = many(25)
    for one in kept:
        history.add(one)
    shown: list[str] = []
    while page := history.page(limit=10, after=shown[-1] if shown else None):
        shown += [summary.uuid for summary in page]
    assert shown == [one.summary.uuid for one in reversed(kept)]


def test_sessions_that_started_at_the_same_moment_are_all_shown(history: History) -> None:
    for _ in range(5):
        history.add(stored_session(seconds=30))
    first = history.page(limit=3)
    rest = history.page(limit=3, after=first[-1].uuid)
    assert len({summary.uuid for summary in (*first, *rest)}) == 5


def test_a_page_of_some_days_only(history: History) -> None:
    for one in many(10, every=timedelta(days=1)):
        history.add(one)
    shown = history.page(since=date(2026, 3, 4), until=date(2026, 3, 6))
    assert [summary.start.started.day for summary in shown] == [6, 5, 4]


def test_a_session_counts_for_the_local_date_on_which_it_started(history: History) -> None:
    # Half past midnight in Auckland, when it is still Sunday in UTC.
    auckland = timezone(timedelta(hours=13), "NZDT")
    history.add(stored_session(datetime(2026, 3, 2, 0, 30, tzinfo=auckland)))
    assert [period.first for period in history.days()] == [date(2026, 3, 2)]
    assert history.page()[0].start.started == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert history.page()[0].start.started.utcoffset() == timedelta(hours=13)


def test_days_are_summed(history: History) -> None:
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    kept = [stored_session(saturday + timedelta(days=days), seconds=60 + 10 * days) for days in range(3)]
    for one in (*kept, kept[0]):  # adding one twice does not count twice
        history.add(one)
    days = history.days()
    assert [(day.first, day.sessions) for day in days] == [(date(2026, 3, 7 + number), 1) for number in range(3)]
    assert sum(day.backward for day in days) == sum(one.summary.totals.backward for one in kept)
    assert sum(day.forward for day in days) == sum(one.summary.totals.forward for one in kept)
    assert sum(day.turn for day in days) == sum(one.summary.totals.turn for one in kept)
    assert sum(day.walked for day in days) == sum(one.summary.spent.walked for one in kept)
    assert days[2].longest_backward == kept[2].summary.totals.longest_backward


def test_the_best_sessions(history: History) -> None:
    longest = stored_session(notation="back 50s, cool 10s")
    most = stored_session(MORNING + timedelta(days=1), notation="3x(back 40s | fwd 10s)")
    for one in (stored_session(), longest, most):
        history.add(one)
    assert history.bests() == Bests(longest_backward=longest.summary, most_backward=most.summary)


def test_feedback_can_be_given_and_changed_later(history: History) -> None:
    kept = stored_session()
    history.add(kept)
    assert history.give_feedback(kept.summary.uuid, Feedback(effort=9))
    assert history.give_feedback(kept.summary.uuid, FEEDBACK)
    assert history.page()[0].feedback == FEEDBACK


def test_only_the_answers_that_the_walker_changed_are_written(history: History) -> None:
    kept = stored_session()
    history.add(kept)
    uuid, seen = kept.summary.uuid, Feedback()
    elsewhere = Feedback(fall=True, note="slipped", next_day=NextDay.PAIN)
    assert history.give_feedback(uuid, elsewhere, seen) == elsewhere
    assert history.give_feedback(uuid, Feedback(effort=5), seen) == replace(elsewhere, effort=5)
    assert history.give_feedback(uuid, Feedback(pain_after=1)) == replace(elsewhere, effort=5, pain_after=1)
    seen = history.page()[0].feedback
    assert history.give_feedback(uuid, replace(seen, note="", fall=None), seen) == history.page()[0].feedback
    assert history.page()[0].feedback == replace(seen, note="", fall=None), "an answer can be cleared"
    assert history.give_feedback("nobody", Feedback(), Feedback()) is None


def test_a_changed_session_keeps_answers_given_meanwhile(history: History) -> None:
    seen = stored_session()
    history.add(seen)
    assert history.give_feedback(seen.summary.uuid, Feedback(fall=True, effort=3))
    changed = replace(seen, summary=replace(seen.summary, feedback=Feedback(effort=5)))
    history.add(changed, seen=seen.summary.feedback)
    assert history.page()[0].feedback == Feedback(fall=True, effort=5)


@pytest.mark.parametrize("note", ["\x1b[2J", "two\nlines", "\N{RIGHT-TO-LEFT OVERRIDE}", "x" * 1001])
def test_a_note_that_cannot_be_stored_is_refused(history: History, note: str) -> None:
    kept = stored_session()
    history.add(kept)
    with pytest.raises(RefusedError, match="a note"):
        history.give_feedback(kept.summary.uuid, Feedback(note=note))
    assert history.page()[0].feedback == Feedback()


def test_a_note_of_a_thousand_characters_is_kept(history: History) -> None:
    kept = stored_session()
    history.add(kept)
    assert history.give_feedback(kept.summary.uuid, Feedback(note="x" * 1000))
    assert history.page()[0].feedback.note == "x" * 1000


def test_deleting_a_session_leaves_nothing_of_it(history: History) -> None:
    kept = many(2)
    for one in kept:
        history.add(one)
    assert history.delete(kept[0].summary.uuid)
    assert history.page() == (kept[1].summary,)
    for table in ("intervals", "pauses", "edits"):
        sessions = {row[0] for row in history.database.read(f"SELECT session FROM {table}")}  # noqa: S608  (three names)
        assert len(sessions) <= 1


def test_the_running_session_is_not_deleted_or_listed(history: History) -> None:
    kept = stored_session(seconds=30)
    history.add(replace(kept, summary=replace(kept.summary, state=SessionStatus.WALKING)))
    assert not history.page()
    assert not history.days()
    with pytest.raises(BusyError, match="running right now"):
        history.delete(kept.summary.uuid)


def test_everything_with_its_intervals(history: History) -> None:
    kept = many(60)
    for one in kept:
        history.add(one)
    assert list(history.everything()) == kept[::-1]


@pytest.mark.parametrize(
    "column", ["day = 'today'", "day = -5", "started = 'now'", "state = 'flying'", "effort = 11", "completion = 2"]
)
def test_an_impossible_session_is_not_imported(history: History, column: str) -> None:
    history.add(stored_session())
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
        queries.days_query(),
        session_rows.KEY_QUERY,
        *queries.BEST_QUERIES,
        *session_rows.PART_QUERIES.values(),
    ],
)
def test_no_query_reads_a_whole_table(history: History, query: str) -> None:
    plan = plans(history, query)
    assert plan
    for step in plan:
        assert step.startswith("SEARCH"), plan
        assert "TEMP B-TREE" not in step, plan


def test_totals_read_an_index_alone(history: History) -> None:
    assert all("COVERING INDEX" in step for step in plans(history, queries.days_query()))


def test_the_journal_is_found_by_its_key(history: History) -> None:
    # The journal holds one row for each interrupted session: it is read whole. Of the sessions only an index is read,
    # for one in the state of walking that has lost its journal.
    scans = [step for step in plans(history, session_rows.JOURNAL_QUERY) if step.startswith("SCAN")]
    journal, sessions = scans
    assert journal == "SCAN journal"
    assert sessions.startswith("SCAN sessions USING COVERING INDEX")


def test_a_history_in_memory_works_like_a_file() -> None:
    with memory_history() as history:
        assert history.in_memory
        kept = stored_session()
        history.add(kept)
        assert list(history.everything()) == [kept]
        assert kept.intervals[-1].left is Leaving.COMPLETE


def test_a_page_has_fifty_sessions_unless_another_number_is_wanted(history: History) -> None:
    for one in many(51):
        history.add(one)
    assert (len(history.page()), len(history.page(limit=51)), len(history.page(limit=1))) == (50, 51, 1)
    assert len(list(history.summaries())) == 51
    assert len(list(history.summaries(since=date(2026, 3, 10)))) == len(history.page(since=date(2026, 3, 10)))


def test_days_are_limited_to_those_asked_for(history: History) -> None:
    for one in many(5, every=timedelta(days=1)):
        history.add(one)
    days = [period.first.day for period in history.days(since=date(2026, 3, 3), until=date(2026, 3, 5))]
    assert days == [3, 4, 5]
    assert [period.first.day for period in history.days(since=date(2026, 3, 6))] == [6]
    assert [period.first.day for period in history.days(until=date(2026, 3, 2))] == [2]


def test_a_day_of_which_nothing_was_walked_backward_has_its_totals(history: History) -> None:
    history.add(stored_session(notation="fwd 1m"))
    (day,) = history.days()
    assert (day.sessions, day.walked, day.forward, day.backward, day.turn, day.longest_backward) == (
        1, 60_000, 60_000, 0, 0, 0,
    )  # fmt: skip


def test_the_longest_sessions_of_one_day_are_added_up(history: History) -> None:
    for one in many(2, every=timedelta(hours=1)):
        history.add(one)
    history.database.connection.execute("UPDATE sessions SET walked = ?", (LONGEST,))
    assert [(day.sessions, day.walked) for day in history.days()] == [(2, 2 * LONGEST)]


def test_the_longest_session_there_can_be_is_added_up(history: History) -> None:
    execute = history.database.connection.execute
    for one in many(2, every=timedelta(days=1)):
        history.add(one)
    execute("UPDATE sessions SET walked = ? WHERE id = 2", (LONGEST,))
    assert [day.walked for day in history.days()][1] == LONGEST
    execute("UPDATE sessions SET walked = ? WHERE id = 2", (LONGEST + 1,))
    assert [day.first.day for day in history.days()] == [2]


@pytest.mark.parametrize("sign", ["", "-"])
def test_totals_that_cannot_be_true_are_not_shown(history: History, sign: str) -> None:
    execute = history.database.connection.execute
    for one in many(2, every=timedelta(days=1)):
        history.add(one)
    execute("PRAGMA ignore_check_constraints = ON")
    execute(f"UPDATE sessions SET backward = {sign}{10**15} WHERE id = 2")  # noqa: S608  (a number)
    assert [day.first.day for day in history.days()] == [2]
    assert len(history.quarantined()) == 1


def test_totals_that_are_wrong_though_every_session_is_right_are_an_error(history: History) -> None:
    def refuse(_: object) -> Never:
        raise UnreadableError("the totals of a day are invalid")

    history.add(stored_session())
    with pytest.raises(UnreadableError, match="the totals of a day are invalid"):
        history.aggregated(queries.days_query(), (1, 3_652_059, 10**15), refuse)
    assert history.quarantined() == ()
    assert len(history.page()) == 1


def test_inconsistent_sessions_are_found_when_all_are_validated(history: History) -> None:
    for one in many(3, every=timedelta(days=1)):
        history.add(one)
    history.validate_all()
    assert history.quarantined() == ()
    history.database.connection.execute("UPDATE sessions SET walked = walked + 1 WHERE id = 2")
    assert len(history.page()) == 3, "the list does not add up what is in a session"
    history.validate_all()
    assert len(history.page()) == 2
    (found,) = history.quarantined()
    assert found.reason.startswith("walked is ")


def test_interrupted_sessions_need_not_add_up_when_all_are_validated(history: History) -> None:
    one = stored_session(seconds=60)
    history.add(replace(one, summary=replace(one.summary, state=SessionStatus.INTERRUPTED)))
    history.database.connection.execute("UPDATE sessions SET walked = walked + 1")
    history.validate_all()
    assert history.quarantined() == ()


def test_declining_is_for_one_session_and_can_be_repeated(history: History) -> None:
    kept = many(2)
    for one in kept:
        history.add(one)
    for _ in range(2):
        history.decline(kept[0].summary.uuid)
    history.decline("nobody")
    assert [history.is_declined(one.summary.uuid) for one in kept] == [True, False]


def test_an_unfinished_session_is_known_until_it_is_marked(history: History) -> None:
    assert not history.unfinished()
    one = stored_session(seconds=60)
    history.add(one)
    assert not history.unfinished()
    history.add(replace(one, summary=replace(one.summary, state=SessionStatus.WALKING)))
    assert history.unfinished()


def test_a_closed_history_in_memory_is_gone() -> None:
    with memory_history() as history:
        history.add(stored_session())
    with pytest.raises(StorageError):
        history.page()


def interrupted_one(history: History) -> InterruptedSession:
    assert history.database.path
    interrupt(history.database.path.parent)
    return history.interrupted()[-1]


UNTRUE = "UPDATE sessions SET day = day + 1"
TEST = WalkTest("4f1c2a9e-0000-4000-8000-000000000001", MORNING, (4000,))
DECIDED: dict[str, Callable[[History], object]] = {
    "added": lambda history: history.add(stored_session()),
    "rated": lambda history: history.give_feedback(history.page()[0].uuid, FEEDBACK),
    "declined": lambda history: history.decline(history.page()[0].uuid),
    "deleted": lambda history: history.delete(history.page()[0].uuid),
    "imported": lambda history: import_sessions(history, many(2, first=MORNING + timedelta(days=1))),
    "kept": lambda history: history.keep(interrupted_one(history)),
    "discarded": lambda history: history.discard(interrupted_one(history)),
    "marked": lambda history: history.mark_interrupted([interrupted_one(history)]),
    "tested": lambda history: add_walk_test(history, TEST),
    "quarantined": lambda history: (history.database.connection.execute(UNTRUE), history.page()),
    "repaired": lambda history: repair_everything(Path("nowhere"), history, MORNING),
}


@pytest.mark.parametrize("what", DECIDED)
def test_what_was_decided_survives_a_power_cut(history: History, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    history.add(stored_session())
    if what == "repaired":
        history.database.connection.execute(UNTRUE)
        assert history.page() == ()
    seen: list[bool] = []
    writing = Database.writing

    def watched(self: Database, *, durable: bool = False) -> object:
        if self is history.database:
            seen.append(durable)
        return writing(self, durable=durable)

    monkeypatch.setattr(Database, "writing", watched)
    DECIDED[what](history)
    assert seen
    assert all(seen)
