"""Records read from the pages of a file are those that SQLite reads, in every size of page and with every type."""

from __future__ import annotations

import random
import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.pages import PageRecord, _free, records

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


HIGH = 1 << 24
"""Numbers of pages are in four bytes."""


def checksum(data: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """The checksum of a write-ahead log. Source: https://www.sqlite.org/fileformat.html#checksum_algorithm"""
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    first, second = before
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) % 2**32
        second = (second + odd + first) % 2**32
    return first, second


def log_of(frames: list[tuple[int, int, bytes]], *, order: str = "<", size: int = 512) -> bytes:
    """A write-ahead log of pages, each with its number and the size of the file after a commit, otherwise 0."""
    salt = b"some salt"[:8]
    head = struct.pack(">IIII", 0x377F0682 + (order == ">"), 3_007_000, size, 0) + salt
    sums = checksum(head, (0, 0), order)
    log = head + struct.pack(">II", *sums)
    for number, committed, page in frames:
        begin = struct.pack(">II", number, committed)
        sums = checksum(begin + page, sums, order)
        log += begin + salt + struct.pack(">II", *sums) + page
    return log


@pytest.fixture
def small(tmp_path: Path) -> tuple[bytes, list[tuple[int, int, bytes]]]:
    """A file of three small pages without rows, and the pages with a row each as the frames of a log."""
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA page_size = 512")
        for table in ("one", "two"):
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, a, b)")
    before = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection, connection:
        for row, table in enumerate(("one", "two"), 1):
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, 0)", (row, table))  # noqa: S608  (two names)
    after = path.read_bytes()
    return before, [(2, 3, after[512:1024]), (3, 3, after[1024:])]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_log_of_either_byte_order_is_read(small: tuple[bytes, list[tuple[int, int, bytes]]], order: str) -> None:
    data, frames = small
    assert rows_in(read(data)) == []
    assert rows_in(read(data, log_of(frames, order=order))) == [(1, ("one", 0)), (2, ("two", 0))]


@pytest.mark.parametrize("committed", [1, 1 << 8, 1 << 16, HIGH])
def test_a_frame_is_a_commit_whatever_the_size_of_the_file_after_it(
    small: tuple[bytes, list[tuple[int, int, bytes]]], committed: int
) -> None:
    data, [(number, _, page), (other, _, last)] = small
    assert rows_in(read(data, log_of([(number, committed, page), (other, 0, last)]))) == [(1, ("one", 0))]
    assert rows_in(read(data, log_of([(number, 0, page), (other, 0, last)]))) == []


@pytest.mark.parametrize("size", [512 + HIGH, 512 + (1 << 16), 1024, 0])
def test_a_log_of_pages_of_another_size_is_not_read(
    small: tuple[bytes, list[tuple[int, int, bytes]]], size: int
) -> None:
    data, frames = small
    assert rows_in(read(data, log_of(frames, size=size))) == []


@pytest.mark.parametrize("kept", [0, 1, 3, 4, 11, 12, 31, 32])
def test_a_log_that_ends_in_its_header_has_nothing(
    small: tuple[bytes, list[tuple[int, int, bytes]]], kept: int
) -> None:
    data, frames = small
    assert rows_in(read(data, log_of(frames)[:kept])) == []


def test_a_page_far_behind_the_others_is_read_from_the_log(small: tuple[bytes, list[tuple[int, int, bytes]]]) -> None:
    data, [(_, committed, page), _] = small
    assert [record.page for record in read(data, log_of([(HIGH + 2, committed, page)]))] == [HIGH + 2]


def test_a_record_that_is_not_as_long_as_it_says_is_left_out(small: tuple[bytes, list[tuple[int, int, bytes]]]) -> None:
    data, frames = small
    written, shorter, longer = (b"\x04\x00" + bytes([13 + 2 * letters]) + b"\x08one" for letters in (3, 2, 4))
    (number, committed, page), other = frames
    assert written in page
    for wrong in (shorter, longer):
        log = log_of([(number, committed, page.replace(written, wrong)), other])
        assert rows_in(read(data, log)) == [(2, ("two", 0))]


def page_of(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4) for number in numbers).ljust(512, b"\0")


def free_list(trunk: int, count: int) -> bytes:
    """The first page with the start and the length of the list of free pages."""
    return b"\0" * 32 + trunk.to_bytes(4) + count.to_bytes(4)


def test_numbers_of_free_pages_are_in_four_bytes() -> None:
    pages = {HIGH + 3: page_of(HIGH + 6, 2, HIGH + 4, 5), HIGH + 6: page_of(0, 1, 8)}
    assert _free({1: free_list(HIGH + 3, 5), **pages}) == {HIGH + 3, HIGH + 4, 5, HIGH + 6, 8}
    assert _free({1: free_list(HIGH + 3, HIGH + 5), **pages}) == set()
    assert _free({1: free_list(3, 3), 3: page_of(0, HIGH + 2, 4, 5)}) == set()


def test_a_page_of_the_list_has_as_many_free_pages_as_fit_on_it() -> None:
    leaves = [*range(100, 226)]
    assert len(leaves) == 512 // 4 - 2
    for said in (126, 127, HIGH):
        assert _free({1: free_list(3, 127), 3: page_of(0, said, *leaves)}) == {3, *leaves}


def test_the_list_ends_with_the_last_free_page_and_not_in_a_circle() -> None:
    assert _free({1: free_list(3, 3), 3: page_of(6, 2, 4, 5), 6: page_of(0, 1, 8)}) == {3, 4, 5}
    assert _free({1: free_list(3, 9), 3: page_of(3, 2, 4, 5)}) == set()
    assert _free({1: free_list(3, 4), 3: page_of(9, 2, 4, 5)}) == set()
