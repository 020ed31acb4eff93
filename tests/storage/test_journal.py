"""The journal saves a session as it happens, whatever happens to the file, and a session can be resumed from it."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.events import PauseReason
from retro_timer.session.history import Feedback
from retro_timer.session.record import SessionStatus
from retro_timer.session.recorder import Recorder
from retro_timer.session.states import State
from retro_timer.storage import journal as journals
from retro_timer.storage.database import Database
from retro_timer.storage.errors import StorageError
from retro_timer.storage.journal import Journal, JournalState, Keeping
from retro_timer.storage.memory import memory_history
from retro_timer.storage.open import HistoryFile
from retro_timer.storage.writer import write_record
from retro_timer.testing import FakeClock
from tests.storage.sessions import MORNING, Walker, interrupt, interrupted, interrupted_position, killed, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from retro_timer.session.history import InterruptedSession
    from retro_timer.session.record import Record
    from retro_timer.storage.history import History
    from retro_timer.storage.writer import Saved, Subject

pytestmark = pytest.mark.usefixtures("quiet")


BEAT = journals.BEAT


def test_a_finished_session_is_in_the_history_as_it_was_walked(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    for _ in range(200):
        walker.on(1)
    assert walker.session.state is State.FINISHED
    assert walker.journal.close().keeping is Keeping.SAVED
    assert history.session(history.page()[0].uuid) == walker.journal.stored_session()
    assert history.interrupted() == ()


def test_after_an_undone_end_it_is_saved_as_before(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.conductor.call(walker.clock.now(), walker.session.end)
    walker.journal.flush()
    assert history.page()[0].state is SessionStatus.ENDED_EARLY
    assert history.interrupted() == ()
    walker.on(3)
    walker.conductor.call(walker.clock.now(), walker.session.undo)
    walker.journal.flush()
    walker.resume()
    walker.on(10)
    walker.journal.flush()
    before = walker.record()
    killed(walker)
    found = interrupted(history)
    assert (found.record.position, found.record.spent) == (before.position, before.spent)
    assert found.record.schedule == before.schedule
    assert (found.record.intervals, found.record.pauses) == (before.intervals, before.pauses)


def test_every_heartbeat_saves_the_position(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(15)
    for _ in range(5):
        walker.clock.move(700)  # the session is not advanced: its events are already reported
        assert walker.journal.flush().keeping is Keeping.SAVED
        assert interrupted(history).record.spent.total == walker.clock.now() - 1_000_000
    assert interrupted(history).record.position == 5000 + 5 * 700
    walker.journal.close()


def test_an_event_is_written_without_a_flush(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(12)
    with walker.journal._turn:
        assert walker.journal._turn.wait_for(lambda: walker.journal._done == walker.journal._wanted, 10)
    assert interrupted(history).record.intervals
    walker.journal.close()


def test_feedback_given_before_the_last_write_stays(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    history.give_feedback(walker.journal.stored_session().summary.uuid, Feedback(effort=3))
    walker.conductor.call(walker.clock.now(), walker.session.end)
    walker.journal.close()
    assert history.page()[0].feedback == Feedback(effort=3)


def test_time_in_which_the_process_was_stopped_is_not_written_as_walked(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = threading.Semaphore(0)
    walker = Walker(tmp_path)
    walker.on(15)
    monkeypatch.setattr(journals, "STOPPED", -7200)  # from here on every heartbeat is late
    monkeypatch.setattr(journals, "BEAT", 0.001)
    walker.journal.flush()
    recorder = walker.journal._recorder
    as_of = recorder.record

    def look(now: int | None = None) -> Record:
        looks.release()
        return as_of(now)

    monkeypatch.setattr(recorder, "record", look)
    walker.clock.move(60_000)
    assert all(looks.acquire(timeout=10) for _ in range(3))  # after at least two heartbeats
    assert interrupted_position(history) == 5000
    walker.conductor.call(walker.clock.now() - 60_000, lambda now: walker.session.pause(now, PauseReason.STOPPED))
    walker.journal.close()
    assert interrupted(history).record.position == 5000


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each write, whether it had to reach the disk itself."""
    seen: list[bool] = []
    writing = Database.writing

    def watched(self: Database, *, durable: bool = False) -> object:
        seen.append(durable)
        return writing(self, durable=durable)

    monkeypatch.setattr(Database, "writing", watched)
    return seen


