"""The history opens whatever is in the directory: damaged files are quarantined and named, never deleted."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Never

import pytest

from retro_timer.storage.database import Database
from retro_timer.storage.errors import DamagedError, StorageError, UnwritableError
from retro_timer.storage.file_quarantine import free_name, set_aside
from retro_timer.storage.history import History
from retro_timer.storage.memory import copy_in_memory
from retro_timer.storage.migrations import MIGRATIONS
from retro_timer.storage.open import FILE_NAME, HistoryFile
from retro_timer.storage.session_lock import SessionLock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, many, stored_session, write_old

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.storage.open import OpenedHistory


def opened(directory: Path, lock: SessionLock | None = None) -> OpenedHistory:
    return open_history(directory, lambda: MORNING, lock)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The file of a history with some sessions and an empty write-ahead log."""
    with opened(tmp_path).history as history:
        for one in many(12):
            history.add(one)
    path = tmp_path / FILE_NAME
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]
    return path


def use(history: History) -> None:
    """All queries of the screens."""
    list(history.everything())
    history.days()
    history.bests()
    history.interrupted()
    history.add(stored_session(MORNING + timedelta(days=400)))


def test_a_new_directory_is_made(tmp_path: Path) -> None:
    found = opened(tmp_path / "a" / "b")
    with found.history as history:
        use(history)
    assert not found.problem
    assert (tmp_path / "a" / "b" / FILE_NAME).exists()
    assert not list((tmp_path / "a" / "b").glob(".*"))


def test_saved_sessions_are_there_the_next_time(filled: Path) -> None:
    found = opened(filled.parent)
    with found.history as history:
        assert len(history.page()) == 12
    assert (found.problem, found.set_aside) == ("", None)


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\x00", b"\x00" * 100_000, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_a_file_that_is_not_a_database_is_quarantined(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    found = opened(tmp_path)
    with found.history as history:
        use(history)
    assert not found.problem
    assert found.set_aside == tmp_path / "history.damaged-2026-03-02-090000.db"
    assert found.set_aside.read_bytes() == content


def test_another_programs_database_is_quarantined(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("CREATE TABLE pictures (name)")
        other.execute("PRAGMA user_version = 77")
    other.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    found = opened(tmp_path)
    with found.history as history:
        use(history)
    assert found.set_aside
    assert found.set_aside.read_bytes() == before


@pytest.mark.parametrize(
    "statement", ["DROP INDEX sessions_by_day", "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN SELECT 1; END"]
)
def test_a_file_with_changed_tables_is_quarantined(filled: Path, statement: str) -> None:
    with sqlite3.connect(filled) as other:
        other.execute(statement)
    other.close()
    before = filled.read_bytes()
    found = opened(filled.parent)
    with found.history as history:
        use(history)
    assert found.set_aside
    assert found.set_aside.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sessions SET walked = -1 WHERE id = 7",
        "UPDATE sessions SET state = 'flying' WHERE id = 7",
        "UPDATE sessions SET day = 0 WHERE id = 7",
    ],
)
def test_a_row_that_breaks_the_rules_of_its_table_costs_one_session(filled: Path, statement: str) -> None:
    with sqlite3.connect(filled) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute(statement)
    other.close()
    found = opened(filled.parent)
    with found.history as history:
        assert (found.set_aside, found.problem) == (None, "")
        assert len(history.page()) == 11
        assert len(history.quarantined()) == 1
    with opened(filled.parent).history as history:
        assert not history.database.mended


def test_an_index_that_does_not_match_its_table_loses_nothing(filled: Path) -> None:
    data = bytearray(filled.read_bytes())
    entries = [start for start in range(4096, len(data), 4096) if data[start] == 0x0A]
    for start in entries:  # the last byte of a page is the last of its first entry
        broken = bytearray(data)
        broken[start + 4095] ^= 1
        filled.write_bytes(broken)
        found = opened(filled.parent)
        if found.history.database.mended and found.set_aside is None:
            with found.history as history:
                assert len(history.page()) == 12
                assert history.quarantined() == ()
            return
        found.history.close()
        for path in filled.parent.iterdir():
            path.unlink()
    raise AssertionError("no entry of an index was damaged")


def test_a_newer_history_is_left_alone_and_reported(filled: Path) -> None:
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


