"""Files that others change at the same time: no change is lost, and none is reported that was not made."""

from __future__ import annotations

import os
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.files import locking
from retro_timer.files.backups import backup_path
from retro_timer.files.changing import TRIES, KeepsChangingError, change_file
from tests.files.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 1000


def adding(line: bytes) -> Callable[[bytes | None], bytes]:
    """A change that adds a line."""
    return lambda data: (data or b"") + line


@pytest.mark.parametrize("locks", [True, False])
def test_a_change_by_another_program_between_reading_and_writing_is_kept(
    locks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_file: int) -> bool:
        raise OSError(95, "Operation not supported")

    if not locks:
        monkeypatch.setattr(locking, "_lock", no_locks)
    file, seen = tmp_path / "file", list[bytes | None]()

    def change(data: bytes | None) -> bytes:
        seen.append(data)
        if len(seen) < 3:
            file.write_bytes((data or b"") + b"theirs\n")
        return (data or b"") + b"mine\n"

    change_file(file, change, LIMIT)
    assert seen == [None, b"theirs\n", b"theirs\ntheirs\n"]
    assert file.read_bytes() == b"theirs\ntheirs\nmine\n"


def test_a_file_that_others_keep_changing_is_left_to_them(tmp_path: Path) -> None:
    file, versions = tmp_path / "file", list[int]()

    def change(_data: bytes | None) -> bytes:
        versions.append(len(versions))
        file.write_text(f"theirs {len(versions)}")
        return b"mine"

    with pytest.raises(KeepsChangingError, match="keeps changing it"):
        change_file(file, change, LIMIT)
    assert len(versions) == TRIES
    assert file.read_text() == f"theirs {TRIES}"
    assert list(tmp_path.iterdir()) == [file]


def test_a_change_to_nothing_writes_nothing(tmp_path: Path) -> None:
    change_file(tmp_path / "file", lambda _data: None, LIMIT)
    change_file(tmp_path / "missing" / "file", lambda _data: None, LIMIT)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_too_large_to_be_read_whole_is_not_cut(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(OSError, match="too large"):
        change_file(file, adding(b"y"), LIMIT)
    assert file.read_bytes() == b"x" * (LIMIT + 1)


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    kept, link = tmp_path / "dotfiles" / "file", tmp_path / "file"
    kept.write_bytes(b"one\n")
    link.symlink_to("dotfiles/file")
    change_file(link, adding(b"two\n"), LIMIT)
    assert link.is_symlink()
    assert kept.read_bytes() == b"one\ntwo\n"


def test_changes_of_threads_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that has begun is finished before the next one reads, so that neither has to be made again."""
    file, calls, turns = tmp_path / "file", list[str](), Turns(monkeypatch)
    other = threading.Thread(target=lambda: change_file(file, second, LIMIT))

    def first(data: bytes | None) -> bytes:
        calls.append("first")
        other.start()
        turns.wait_for_second()
        assert calls == ["first"]
        return (data or b"") + b"1"

    def second(data: bytes | None) -> bytes:
        calls.append("second")
        return (data or b"") + b"2"

    change_file(file, first, LIMIT)
    other.join()
    assert calls == ["first", "second"]
    assert file.read_bytes() == b"12"


@pytest.mark.skipif(os.name != "posix", reason="a directory is locked")
@pytest.mark.parametrize("held_for", [0.03, 3600])
def test_another_process_is_waited_for_but_stops_nobody(
    held_for: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    file, waits = tmp_path / "file", list[float]()
    theirs = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(theirs, fcntl.LOCK_EX)

    def sleep(seconds: float) -> None:
        assert not file.exists()
        waits.append(seconds)
        if sum(waits) >= held_for:
            fcntl.flock(theirs, fcntl.LOCK_UN)

    monkeypatch.setattr(locking, "time", SimpleNamespace(monotonic=lambda: sum(waits), sleep=sleep))
    try:
        change_file(file, adding(b"mine"), LIMIT)
    finally:
        os.close(theirs)
    assert sum(waits) == pytest.approx(min(held_for, 5), abs=0.02)
    assert file.read_bytes() == b"mine"


def test_an_earlier_backup_is_never_replaced(tmp_path: Path) -> None:
    for _ in range(3):
        backup_path(tmp_path / "mine.toml").touch(exist_ok=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml.2.bak", "mine.toml.3.bak", "mine.toml.bak"]