def test_the_first_and_the_last_write_reach_the_disk_itself(tmp_path: Path, durable: list[bool]) -> None:
    walker = Walker(tmp_path)
    for _ in range(3):
        walker.clock.move(100)
        walker.journal.flush()
    walker.conductor.call(walker.clock.now(), walker.session.end)
    walker.journal.close()
    assert durable[0]
    assert durable[-1]
    assert not all(durable)


def test_after_a_write_that_reached_the_disk_itself_others_need_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: list[bool]
) -> None:
    monkeypatch.setattr(journals, "DURABLE", 3600)
    walker = Walker(tmp_path)
    walker.journal.flush()
    walker.journal._durable_at -= 3600
    for _ in range(3):
        walker.clock.move(100)
        walker.journal.flush()
    assert durable[1:].count(True) == 1
    walker.journal.close()


def test_at_least_every_few_seconds_a_write_reaches_the_disk_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journals.DURABLE + BEAT <= 5
    walker = Walker(tmp_path)
    walker.journal.flush()
    walker.clock.move(100)
    walker.journal.flush()
    statements: list[str] = []
    database = walker.journal._database
    assert database
    database.connection.set_trace_callback(statements.append)
    monkeypatch.setattr(journals, "DURABLE", 0)
    walker.clock.move(100)
    walker.journal.flush()
    assert "PRAGMA synchronous = FULL" in statements
    monkeypatch.setattr(journals, "DURABLE", 3600)
    walker.clock.move(100)
    walker.journal.flush()
    assert "PRAGMA synchronous = NORMAL" in statements
    database.connection.set_trace_callback(None)
    walker.journal.close()


def test_a_kill_costs_at_most_a_second_of_a_session_in_which_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    beats: list[int] = []
    walked: list[int] = []
    over = threading.Event()

    class Waiting(threading.Condition):
        """The journal waits for its next heartbeats on the session's clock."""

        def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:  # noqa: ANN401
            if threading.current_thread().name != "journal" or predicate() or not beats or not timeout:
                return super().wait_for(predicate, timeout)
            clock.move(round(timeout * 1000))
            if beats.pop() == 0:
                over.set()
            return False

    def write(database: Database, about: Subject, record: Record, *rest: Any, **options: Any) -> Saved:  # noqa: ANN401
        walked.append(record.spent.walked)
        return write_record(database, about, record, *rest, **options)

    monkeypatch.setattr(journals, "BEAT", BEAT)
    monkeypatch.setattr(journals, "threading", SimpleNamespace(Condition=Waiting, Thread=threading.Thread))
    monkeypatch.setattr(journals, "write_record", write)
    walker = Walker(tmp_path, clock)
    walker.on(25)
    walker.journal.flush()
    first = len(walked) - 1
    beats += range(5)
    walker.journal.flush()
    assert over.wait(20)
    walker.journal.flush()
    killed(walker)
    assert walked[-1] == walked[first] + 5 * round(BEAT * 1000)
    assert max(later - earlier for earlier, later in pairwise(walked[first:])) <= 1000


def test_the_files_are_private(tmp_path: Path) -> None:
    place = tmp_path / "data"
    walker = Walker(place)
    walker.on(15)
    walker.journal.flush()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert names == dict.fromkeys(("history.db", "history.db-wal", "history.db-shm"), 0o600)
    walker.journal.close()


def test_a_session_of_which_nothing_has_happened_is_not_written(tmp_path: Path, history: History) -> None:
    about = subject()
    schedule = flatten(about.planned.workout())
    journal = Journal(about, Recorder(schedule), FakeClock(), file=HistoryFile(tmp_path, lambda: MORNING))
    assert journal.state == JournalState(Keeping.STARTING, "", None)
    assert str(journal.flush()) == "starting"
    assert journal.close().keeping is Keeping.STARTING
    assert not history.unfinished()


