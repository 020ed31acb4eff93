"""The newest sessions for shell completion: read without changing or creating anything."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.storage.errors import StorageError
from retro_timer.storage.recent import recent_sessions
from tests.storage.sessions import MORNING, many, stored_session

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.session.history import StoredSession
    from retro_timer.storage.history import History


def named(one: StoredSession, name: str, workout_id: str = "") -> StoredSession:
    planned = replace(one.summary.planned, name=name, workout_id=workout_id)
    return replace(one, summary=replace(one.summary, planned=planned))


def test_sessions_are_named_by_the_start_of_their_id_with_their_local_day(history: History) -> None:
    late = datetime(2026, 3, 4, 0, 30, tzinfo=timezone(timedelta(hours=13)))  # still the third in UTC
    walks = [named(stored_session(MORNING), "Evening"), named(stored_session(late), "", "first-try")]
    for one in walks:
        history.add(one)
    assert history.database.path
    assert recent_sessions(history.database.path) == {
        walks[0].summary.uuid[:8]: "2026-03-02 Evening",
        walks[1].summary.uuid[:8]: "2026-03-04 first-try",
    }


def test_the_newest_fifty_come_first(history: History) -> None:
    walks = many(52)
    for one in walks:
        history.add(one)
    assert history.database.path
    found = list(recent_sessions(history.database.path))
    assert found == [one.summary.uuid[:8] for one in walks[:1:-1]]


def test_nothing_is_made_where_there_is_no_history(tmp_path: Path) -> None:
    assert recent_sessions(tmp_path / "history.db") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_history_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"no database")
    with pytest.raises(StorageError, match="damaged"):
        recent_sessions(path)
    assert path.read_bytes() == b"no database"
    assert list(tmp_path.iterdir()) == [path]
