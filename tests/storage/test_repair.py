"""The readable parts of damaged histories are recovered once, and the losses are counted."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from retro_timer.session.history import Feedback
from retro_timer.session.record import SessionStatus
from retro_timer.storage import salvage as salvaging
from retro_timer.storage import schema
from retro_timer.storage.backup import back_up
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.file_quarantine import asides
from retro_timer.storage.migrations import MIGRATIONS, TABLES
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.pages import _free, records
from retro_timer.storage.repair import Report, repair_everything, repair_file
from retro_timer.storage.salvage import salvage
from retro_timer.storage.transfer import import_sessions, problem_with
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, change, many, stored_session, write_old

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.session.history import StoredSession
    from retro_timer.storage.history import History

COUNT = 30
PAGE = 4096
NOW = MORNING + timedelta(days=100)


@pytest.fixture(scope="module")
def walks() -> list[StoredSession]:
    """Sessions with pauses, edits and answers, one of them with a workout that needs overflow pages."""
    feedback = Feedback(effort=4, stumble=False, fall=False, note="windy, wët")
    answered = [replace(one, summary=replace(one.summary, feedback=feedback)) for one in many(COUNT - 1, first=MORNING)]
    return [*answered, stored_session(MORNING + timedelta(days=20), "back 30s, fwd 31s, " * 400 + "cool 1m")]


@pytest.fixture(scope="module")
def content(walks: list[StoredSession], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a history of thirty sessions."""
    place = tmp_path_factory.mktemp("whole")
    with open_history(place, lambda: MORNING).history as history:
        import_sessions(history, walks[::-1])
    return (place / FILE_NAME).read_bytes()


