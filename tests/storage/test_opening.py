"""The history opens whatever is in the directory: what is damaged is set aside and named, never deleted."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.damage import free_name, set_aside
from retro_timer.storage.lock import SessionLock
from retro_timer.storage.opening import FILE_NAME, HistoryFile, open_history
from retro_timer.storage.problems import DamagedError, StorageError, UnwritableError
from tests.storage.walks import MORNING, many, walk

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.opening import Opened


def opened(directory: Path, lock: SessionLock | None = None) -> Opened:
    return open_history(directory, lambda: MORNING, lock)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The file of a history with some walks, nothing of it in the write-ahead log."""
    with opened(tmp_path).history as history:
        for one in many(12):
            history.add(one)
    path = tmp_path / FILE_NAME
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]
    return path


def use(history: History) -> None:
    """Everything a screen asks for."""
    list(history.everything())
    history.days()
    history.bests()
    history.interrupted()
    history.add(walk(MORNING + timedelta(days=400)))


def test_a_new_directory_is_made(tmp_path: Path) -> None:
    found = opened(tmp_path / "a" / "b")
    with found.history as history:
        use(history)
    assert not found.problem
    assert (tmp_path / "a" / "b" / FILE_NAME).exists()
    assert not list((tmp_path / "a" / "b").glob(".*"))


def test_what_was_kept_is_there_the_next_time(filled: Path) -> None:
    found = opened(filled.parent)
    with found.history as history:
        assert len(history.page()) == 12
    assert (found.problem, found.set_aside) == ("", None)


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\x00", b"\x00" * 100_000, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_what_is_no_database_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    found = opened(tmp_path)
    with found.history as history:
        use(history)
    assert not found.problem
    assert found.set_aside == tmp_path / "history.damaged-2026-03-02-090000.db"
    assert found.set_aside.read_bytes() == content


def test_another_programs_database_is_set_aside(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("CREATE TABLE pictures (name)")
        other.execute("PRAGMA user_version = 77")
    other.close()
    found = opened(tmp_path)
    with found.history as history:
        use(history)
    assert found.set_aside


@pytest.mark.parametrize(
    "statement", ["DROP INDEX sessions_by_day", "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN SELECT 1; END"]
)
def test_tables_that_were_changed_are_set_aside(filled: Path, statement: str) -> None:
    with sqlite3.connect(filled) as other:
        other.execute(statement)
    other.close()
    found = opened(filled.parent)
    with found.history as history:
        use(history)
    assert found.set_aside


def test_a_newer_history_is_left_alone_and_said(filled: Path) -> None:
    with sqlite3.connect(filled) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    before = filled.read_bytes()
    found = opened(filled.parent)
    with found.history as history:
        use(history)
        assert history.in_memory
    assert "newer Retro Timer" in found.problem
    assert "99" in found.problem
    assert found.set_aside is None
    assert filled.read_bytes() == before


def test_a_file_where_the_directory_should_be(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("a file")
    found = opened(place)
    with found.history as history:
        use(history)
        assert history.in_memory
    assert found.problem
    assert "\n" not in found.problem
    assert place.read_text() == "a file"


def test_a_directory_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    found = opened(tmp_path)
    with found.history as history:
        use(history)
    assert (tmp_path / FILE_NAME).is_dir() or found.set_aside


def test_while_another_window_walks_nothing_is_set_aside(filled: Path) -> None:
    filled.write_bytes(b"damaged")
    with SessionLock(filled.parent) as other:
        other.take(MORNING)
        found = opened(filled.parent)
        with found.history as history:
            use(history)
            assert history.in_memory
    assert "another window" in found.problem
    assert filled.read_bytes() == b"damaged"


def test_who_walks_may_set_aside(filled: Path) -> None:
    filled.write_bytes(b"damaged")
    with SessionLock(filled.parent) as lock:
        lock.take(MORNING)
        found = opened(filled.parent, lock)
        found.history.close()
        assert found.set_aside
        assert lock.held


def test_what_belongs_to_a_file_goes_with_it(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"{FILE_NAME}{suffix}").write_text(suffix)
    aside = set_aside(tmp_path / FILE_NAME, MORNING)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"{aside.name}{suffix}": suffix for suffix in ("", "-wal", "-shm")
    }


def test_a_file_that_cannot_be_renamed_stays_with_what_belongs_to_it(tmp_path: Path) -> None:
    (tmp_path / f"{FILE_NAME}-wal").write_text("log")
    with pytest.raises(UnwritableError):
        set_aside(tmp_path / FILE_NAME, MORNING)  # it is not there
    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE_NAME}-wal"]


