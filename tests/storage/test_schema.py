"""An older history becomes a newer one in one step, with a copy of it kept; a newer one is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage import schema
from retro_timer.storage.opening import FILE_NAME, open_history
from retro_timer.storage.problems import StorageError, TooNewError
from tests.storage.walks import MORNING, walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = len(schema.MIGRATIONS)
"""The version of this program."""
NEXT = ("ALTER TABLE sessions ADD COLUMN incline REAL", "CREATE TABLE shoes (name TEXT)")
BROKEN = ("CREATE TABLE shoes (name TEXT)", "this is no SQL")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    yield
    schema._expected.cache_clear()


def grow(monkeypatch: pytest.MonkeyPatch, step: tuple[str, ...]) -> None:
    """Be a newer program."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


def test_an_empty_file_gets_everything_without_a_copy(connection: sqlite3.Connection) -> None:
    copies: list[int] = []
    schema.migrate(connection, copies.append)
    schema.check(connection)
    assert copies == []
    assert schema.version_of(connection) == len(schema.MIGRATIONS)


def test_an_older_file_is_copied_first(connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.migrate(connection, lambda _: None)
    copies: list[int] = []
    grow(monkeypatch, NEXT)
    schema.migrate(connection, copies.append)
    assert copies == [NOW]
    assert schema.version_of(connection) == NOW + 1
    assert "shoes" in tables(connection)
    schema.migrate(connection, copies.append)
    assert copies == [NOW]


def test_a_step_that_fails_leaves_the_file_as_it_was(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.migrate(connection, lambda _: None)
    before = tables(connection)
    grow(monkeypatch, BROKEN)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, lambda _: None)
    assert tables(connection) == before
    assert schema.version_of(connection) == NOW


def test_a_copy_that_fails_changes_nothing(connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.migrate(connection, lambda _: None)

    def full(_: int) -> None:
        raise StorageError("the disk is full")

    grow(monkeypatch, NEXT)
    with pytest.raises(StorageError, match="full"):
        schema.migrate(connection, full)
    assert schema.version_of(connection) == NOW


def test_a_newer_file_is_refused(connection: sqlite3.Connection) -> None:
    schema.migrate(connection, lambda _: None)
    connection.execute("PRAGMA user_version = 9")
    with pytest.raises(TooNewError, match=r"newer Retro Timer \(version 9 "):
        schema.migrate(connection, lambda _: None)
    with pytest.raises(TooNewError):
        schema.check(connection)


def test_an_older_history_is_there_after_it_was_opened_by_a_newer_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = walk()
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(kept)
    grow(monkeypatch, NEXT)
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        assert not opened.problem
        assert history.walk(kept.summary.uuid) == kept
    monkeypatch.undo()
    before = tmp_path / f"history.version-{NOW}-2026-03-02-090000.db"
    before.replace(tmp_path / FILE_NAME)
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert history.walk(kept.summary.uuid) == kept


def first_version(path: Path) -> None:
    """A history as the first program wrote it, with a walk in it."""
    with open_history(path, lambda: MORNING).history as history:
        history.add(walk())
    with closing(sqlite3.connect(path / FILE_NAME)) as connection:
        for name in ("session_added", "session_changed", "session_deleted"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript("DROP TABLE marks; DROP INDEX sessions_untrue; PRAGMA user_version = 1")


def test_a_history_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    first_version(tmp_path)
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        assert not opened.problem
        assert not opened.set_aside
        assert len(history.page()) == 1
        schema.check(history.database.connection)
    assert (tmp_path / "history.version-1-2026-03-02-090000.db").exists()


CHANGES = {
    "a walk before it is added": "INSERT INTO sessions SELECT * FROM copies WHERE id = 4",
    "its walk is changed": "UPDATE sessions SET effort = 7 WHERE id = 2",
    "a walk before it is changed": "UPDATE sessions SET effort = 7 WHERE id = 1",
    "a walk goes before it": "UPDATE sessions SET day = 5 WHERE id = 3",
    "its walk goes elsewhere": "UPDATE sessions SET day = 900000 WHERE id = 2",
    "a walk before it is deleted": "DELETE FROM sessions WHERE id = 1",
}


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Three walks, on days 10, 20 and 30, and a mark at the second; a fourth, on day 15, that may be added."""
    with open_history(tmp_path, lambda: MORNING).history as history:
        for _ in range(4):
            history.add(walk())
        connection = history.database.connection
        connection.execute("UPDATE sessions SET day = id * 10")
        connection.execute("CREATE TEMP TABLE copies AS SELECT * FROM sessions")
        connection.execute("UPDATE copies SET day = 15")
        connection.execute("DELETE FROM sessions WHERE id = 4")
        connection.execute("INSERT INTO marks SELECT day, started, id, 'starter', 1, '', '' FROM sessions WHERE id = 2")
        yield connection


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_mark_is_gone_when_the_past_changes(marked: sqlite3.Connection, change: str) -> None:
    marked.execute(change)
    assert marked.execute("SELECT count(*) FROM marks").fetchone()[0] == 0


@pytest.mark.parametrize("change", ["UPDATE sessions SET effort = 7 WHERE id = 3", "DELETE FROM sessions WHERE id = 3"])
def test_a_mark_stays_when_what_comes_after_it_changes(marked: sqlite3.Connection, change: str) -> None:
    marked.execute(change)
    assert marked.execute("SELECT count(*) FROM marks").fetchone()[0] == 1
