"""The journal and files that cannot be written: it tries again, tells why, and loses nothing that memory can keep."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Never

import pytest

from retro_timer.storage import journal as journals
from retro_timer.storage.database import Database
from retro_timer.storage.errors import BusyError, DamagedError, DiskFullError, StorageError, UnwritableError
from retro_timer.storage.journal import Keeping
from retro_timer.storage.memory import memory_history
from retro_timer.storage.open import HistoryFile
from retro_timer.storage.writer import write_record
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, interrupted, interrupted_position, stored_session

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.writer import Saved

pytestmark = pytest.mark.usefixtures("quiet")


def test_a_full_disk_is_reported_and_retried(tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFullError("the disk is full")

    walker = Walker(tmp_path)
    walker.on(15)
    assert walker.journal.flush().keeping is Keeping.SAVED
    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", full)
        walker.on(30)
        assert str(walker.journal.flush()) == "not saved yet: the disk is full"
        walker.on(30)
        assert walker.journal.flush().keeping is Keeping.PENDING
        assert interrupted_position(history) == 5000
    assert str(walker.journal.flush()) == "saved"
    assert interrupted(history).record.intervals == walker.record().intervals
    walker.journal.close()


def test_a_file_that_cannot_grow_means_a_full_disk(history: History) -> None:
    pages = history.database.read("PRAGMA page_count")[0][0]
    history.database.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError, match=r"^the disk is full$"):
        history.add(stored_session(notation=", ".join(["back 1s, fwd 1s"] * 500)))
    assert not history.page()


def test_a_deleted_file_is_written_again_with_everything(tmp_path: Path) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    for path in tmp_path.glob("history.db*"):
        path.unlink()
    walker.clock.move(200)
    assert walker.journal.flush().keeping is Keeping.SAVED
    opened = open_history(tmp_path, walker.clock.wall)
    with opened.history as history:
        found = interrupted(history)
        assert found.record.intervals == walker.record().intervals
        assert found.record.position == 35_200
    walker.journal.close()


def test_a_file_damaged_in_the_meantime_is_quarantined_and_started_again(tmp_path: Path) -> None:
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        history.add(stored_session())
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    database = walker.journal._database
    assert database
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "history.db"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    database.connection.execute("PRAGMA shrink_memory")  # or it would not look at the file again
    walker.on(20)
    state = walker.journal.flush()
    assert state.keeping is Keeping.SAVED
    assert state.set_aside
    assert state.set_aside.exists()
    walker.journal.close()
    with open_history(tmp_path, walker.clock.wall).history as history:
        assert interrupted(history).record.intervals == walker.record().intervals


def test_a_session_that_never_reached_the_file_stays_in_memory(tmp_path: Path) -> None:
    place = tmp_path / "no directory"
    place.write_text("a file")
    with memory_history() as memory:
        walker = Walker(place, memory=memory)
        for _ in range(200):
            walker.on(1)
        state = walker.journal.flush()
        assert state.keeping is Keeping.PENDING
        assert "\n" not in str(state)
        assert walker.journal.close(timeout=0.3).keeping is Keeping.MEMORY
        assert memory.session(memory.page()[0].uuid) == walker.journal.stored_session()
    assert place.read_text() == "a file"


def test_a_directory_that_reappears_gets_the_session(tmp_path: Path) -> None:
    place = tmp_path / "later"
    place.write_text("a file")
    walker = Walker(place)
    walker.on(45)
    assert walker.journal.flush().keeping is Keeping.PENDING
    place.unlink()
    assert walker.journal.flush().keeping is Keeping.SAVED
    walker.journal.close()
    with open_history(place, walker.clock.wall).history as history:
        assert interrupted(history).record.intervals == walker.record().intervals


def test_a_defect_is_reported_and_does_not_end_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = Walker(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(journals, "write_record", lambda *_, **__: 1 / 0)
        walker.on(15)
        assert str(walker.journal.flush()) == "not saved yet: ZeroDivisionError: division by zero"
    assert walker.journal.flush().keeping is Keeping.SAVED
    walker.journal.close()


def test_noting_does_not_wait_for_a_disk_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, released = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> None:
        stuck.set()
        released.wait(60)
        raise StorageError("late")

    walker = Walker(tmp_path)
    monkeypatch.setattr(journals, "write_record", hang)
    walker.on(15)
    assert stuck.wait(10)
    walker.on(100)  # would not come back if it waited
    assert walker.record().intervals
    assert str(walker.journal.close(timeout=0.05)) == "not saved yet: the disk does not respond"
    released.set()
    walker.journal._thread.join(10)


def test_closing_tries_again_while_there_is_time(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([StorageError("the disk is full")] * 5)
    write = write_record

    def reluctant(*args: Any, **options: Any) -> Saved:  # noqa: ANN401  (handed on)
        for refusal in refusals:
            raise refusal
        return write(*args, **options)

    monkeypatch.setattr(journals, "RETRY", 0.001)
    walker = Walker(tmp_path)
    monkeypatch.setattr(journals, "write_record", reluctant)
    walker.on(45)
    assert walker.journal.close(timeout=30).keeping is Keeping.SAVED
    assert interrupted(history).record.position == 35_000


def test_a_session_that_can_be_written_nowhere_says_so() -> None:
    walker = Walker(None)
    walker.on(400)
    assert str(walker.journal.flush()) == "not saved yet: there is nowhere to write it"
    assert str(walker.journal.close(timeout=0.3)) == "not saved yet: there is nowhere to write it"


def test_closing_tries_to_write_until_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, attempts = list[float](), list[float]()

    def refuse(*_: object, **__: object) -> Never:
        attempts.append(sum(waits))
        raise StorageError("the disk is full")

    assert journals.CLOSE >= 10 * journals.RETRY, "there is time for several attempts"
    monkeypatch.setattr(journals, "RETRY", 1)
    monkeypatch.setattr(journals, "time", SimpleNamespace(monotonic=lambda: sum(waits), sleep=waits.append))
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    monkeypatch.setattr(journals, "write_record", refuse)
    assert walker.journal.close(timeout=20).keeping is Keeping.PENDING
    assert attempts == list(range(20))


@pytest.mark.parametrize("over", [True, False])
def test_only_a_session_that_is_over_goes_to_memory_when_its_file_cannot_be_written(tmp_path: Path, over: bool) -> None:
    (tmp_path / "data").write_text("a file")
    with memory_history() as memory:
        walker = Walker(tmp_path / "data", memory=memory)
        walker.on(400 if over else 45)
        walker.journal.flush()
        state = walker.journal.close(timeout=0.3)
        assert state.keeping is (Keeping.MEMORY if over else Keeping.PENDING)
        assert len(memory.page()) == over
        assert not memory.unfinished()


def test_a_session_that_memory_refuses_too_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> Never:
        raise StorageError("no memory is left")

    (tmp_path / "data").write_text("a file")
    with memory_history() as memory:
        monkeypatch.setattr(memory, "add", refuse)
        walker = Walker(tmp_path / "data", memory=memory)
        walker.on(400)
        walker.journal.flush()
        assert str(walker.journal.close(timeout=0.3)) == "not saved yet: no memory is left"


def test_one_session_quarantines_three_damaged_files_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> Never:
        raise DamagedError("the history is damaged")

    walker = Walker(tmp_path)
    walker.journal.flush()
    monkeypatch.setattr(journals, "write_record", damaged)
    walker.clock.move(200)
    for count in (1, 2, 3, 3, 3):
        assert str(walker.journal.flush()) == "not saved yet: the history is damaged"
        assert len(list(tmp_path.glob("history.damaged-*.db"))) == count
    monkeypatch.undo()
    walker.clock.move(200)
    assert walker.journal.flush().keeping is Keeping.SAVED
    walker.journal.close()


@pytest.mark.parametrize(
    ("problem", "opened"), [(BusyError("it is in use"), 1), (UnwritableError("it cannot be written"), 2)]
)
def test_only_a_busy_file_stays_open_for_the_next_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: StorageError, opened: int
) -> None:
    connections: list[Database] = []
    connect = HistoryFile.connect

    def counted(self: HistoryFile) -> Database:
        connections.append(connect(self))
        return connections[-1]

    def refuse(*_: object, **__: object) -> Never:
        raise problem

    monkeypatch.setattr(HistoryFile, "connect", counted)
    walker = Walker(tmp_path)
    walker.journal.flush()
    with monkeypatch.context() as patch:
        patch.setattr(journals, "write_record", refuse)
        walker.clock.move(200)
        assert str(walker.journal.flush()) == f"not saved yet: {problem}"
    walker.clock.move(200)
    assert walker.journal.flush().keeping is Keeping.SAVED
    assert len(connections) == opened
    walker.journal.close()
