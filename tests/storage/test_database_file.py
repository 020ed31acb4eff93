"""The file of a history as a whole: connected to, made, copied and checked."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.database_file import (
    check_file,
    check_integrity,
    connect,
    connect_to_read,
    create_file,
    planted,
    typed,
    write_whole,
)
from retro_timer.storage.errors import DamagedError, RefusedError, TooNewError, UnwritableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a" / "history.db"
    create_file(made)
    return made


def test_a_new_file_is_a_whole_private_history(path: Path) -> None:
    assert check_file(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["history.db"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_file_made_by_another_process_is_kept(path: Path) -> None:
    path.write_bytes(b"theirs")
    create_file(path)
    assert path.read_bytes() == b"theirs"
    assert [entry.name for entry in path.parent.iterdir()] == ["history.db"]


def test_a_missing_file_is_an_error_and_not_an_empty_history(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path / "history.db")
    with pytest.raises(UnwritableError, match="cannot be opened for writing"):
        check_file(tmp_path / "history.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_when_it_is_connected_to(tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"no database, though long enough to be taken for one" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        connect(tmp_path / "history.db")


def test_text_that_is_not_utf_8_does_not_fail_a_query() -> None:
    with closing(connect(None)) as connection:
        row = connection.execute("SELECT CAST(x'61ff' AS TEXT) AS text").fetchone()
    assert row["text"] == "a\udcff"


@pytest.mark.parametrize("version", ["user_version = 99", "application_id = 77"])
def test_a_file_of_another_version_or_program_is_no_history(path: Path, version: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {version}")
    with pytest.raises(TooNewError if "99" in version else DamagedError):
        check_file(path)


def test_reading_creates_no_other_files(path: Path) -> None:
    with closing(connect_to_read(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
        assert [entry.name for entry in path.parent.iterdir()] == ["history.db"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("CREATE TABLE mine (a)")


def test_what_is_only_in_the_log_is_read_too(path: Path) -> None:
    with closing(connect(path)) as writing:
        writing.execute("PRAGMA journal_mode = WAL")
        writing.execute("CREATE TABLE mine (a)")
        assert b"mine" not in path.read_bytes()
        with closing(connect_to_read(path)) as connection:
            assert connection.execute("SELECT count(*) FROM mine").fetchone()[0] == 0


def test_an_empty_log_is_not_read(path: Path) -> None:
    path.with_name("history.db-wal").touch()
    with closing(connect_to_read(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["history.db", "history.db-wal"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "history.db"
    os.mkfifo(pipe)
    assert planted(pipe) == f"{pipe} is not a file"
    with pytest.raises(UnwritableError, match="is not a file"):
        connect_to_read(pipe)


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_a_companion_that_is_a_link_is_named_and_not_read(path: Path, suffix: str) -> None:
    assert planted(path) == ""
    other = path.parent / "other"
    other.write_bytes(b"other")
    companion = path.with_name(f"history.db{suffix}")
    for link in (companion.symlink_to, companion.hardlink_to):
        link(other)
        assert planted(path) == f"{companion} is not a file of its own"
        with closing(connect_to_read(path)) as connection:
            assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
        companion.unlink()
    companion.touch()
    assert planted(path) == ""


def test_a_copy_is_made_unless_one_like_it_is_known(path: Path, tmp_path: Path) -> None:
    copies = [tmp_path / f"{number}.db" for number in range(3)]
    with closing(connect(path)) as source:
        source.execute("PRAGMA journal_mode = WAL")
        write_whole(copies[0], source)
        write_whole(copies[1], source, [copies[0]])
        assert not copies[1].exists()
        source.execute("CREATE TABLE mine (a)")
        write_whole(copies[2], source, [copies[0]])
        with pytest.raises(FileExistsError):
            write_whole(copies[2], source)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["0.db", "2.db", "a"]
    for copy in (copies[0], copies[2]):
        assert copy.stat().st_mode & 0o777 == 0o600
        with closing(connect(copy)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


@pytest.mark.parametrize("there", [False, True])
def test_where_there_are_no_hard_links_a_copy_is_renamed_and_overwrites_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    target = tmp_path / "copy.db"
    if there:
        target.write_bytes(b"mine")
    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    with closing(connect(path)) as source:
        if there:
            with pytest.raises(FileExistsError, match="there is a file of that name"):
                write_whole(target, source)
            assert target.read_bytes() == b"mine"
        else:
            write_whole(target, source)
            assert check_file(target)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "copy.db"]


def test_a_check_can_be_stopped_and_does_not_outlive_itself() -> None:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return True

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE numbers (a)")
        connection.executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(20_000)])
        assert not check_integrity(connection, stop)
        assert asked
        asked.clear()
        assert connection.execute("SELECT count(*) FROM numbers WHERE a % 3 = 1").fetchone()[0] == 6667
        assert not asked
        assert check_integrity(connection, lambda: False)
        assert check_integrity(connection)


def test_other_failures_of_a_check_are_not_taken_for_a_stop() -> None:
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        check_integrity(connection)


def test_errors_are_typed_and_typed_ones_stay() -> None:
    refused = RefusedError("no")
    with pytest.raises(RefusedError) as caught, typed():
        raise refused
    assert caught.value is refused
    for error in (sqlite3.DatabaseError("x"), OverflowError("x"), UnicodeDecodeError("utf-8", b"", 0, 1, "x")):
        with pytest.raises(DamagedError), typed():
            raise error
    with pytest.raises(KeyError), typed():
        raise KeyError