def test_nothing_that_was_set_aside_is_overwritten(tmp_path: Path) -> None:
    names = []
    for content in ("one", "two", "three"):
        (tmp_path / FILE_NAME).write_text(content)
        names.append(set_aside(tmp_path / FILE_NAME, MORNING))
    assert [name.read_text() for name in names] == ["one", "two", "three"]
    assert (
        free_name(tmp_path / FILE_NAME, datetime(2030, 1, 1, tzinfo=UTC), "x").name == "history.x-2030-01-01-000000.db"
    )


def damaged(data: bytes, choice: random.Random) -> bytes:
    broken = bytearray(data)
    kind = choice.random()
    if kind < 0.25:
        del broken[choice.randrange(len(broken)) :]
    elif kind < 0.35:
        start = choice.randrange(len(broken))
        broken[start : start + 4096] = choice.randbytes(4096)
    else:
        for _ in range(choice.choice((1, 1, 1, 5, 50, 500))):
            broken[choice.randrange(len(broken))] ^= 1 << choice.randrange(8)
    return bytes(broken)


@pytest.mark.parametrize("seed", range(60))
def test_the_program_starts_whatever_byte_is_damaged(filled: Path, seed: int) -> None:
    choice = random.Random(seed)
    broken = damaged(filled.read_bytes(), choice)
    filled.write_bytes(broken)
    lock = SessionLock(filled.parent)
    found = opened(filled.parent, lock)
    survived = use_or_open_again(found, filled.parent, lock)
    # Nothing is ever deleted: the bytes are where they were, or aside.
    if survived.set_aside:
        assert survived.set_aside.stat().st_size == pytest.approx(len(broken), abs=1 << 20)
        assert survived.set_aside.name.startswith("history.damaged-")
    for char in f"{survived.problem}{survived.set_aside or ''}":
        assert char.isprintable()


def use_or_open_again(found: Opened, directory: Path, lock: SessionLock) -> Opened:
    """What the program does when it meets damage while it reads: it opens the history again."""
    try:
        use(found.history)
    except DamagedError as damage:
        found = HistoryFile(directory, lambda: MORNING).reopen(found.history, damage, lock)
        use(found.history)
    found.history.close()
    return found


def test_a_file_that_was_begun_meanwhile_is_not_set_aside(filled: Path) -> None:
    lock = SessionLock(filled.parent)
    old = opened(filled.parent, lock)
    filled.replace(filled.with_name("moved.db"))
    with opened(filled.parent, lock).history as new:
        new.add(walk())
        again = HistoryFile(filled.parent, lambda: MORNING).reopen(old.history, DamagedError("read"), lock)
        with again.history as history:
            assert again.set_aside is None
            assert len(history.page()) == 1


@pytest.mark.parametrize("seed", range(30))
def test_the_program_starts_whatever_byte_of_the_log_is_damaged(tmp_path: Path, seed: int) -> None:
    choice = random.Random(seed)
    with opened(tmp_path).history as history:
        for one in many(6):
            history.add(one)
        wal = tmp_path / f"{FILE_NAME}-wal"
        files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert len(files[wal.name]) > 10_000
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, data in files.items():
        (crashed / name).write_bytes(damaged(data, choice) if name == wal.name or choice.random() < 0.3 else data)
    lock = SessionLock(crashed)
    use_or_open_again(opened(crashed, lock), crashed, lock)


def test_errors_of_a_closed_history_are_typed(filled: Path) -> None:
    found = opened(filled.parent)
    found.history.close()
    found.history.close()
    with pytest.raises(StorageError):
        found.history.page()
