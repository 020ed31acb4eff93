"""Interrupted sessions: resumed, kept, discarded, and counted until the walker decides."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import PauseReason
from retro_timer.session.history import Feedback
from retro_timer.session.record import Leaving, SessionStatus
from retro_timer.session.recorder import Recorder
from retro_timer.session.spent import Spent
from retro_timer.session.states import State
from retro_timer.storage import interrupted as interrupted_sessions
from retro_timer.storage.errors import BusyError, RefusedError
from retro_timer.storage.interrupted import current_state, find_interrupted, mark_interrupted
from retro_timer.storage.journal import Journal, Keeping
from retro_timer.storage.memory import memory_history
from retro_timer.storage.open import HistoryFile
from retro_timer.storage.session_lock import SessionLock
from retro_timer.testing import FakeClock
from tests.storage.sessions import MORNING, Walker, interrupt, interrupted, killed, subject

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.history import History

pytestmark = pytest.mark.usefixtures("quiet")


def test_a_session_resumes_where_it_stopped(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    before = walker.record()
    killed(walker)
    clock = FakeClock(now=77, wall=walker.clock.wall())
    clock.started = walker.clock.wall().replace(hour=10)  # the next start, an hour later
    found = interrupted(history)
    assert found.record.state is SessionStatus.WALKING or found.record.state is SessionStatus.INTERRUPTED
    assert (found.record.position, found.record.spent) == (before.position, before.spent)
    assert found.record.schedule == before.schedule
    assert history.page()[0].state is SessionStatus.INTERRUPTED

    again = Walker(tmp_path, clock, resuming=found)
    assert again.session.state is State.PAUSED
    again.on(4)
    again.resume()
    for _ in range(200):
        again.on(1)
    again.journal.close()
    (summary,) = history.page()
    kept = history.session(summary.uuid)
    assert kept
    assert kept == again.journal.stored_session()
    assert summary.state is SessionStatus.FINISHED
    assert summary.uuid == found.start.uuid
    assert summary.spent.walked == again.session.schedule.total * 1000
    assert [pause.reason for pause in kept.pauses] == [PauseReason.INTERRUPTED]
    assert all(interval.left is Leaving.COMPLETE for interval in kept.intervals)
    assert summary.away == 0
    assert history.interrupted() == ()


def test_rounds_can_be_edited_after_a_session_was_resumed(tmp_path: Path, history: History) -> None:
    from retro_timer.scheduling.edits import AddRounds

    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    killed(walker)
    again = Walker(tmp_path, resuming=interrupted(history))
    again.conductor.call(again.clock.now(), lambda now: again.session.edit(now, AddRounds(1)))
    expected = Walker(None, memory=memory_history())
    expected.on(45)
    expected.conductor.call(expected.clock.now(), lambda now: expected.session.edit(now, AddRounds(1)))
    assert again.session.schedule == expected.session.schedule
    assert again.session.schedule.betweens == expected.session.schedule.betweens
    again.journal.close()
    expected.journal.close()


def test_an_interrupted_session_can_be_kept_as_ended_early(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    killed(walker)
    history.keep(interrupted(history))
    (summary,) = history.page()
    assert summary.state is SessionStatus.ENDED_EARLY
    assert summary.totals.backward == 5000
    assert summary.spent == Spent(lead_in=10_000, walked=35_000)
    kept = history.session(summary.uuid)
    assert kept
    assert kept.intervals[-1].left is Leaving.ENDED
    assert history.interrupted() == ()


def test_feedback_about_an_interrupted_session_stays_when_it_is_kept(tmp_path: Path, history: History) -> None:
    interrupt(tmp_path)
    found = interrupted(history)
    assert history.give_feedback(found.start.uuid, Feedback(effort=3))
    history.keep(found)
    assert history.page()[0].feedback == Feedback(effort=3)


def test_a_session_that_runs_in_another_window_is_not_marked(
    tmp_path: Path, history: History, waited: list[float]
) -> None:
    interrupt(tmp_path)
    with SessionLock(tmp_path) as other:
        other.take(MORNING)
        mark_interrupted(history, tmp_path, MORNING)
        assert waited == [], "it does not wait"
        assert history.page() == ()
        with pytest.raises(BusyError, match="a session is running in another window"):
            find_interrupted(history, tmp_path, MORNING)
    mark_interrupted(history, tmp_path, MORNING)
    assert [shown.state for shown in history.page()] == [SessionStatus.INTERRUPTED]
    with SessionLock(tmp_path) as free:
        free.take(MORNING, 0.0)


def test_a_session_is_found_again_among_others_of_the_same_moment(tmp_path: Path, history: History) -> None:
    for _ in range(2):
        interrupt(tmp_path)
    found = history.interrupted()
    assert found[0].seen == found[1].seen
    for each in found:
        with SessionLock(tmp_path) as lock:
            assert current_state(each, history, lock, MORNING) == each
    gone = replace(found[0], start=replace(found[0].start, uuid="4f1c2a9e-0000-4000-8000-000000000001"))
    with SessionLock(tmp_path) as lock, pytest.raises(RefusedError):
        current_state(gone, history, lock, MORNING)


def test_interrupted_sessions_are_shown_oldest_first(tmp_path: Path, history: History) -> None:
    for hours in (5, 1, 3):
        walker = Walker(tmp_path, FakeClock(wall=MORNING + timedelta(hours=hours)))
        walker.on(45)
        walker.journal.flush()
        killed(walker)
    assert [found.start.started.hour - 9 for found in history.interrupted()] == [1, 3, 5]


def test_an_interrupted_session_can_be_discarded(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    killed(walker)
    history.discard(interrupted(history))
    assert not history.page()
    assert history.interrupted() == ()


def test_an_interrupted_session_counts_until_the_walker_decides(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    killed(walker)
    assert not history.days()
    history.mark_interrupted(history.interrupted())
    assert [day.backward for day in history.days()] == [5000]
    assert len(history.interrupted()) == 1  # asking again changes nothing


def test_a_closed_journal_leaves_an_unfinished_session_to_be_resumed(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.clock.move(300)
    assert walker.journal.close().keeping is Keeping.SAVED
    assert interrupted(history).record.position == 35_300


def test_setting_the_clock_changes_nothing(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(20)
    walker.clock.started = walker.clock.started.replace(year=2019)
    walker.on(20)
    walker.journal.flush()
    walker.clock.started = walker.clock.started.replace(year=2031)
    for _ in range(200):
        walker.on(1)
    walker.journal.close()
    (summary,) = history.page()
    assert summary.start.started == MORNING
    assert summary.spent.total == 10_000 + walker.session.schedule.total * 1000


def test_who_holds_the_lock_marks_what_others_left_and_not_itself(tmp_path: Path, history: History) -> None:
    interrupt(tmp_path)
    about, clock = subject(started=MORNING + timedelta(days=1)), FakeClock()
    session = Session(flatten(about.planned.workout()))
    file = HistoryFile(tmp_path, clock.wall)
    journal = Journal(about, Recorder(session.schedule), clock, file=file, exclusive=True)
    for event in session.start(clock.now()):
        journal.note(event)
    journal.flush()
    states = dict(map(tuple, history.database.read("SELECT uuid, state FROM sessions")))
    assert states.pop(about.start.uuid) == SessionStatus.WALKING
    assert list(states.values()) == [SessionStatus.INTERRUPTED]
    journal.close()


def test_where_files_cannot_be_locked_a_session_written_just_now_may_be_running(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(tmp_path)
    (found,) = history.interrupted()
    quiet_since = found.seen
    monkeypatch.setattr(interrupted_sessions, "_exclude", lambda *_: quiet_since)
    assert find_interrupted(history, tmp_path, MORNING) == (found,)
    quiet_since -= timedelta(milliseconds=1)
    with pytest.raises(BusyError, match="may be running in another window"):
        find_interrupted(history, tmp_path, MORNING)


def test_a_session_was_quiet_when_nothing_was_written_after_a_moment(tmp_path: Path, history: History) -> None:
    interrupt(tmp_path)
    (found,) = history.interrupted()
    assert history.interrupted(quiet_since=found.seen) == (found,)
    assert history.interrupted(quiet_since=found.seen - timedelta(milliseconds=1)) == ()
    history.mark_interrupted([found])
    assert len(history.interrupted(quiet_since=found.seen - timedelta(days=1))) == 1