def test_a_file_instead_of_the_directory(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("a file")
    found = opened(place)
    with found.history as history:
        use(history)
        assert history.in_memory
    assert found.problem
    assert "\n" not in found.problem
    assert place.read_text() == "a file"


def test_a_directory_instead_of_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    found = opened(tmp_path)
    with found.history as history:
        use(history)
        assert history.in_memory
    assert found.problem.endswith("history.db cannot be opened for writing")
    assert found.set_aside is None
    assert (tmp_path / FILE_NAME).is_dir()


def test_during_a_session_in_another_window_nothing_is_quarantined(filled: Path) -> None:
    filled.write_bytes(b"damaged")
    with SessionLock(filled.parent) as other:
        other.take(MORNING)
        found = opened(filled.parent)
        with found.history as history:
            use(history)
            assert history.in_memory
    assert "another window" in found.problem
    assert filled.read_bytes() == b"damaged"


def test_the_lock_holder_may_quarantine(filled: Path) -> None:
    filled.write_bytes(b"damaged")
    with SessionLock(filled.parent) as lock:
        lock.take(MORNING)
        found = opened(filled.parent, lock)
        found.history.close()
        assert found.set_aside
        assert lock.held


def test_companion_files_move_with_a_file(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"{FILE_NAME}{suffix}").write_text(suffix)
    aside = set_aside(tmp_path / FILE_NAME, MORNING)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"{aside.name}{suffix}": suffix for suffix in ("", "-wal", "-shm")
    }


def test_a_file_that_cannot_be_renamed_stays_with_its_companion_files(tmp_path: Path) -> None:
    (tmp_path / f"{FILE_NAME}-wal").write_text("log")
    with pytest.raises(UnwritableError):
        set_aside(tmp_path / FILE_NAME, MORNING)  # it is not there
    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE_NAME}-wal"]


def test_what_is_set_aside_in_the_same_second_is_numbered(tmp_path: Path) -> None:
    taken = []
    for _ in range(4):
        path = free_name(tmp_path / FILE_NAME, datetime(2030, 1, 1, tzinfo=UTC), "x")
        path.touch()
        taken.append(path.stem.removeprefix("history.x-2030-01-01-000000"))
    assert taken == ["", "-2", "-3", "-4"]


def test_nothing_quarantined_is_overwritten(tmp_path: Path) -> None:
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
    assert survived.problem == ""
    # Nothing is ever deleted: either the file is quarantined unchanged, or every session is present or quarantined.
    if survived.set_aside:
        assert survived.set_aside.read_bytes() == broken
        assert survived.set_aside == filled.with_name("history.damaged-2026-03-02-090000.db")
    with opened(filled.parent).history as history:
        assert len(history.page()) + len(history.quarantined()) == (1 if survived.set_aside else 13)


def use_or_open_again(found: OpenedHistory, directory: Path, lock: SessionLock) -> OpenedHistory:
    """Open the history again after damage, like the program."""
    try:
        use(found.history)
    except DamagedError as damage:
        found = HistoryFile(directory, lambda: MORNING).reopen(found.history, damage, lock)
        use(found.history)
    found.history.close()
    return found


def test_a_file_created_in_the_meantime_is_not_quarantined(filled: Path) -> None:
    lock = SessionLock(filled.parent)
    old = opened(filled.parent, lock)
    filled.replace(filled.with_name("moved.db"))
    with opened(filled.parent, lock).history as new:
        new.add(stored_session())
        again = HistoryFile(filled.parent, lambda: MORNING).reopen(old.history, DamagedError("read"), lock)
        with again.history as history:
            assert again.set_aside is None
            assert len(history.page()) == 1


