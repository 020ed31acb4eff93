"""An older history is migrated in one step, and a copy is kept; a newer one is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.history import Feedback, NextDay
from retro_timer.session.record import SessionStatus
from retro_timer.storage import schema
from retro_timer.storage.errors import StorageError, TooNewError
from retro_timer.storage.migrations import MIGRATIONS
from retro_timer.storage.open import FILE_NAME
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, NOTATION, OLD_VERSIONS, stored_session, write_old

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = len(MIGRATIONS)
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
    """Migrate like a newer program."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, step))


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


def test_an_empty_file_gets_everything_without_a_copy(connection: sqlite3.Connection) -> None:
    copies: list[int] = []
    schema.migrate(connection, copies.append)
    schema.check(connection)
    assert copies == []
    assert schema.version_of(connection) == len(MIGRATIONS)


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


def test_a_failed_migration_step_leaves_the_file_unchanged(
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
    connection.execute("PRAGMA user_version = 10")
    with pytest.raises(TooNewError, match=r"newer Retro Timer \(version 10 "):
        schema.migrate(connection, lambda _: None)
    with pytest.raises(TooNewError):
        schema.check(connection)


def test_an_older_history_is_there_after_it_was_opened_by_a_newer_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stored_session()
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.add(kept)
    grow(monkeypatch, NEXT)
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        assert not opened.problem
        assert history.session(kept.summary.uuid) == kept
    monkeypatch.undo()
    before = tmp_path / f"history.version-{NOW}-2026-03-02-090000.db"
    before.replace(tmp_path / FILE_NAME)
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert history.session(kept.summary.uuid) == kept


@pytest.mark.parametrize("version", OLD_VERSIONS)
def test_a_history_of_an_older_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    write_old(tmp_path, version)
    opened = open_history(tmp_path, lambda: MORNING)
    with opened.history as history:
        assert not opened.problem
        assert not opened.set_aside
        schema.check(history.database.connection)
        ended, finished = history.everything()
        (interrupted,) = history.interrupted()
        assert history.quarantined() == ()
    assert (finished.summary.state, ended.summary.state) == (SessionStatus.FINISHED, SessionStatus.ENDED_EARLY)
    assert finished == replace(stored_session(), summary=finished.summary)
    said = Feedback(
        3, stumble=False, fall=False, pain_before=1, pain_after=0, note="went well", next_day=NextDay.NORMAL
    )
    assert finished.summary.feedback == said
    assert (interrupted.record.position, len(interrupted.record.pauses)) == (32_000, 1)
    assert interrupted.record.schedule == flatten(parse(NOTATION))
    assert (tmp_path / f"history.version-{version}-2026-03-02-090000.db").exists()


@pytest.mark.parametrize("version", [3, 5])
def test_old_answers_about_the_day_after_keep_their_meaning_and_new_ones_can_be_given(
    tmp_path: Path, version: int
) -> None:
    write_old(tmp_path, version)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE sessions SET next_day = 'sore'")
    with open_history(tmp_path, lambda: MORNING).history as history:
        walked = history.page()[0]
        assert walked.feedback.next_day is NextDay.SORE
        for answer in NextDay:
            assert history.give_feedback(walked.uuid, replace(walked.feedback, next_day=answer))
            assert history.page()[0].feedback.next_day is answer
        with pytest.raises(sqlite3.IntegrityError):
            history.database.connection.execute("UPDATE sessions SET next_day = 'other'")


def test_nothing_is_left_of_what_only_a_very_long_history_needed(tmp_path: Path) -> None:
    write_old(tmp_path, 3)
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert not {name for name in tables(history.database.connection) if "mark" in name or "monday" in name}
