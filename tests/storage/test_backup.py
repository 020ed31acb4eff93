"""Backups are whole, never overwrite anything, and come back in one step."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.backup import back_up, restore
from retro_timer.storage.lock import SessionLock
from retro_timer.storage.opening import FILE_NAME, HistoryFile, open_history
from retro_timer.storage.problems import BusyError, RefusedError, StorageError
from tests.storage.walks import MORNING, Walker, many, walk

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.history import History


@pytest.fixture
def file(tmp_path: Path) -> HistoryFile:
    return HistoryFile(tmp_path, lambda: MORNING)


@pytest.fixture
def backup(tmp_path: Path, history: History) -> Path:
    for one in many(5):
        history.add(one)
    target = tmp_path / "backup.db"
    back_up(history, target)
    return target


def uuids(history: History) -> list[str]:
    return [summary.uuid for summary in history.page()]


def test_a_backup_is_a_whole_history_in_one_file(backup: Path, tmp_path: Path, history: History) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    backup.rename(place / FILE_NAME)
    assert [path.name for path in place.iterdir()] == [FILE_NAME]
    assert stat.S_IMODE((place / FILE_NAME).stat().st_mode) == 0o600
    with open_history(place, lambda: MORNING).history as copy:
        assert list(copy.everything()) == list(history.everything())


def test_a_backup_overwrites_nothing(tmp_path: Path, history: History) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine")
    with pytest.raises(RefusedError, match="already"):
        back_up(history, target)
    assert target.read_text() == "mine"


def test_a_backup_into_nowhere(tmp_path: Path, history: History) -> None:
    with pytest.raises(StorageError):
        back_up(history, tmp_path / "no" / "where.db")
    assert not (tmp_path / "no").exists()


def test_a_backup_comes_back_and_what_was_there_is_kept(backup: Path, file: HistoryFile, history: History) -> None:
    before = uuids(history)
    history.add(walk())
    history.delete(before[0])
    changed = list(history.everything())
    kept = restore(file, backup, SessionLock(file.directory), MORNING)
    assert uuids(history) == before  # a history that is open sees it too
    assert kept
    assert kept.name == "history.before-restore-2026-03-02-090000.db"
    restore(file, kept, SessionLock(file.directory), MORNING)
    assert list(history.everything()) == changed


def test_a_backup_comes_back_where_there_is_nothing(backup: Path, tmp_path: Path, history: History) -> None:
    place = HistoryFile(tmp_path / "fresh", lambda: MORNING)
    assert restore(place, backup, SessionLock(place.directory), MORNING) is None
    with place.open(SessionLock(place.directory)).history as copy:
        assert uuids(copy) == uuids(history)


def test_a_backup_comes_back_over_a_damaged_history(backup: Path, tmp_path: Path) -> None:
    place = HistoryFile(tmp_path / "broken", lambda: MORNING)
    place.directory.mkdir()
    place.path.write_bytes(b"damaged")
    kept = restore(place, backup, SessionLock(place.directory), MORNING)
    assert kept
    assert kept.read_bytes() == b"damaged"
    with place.open(SessionLock(place.directory)).history as copy:
        assert len(copy.page()) == 5


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_what_is_no_backup_changes_nothing(
    tmp_path: Path, file: HistoryFile, history: History, content: bytes | None
) -> None:
    history.add(walk())
    before = sorted(path.name for path in tmp_path.iterdir())
    source = tmp_path / "bad.db"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        restore(file, source, SessionLock(tmp_path), MORNING)
    assert str(refused.value).isprintable()
    assert len(history.page()) == 1
    source.unlink(missing_ok=True)
    assert [name for name in sorted(path.name for path in tmp_path.iterdir()) if name != "session.lock"] == before


def test_a_damaged_backup_changes_nothing(backup: Path, file: HistoryFile, history: History) -> None:
    data = backup.read_bytes()
    backup.write_bytes(data[: len(data) // 2])
    with pytest.raises(RefusedError):
        restore(file, backup, SessionLock(file.directory), MORNING)
    assert len(history.page()) == 5


def test_nothing_comes_back_while_somebody_walks(backup: Path, file: HistoryFile, history: History) -> None:
    with SessionLock(file.directory) as lock:
        lock.take(MORNING)
        with pytest.raises(BusyError):
            restore(file, backup, SessionLock(file.directory), MORNING)
    assert len(history.page()) == 5


def test_the_history_is_not_its_own_backup(file: HistoryFile, history: History) -> None:
    history.add(walk())
    with pytest.raises(RefusedError, match="itself"):
        restore(file, file.path, SessionLock(file.directory), MORNING)


def test_a_walk_that_was_going_on_comes_back_to_be_taken_up(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    target = tmp_path / "during.db"
    back_up(history, target)
    walker.on(400)
    walker.journal.close()
    place = HistoryFile(tmp_path / "fresh", lambda: MORNING)
    restore(place, target, SessionLock(place.directory), MORNING)
    with place.open(SessionLock(place.directory)).history as copy:
        assert [found.record.position for found in copy.interrupted()] == [35_000]
