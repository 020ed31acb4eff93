"""Damage in a long history, for which opening has no time to check."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.database_file import check_file
from retro_timer.storage.errors import BusyError, DamagedError, UnwritableError
from retro_timer.storage.open import FILE_NAME, OpenedHistory
from retro_timer.storage.session_lock import SessionLock
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, many

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
INDEX_LEAF = 0x0A
"""The first byte of a page with entries of an index. Source: https://www.sqlite.org/fileformat.html#b_tree_pages"""
WALKS = 400


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a history of many sessions, made once."""
    directory = tmp_path_factory.mktemp("whole")
    with open_history(directory, lambda: MORNING).history as history:
        for one in many(WALKS):
            history.add(one)
    return (directory / FILE_NAME).read_bytes()


@pytest.fixture
def long(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a history that is too long to check when it is opened."""
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    monkeypatch.setattr("retro_timer.storage.database.EXAMINED_AT_ONCE", 50)
    return path


def damage_an_index(path: Path) -> None:
    """Change an entry of an index, which shows only in a comparison with its table."""
    whole = path.read_bytes()
    for start in range(PAGE, len(whole), PAGE):
        if whole[start] != INDEX_LEAF:
            continue
        broken = bytearray(whole)
        broken[start + PAGE - 1] ^= 1
        path.write_bytes(broken)
        try:
            check_file(path)
        except DamagedError:
            return
    raise AssertionError("no index to damage")


def store_of(path: Path) -> Store:
    return Store(path.parent, FakeClock(wall=MORNING))


def test_an_index_that_does_not_match_its_table_is_rebuilt_after_the_first_frame(long: Path) -> None:
    damage_an_index(long)
    store = store_of(long)
    assert not store.history.database.mended
    assert store.examine(lambda: False)
    assert store.opened.set_aside is None
    assert len(store.history.page(limit=WALKS)) == WALKS
    check_file(long)
    assert not store.examine(lambda: False)
    store.close()


def test_damage_that_opening_misses_is_found_later_and_quarantined(long: Path) -> None:
    broken = bytearray(long.read_bytes())
    broken[len(broken) // PAGE // 2 * PAGE] ^= 0x55  # what kind of page it is
    long.write_bytes(broken)
    store = store_of(long)
    assert (store.opened.problem, store.opened.set_aside) == ("", None)
    assert store.examine(lambda: False)
    aside = store.opened.set_aside
    assert aside is not None
    assert aside.read_bytes()[: len(broken)] == broken
    assert store.history.page() == ()
    assert not store.examine(lambda: False)
    store.close()


def test_a_sound_file_is_read_only_once(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(long)
    assert not store.history.database.examined
    assert not store.examine(lambda: True)  # stopped at once: not all of it was examined
    assert not store.history.database.examined
    assert not store.examine(lambda: False)
    assert store.history.database.examined
    monkeypatch.setattr("retro_timer.storage.database_file.check_file", lambda *_: pytest.fail("looked through again"))
    assert not store.examine(lambda: False)
    assert len(store.history.page(limit=WALKS)) == WALKS
    store.close()


def test_a_short_history_is_examined_when_it_is_opened(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(many(1)[0])
    store = store_of(tmp_path / FILE_NAME)
    assert store.history.database.examined
    store.close()


def test_damage_found_by_two_threads_is_quarantined_once(long: Path) -> None:
    store = store_of(long)
    damaged = store.history
    store.replace_damaged(DamagedError("met first"), damaged)
    begun = store.opened
    store.history.add(many(1)[0])
    store.replace_damaged(DamagedError("met by another, before it knew"), damaged)
    assert store.opened is begun
    assert len(store.history.page()) == 1
    assert len(list(long.parent.glob("history.damaged-*"))) == 1
    store.close()


def test_damage_is_quarantined_while_another_thread_looks_for_interrupted_sessions(long: Path) -> None:
    store = store_of(long)
    damaged = store.history
    other = SessionLock(long.parent)
    other.take(MORNING)  # held for a moment only
    release = threading.Timer(0.05, other.release)
    release.start()
    store.replace_damaged(DamagedError("met while reading"), damaged)
    release.join()
    assert (store.opened.problem, store.history.in_memory) == ("", False)
    store.close()


def test_the_lock_of_a_session_that_begins_during_a_quarantine_is_kept(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of(long)
    damaged, set_aside = store.history, store.file.set_aside

    def meanwhile() -> Path:
        with pytest.raises(BusyError):
            store.lock.take(MORNING, timeout=0.0)
        return set_aside()

    monkeypatch.setattr(store.file, "set_aside", meanwhile)
    store.replace_damaged(DamagedError("met while reading"), damaged)
    assert not store.history.in_memory
    store.close()


def test_a_history_that_another_thread_replaces_is_read_again(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(long)
    damaged = store.history

    def replaced(_: object) -> None:
        monkeypatch.undo()
        store.replace_damaged(DamagedError("met first"), damaged)
        damaged.unfinished()  # it is closed

    monkeypatch.setattr(store, "_mark_interrupted", replaced)
    assert not store.readable_history().history.in_memory
    replaced_again = store.opened

    def reading(opened: OpenedHistory) -> int:
        if opened is replaced_again:
            store.replace_damaged(DamagedError("met first"), opened.history)
        return len(opened.history.page())

    assert store.read(reading) == 0
    assert not store.history.in_memory
    store.close()


def test_a_history_that_cannot_be_read_is_not_read_twice(long: Path) -> None:
    store, tried = store_of(long), list[OpenedHistory]()

    def reading(opened: OpenedHistory) -> int:
        tried.append(opened)
        raise UnwritableError("it cannot be read")

    with pytest.raises(UnwritableError, match="it cannot be read"):
        store.read(reading)
    assert tried == [store.opened]
    store.close()


def test_only_one_thread_examines_it_at_a_time(long: Path) -> None:
    store = store_of(long)
    asked: list[bool] = []

    def stop() -> bool:
        if not asked:
            asked.append(store.examine(lambda: pytest.fail("two at once")))
        return False

    assert not store.examine(stop)
    assert asked == [False]
    store.close()
