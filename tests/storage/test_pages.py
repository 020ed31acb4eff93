"""Records read from the pages of a file are those that SQLite reads, in every size of page and with every type."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.pages import PageRecord, records

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.pages import Value

INTEGERS = [
    sign * (1 << bits) + off for bits in (0, 6, 7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 62) for sign in (1, -1)
    for off in (-1, 0, 1)
]  # fmt: skip
VALUES: list[Value] = [None, 0, 1, *INTEGERS, -(1 << 63), (1 << 63) - 1, 0.5, -1e300, "", "wët 後", b"", b"\x00\xff"]
ROWIDS = [1, 127, 128, 16_383, 16_384, (1 << 35) - 1, (1 << 56) - 1, 1 << 56, (1 << 63) - 1, -1, -(1 << 63)]


def texts(page: int) -> list[str]:
    """Texts around the lengths at which a cell overflows, and far beyond."""
    table, index = page - 35, (page - 12) * 64 // 255 - 23
    least = (page - 12) * 32 // 255 - 23
    edges = [
        most + pages * (page - 4) + off for most in (table, index, least) for pages in (0, 1, 2) for off in range(-6, 3)
    ]
    return ["x" * max(0, length) for length in edges]


def filled(path: Path, page: int) -> tuple[set[tuple[int, tuple[Value, ...]]], set[tuple[Value, ...]]]:
    """Fill a file; the rows of its table by rowid, and those of its table without rowids."""
    choice = random.Random(page)
    rows: dict[int, tuple[Value, ...]] = {
        rowid: (choice.choice(VALUES), choice.choice(VALUES)) for rowid in (*ROWIDS, *range(1000, 1200))
    }
    rows |= {2000 + number: (each, number) for number, each in enumerate([*VALUES, *texts(page)])}
    keyed: set[tuple[Value, ...]] = {(f"{number}{each}", number) for number, each in enumerate(texts(page) * 3)}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, a, b)")
        connection.execute("CREATE TABLE keyed (a, b, PRIMARY KEY (a)) WITHOUT ROWID")
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", [(rowid, *each) for rowid, each in rows.items()])
        connection.executemany("INSERT INTO keyed VALUES (?, ?)", keyed)
    return set(rows.items()), keyed


def read(data: bytes, log: bytes = b"") -> list[PageRecord]:
    """The records but those of the schema, which are on the first page."""
    return [record for record in records(data, log) if record.page != 1]


def rows_in(found: list[PageRecord]) -> list[tuple[int, tuple[Value, ...]]]:
    return [(record.rowid, record.values[1:]) for record in found if record.rowid is not None]


@pytest.mark.parametrize("page", [512, 1024, 4096, 65_536])
def test_everything_is_found_once_as_it_was_written(tmp_path: Path, page: int) -> None:
    path = tmp_path / "some.db"
    rows, keyed = filled(path, page)
    found = read(path.read_bytes())
    assert len(rows_in(found)) == len(rows)
    assert set(rows_in(found)) == rows
    assert {type(record.values[0]) for record in found if record.rowid is not None} == {type(None)}
    without = [record.values for record in found if record.rowid is None]
    assert len(without) == len(keyed)
    assert set(without) == keyed


def test_the_schema_is_on_the_first_page(tmp_path: Path) -> None:
    filled(tmp_path / "some.db", 4096)
    found = [record for record in records((tmp_path / "some.db").read_bytes()) if record.page == 1]
    assert [record.values[1] for record in found] == ["rows", "keyed"]


@pytest.mark.parametrize("broken", [b"\xff" * 16, b"SQLite format 3\x00\x01\x01"], ids=["no name", "no size"])
def test_a_file_whose_header_is_lost_has_pages_of_the_usual_size(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "some.db"
    rows, _ = filled(path, 4096)
    assert set(rows_in(read(broken + path.read_bytes()[len(broken) :]))) == rows


@pytest.mark.parametrize("kept", [0, 1, 99, 100, 107, 512, 513])
def test_a_file_that_ends_anywhere_is_read_so_far(tmp_path: Path, kept: int) -> None:
    filled(tmp_path / "some.db", 512)
    assert read((tmp_path / "some.db").read_bytes()[:kept]) == []


def test_freed_pages_are_not_read_however_many_there_are(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, a, b)")
        connection.execute("CREATE TABLE gone (id INTEGER PRIMARY KEY, a, b)")
        connection.executemany("INSERT INTO kept VALUES (?, 'kept', ?)", [(n, "k" * 400) for n in range(5)])
        connection.executemany("INSERT INTO gone VALUES (?, 'gone', ?)", [(n, "g" * 400) for n in range(400)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DROP TABLE gone")  # more pages than one page of the list of free pages holds
    data = path.read_bytes()
    assert [values[0] for _, values in rows_in(read(data))] == ["kept"] * 5
    count = int.from_bytes(data[36:40])
    assert count > 300
    for wrong in (count - 1, count + 1):  # a list that cannot be right is not believed
        doubted = data[:36] + wrong.to_bytes(4) + data[40:]
        assert sum(values[0] == "gone" for _, values in rows_in(read(doubted))) > 300


def test_a_row_whose_pages_run_in_a_circle_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, a, b)")
        connection.execute("INSERT INTO rows VALUES (1, 'short', 0)")
        connection.execute("INSERT INTO rows VALUES (2, ?, 0)", ("x" * 2000,))
    data = bytearray(path.read_bytes())
    assert [values[0] for _, values in rows_in(read(bytes(data)))] == ["short", "x" * 2000]
    (first,) = (start for start in range(0, len(data), 512) if data[start : start + 4] == b"\x00\x00\x00\x04")
    data[first : first + 4] = (first // 512 + 1).to_bytes(4)
    assert [values[0] for _, values in rows_in(read(bytes(data)))] == ["short"]


class Logged:
    """A file in write-ahead mode with a transaction for each row, each of several pages.

    Attributes:
        data: the file, in which there is none of them.
        log: the log.
        ends: where each transaction ends in the log.
    """

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA page_size = 512")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, a, b)")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            log = path.with_name(f"{path.name}-wal")
            self.ends = []
            for row in range(1, 6):
                connection.execute("INSERT INTO rows VALUES (?, ?, 0)", (row, f"{row}" * 1200))
                self.ends.append(log.stat().st_size)
            self.data, self.log = path.read_bytes(), log.read_bytes()

    def rows(self, log: bytes) -> list[int]:
        return sorted(rowid for rowid, values in rows_in(read(self.data, log)) if values[0] == f"{rowid}" * 1200)


def test_the_log_counts_up_to_its_last_commit_wherever_it_ends(tmp_path: Path) -> None:
    logged = Logged(tmp_path / "some.db")
    assert logged.rows(b"") == []
    assert logged.rows(logged.log) == [1, 2, 3, 4, 5]
    frame = 24 + 512
    for kept in range(32, len(logged.log) + 1, frame):
        for off in (-1, 0, 1):
            done = sum(end <= kept + off for end in logged.ends)
            assert logged.rows(logged.log[: kept + off]) == list(range(1, done + 1))
    assert logged.rows(logged.log[:8]) == []


def test_the_log_counts_up_to_what_is_damaged_in_it(tmp_path: Path) -> None:
    logged = Logged(tmp_path / "some.db")
    for place in range(32, len(logged.log), 131):
        broken = bytearray(logged.log)
        broken[place] ^= 0x10
        done = sum(end <= place for end in logged.ends)
        assert logged.rows(bytes(broken)) == list(range(1, done + 1)), place
    for place in (8, 9, 10, 16, 20, 23):  # the size of its pages; what marks the frames as its own
        broken = bytearray(logged.log)
        broken[place] ^= 0x10
        assert logged.rows(bytes(broken)) == []