def test_a_session_can_be_looked_at_as_it_is_and_as_if_it_ended_now(tmp_path: Path) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    so_far, ended = walker.journal.stored_session(), walker.journal.ended_session()
    assert (so_far.summary.state, ended.summary.state) == (SessionStatus.WALKING, SessionStatus.ENDED_EARLY)
    assert so_far.summary.spent == ended.summary.spent
    assert ended.summary.spent.walked == 35_000
    assert walker.journal.state.keeping in {Keeping.STARTING, Keeping.SAVED}
    assert walker.journal.flush() is walker.journal.state
    assert walker.record() == walker.journal.record()
    walker.journal.close()


def test_without_a_file_a_session_is_kept_in_the_given_history_which_stays_open() -> None:
    with memory_history() as memory:
        walker = Walker(None, memory=memory)
        walker.on(400)
        assert walker.journal.close().keeping is Keeping.SAVED
        assert [one.uuid for one in memory.page()] == [walker.journal.stored_session().summary.uuid]


def test_sessions_of_other_windows_are_marked_once_and_only_by_who_is_alone(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[int] = []

    def mark(_: History, found: Iterable[InterruptedSession]) -> None:
        marked.append(len(list(found)))

    interrupt(tmp_path)
    monkeypatch.setattr("retro_timer.storage.history.History.mark_interrupted", mark)
    (left,) = history.interrupted()
    for exclusive, expected in ((False, []), (True, [1])):
        clock = FakeClock()
        recorder = Recorder(left.record.schedule)
        file = HistoryFile(tmp_path, clock.wall)
        journal = Journal(subject(), recorder, clock, file=file, exclusive=exclusive)
        for event in Session(left.record.schedule).start(clock.now()):
            journal.note(event)
        for _ in range(3):
            clock.move(100)
            journal.flush()
        assert marked == expected
        killed_journal(journal)
        history.discard(next(each for each in history.interrupted() if each.start.uuid != left.start.uuid))


def killed_journal(journal: Journal) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "_write", lambda _: None)
        journal.close()


def test_an_interruption_of_an_older_version_is_kept(tmp_path: Path, history: History) -> None:
    interrupt(tmp_path)
    (left,) = history.interrupted()
    clock = FakeClock(wall=left.seen + timedelta(hours=2))
    journal = Journal.resume(replace(left, away=1000), clock, file=HistoryFile(tmp_path, clock.wall))
    assert journal.stored_session().summary.away == 1000
    killed_journal(journal)


def test_a_closed_journal_leaves_no_connection_and_does_not_keep_the_walker_waiting(tmp_path: Path) -> None:
    assert journals.CLOSE <= 2
    walker = Walker(tmp_path)
    walker.on(15)
    walker.journal.flush()
    database = walker.journal._database
    assert database
    walker.journal.close()
    with pytest.raises(StorageError):
        database.read("SELECT 1")
    assert not (tmp_path / "history.db-wal").exists()


def test_a_heartbeat_in_time_is_written_without_anybody_asking(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()

    def write(database: Database, about: Subject, record: Record, *rest: Any, **options: Any) -> Saved:  # noqa: ANN401
        saved = write_record(database, about, record, *rest, **options)
        if record.position == 5700:
            written.set()
        return saved

    monkeypatch.setattr(journals, "BEAT", 0.2)
    monkeypatch.setattr(journals, "STOPPED", 0.3)  # a beat that is later than this is not written, and the next one is
    monkeypatch.setattr(journals, "write_record", write)
    walker = Walker(tmp_path)
    walker.on(15)
    walker.journal.flush()
    assert interrupted_position(history) == 5000
    walker.clock.move(700)
    assert written.wait(20)
    assert interrupted_position(history) == 5700
    walker.journal.close()