@pytest.fixture
def damaged(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "history.damaged-2026-03-02-090000.db"
    path.write_bytes(content)
    return path


@pytest.fixture
def current(tmp_path: Path) -> Iterator[History]:
    """An empty history next to the damaged one."""
    with open_history(tmp_path, lambda: MORNING).history as history:
        yield history


def everything(history: History) -> dict[str, StoredSession]:
    return {one.summary.uuid: one for one in history.everything()}


def by_uuid(walks: list[StoredSession]) -> dict[str, StoredSession]:
    return {one.summary.uuid: one for one in walks}


def test_the_pages_have_the_rows_that_sqlite_reads(content: bytes, damaged: Path) -> None:
    found: dict[tuple[bool, int], int] = defaultdict(int)
    for record in records(content):
        found[record.rowid is not None, len(record.values)] += 1
    with closing(sqlite3.connect(damaged)) as connection:
        for shape, (table, columns) in schema.shapes().items():
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            now = len(connection.execute(f"PRAGMA table_info({table})").fetchall()) == shape.columns
            if table not in ("quarantine", "edits"):
                assert found[shape] == (count if now else 0), (table, columns)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_history_of_any_version_is_recovered(current: History, tmp_path: Path, version: int) -> None:
    (tmp_path / "old").mkdir()
    write_old(tmp_path / "old", version)
    report = repair_file(tmp_path / "old" / FILE_NAME, current, NOW)
    assert (report.added, report.lost) == (3, ())


def test_an_undamaged_history_is_recovered_completely(
    walks: list[StoredSession], damaged: Path, content: bytes, current: History
) -> None:
    assert repair_file(damaged, current, NOW) == Report(damaged.name, added=COUNT)
    assert everything(current) == by_uuid(walks)
    assert damaged.read_bytes() == content
    assert repair_file(damaged, current, NOW) == Report(damaged.name, present=COUNT)


def test_tables_are_distinguished_by_their_columns() -> None:
    tables = dict(schema.shapes().values())
    assert set(tables) == set(TABLES)
    assert all(columns[0][0] in ("id", "session") for columns in tables.values())


@lru_cache(maxsize=1)  # the same content for every test
def owners(content: bytes) -> dict[int, set[str]]:
    """The sessions with data on each page, including overflow pages."""
    uuids = {record.rowid: str(record.values[1]) for record in records(content) if len(record.values) == 34}
    found: dict[int, set[str]] = defaultdict(set)
    for record in records(content):
        if len(record.values) == 34:
            found[record.page].add(str(record.values[1]))
        elif record.rowid is None and len(record.values) in (15, 6) and record.values[0] in uuids:
            found[record.page].add(uuids[record.values[0]])  # type: ignore[index]
    long = long_ones(content)
    pages = set(range(2, len(content) // PAGE + 1)) - found.keys()
    for page in pages:  # of an index, the schema, or the overflow of the long workout
        if b"fwd 31s" in content[(page - 1) * PAGE : page * PAGE]:
            found[page].update(uuid for uuid in uuids.values() if uuid in long)
    return found


def long_ones(content: bytes) -> set[str]:
    return {
        str(record.values[1])
        for record in records(content)
        if len(record.values) == 34 and "fwd 31s" in str(record.values)
    }


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bytes_cost_only_the_sessions_on_their_pages(
    walks: list[StoredSession], damaged: Path, content: bytes, current: History, seed: int
) -> None:
    choice = random.Random(seed)
    broken = bytearray(content)
    hit = set()
    for _ in range(choice.choice((1, 1, 3, 20))):
        place = choice.randrange(len(broken))
        broken[place] ^= 1 << choice.randrange(8)
        hit.add(place // PAGE + 1)
    damaged.write_bytes(broken)
    report = repair_file(damaged, current, NOW)
    found, kept = everything(current), by_uuid(walks)
    owned = owners(content)
    touched = set().union(*(owned[page] for page in hit))
    for uuid in kept.keys() - touched:
        assert found[uuid] == kept[uuid]
    assert report.added == len(found)
    # A session with a damaged uuid gets a new one: it is counted once, under its new uuid.
    assert report.added + len(report.lost) == COUNT, report
    for one in found.values():
        assert not problem_with(one, NOW)


def unrepairable(content: bytes, lost: set[int]) -> set[str]:
    """The sessions whose row, or all of whose intervals, are on lost pages."""
    rows, intervals = places(content)
    return {uuid for uuid, page in rows.items() if page in lost} | {
        uuid for uuid, pages in intervals.items() if pages <= lost
    }


@lru_cache(maxsize=1)
def places(content: bytes) -> tuple[dict[str, int], dict[str, set[int]]]:
    """The page of the row of each session, and the pages of its intervals."""
    uuids = {record.rowid: str(record.values[1]) for record in records(content) if len(record.values) == 34}
    rows: dict[str, int] = {}
    intervals: dict[str, set[int]] = defaultdict(set)
    for record in records(content):
        if len(record.values) == 34:
            rows[str(record.values[1])] = record.page
        elif record.rowid is None and len(record.values) == 15 and record.values[0] in uuids:
            intervals[uuids[record.values[0]]].add(record.page)  # type: ignore[index]
    return rows, intervals


@pytest.mark.parametrize("first", range(4))
def test_a_damaged_page_loses_only_what_was_on_it(
    walks: list[StoredSession], content: bytes, tmp_path: Path, first: int
) -> None:
    kept = by_uuid(walks)
    for page in range(1 + first, len(content) // PAGE + 1, 4):
        place = tmp_path / str(page)
        with open_history(place, lambda: MORNING).history as current:
            damaged = place / "history.damaged-2026-03-02-090000.db"
            begin, garbage = (page - 1) * PAGE, random.Random(page).randbytes(PAGE)
            damaged.write_bytes(content[:begin] + garbage + content[begin + PAGE :])
            report = repair_file(damaged, current, NOW)
            found = everything(current)
        gone = unrepairable(content, {page})
        assert kept.keys() - found.keys() == gone, page
        assert (report.added, len(report.lost)) == (COUNT - len(gone), len(gone)), report
        incomplete = {uuid for uuid, one in found.items() if one != kept[uuid]}
        assert incomplete <= owners(content)[page], page
        assert len(report.partly) == len(incomplete), report


@pytest.mark.parametrize("tenths", [3, 6, 9])
def test_a_truncated_file(
    walks: list[StoredSession], damaged: Path, content: bytes, current: History, tenths: int
) -> None:
    left = len(content) * tenths // 10
    damaged.write_bytes(content[:left])
    report = repair_file(damaged, current, NOW)
    gone = unrepairable(content, {page + 1 for page in range(len(content) // PAGE) if (page + 1) * PAGE > left})
    assert everything(current).keys() == by_uuid(walks).keys() - gone
    assert (report.added, len(report.lost)) == (COUNT - len(gone), len(gone)), report


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 9000, None])
def test_an_empty_file_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        salvage(path)
    assert str(refused.value).isprintable()
    assert path.exists() is (content is not None)


def test_rows_that_are_only_in_the_write_ahead_log_are_recovered(
    tmp_path: Path, walks: list[StoredSession], current: History
) -> None:
    place = tmp_path / "other"
    with open_history(place, lambda: MORNING).history as history:
        for one in walks[:5]:
            history.add(one)
        files = {path.name: path.read_bytes() for path in place.iterdir()}
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, data in files.items():
        (crashed / name).write_bytes(b"\xff" * 100 + data[100:] if name == FILE_NAME else data)
    assert len(files[f"{FILE_NAME}-wal"]) > PAGE
    assert repair_file(crashed / FILE_NAME, current, NOW).added == 5
    assert everything(current) == by_uuid(walks[:5])


def test_the_free_pages_are_those_on_the_list_of_free_pages() -> None:
    def page(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(4) for number in numbers).ljust(PAGE, b"\0")

    header = b"\0" * 32 + (3).to_bytes(4)
    pages = {3: page(6, 2, 4, 5), 6: page(0, 1, 8)}  # a trunk: the next one, how many leaves, the leaves
    assert _free({1: header + (5).to_bytes(4), **pages}) == {3, 4, 5, 6, 8}
    assert _free({1: header + (6).to_bytes(4), **pages}) == set()  # not as many as there should be
    assert _free({}) == set()


def test_a_deleted_session_does_not_return(tmp_path: Path, walks: list[StoredSession], current: History) -> None:
    with open_history(tmp_path / "other", lambda: MORNING).history as history:
        import_sessions(history, walks)
        for one in walks[:20]:
            assert history.delete(one.summary.uuid)
    whole = (tmp_path / "other" / FILE_NAME).read_bytes()
    for broken in (whole, b"\x00" * 100 + whole[100:]):  # also if the list of free pages is lost
        (tmp_path / "other" / FILE_NAME).write_bytes(broken)
        assert salvage(tmp_path / "other" / FILE_NAME).missing == []
        repair_file(tmp_path / "other" / FILE_NAME, current, NOW)
        assert everything(current) == by_uuid(walks[20:])


PARTLY = {
    "UPDATE intervals SET phase = 'bxckward' WHERE session = 9 AND ordinal = 0": "1 of 1 intervals",
    "UPDATE sessions SET effort = 77 WHERE id = 9": "effort",
    "UPDATE sessions SET note = char(27) || '[2J' WHERE id = 9": "note",
    "UPDATE sessions SET zone = x'ff' WHERE id = 9": "zone",
    "UPDATE sessions SET notation = 'back ?' WHERE id = 9": "notation",
    "UPDATE sessions SET utc_offset = 'no' WHERE id = 9": "time zone",
    "UPDATE sessions SET uuid = 'me' WHERE id = 9": "uuid",
    "UPDATE sessions SET state = 'flying' WHERE id = 9": "state",
}


@pytest.mark.parametrize("statement", PARTLY)
def test_a_session_is_recovered_without_what_cannot_be_read(
    walks: list[StoredSession], damaged: Path, current: History, statement: str
) -> None:
    change(damaged, statement)
    report = repair_file(damaged, current, NOW)
    if "1 of 1" in PARTLY[statement]:
        assert (report.added, len(report.lost)) == (COUNT - 1, 1)
        assert "none of its intervals" in report.lost[0]
        return
    assert (report.added, report.lost) == (COUNT, ())
    assert len(report.partly) == 1
    assert PARTLY[statement] in report.partly[0]
    assert len(everything(current).keys() & by_uuid(walks).keys()) >= COUNT - 1


def test_one_wrong_letter_loses_one_interval(walks: list[StoredSession], damaged: Path, current: History) -> None:
    change(damaged, "UPDATE intervals SET phase = 'bxckward' WHERE session = 30 AND ordinal = 2")
    report = repair_file(damaged, current, NOW)
    uuid = walks[-1].summary.uuid
    assert report.partly == (
        f"2026-03-22 09:00 ({uuid[:8]}) was recovered without 1 of {len(walks[-1].intervals)} intervals",
    )
    found, kept = everything(current)[uuid], walks[-1]
    assert found.intervals == kept.intervals[:2] + kept.intervals[3:]
    assert found.summary.totals.backward == kept.summary.totals.backward - 30_000
    assert found.summary.spent.walked == kept.summary.spent.walked - 30_000


def test_wrong_sums_are_computed_again(walks: list[StoredSession], damaged: Path, current: History) -> None:
    change(damaged, "UPDATE sessions SET walked = 1, backward = 'much', longest_backward = 99999999 WHERE id = 20")
    report = repair_file(damaged, current, NOW)
    assert (report.added, report.lost, report.partly) == (COUNT, (), ())
    found, kept = everything(current), by_uuid(walks)
    assert {uuid: one.summary.totals.backward for uuid, one in found.items()} == {
        uuid: one.summary.totals.backward for uuid, one in kept.items()
    }


def test_a_running_session_in_a_repaired_file_counts_as_ended(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    back_up(history, tmp_path / "copy.db")
    walker.journal.close()
    with open_history(tmp_path / "new", lambda: MORNING).history as new:
        assert repair_file(tmp_path / "copy.db", new, NOW).added == 1
        (found,) = new.everything()
    assert found.summary.state is SessionStatus.ENDED_EARLY
    assert [interval.walked for interval in found.intervals] == [20_000, 10_000, 5000]
    assert found.summary.spent.walked == 35_000


def test_repaired_sessions_leave_the_quarantine(history: History) -> None:
    walks = many(5, first=MORNING, every=timedelta(days=1))
    import_sessions(history, [*walks[::-1], stored_session(MORNING + timedelta(days=9))])
    execute = history.database.connection.execute
    execute("UPDATE sessions SET day = day + 1 WHERE uuid = ?", (walks[1].summary.uuid,))
    execute("UPDATE sessions SET started = 9000000000000000000 WHERE uuid = ?", (walks[2].summary.uuid,))
    assert len(history.page()) == 4
    (report,) = repair_everything(history.database.path.parent, history, NOW)  # type: ignore[union-attr]
    assert (report.added, len(report.lost), report.partly) == (1, 1, ())
    assert history.session(walks[1].summary.uuid) == walks[1]
    (rest,) = history.quarantined()
    assert rest.tried
    assert "1 lost" in str(report)


def test_declined_questions_are_not_asked_again_after_a_repair(tmp_path: Path, history: History) -> None:
    declined, asked = (one.summary.uuid for one in added_to(history, 2))
    history.decline(declined)
    history.database.connection.execute("UPDATE sessions SET day = day + 1")
    assert history.page() == ()
    (report,) = repair_everything(tmp_path / "nowhere", history, NOW)
    assert report.added == 2
    with open_history(tmp_path / "new", lambda: MORNING).history as new:
        assert repair_file(history.database.path, new, NOW).added == 2  # type: ignore[arg-type]
        for repaired in (history, new):
            assert (repaired.is_declined(declined), repaired.is_declined(asked)) == (True, False)


def added_to(history: History, count: int) -> list[StoredSession]:
    """Some sessions, now in the history."""
    walks = many(count, first=MORNING, every=timedelta(days=1))
    import_sessions(history, walks)
    return walks


def test_quarantined_files_are_searched_once_and_kept(damaged: Path, content: bytes, current: History) -> None:
    empty = damaged.with_name("history.damaged-2026-03-03-090000.db")
    empty.write_bytes(b"nothing")
    damaged.with_name(f"{damaged.name}-wal").write_bytes(b"")
    found, nothing = repair_everything(damaged.parent, current, NOW)
    assert (found.added, nothing.added) == (COUNT, 0)
    assert asides(damaged.parent) == []
    assert repair_everything(damaged.parent, current, NOW) == []
    assert damaged.with_name("history.repaired-2026-03-02-090000.db").read_bytes() == content
    assert damaged.with_name("history.repaired-2026-03-02-090000.db-wal").exists()
    assert damaged.with_name("history.unreadable-2026-03-03-090000.db").read_bytes() == b"nothing"


def test_a_repaired_file_replaces_no_other(damaged: Path, content: bytes, current: History) -> None:
    earlier = damaged.with_name("history.repaired-2026-03-02-090000.db")  # the clock was put back, say
    earlier.write_bytes(b"earlier")
    repair_everything(damaged.parent, current, NOW)
    assert earlier.read_bytes() == b"earlier"
    assert damaged.with_name("history.repaired-2026-03-02-090000-2.db").read_bytes() == content


def test_a_quarantine_changed_by_hand_hides_nothing(history: History) -> None:
    for text in ("", "[]", "{}", '{"sessions": [3]}', '{"sessions": {"uuid": 1}}', '{"sessions": [{"uuid": [1]}]}'):
        history.database.connection.execute(
            "INSERT INTO quarantine (session, reason, content) VALUES (char(27), 'why', ?)", (text,)
        )
    (report,) = repair_everything(history.database.path.parent, history, NOW)  # type: ignore[union-attr]
    assert len(report.lost) == 6
    assert all(line.isprintable() for line in report.lost)
    assert all(str(one).isprintable() and one.tried for one in history.quarantined())


def test_what_is_read_is_in_order_the_newest_session_first_and_each_with_its_intervals(
    damaged: Path, walks: list[StoredSession]
) -> None:
    change(damaged, "UPDATE intervals SET ordinal = ordinal + 1000 WHERE session = 30 AND ordinal % 2 = 0")
    rows = salvage(damaged).sessions
    assert [row["sessions"][0]["id"] for row in rows] == list(range(COUNT, 0, -1))
    ordinals = [part["ordinal"] for part in rows[0]["intervals"]]
    assert len(ordinals) == len(walks[-1].intervals)
    assert ordinals == sorted(ordinals)


@pytest.mark.skipif(sys.platform == "win32", reason="the file would take a gigabyte there")
def test_more_than_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.touch()
    os.truncate(path, 1024**3 + 1)
    with pytest.raises(RefusedError, match="is larger than 1024 MB"):
        salvage(path)


def test_a_file_that_is_too_large_is_not_read(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = damaged.stat().st_size
    monkeypatch.setattr(salvaging, "MOST_BYTES", size)
    assert len(salvage(damaged).sessions) == COUNT
    monkeypatch.setattr(salvaging, "MOST_BYTES", size - 1)
    with pytest.raises(RefusedError, match="is larger than"):
        salvage(damaged)