@pytest.mark.parametrize("seed", range(30))
def test_the_program_starts_whatever_byte_of_the_log_is_damaged(tmp_path: Path, seed: int) -> None:
    choice = random.Random(seed)
    walks = many(6)
    wal = tmp_path / f"{FILE_NAME}-wal"
    ends = []
    with opened(tmp_path).history as history:
        for one in walks:
            history.add(one)
            ends.append(wal.stat().st_size)
        files = {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    log = files[wal.name]
    files[wal.name] = damaged(log, choice)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, data in files.items():
        hit_too = name != wal.name and choice.random() < 0.3
        (crashed / name).write_bytes(damaged(data, choice) if hit_too else data)
    lock = SessionLock(crashed)
    survived = use_or_open_again(opened(crashed, lock), crashed, lock)
    assert survived.problem == ""
    with opened(crashed).history as history:
        newest, *found = history.everything()
    assert newest.summary.start.started == MORNING + timedelta(days=400)
    # Everything written before the damage is there, unless the history itself was damaged and is quarantined.
    intact = next(
        (at for at, (a, b) in enumerate(zip(log, files[wal.name], strict=False)) if a != b), len(files[wal.name])
    )
    written = 0 if survived.set_aside else sum(end <= intact for end in ends)
    assert found == walks[:written][::-1]


def test_errors_of_a_closed_history_are_typed(filled: Path) -> None:
    found = opened(filled.parent)
    found.history.close()
    found.history.close()
    with pytest.raises(StorageError):
        found.history.page()


def refusing(problem: Exception) -> Callable[..., Never]:
    def refuse(*_: object, **__: object) -> Never:
        raise problem

    return refuse


def test_a_damaged_file_that_cannot_be_renamed_stays_and_is_named(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.write_bytes(b"damaged")
    monkeypatch.setattr("retro_timer.storage.open.set_aside", refusing(UnwritableError("it cannot be renamed")))
    found = opened(filled.parent)
    with found.history as history:
        assert history.in_memory
    assert (found.set_aside, found.copied) == (None, False)
    assert found.problem.endswith(", and it cannot be renamed")
    assert filled.read_bytes() == b"damaged"


def test_a_file_that_cannot_be_made_anew_after_a_quarantine_is_reported(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = opened(filled.parent)
    file = HistoryFile(filled.parent, lambda: MORNING)
    monkeypatch.setattr(file, "connect", refusing(UnwritableError("the directory is gone")))
    again = file.reopen(found.history, DamagedError("read"), SessionLock(filled.parent))
    with again.history as history:
        assert history.in_memory
    assert again.problem == "the directory is gone"
    assert again.set_aside == filled.with_name("history.damaged-2026-03-02-090000.db")
    assert again.set_aside.exists()


@pytest.mark.parametrize("readable", [True, False])
def test_a_file_that_cannot_be_written_is_copied_if_it_can_be_read(
    filled: Path, monkeypatch: pytest.MonkeyPatch, readable: bool
) -> None:
    file = HistoryFile(filled.parent, lambda: MORNING)
    monkeypatch.setattr(file, "connect", refusing(UnwritableError("it cannot be written")))
    if not readable:
        filled.unlink()
    found = file.open(SessionLock(filled.parent))
    with found.history as history:
        assert history.in_memory
        assert len(history.page()) == (12 if readable else 0)
    assert (found.problem, found.set_aside, found.copied) == ("it cannot be written", None, readable)


def test_a_connection_is_closed_when_a_history_cannot_be_validated(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Database] = []
    close = Database.close

    def watched(self: Database) -> None:
        closed.append(self)
        close(self)

    with sqlite3.connect(filled) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute("UPDATE sessions SET walked = -1 WHERE id = 7")
    other.close()
    monkeypatch.setattr(Database, "close", watched)
    monkeypatch.setattr("retro_timer.storage.history.History.validate_all", refusing(UnwritableError("no")))
    found = opened(filled.parent)
    assert len(closed) == 1
    assert (found.problem, found.history.in_memory) == ("no", True)
    found.history.close()


def test_nothing_of_a_file_that_cannot_be_copied_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[History] = []
    close = History.close

    def watched(self: History) -> None:
        closed.append(self)
        close(self)

    monkeypatch.setattr(History, "close", watched)
    with pytest.raises(StorageError):
        copy_in_memory(tmp_path / "missing.db")
    assert len(closed) == 1


def test_a_copy_in_memory_of_an_older_file_is_of_this_version_and_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    write_old(tmp_path, 3)
    before = (tmp_path / FILE_NAME).read_bytes()
    with copy_in_memory(tmp_path / FILE_NAME) as history:
        assert len(list(history.everything())) == 2
        assert history.database.read("PRAGMA user_version")[0][0] == len(MIGRATIONS)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_copy_before_a_migration_is_made_once(tmp_path: Path) -> None:
    write_old(tmp_path, 3)
    whole = (tmp_path / FILE_NAME).read_bytes()
    for _ in range(2):
        opened(tmp_path).history.close()
        (tmp_path / FILE_NAME).write_bytes(whole)
    assert sorted(path.name for path in tmp_path.glob("history.version-*")) == [
        "history.version-3-2026-03-02-090000.db"
    ]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_companions_of_every_kind_move_back_if_one_of_them_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    names = {f"{FILE_NAME}{each}" for each in ("", "-wal", "-shm", "-journal")}
    for name in names:
        (tmp_path / name).write_text(name)
    rename = type(tmp_path).rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == f"{FILE_NAME}{suffix}":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(type(tmp_path), "rename", refuse)
    with pytest.raises(UnwritableError):
        set_aside(tmp_path / FILE_NAME, MORNING)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: name for name in names}


def test_what_a_killed_process_left_behind_is_cleared_when_the_history_is_opened(filled: Path) -> None:
    left, recent = (filled.with_name(f".{FILE_NAME}.00000000-1-{number}.tmp") for number in range(2))
    for path in (left, recent):
        path.touch()
    long_ago = time.time() - 25 * 3600
    os.utime(left, (long_ago, long_ago))
    opened(filled.parent).history.close()
    assert sorted(path.name for path in filled.parent.iterdir()) == [recent.name, FILE_NAME]
