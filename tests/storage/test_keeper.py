"""Damage in a long history, which opening it has no time to look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.database import check_file
from retro_timer.storage.keeper import Keeper
from retro_timer.storage.opening import FILE_NAME, open_history
from retro_timer.storage.problems import DamagedError
from retro_timer.testing import FakeClock
from tests.storage.walks import MORNING, many

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
INDEX_LEAF = 0x0A
"""The first byte of a page with entries of an index. Source: https://www.sqlite.org/fileformat.html#b_tree_pages"""
WALKS = 400


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a history that opening it has no time for."""
    with open_history(tmp_path, lambda: MORNING).history as history:
        for one in many(WALKS):
            history.add(one)
    monkeypatch.setattr("retro_timer.storage.database.EXAMINED_AT_ONCE", 50)
    return tmp_path / FILE_NAME


def damage_an_index(path: Path) -> None:
    """Change an entry of an index: only who compares it with its table notices."""
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


def keeper_of(path: Path) -> Keeper:
    return Keeper(path.parent, FakeClock(wall=MORNING))


def test_damage_that_opening_does_not_see_is_found_behind_it_and_set_aside(long: Path) -> None:
    damage_an_index(long)
    broken = long.read_bytes()
    keeper = keeper_of(long)
    assert (keeper.opened.problem, keeper.opened.set_aside) == ("", None)
    assert keeper.examine(lambda: False)
    aside = keeper.opened.set_aside
    assert aside is not None
    assert aside.read_bytes()[: len(broken)] == broken
    assert keeper.history.page() == ()
    assert not keeper.examine(lambda: False)
    keeper.close()


def test_a_sound_file_is_looked_through_once(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = keeper_of(long)
    assert not keeper.history.database.examined
    assert not keeper.examine(lambda: True)  # stopped at once: not all of it was seen
    assert not keeper.history.database.examined
    assert not keeper.examine(lambda: False)
    assert keeper.history.database.examined
    monkeypatch.setattr("retro_timer.storage.database.check_file", lambda *_: pytest.fail("looked through again"))
    assert not keeper.examine(lambda: False)
    assert len(keeper.history.page(limit=WALKS)) == WALKS
    keeper.close()


def test_a_short_history_is_looked_through_when_it_is_opened(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(many(1)[0])
    keeper = keeper_of(tmp_path / FILE_NAME)
    assert keeper.history.database.examined
    keeper.close()


def test_damage_that_two_meet_is_set_aside_once(long: Path) -> None:
    keeper = keeper_of(long)
    damaged = keeper.history
    keeper.meet(DamagedError("met first"), damaged)
    begun = keeper.opened
    keeper.history.add(many(1)[0])
    keeper.meet(DamagedError("met by another, before it knew"), damaged)
    assert keeper.opened is begun
    assert len(keeper.history.page()) == 1
    assert len(list(long.parent.glob("history.damaged-*"))) == 1
    keeper.close()


def test_one_thread_looks_it_through_at_a_time(long: Path) -> None:
    keeper = keeper_of(long)
    asked: list[bool] = []

    def stop() -> bool:
        if not asked:
            asked.append(keeper.examine(lambda: pytest.fail("two at once")))
        return False

    assert not keeper.examine(stop)
    assert asked == [False]
    keeper.close()
