"""An unreadable session is named and quarantined as a whole, and hides no other session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.errors import BusyError, DamagedError
from retro_timer.storage.quarantine import Quarantined, decode, encode, name_of
from retro_timer.storage.training_entries import entries_of, outcomes_of, problems_of, walked_days
from retro_timer.storage.transfer import import_sessions, write_json
from tests.storage.sessions import MORNING, interrupt, many, stored_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retro_timer.storage.history import History

NOW = MORNING + timedelta(days=100)
COUNT = 60
"""More than one page of the list."""
BAD = 7
"""The key of the session edited by hand."""
SESSION = (
    "walked = 'a lot'",
    "backward = 9000000000000000000",
    "day = day + 1",
    "uuid = 'me'",
    "started = 9000000000000000000",
    "utc_offset = 999999999",
    "name = char(27) || '[2J'",
    "name = x'ff'",
    "name = CAST(x'ff' AS TEXT)",
    "zone = printf('%.9999c', 'z')",
    "state = 'walking'",
)
INTERVAL = (
    "phase = 'sideways'",
    "speed_kmh = 1e9",
    "walked = -1",
    "label = CAST(x'e9' AS TEXT)",
    "\"index\" = 'one'",
    "left = 'home'",
)
CHANGES = (
    *(f"UPDATE sessions SET {change} WHERE id = {BAD}" for change in SESSION),  # noqa: S608
    *(f"UPDATE intervals SET {change} WHERE session = {BAD} AND ordinal = 0" for change in INTERVAL),  # noqa: S608
    f"INSERT INTO pauses VALUES ({BAD}, 0, 1, 1, 'long', 'asked')",  # noqa: S608
    f"INSERT INTO edits VALUES ({BAD}, 0, 1, 1, 'edit', x'00', 5)",  # noqa: S608
)


@pytest.fixture
def named(history: History) -> list[Quarantined]:
    """A history of sixty sessions, and the sessions it reports as unreadable."""
    import_sessions(history, many(COUNT)[::-1])
    names: list[Quarantined] = []
    history.on_quarantine = names.append
    return names


def everything_else(history: History) -> list[str]:
    rows = history.database.read(f"SELECT uuid FROM sessions WHERE id <> {BAD} ORDER BY day DESC, started DESC")  # noqa: S608
    return [row[0] for row in rows]


@pytest.mark.parametrize("change", CHANGES)
def test_one_unreadable_session_hides_no_other(history: History, named: list[Quarantined], change: str) -> None:
    rest = everything_else(history)
    history.database.connection.execute(change)
    interrupted = history.interrupted()
    assert [one.summary.uuid for one in history.everything()] == rest
    assert [summary.uuid for summary in history.page(limit=100)] == rest
    assert interrupted == ()
    assert len(named) == 1
    assert str(named[0]).isprintable()
    assert [one.session for one in history.quarantined()] == [named[0].session]
    for table, key in (("sessions", "id"), ("intervals", "session"), ("pauses", "session"), ("edits", "session")):
        assert not history.database.read(f"SELECT 1 FROM {table} WHERE {key} = {BAD}")  # noqa: S608


READERS: dict[str, Callable[[History], object]] = {
    "list": lambda history: history.page(),
    "days": lambda history: history.days(),
    "bests": lambda history: history.bests(),
    "plan": lambda history: entries_of(history, NOW).entries,
    "problems": lambda history: problems_of(history, NOW),
    "outcomes": lambda history: outcomes_of(history, NOW, MORNING.date()),
    "walked days": lambda history: walked_days(history, NOW),
    "interrupted": lambda history: history.interrupted(),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", SESSION)
def test_no_reader_fails(history: History, named: list[Quarantined], change: str, reader: str) -> None:
    before = READERS[reader](history)
    history.database.connection.execute(f"UPDATE sessions SET {change} WHERE id = {BAD}")  # noqa: S608
    after = READERS[reader](history)
    assert type(after) is type(before)
    assert bool(after) == bool(before)
    assert len(named) <= 1


def test_two_sessions_whose_sum_is_too_large_for_any_total(history: History, named: list[Quarantined]) -> None:
    history.database.connection.execute("UPDATE sessions SET walked = 9000000000000000000 WHERE id IN (2, 3)")
    assert sum(day.sessions for day in history.days()) == COUNT - 2
    assert len(named) == 2


def test_every_row_of_it_is_kept_unchanged(history: History, named: list[Quarantined]) -> None:
    execute = history.database.connection.execute
    execute("UPDATE sessions SET name = CAST(x'ff41' AS TEXT), note = x'00ff' WHERE id = ?", (BAD,))
    execute("UPDATE sessions SET completion = 0.1 + 0.2 WHERE id = ?", (BAD,))
    before = dict(execute("SELECT * FROM sessions WHERE id = ?", (BAD,)).fetchone())
    intervals = [dict(row) for row in execute("SELECT * FROM intervals WHERE session = ?", (BAD,))]
    history.page(limit=100)
    assert named
    rows = decode(execute("SELECT content FROM quarantine").fetchone()[0])
    assert rows["sessions"] == [before]
    assert rows["intervals"] == intervals
    assert decode(encode(rows)) == rows


def test_an_unwritable_directory_is_left_out_and_named(
    history: History, named: list[Quarantined], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = everything_else(history)
    history.database.connection.execute(f"UPDATE sessions SET walked = 'a lot' WHERE id = {BAD}")  # noqa: S608

    def busy(**_: bool) -> object:
        raise BusyError("the history is in use by another process")

    monkeypatch.setattr(history.database, "writing", busy)
    for _ in range(2):
        assert [summary.uuid for summary in history.page(limit=COUNT - 1)] == rest
    for limit in (1, 10, COUNT - 2):
        assert [summary.uuid for summary in history.page(limit=limit)] == rest[:limit]
    assert len(named) == 1
    assert "left out" in str(named[0])
    assert history.quarantined() == tuple(named)


def test_damage_of_the_file_is_not_the_fault_of_a_session(
    history: History, named: list[Quarantined], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> list[object]:
        raise DamagedError("the history is damaged")

    monkeypatch.setattr(history.database, "read", damaged)
    with pytest.raises(DamagedError):
        history.page()
    assert not named


def test_damage_found_while_a_session_is_moved_is_reported_as_such(
    history: History, named: list[Quarantined], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.database.connection.execute(f"UPDATE sessions SET walked = 'a lot' WHERE id = {BAD}")  # noqa: S608

    def damaged(**_: bool) -> object:
        raise DamagedError("the history is damaged")

    monkeypatch.setattr(history.database, "writing", damaged)
    with pytest.raises(DamagedError):
        history.page(limit=COUNT)
    assert not named


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE schedules SET schedule = CAST(substr(schedule, 2) AS BLOB)",
        "UPDATE schedules SET schedule = 'text'",
        "UPDATE journal SET position = 'here'",
        "UPDATE journal SET seen = -1",
        "DELETE FROM schedules",
        "DELETE FROM journal",
        "UPDATE sessions SET notation = ''",
    ],
)
def test_an_unreadable_interrupted_session_hides_none_after_it(tmp_path: Path, history: History, damage: str) -> None:
    interrupt(tmp_path, 45)
    names: list[Quarantined] = []
    history.on_quarantine = names.append
    with history.database.writing() as connection:
        connection.execute(damage)
    interrupt(tmp_path, 70)
    (found,) = history.interrupted()
    history.mark_interrupted([found])
    assert found.record.position == 60_000
    assert len(history.page()) == 1
    assert len(names) == 1
    assert history.interrupted()  # again: nothing changes
    assert len(history.quarantined()) == 1


def test_an_export_holds_every_session_that_can_be_read(
    tmp_path: Path, history: History, named: list[Quarantined]
) -> None:
    rest = everything_else(history)
    history.database.connection.execute(f"UPDATE intervals SET phase = 'bxckward' WHERE session = {BAD}")  # noqa: S608
    with (tmp_path / "export.json").open("wb") as out:
        assert write_json(history.everything(), out, NOW) == len(rest)
    assert len(named) == 1


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({}, "an unknown day (None)"),
        ({"id": 4, "started": "soon"}, "an unknown day (4)"),
        ({"id": 4, "started": 2**63 - 1}, "an unknown day (4)"),
        ({"started": 1772442000000, "utc_offset": 3600, "uuid": "4f1c2a9e-0000"}, "2026-03-02 10:00 (4f1c2a9e)"),
        ({"started": 1772442059000, "utc_offset": None, "uuid": "4f1c2a9e"}, "2026-03-02 09:00 (4f1c2a9e)"),
        ({"started": 1772442000000, "utc_offset": "?", "uuid": "\x1b[2J\x07"}, "2026-03-02 09:00 (?[2J?)"),
    ],
)
def test_a_session_is_named_as_far_as_it_can_be_read(row: dict[str, object], name: str) -> None:
    assert name_of(row) == name


def test_a_session_after_one_in_quarantine_is_saved_as_usual(history: History, named: list[Quarantined]) -> None:
    history.database.connection.execute("UPDATE sessions SET day = day + 1 WHERE id = 60")
    history.page()
    fresh = stored_session(NOW)
    history.add(fresh)
    assert history.page(limit=1) == (fresh.summary,)
    assert len(named) == 1
