"""What is left of a damaged history is put together by session: rows, their parts, and what only indexes know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.history import WalkTest
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.repair import repair_file
from retro_timer.storage.salvage import salvage
from retro_timer.storage.transfer import import_sessions
from retro_timer.storage.walk_tests import add_walk_test, walk_tests
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, change, many

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.history import StoredSession

PAGE = 4096
TABLE_LEAF = 0x0D
"""The first byte of a page with rows of a table. Source: https://www.sqlite.org/fileformat.html#b_tree_pages"""
NOW = MORNING + timedelta(days=100)
TEST = WalkTest("4f1c2a9e-0000-4000-8000-000000000001", MORNING, (4000, 3500))


@pytest.fixture
def walks() -> list[StoredSession]:
    return many(3, every=timedelta(days=1))


@pytest.fixture
def path(tmp_path: Path, walks: list[StoredSession]) -> Path:
    """A history of three sessions, with the keys 1 to 3, in a file without a log."""
    with open_history(tmp_path / "other", lambda: MORNING).history as history:
        import_sessions(history, walks[::-1])
    return tmp_path / "other" / FILE_NAME


def rows_page(data: bytes | bytearray, uuid: str) -> int:
    """Where the page begins that has the row of a session."""
    (page,) = (
        at for at in range(0, len(data), PAGE) if data[at] == TABLE_LEAF and uuid.encode() in data[at : at + PAGE]
    )
    return page


def damage_key(path: Path, uuid: str, old: int, new: int) -> None:
    """Change the key of a session in its row alone."""
    data = bytearray(path.read_bytes())
    page = rows_page(data, uuid)
    count = int.from_bytes(data[page + 3 : page + 5])
    cells = [page + int.from_bytes(data[page + 8 + 2 * cell : page + 10 + 2 * cell]) for cell in range(count)]
    # A cell begins with its length, in two bytes for more than 127, and the key.
    (key,) = (cell + 2 for cell in cells if data[cell] > 0x80 and data[cell + 2] == old)
    data[key] = new
    path.write_bytes(data)


def test_each_session_has_its_rows_and_parts_the_newest_first(path: Path, walks: list[StoredSession]) -> None:
    salvaged = salvage(path)
    assert [rows["sessions"][0]["uuid"] for rows in salvaged.sessions] == [one.summary.uuid for one in walks[::-1]]
    assert [len(rows["intervals"]) for rows in salvaged.sessions] == [len(one.intervals) for one in walks[::-1]]
    assert (salvaged.missing, salvaged.walk_tests) == ([], [])


def test_a_session_without_its_row_is_named_by_what_the_indexes_have(path: Path, walks: list[StoredSession]) -> None:
    data = path.read_bytes()
    row = rows_page(data, walks[1].summary.uuid)
    path.write_bytes(data[:row] + bytes(PAGE) + data[row + PAGE :])
    with open_history(path.parent.parent / "new", lambda: MORNING).history as history:
        report = repair_file(path, history, NOW)
    assert report.added == 0
    assert report.lost == tuple(
        f"{one.summary.start.started:%Y-%m-%d %H:%M} ({one.summary.uuid[:8]}): its row is gone" for one in walks[::-1]
    )


@pytest.mark.parametrize("new", [77, 1])
def test_a_session_with_a_damaged_key_is_matched_with_its_parts_by_its_uuid(
    tmp_path: Path, path: Path, walks: list[StoredSession], new: int
) -> None:
    damage_key(path, walks[1].summary.uuid, 2, new)
    assert sorted(rows["sessions"][0]["id"] for rows in salvage(path).sessions) == sorted((1, new, 3))
    assert salvage(path).missing == []
    with open_history(tmp_path / "new", lambda: MORNING).history as history:
        report = repair_file(path, history, NOW)
        assert (report.added, report.partly, report.lost) == (3, (), ())
        assert list(history.everything()) == walks[::-1]


def test_rows_of_the_walk_test_are_recovered_once(tmp_path: Path, path: Path) -> None:
    with open_history(path.parent, lambda: MORNING).history as history:
        add_walk_test(history, TEST)
    assert len(salvage(path).walk_tests) == 1
    with open_history(tmp_path / "new", lambda: MORNING).history as history:
        for _ in range(2):
            repair_file(path, history, NOW)
            assert walk_tests(history) == (TEST,)


def test_a_file_with_nothing_but_results_of_the_walk_test_is_worth_a_repair(tmp_path: Path) -> None:
    with open_history(tmp_path / "other", lambda: MORNING).history as history:
        add_walk_test(history, TEST)
    salvaged = salvage(tmp_path / "other" / FILE_NAME)
    assert (salvaged.sessions, len(salvaged.walk_tests)) == ([], 1)
    with open_history(tmp_path / "new", lambda: MORNING).history as history:
        repair_file(tmp_path / "other" / FILE_NAME, history, NOW)
        assert walk_tests(history) == (TEST,)


def test_quarantined_sessions_of_a_file_are_recovered_too(tmp_path: Path, path: Path) -> None:
    change(path, "UPDATE sessions SET day = day + 1 WHERE id = 2")
    with open_history(path.parent, lambda: MORNING).history as history:
        assert len(history.page()) == 2
        history.database.connection.execute(
            "INSERT INTO quarantine (session, reason, content) VALUES ('x', 'y', 'no JSON')"
        )
    with open_history(tmp_path / "new", lambda: MORNING).history as history:
        assert repair_file(path, history, NOW).added == 3


def test_tables_that_are_not_ours_say_nothing(path: Path, walks: list[StoredSession]) -> None:
    change(path, "CREATE TABLE notes (a, b)")
    change(path, "INSERT INTO notes VALUES ('x', 'y')")
    change(path, "INSERT INTO notes VALUES ('4f1c2a9e-0000', 99)")
    change(path, "CREATE TABLE long (a, b, c, d, e, f, g, h, i, j)")
    change(path, "INSERT INTO long VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 99)")
    salvaged = salvage(path)
    assert [rows["sessions"][0]["uuid"] for rows in salvaged.sessions] == [one.summary.uuid for one in walks[::-1]]
    assert salvaged.missing == []


def test_parts_alone_are_no_session_because_their_key_may_be_damaged(path: Path) -> None:
    key = 'INSERT INTO {} SELECT 99, ordinal, "index", phase, planned, target, at, walked, held, left, round, rounds, '
    key = key.format("intervals") + 'speed_kmh, label, "into" FROM intervals WHERE session = 1'
    change(path, key)
    assert salvage(path).missing == []
