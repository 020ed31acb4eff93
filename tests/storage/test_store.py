"""The history that a store hands out, and the sessions that begin, are kept and are rescued in it."""

from __future__ import annotations

import errno
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Never

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.session.history import Feedback
from retro_timer.session.record import SessionStatus
from retro_timer.storage.errors import BusyError, DamagedError, RefusedError, StorageError, UnwritableError
from retro_timer.storage.journal import Keeping
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.store import Store
from retro_timer.storage.transfer import read_json
from retro_timer.testing import FakeClock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, interrupt, many

if TYPE_CHECKING:
    from collections.abc import Callable


def break_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_without_locks_a_session_counts_as_interrupted_once_it_was_quiet_for_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_locks(monkeypatch)
    interrupt(tmp_path, 45)
    clock = FakeClock(wall=MORNING + timedelta(seconds=45))
    store = Store(tmp_path, clock)
    clock.move(59_000)
    with pytest.raises(BusyError, match="60 s after"):
        store.interrupted()
    assert store.readable_history().history.page() == ()
    clock.move(1_000)
    (walk,) = store.interrupted()
    assert [shown.state for shown in store.history.page()] == [SessionStatus.INTERRUPTED]
    other = Store(tmp_path, clock)
    journal = other.resume(walk)
    session = Session(walk.record.schedule)
    for event in session.restore(clock.now(), walk.record):
        journal.note(event)
    journal.flush()
    for settle in (store.keep, store.discard, store.claim):
        with pytest.raises(RefusedError, match="in another window"):
            settle(walk)
    journal.close()
    assert len(store.history.page()) == 1
    store.close()
    other.close()


def test_a_session_that_was_resumed_since_it_was_offered_is_not_discarded(tmp_path: Path) -> None:
    interrupt(tmp_path, 45)
    clock = FakeClock(wall=MORNING + timedelta(hours=1))
    store, other = Store(tmp_path, clock), Store(tmp_path, clock)
    (offered,) = store.interrupted()
    other.claim(offered)
    with pytest.raises(BusyError, match="another window"):
        store.discard(offered)
    journal = other.resume(offered)
    for event in Session(offered.record.schedule).restore(clock.now(), offered.record):
        journal.note(event)
    clock.move(1000)
    journal.close()
    other.release()
    with pytest.raises(RefusedError, match="in another window"):
        store.discard(offered)
    (again,) = store.interrupted()
    store.discard(again)
    assert store.history.page() == ()
    store.close()
    other.close()


def test_answers_about_a_session_are_not_stored_in_a_temporary_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    kept = many(1)[0]
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(kept)
        history.database.connection.execute("PRAGMA user_version = 99")
    store = Store(tmp_path, FakeClock(wall=MORNING))
    with pytest.raises(UnwritableError, match="newer"):
        store.give_feedback(kept.summary.uuid, Feedback(effort=3))
    unsaved = many(1)[0]
    store.history.add(unsaved)
    store.note_outcome(unsaved, "the disk is full")
    assert store.give_feedback(unsaved.summary.uuid, Feedback(effort=3))
    (line,) = store.rescue()
    file = Path(line.rpartition(" ")[2])
    (found,) = read_json(file, MORNING).sessions
    assert found.summary.feedback == Feedback(effort=3)
    assert not store.rescue()
    store.close()


def test_a_store_that_was_closed_opens_its_history_anew(tmp_path: Path) -> None:
    store = Store(tmp_path, FakeClock())
    first = store.history
    store.close()
    with pytest.raises(StorageError):
        first.page()
    assert store.history is not first
    assert list(store.history.everything()) == []
    store.close()


def later_store(directory: Path) -> Store:
    """The store of a window that is opened an hour later."""
    return Store(directory, FakeClock(wall=MORNING + timedelta(hours=1)))


def test_an_interrupted_session_is_kept_as_ended_early_once(tmp_path: Path) -> None:
    interrupt(tmp_path)
    store = later_store(tmp_path)
    (walk,) = store.interrupted()
    store.keep(walk)
    assert store.interrupted() == ()
    assert [shown.state for shown in store.history.page()] == [SessionStatus.ENDED_EARLY]
    with pytest.raises(RefusedError, match="resumed, kept or discarded in another window"):
        store.keep(walk)
    assert not store.lock.held
    store.close()


@pytest.mark.parametrize("kind", ["readable", "writable"])
def test_a_history_is_handed_out_with_its_interrupted_sessions_marked(tmp_path: Path, kind: str) -> None:
    interrupt(tmp_path)
    store = later_store(tmp_path)
    assert store.history.page() == ()
    opened = store.readable_history() if kind == "readable" else store.writable_history()
    assert [shown.state for shown in opened.history.page()] == [SessionStatus.INTERRUPTED]
    assert not opened.history.in_memory
    store.close()


def test_sessions_that_cannot_be_marked_in_the_file_are_marked_in_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(tmp_path)
    store = later_store(tmp_path)
    first = store.opened
    monkeypatch.setattr(first.history.database, "writing", refused(UnwritableError("it cannot be written")))
    opened = store.readable_history()
    assert (opened.copied, opened.problem) == (True, "it cannot be written")
    assert opened.history.in_memory
    assert store.opened is opened
    assert [shown.state for shown in opened.history.page()] == [SessionStatus.INTERRUPTED]
    with pytest.raises(UnwritableError, match=r"^nothing was written: it cannot be written$"):
        store.writable_history()
    assert store.readable_history() is opened
    first.history.close()
    store.close()


def test_damage_met_while_sessions_are_marked_is_not_hidden_by_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = later_store(tmp_path)
    opened = store.opened
    monkeypatch.setattr(opened.history.database, "read", refused(DamagedError("the history is damaged")))
    with pytest.raises(DamagedError):
        store.readable_history()
    assert store.opened is opened
    store.close()


