"""Backups are complete, never overwrite anything, and are restored in one step."""

from __future__ import annotations

import errno
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.backup import back_up, restore
from retro_timer.storage.database import Database
from retro_timer.storage.errors import BusyError, RefusedError, StorageError
from retro_timer.storage.open import FILE_NAME, HistoryFile
from retro_timer.storage.session_lock import SessionLock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, killed, many, stored_session

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


def test_a_backup_to_a_missing_directory_is_refused(tmp_path: Path, history: History) -> None:
    with pytest.raises(StorageError):
        back_up(history, tmp_path / "no" / "where.db")
    assert not (tmp_path / "no").exists()


def test_a_backup_is_restored_and_the_replaced_history_is_kept(
    backup: Path, file: HistoryFile, history: History
) -> None:
    before = uuids(history)
    history.add(stored_session())
    history.delete(before[0])
    changed = list(history.everything())
    kept = restore(file, backup, SessionLock(file.directory), MORNING)
    assert uuids(history) == before  # an open history sees it too
    assert kept
    assert kept.name == "history.before-restore-2026-03-02-090000.db"
    restore(file, kept, SessionLock(file.directory), MORNING)
    assert list(history.everything()) == changed


def test_a_backup_is_restored_where_there_is_no_history(backup: Path, tmp_path: Path, history: History) -> None:
    place = HistoryFile(tmp_path / "fresh", lambda: MORNING)
    assert restore(place, backup, SessionLock(place.directory), MORNING) is None
    with place.open(SessionLock(place.directory)).history as copy:
        assert uuids(copy) == uuids(history)


def test_a_backup_is_restored_over_a_damaged_history(backup: Path, tmp_path: Path) -> None:
    place = HistoryFile(tmp_path / "broken", lambda: MORNING)
    place.directory.mkdir()
    place.path.write_bytes(b"damaged")
    kept = restore(place, backup, SessionLock(place.directory), MORNING)
    assert kept
    assert kept.read_bytes() == b"damaged"
    with place.open(SessionLock(place.directory)).history as copy:
        assert len(copy.page()) == 5


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_is_not_a_backup_changes_nothing(
    tmp_path: Path, file: HistoryFile, history: History, content: bytes | None
) -> None:
    history.add(stored_session())
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


def test_nothing_is_restored_during_a_session(backup: Path, file: HistoryFile, history: History) -> None:
    with SessionLock(file.directory) as lock:
        lock.take(MORNING)
        with pytest.raises(BusyError):
            restore(file, backup, SessionLock(file.directory), MORNING)
    assert len(history.page()) == 5


def test_the_history_is_not_its_own_backup(file: HistoryFile, history: History) -> None:
    history.add(stored_session())
    with pytest.raises(RefusedError, match="itself"):
        restore(file, file.path, SessionLock(file.directory), MORNING)


def test_a_running_session_can_be_resumed_after_a_restart(tmp_path: Path, history: History) -> None:
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


HOSTILE = {
    "a number that is text": "UPDATE sessions SET walked = 'a lot'",
    "a sum that is too high": "UPDATE sessions SET walked = walked + 1000, backward = backward + 1000",
    "a stretch longer than all of them": "UPDATE sessions SET longest_backward = 99999999",
    "a negative length": "UPDATE sessions SET away = -5",
    "a negative interval": "UPDATE intervals SET walked = -1000",
    "a phase that is none": "UPDATE intervals SET phase = 'bxckward'",
    "a speed beyond all belts": "UPDATE intervals SET speed_kmh = 1e300",
    "huge text": "UPDATE sessions SET note = printf('%.3000000c', 'x')",
    "text that steers the terminal": "UPDATE intervals SET label = char(27) || ']0;PWNED' || char(7)",
    "text that is not UTF-8": "UPDATE sessions SET name = CAST(x'ff' AS TEXT)",
    "a notation that is none": "UPDATE sessions SET notation = 'sideways 3m'",
    "a notation of another length": "UPDATE sessions SET notation = 'back 5h'",
    "a notation of a billion rounds": "UPDATE sessions SET notation = '999999999x(back 1s)'",
    "a uuid that is none": "UPDATE sessions SET uuid = '../../etc/passwd' WHERE id = 1",
    "another day": "UPDATE sessions SET day = day + 1",
    "a session that is being walked, and has no journal": "UPDATE sessions SET state = 'walking'",
    "a journal of a session that is over": "INSERT INTO journal VALUES (1, 0, 0, 0, 0, 0, 0, 0)",
    "parts of no session": "INSERT INTO pauses VALUES (99, 0, 0, 0, 0, 'asked')",
    "a pause that no sum knows": "INSERT INTO pauses VALUES (1, 0, 0, 0, 7, 'asked')",
    "two sessions with one uuid": "UPDATE sessions SET uuid = 'same'",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN DELETE FROM sessions; END",
    "a view": "CREATE VIEW spy AS SELECT * FROM sessions",
    "a table that is missing": "DROP TABLE edits",
    "another program's mark": "PRAGMA application_id = 77",
    "a version of the future": "PRAGMA user_version = 99",
}
"""Backups edited by hand, each with one change."""


