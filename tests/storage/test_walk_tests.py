"""Results of the backward walk test: kept, in order, and checked when they are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from msgspec.structs import replace

from retro_timer.runtime.walk_test_report import result, trend
from retro_timer.session.history import WalkTest
from retro_timer.storage.errors import RefusedError, StorageError
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.repair import repair_file
from retro_timer.storage.transfer import Exported, Imported, import_everything, read_json, write_json
from retro_timer.storage.walk_tests import add_walk_test, walk_tests
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, OLD_VERSIONS, stored_session, write_old

if TYPE_CHECKING:
    from pathlib import Path

EAST = timezone(timedelta(hours=9))
FIRST = WalkTest(str(uuid4()), datetime(2026, 1, 3, 9, 0, tzinfo=EAST), (4_100, 4_300))
SECOND = WalkTest(str(uuid4()), datetime(2026, 2, 5, 9, 0, tzinfo=UTC), (3_900,))


@pytest.mark.parametrize("version", [OLD_VERSIONS[-1], None])
def test_results_are_kept_in_order_with_their_local_day(tmp_path: Path, version: int | None) -> None:
    if version is not None:
        write_old(tmp_path, version)
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert walk_tests(history) == ()
        for test in (SECOND, FIRST, FIRST):
            add_walk_test(history, test)
        assert walk_tests(history) == (FIRST, SECOND)
        assert walk_tests(history)[0].started.utcoffset() == timedelta(hours=9)
        history.database.connection.execute("UPDATE walk_tests SET first = 999999 WHERE second IS NULL")
        assert walk_tests(history) == (FIRST,), "what cannot be true is left out"


def test_results_of_a_damaged_history_are_recovered(tmp_path: Path) -> None:
    with open_history(tmp_path / "damaged", lambda: MORNING).history as history:
        history.add(stored_session())
        add_walk_test(history, FIRST)
        add_walk_test(history, SECOND)
    with open_history(tmp_path / "new", lambda: MORNING).history as history:
        add_walk_test(history, SECOND)
        repair_file(tmp_path / "damaged" / FILE_NAME, history, MORNING)
        assert walk_tests(history) == (FIRST, SECOND)


def test_results_go_with_the_exported_history(tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    with file.open("wb") as out:
        write_json([stored_session()], out, MORNING, [FIRST, SECOND])
    exported = read_json(file, MORNING + timedelta(days=1))
    assert (len(exported.sessions), exported.walk_tests) == (1, [FIRST, SECOND])
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert import_everything(history, exported) == (Imported(1, 0), 2)
        assert import_everything(history, exported) == (Imported(0, 1), 0)
        assert walk_tests(history) == (FIRST, SECOND)
    file.write_bytes(file.read_bytes().replace(b"4100", b"-100"))
    with pytest.raises(RefusedError, match=r"walk_tests\[0\]\.tries"):
        read_json(file, MORNING + timedelta(days=1))


@pytest.mark.parametrize("started", [MORNING + timedelta(days=3), datetime(1999, 12, 31, tzinfo=UTC)])
def test_a_result_of_an_impossible_day_is_refused(tmp_path: Path, started: datetime) -> None:
    file = tmp_path / "history.json"
    with file.open("wb") as out:
        write_json([stored_session()], out, MORNING, [FIRST, replace(SECOND, started=started)])
    with pytest.raises(RefusedError, match=rf"walk test 2: its start, {started:%Y-%m-%d}, is not a possible day"):
        read_json(file, MORNING + timedelta(days=1))


def test_sessions_and_results_are_imported_together_or_not_at_all(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        refuse = "CREATE TRIGGER refuse BEFORE INSERT ON walk_tests BEGIN SELECT RAISE(ABORT, 'no'); END"
        history.database.connection.execute(refuse)
        with pytest.raises(StorageError):
            import_everything(history, Exported([stored_session()], [FIRST]))
        assert history.page() == ()
        history.database.connection.execute("DROP TRIGGER refuse")
        assert import_everything(history, Exported([stored_session()], [FIRST])) == (Imported(1, 0), 1)


def test_words() -> None:
    assert result(FIRST) == "4.1 s (of 4.1 s and 4.3 s)"
    assert result(SECOND) == "3.9 s"
    assert trend(()) == ""
    assert trend((FIRST,)) == "4.1 s 3 Jan"
    assert trend((FIRST, SECOND)) == "4.1 s 3 Jan, 3.9 s 5 Feb; 0.2 s faster than in January 2026"
    assert trend((SECOND, FIRST)).endswith("0.2 s slower than in February 2026")
    assert trend((FIRST, FIRST)).endswith("; as in January 2026")