def refused(problem: Exception) -> Callable[..., Never]:
    def refuse(*_: object, **__: object) -> Never:
        raise problem

    return refuse


def test_a_history_that_is_lost_when_the_program_ends_is_neither_read_nor_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    store = later_store(tmp_path / "data")
    with pytest.raises(UnwritableError, match=r"^nothing was read: "):
        store.readable_history()
    with pytest.raises(UnwritableError, match=r"^nothing was written: "):
        store.writable_history()
    assert not store.repairable
    store.close()


def test_what_no_repair_has_tried_can_be_repaired(tmp_path: Path) -> None:
    store = later_store(tmp_path)
    store.history.add(many(1)[0])
    assert not store.repairable
    assert store.repair() == []
    store.history.database.connection.execute("UPDATE sessions SET started = 9000000000000000000")
    assert store.history.page() == ()
    assert store.repairable
    assert [len(report.lost) for report in store.repair()] == [1]
    assert not store.repairable
    (tmp_path / "history.damaged-2026-03-02-090000.db").write_bytes(b"nothing")
    assert store.repairable
    assert len(store.repair()) == 2
    assert not store.repairable
    store.close()


def test_one_file_can_be_repaired_alone(tmp_path: Path) -> None:
    walks = many(3)
    with open_history(tmp_path / "other", lambda: MORNING).history as history:
        for one in walks:
            history.add(one)
    store = later_store(tmp_path / "mine")
    assert [str(report) for report in store.repair(tmp_path / "other" / FILE_NAME)] == [
        "history.db: 3 sessions recovered, 0 lost"
    ]
    assert list(store.history.everything()) == walks[::-1]
    store.close()


def test_a_session_that_was_saved_after_all_is_not_rescued(tmp_path: Path) -> None:
    store, one = later_store(tmp_path), many(1)[0]
    assert store.rescue() == []
    store.note_outcome(one, "")
    store.note_outcome(one, "the disk is full")
    store.note_outcome(one, "")
    assert store.rescue() == []
    store.close()


def test_every_unsaved_session_is_rescued_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    store, walks = later_store(tmp_path / "data"), many(2)
    for one in walks:
        store.note_outcome(one, "the disk is full")
    lines = store.rescue()
    assert all(line.startswith("retro-timer: NOT saved: the disk is full. The session is in ") for line in lines)
    files = [Path(line.rpartition(" ")[2]) for line in lines]
    assert [read_json(file, MORNING + timedelta(days=1)).sessions for file in files] == [[one] for one in walks[::-1]]
    assert store.rescue() == []


def test_questions_are_declined_in_the_file(tmp_path: Path) -> None:
    store, walks = later_store(tmp_path), many(2)
    for one in walks:
        store.history.add(one)
    store.decline(walks[0].summary.uuid)
    assert [store.history.is_declined(one.summary.uuid) for one in walks] == [True, False]
    store.close()


def test_a_session_begins_with_the_lock_and_is_written_with_its_plan(tmp_path: Path) -> None:
    workout = parse("back 1m, fwd 1m", name="Mine")
    store, other = later_store(tmp_path), later_store(tmp_path)
    journal = store.begin(workout, flatten(workout), "starter")
    session = Session(flatten(workout))
    for event in session.start(0):
        journal.note(event)
    assert journal.flush().keeping is Keeping.SAVED
    assert store.lock.held
    with pytest.raises(BusyError, match="in another window"):
        other.begin(workout, flatten(workout))
    begun = journal.stored_session().summary
    assert (begun.start.started, begun.away) == (MORNING + timedelta(hours=1), 0)
    assert (begun.start.zone, begun.planned.name, begun.planned.preset_id) == ("UTC", "Mine", "starter")
    journal.close()
    store.release()
    assert not store.lock.held
    other.begin(workout, flatten(workout)).close()
    assert (store.unguarded, other.unguarded) == ("", "")
    store.close()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_session_that_is_not_exclusive_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_locks(monkeypatch)
    store, workout = later_store(tmp_path), parse("back 1m")
    store.begin(workout, flatten(workout)).close()
    assert store.unguarded.startswith("a second window could run a session too: ")
    assert store.warnings == (store.unguarded,)
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_directories_that_others_can_change_are_warned_of(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    for directory in (data, config):
        directory.mkdir()
        directory.chmod(0o777)
    clock = FakeClock()
    about_data, about_config = (
        f"other users can change the files in {directory}: chmod go-w keeps them out" for directory in (data, config)
    )
    assert Store(data, clock).warnings == Store(data, clock, data).warnings == (about_data,)
    assert Store(data, clock, config).warnings == (about_data, about_config)
    data.chmod(0o700)
    config.chmod(0o700)
    assert Store(data, clock, config).warnings == ()


def test_a_session_goes_on_with_the_lock_and_alone(tmp_path: Path) -> None:
    interrupt(tmp_path)
    store, other = later_store(tmp_path), later_store(tmp_path)
    (walk,) = store.interrupted()
    journal = store.resume(walk)
    assert store.lock.held
    with pytest.raises(BusyError, match="in another window"):
        other.resume(walk)
    journal.close()
    store.close()
    assert not store.lock.held
    other.close()


def test_a_session_that_cannot_be_claimed_leaves_the_lock_free(tmp_path: Path) -> None:
    interrupt(tmp_path)
    store = later_store(tmp_path)
    (walk,) = store.interrupted()
    store.claim(walk)
    assert store.lock.held
    store.release()
    store.discard(walk)
    with pytest.raises(RefusedError):
        store.claim(walk)
    assert not store.lock.held
    store.close()