@pytest.mark.parametrize("change", HOSTILE)
def test_no_hostile_backup_replaces_anything(backup: Path, file: HistoryFile, history: History, change: str) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        if "one uuid" in change:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_sessions_1'")
        else:
            connection.execute(HOSTILE[change])
        connection.commit()
    before = list(history.everything())
    with pytest.raises(RefusedError) as refused:
        restore(file, backup, SessionLock(file.directory), MORNING)
    assert str(refused.value).isprintable()
    assert list(history.everything()) == before
    assert not list(file.directory.glob("*before-restore*"))


def test_a_damaged_backup_is_sent_to_repair(backup: Path, file: HistoryFile) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE intervals SET phase = 'bxckward' WHERE session = 1")
    with pytest.raises(RefusedError, match="retro-timer repair FILE"):
        restore(file, backup, SessionLock(file.directory), MORNING)


def test_a_restored_history_is_flushed_to_disk(backup: Path, history: History) -> None:
    normal, full = 1, 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
    with history.database.writing():
        assert history.database.read("PRAGMA synchronous")[0][0] == normal
    with Database(backup) as other:
        history.database.become(other)
    assert history.database.read("PRAGMA synchronous")[0][0] == full


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
@pytest.mark.parametrize("quiet", [59_999, 60_000])
def test_without_locks_nothing_is_restored_until_a_minute_after_the_last_write_of_a_session(
    backup: Path, file: HistoryFile, history: History, monkeypatch: pytest.MonkeyPatch, quiet: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    walker = Walker(file.directory)
    walker.on(45)
    walker.journal.flush()
    killed(walker)
    last = history.interrupted()[0].seen
    monkeypatch.setattr("fcntl.flock", refuse)
    now = last + timedelta(milliseconds=quiet)
    if quiet < 60_000:
        with pytest.raises(BusyError, match=r"^a session seems to be running in another window$"):
            restore(file, backup, SessionLock(file.directory), now)
        assert len(history.page()) == 5
        assert history.unfinished()
    else:
        assert restore(file, backup, SessionLock(file.directory), now)
        assert not history.unfinished()


def test_a_lock_that_was_held_before_a_restore_is_held_after_it(backup: Path, file: HistoryFile) -> None:
    with SessionLock(file.directory) as lock:
        lock.take(MORNING)
        restore(file, backup, lock, MORNING)
        assert lock.held
    free = SessionLock(file.directory)
    restore(file, backup, free, MORNING)
    assert not free.held


def test_what_is_wrong_with_a_backup_is_said(backup: Path, file: HistoryFile) -> None:
    wrong = {
        "INSERT INTO pauses VALUES (99, 0, 0, 0, 0, 'asked')": "parts of it belong to no session",
        "INSERT INTO journal VALUES (1, 0, 0, 0, 0, 0, 0, 0)": "a session that is over is still being written",
        "UPDATE sessions SET walked = walked + 1 WHERE id = 1": "the session of 2026-03-02 09:00: walked is ",
        "UPDATE intervals SET phase = 'x' WHERE session = 1": "the session of 2026-03-02 09:00 (",
    }
    whole = backup.read_bytes()
    for statement, said in wrong.items():
        backup.write_bytes(whole)
        with closing(sqlite3.connect(backup)) as connection, connection:
            connection.execute(statement)
        with pytest.raises(RefusedError) as refused:
            restore(file, backup, SessionLock(file.directory), MORNING)
        assert str(refused.value).startswith(f"{backup} cannot be restored: {said}")
        assert str(refused.value).endswith("; to add its readable sessions to the history: retro-timer repair FILE")


def test_a_missing_backup_is_named(tmp_path: Path, file: HistoryFile) -> None:
    with pytest.raises(RefusedError, match=rf"^there is no file {tmp_path / 'none.db'}$"):
        restore(file, tmp_path / "none.db", SessionLock(file.directory), MORNING)
    with pytest.raises(RefusedError, match="there is no file"):
        restore(file, tmp_path, SessionLock(file.directory), MORNING)


def test_a_backup_with_a_quarantined_session_is_restored(backup: Path, file: HistoryFile) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("INSERT INTO quarantine (session, reason, content) VALUES ('x', 'y', '{}')")
    restore(file, backup, SessionLock(file.directory), MORNING)
    with file.open(SessionLock(file.directory)).history as history:
        assert (len(history.page()), len(history.quarantined())) == (5, 1)


def test_a_session_that_cannot_be_read_is_found_also_next_to_one_in_quarantine(backup: Path, file: HistoryFile) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("INSERT INTO quarantine (session, reason, content) VALUES ('x', 'y', '{}')")
        connection.execute("UPDATE sessions SET day = day + 1 WHERE id = 2")
    with pytest.raises(RefusedError, match="its day is not the one on which it began"):
        restore(file, backup, SessionLock(file.directory), MORNING)
