"""A connection to a history: how it is set up, its transactions, and whether its file is still in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.storage import database as databases
from retro_timer.storage.database import Database
from retro_timer.storage.errors import DamagedError, UnwritableError
from retro_timer.storage.open import FILE_NAME
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, stored_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = 4096
TABLE_LEAF = 0x0D
"""The first byte of a page with rows of a table. Source: https://www.sqlite.org/fileformat.html#b_tree_pages"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(path) as opened:
        yield opened


SET_UP = {
    "trusted_schema": 0,
    "cell_size_check": 1,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,  # in memory: no other file has parts of the history
    "synchronous": 1,
}
"""What each connection is set to. Source: https://www.sqlite.org/pragma.html"""


@pytest.mark.parametrize("in_memory", [False, True])
def test_every_connection_is_set_up_alike(path: Path, in_memory: bool) -> None:
    with Database(None if in_memory else path) as opened:
        assert {name: opened.read(f"PRAGMA {name}")[0][0] for name in SET_UP} == SET_UP
        assert opened.read("PRAGMA journal_mode")[0][0] == ("memory" if in_memory else "wal")


def test_a_transaction_that_fails_changes_nothing_and_the_next_one_works(database: Database) -> None:
    database.read("CREATE TABLE notes (text)")

    def half() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO notes VALUES ('half')")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert not database.connection.in_transaction
    with database.writing() as connection:
        assert connection.in_transaction
        connection.execute("INSERT INTO notes VALUES ('whole')")
    assert not database.connection.in_transaction
    assert [row["text"] for row in database.read("SELECT text FROM notes")] == ["whole"]


def test_a_durable_transaction_is_synchronised_and_a_later_one_is_not(database: Database) -> None:
    normal, full = 1, 2
    for durable, level in ((False, normal), (True, full), (True, full), (False, normal)):
        with database.writing(durable=durable):
            assert database.read("PRAGMA synchronous")[0][0] == level


def test_values_stand_for_the_places_of_a_query(database: Database) -> None:
    assert tuple(database.read("SELECT ?, ?", (1, "a"))[0]) == (1, "a")
    assert tuple(database.read("SELECT :b, :a", {"a": 1, "b": 2})[0]) == (2, 1)


def test_a_file_that_was_moved_or_replaced_is_not_in_its_place(path: Path, database: Database) -> None:
    assert database.is_in_place
    path.rename(path.with_name("moved.db"))
    assert not database.is_in_place
    path.write_bytes(b"another")
    assert not database.is_in_place
    path.with_name("moved.db").replace(path)
    assert database.is_in_place
    with Database(None) as in_memory:
        assert in_memory.is_in_place


def test_an_error_names_the_file(path: Path, database: Database) -> None:
    with pytest.raises(DamagedError, match=rf"^the history {path} is damaged \(no such table: nowhere\)$"):
        database.read("SELECT * FROM nowhere")


def test_a_file_of_at_most_so_many_pages_is_examined_when_it_is_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database(path) as opened:
        assert opened.examined
        pages = opened.read("PRAGMA page_count")[0][0]
    for limit, examined in ((pages + 1, True), (pages, True), (pages - 1, False)):
        monkeypatch.setattr(databases, "EXAMINED_AT_ONCE", limit)
        with Database(path) as opened:
            assert opened.examined is examined
            assert not opened.mended


def test_a_history_in_memory_needs_no_examination() -> None:
    with Database(None) as opened:
        assert (opened.examined, opened.mended) == (True, False)


def test_two_sessions_with_one_uuid_cannot_be_mended(path: Path) -> None:
    walks = [stored_session() for _ in range(2)]
    with open_history(path.parent, lambda: MORNING).history as history:
        for walk in walks:
            history.add(walk)
    one, other = (walk.summary.uuid.encode() for walk in walks)
    data = bytearray(path.read_bytes())
    (row,) = (at for at in places(data, other) if data[at // PAGE * PAGE] == TABLE_LEAF)
    data[row : row + len(one)] = one
    path.write_bytes(data)
    with pytest.raises(DamagedError, match=r"^the history is damaged$"):
        Database(path)


def places(data: bytearray, text: bytes) -> list[int]:
    return [at for at in range(len(data)) if data.startswith(text, at)]


def test_only_a_new_file_is_made(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UnwritableError):
        Database(path)
    assert list(path.parent.iterdir()) == [path]
