"""One process walks at a time, and a lock that a dead one left behind is no obstacle."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.lock import LOCK_NAME, SessionLock
from retro_timer.storage.problems import BusyError, UnwritableError
from tests.storage.walks import MORNING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from retro_timer.storage.lock import SessionLock
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


def test_another_process_is_told_who_walks(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    lock = SessionLock(tmp_path)
    with pytest.raises(BusyError) as busy:
        lock.take(MORNING)
    assert str(busy.value) == f"a session is running in another window (process {holder.pid}, since 09:15)"
    owner = lock.owner()
    assert owner
    assert owner.pid == holder.pid
    assert not lock.held


def test_a_killed_process_leaves_no_obstacle(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
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
def test_a_lock_file_that_cannot_be_read_tells_nothing(tmp_path: Path, content: bytes) -> None:
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
