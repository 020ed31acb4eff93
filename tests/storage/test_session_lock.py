"""Only one process runs a session at a time, and the lock of a dead process does not block."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.files import locking
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.engine import Session
from retro_timer.storage.backup import back_up, restore
from retro_timer.storage.errors import BusyError, NoLockError, UnwritableError
from retro_timer.storage.journal import Keeping
from retro_timer.storage.open import FILE_NAME, HistoryFile
from retro_timer.storage.session_lock import LOCK_NAME, LOCK_TIMEOUT, Owner, SessionLock
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.storage.history import History

HOLDER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from retro_timer.storage.session_lock import SessionLock
lock = SessionLock(Path(sys.argv[1]))
lock.take(datetime(2026, 3, 2, 9, 15, tzinfo=UTC))
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"taken\n"
        yield process
        process.kill()


def test_another_process_learns_which_process_holds_the_lock(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    lock = SessionLock(tmp_path)
    with pytest.raises(BusyError) as busy:
        lock.take(MORNING)
    assert str(busy.value) == f"a session is running in another window (process {holder.pid}, since 09:15)"
    owner = lock.owner()
    assert owner
    assert owner.pid == holder.pid
    assert not lock.held


def test_a_killed_process_does_not_block_the_next_one(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK_NAME).exists()
    with SessionLock(tmp_path) as lock:
        lock.take(MORNING)
        assert lock.held


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    first, second = SessionLock(tmp_path), SessionLock(tmp_path)
    first.take(MORNING)
    first.take(MORNING)
    with pytest.raises(BusyError):
        second.take(MORNING)
    first.release()
    first.release()
    second.take(MORNING)
    second.release()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"pid": "\x1b[2J"}', b"{" * 5000])
def test_an_unreadable_lock_file_names_no_owner(tmp_path: Path, content: bytes) -> None:
    first, second = SessionLock(tmp_path), SessionLock(tmp_path)
    first.take(MORNING)
    (tmp_path / LOCK_NAME).write_bytes(content)
    assert second.owner() is None
    with pytest.raises(BusyError, match=r"^a session is running in another window$"):
        second.take(MORNING)
    first.release()


def test_a_directory_that_cannot_be_used(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("a file")
    with pytest.raises(UnwritableError):
        SessionLock(place / "deeper").take(MORNING)
    assert place.read_text() == "a file"


def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    lock = SessionLock(tmp_path)
    lock.take(MORNING)
    waits = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False) as child:
        assert child.stdout
        assert child.stdout.readline()
        lock.release()
        other = SessionLock(tmp_path)
        other.take(MORNING)
        other.release()
        child.kill()


NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES)
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="locks files in another way")


def break_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Simulate a file system without file locks."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refuse)


@needs_posix
@pytest.mark.parametrize("number", NO_LOCKS)
def test_without_file_locks_no_owner_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    break_locks(monkeypatch, number)
    lock = SessionLock(tmp_path)
    with pytest.raises(
        NoLockError, match=r"^a second window could run a session too: session.lock cannot be locked \("
    ):
        lock.take(MORNING)
    assert not lock.held


@needs_posix
@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EWOULDBLOCK])
def test_a_held_lock_is_not_a_missing_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    break_locks(monkeypatch, number)
    with pytest.raises(BusyError):
        SessionLock(tmp_path).take(MORNING)


@needs_posix
@pytest.mark.parametrize("number", NO_LOCKS)
def test_a_session_runs_without_locks_and_the_walker_is_warned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    break_locks(monkeypatch, number)
    clock = FakeClock(wall=MORNING)
    store = Store(tmp_path, clock)
    workout = parse("back 1m")
    session = Session(flatten(workout))
    journal = store.begin(workout, session.schedule)
    for event in (*session.start(0), *session.advance(clock.move(90_000))):
        journal.note(event)
    assert journal.close().keeping is Keeping.SAVED
    assert len(store.history.page()) == 1
    (warning,) = store.warnings
    assert "a second window" in warning
    store.close()


@needs_posix
def test_without_locks_a_damaged_history_is_quarantined_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_locks(monkeypatch, errno.ENOLCK)
    (tmp_path / FILE_NAME).write_bytes(b"damaged")
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        assert not history.in_memory
    assert opened.set_aside


@needs_posix
def test_without_locks_nothing_is_restored_while_a_journal_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: History
) -> None:
    walker = Walker(tmp_path, FakeClock(wall=MORNING))
    walker.on(45)
    walker.journal.close()
    back_up(history, tmp_path / "backup.db")
    break_locks(monkeypatch, errno.ENOLCK)
    file, seen = HistoryFile(tmp_path, lambda: MORNING), walker.clock.wall()
    with pytest.raises(BusyError, match="seems to be running"):
        restore(file, tmp_path / "backup.db", SessionLock(tmp_path), seen + timedelta(seconds=59))
    assert restore(file, tmp_path / "backup.db", SessionLock(tmp_path), seen + timedelta(seconds=61))


@needs_posix
@pytest.mark.parametrize("planted", ["symlink", "dangling", "hard link", "pipe"])
def test_nothing_planted_under_the_name_of_the_lock_is_followed(tmp_path: Path, planted: str) -> None:
    victim, place = tmp_path / "precious.txt", tmp_path / "data"
    victim.write_text("precious")
    place.mkdir()
    path = place / LOCK_NAME
    if planted == "hard link":
        path.hardlink_to(victim)
    elif planted == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(victim if planted == "symlink" else tmp_path / "not-there")
    lock = SessionLock(place)
    with pytest.raises(NoLockError, match="it is"):
        lock.take(MORNING)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "not-there").exists()


def test_the_owner_is_read_whatever_was_in_the_file(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("x" * 500)
    with SessionLock(tmp_path) as lock:
        assert lock.owner() is None
        lock.take(MORNING)
        assert lock.owner() == Owner(os.getpid(), MORNING)


@pytest.mark.parametrize(("freed_after", "taken"), [(0.28, True), (0.34, False)])
def test_a_lock_that_is_only_looked_at_is_waited_for(
    freed_after: float, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] >= freed_after:
            other.release()

    monkeypatch.setattr(locking, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    with SessionLock(tmp_path) as other, SessionLock(tmp_path) as lock:
        other.take(MORNING)
        if taken:
            lock.take(MORNING)
        else:
            with pytest.raises(BusyError):
                lock.take(MORNING)
        assert lock.held is taken
        assert now[0] == pytest.approx(0.3, abs=0.021)


def test_a_closed_store_holds_no_lock(tmp_path: Path) -> None:
    store = Store(tmp_path, FakeClock(wall=MORNING))
    store.lock.take(MORNING)
    store.close()
    with SessionLock(tmp_path) as other:
        other.take(MORNING, timeout=0.0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_directory_made_for_the_lock_is_private(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        with SessionLock(tmp_path / "new") as lock:
            lock.take(MORNING)
    finally:
        os.umask(former)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_the_lock_is_a_private_file_in_a_private_directory(tmp_path: Path) -> None:
    place = tmp_path / "a" / "data"
    with SessionLock(place) as lock:
        lock.take(MORNING)
        assert (place.stat().st_mode & 0o777, lock.path.stat().st_mode & 0o777) == (0o700, 0o600)
    with SessionLock(place) as again:
        again.take(MORNING)
        assert again.held


def test_nobody_waits_for_a_lock_longer_than_half_a_second(tmp_path: Path, waited: list[float]) -> None:
    with SessionLock(tmp_path) as other, SessionLock(tmp_path) as lock:
        other.take(MORNING)
        with pytest.raises(BusyError):
            lock.take(MORNING, timeout=0.0)
        assert waited == []
        with pytest.raises(BusyError):
            lock.take(MORNING)
        assert LOCK_TIMEOUT <= sum(waited) <= 0.5
        assert max(waited) <= 0.05, "a lock that becomes free is taken at once"
