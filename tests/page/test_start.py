"""With which keys a page starts."""

from __future__ import annotations

import stat
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from retro_timer.page.access import PageKeys
from retro_timer.page.start import KEPT, kept_keys
from tests.files.turns import Turns

if TYPE_CHECKING:
    from pathlib import Path


def test_kept_keys_stay_the_same_and_are_private(tmp_path: Path) -> None:
    path = tmp_path / KEPT
    keys = kept_keys(path)
    assert kept_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damaged", [b"", b"{}", b'{"steer": "short", "view": "short"}', b"\xff" * 300])
def test_damaged_keys_are_replaced(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / KEPT
    path.write_bytes(damaged)
    keys = kept_keys(path)
    assert len(keys.steer) == len(keys.view) == 22
    assert kept_keys(path) == keys


def test_sessions_that_start_at_the_same_time_keep_the_same_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, make, found, turns = tmp_path / KEPT, PageKeys.new, list[PageKeys](), Turns(monkeypatch)
    other = Thread(target=lambda: found.append(kept_keys(path)))

    def new() -> PageKeys:
        if other.ident is None:
            other.start()
            turns.wait_for_second()
        return make()

    monkeypatch.setattr(PageKeys, "new", new)
    keys = kept_keys(path)
    other.join()
    assert found == [keys] == [kept_keys(path)]


def test_a_link_planted_by_somebody_is_not_followed(tmp_path: Path) -> None:
    known = kept_keys(tmp_path / "theirs")
    (tmp_path / KEPT).symlink_to(tmp_path / "theirs")
    assert kept_keys(tmp_path / KEPT) != known


def test_keys_that_cannot_be_written_are_good_for_the_session(tmp_path: Path) -> None:
    keys = kept_keys(tmp_path / "missing" / KEPT)
    assert keys.steer != keys.view
