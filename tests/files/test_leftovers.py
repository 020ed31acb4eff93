"""What killed writers leave behind is cleared at the next start, and nothing else is."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.files.leftovers import OLD, clear_leftovers, temporary
from retro_timer.storage.open import FILE_NAME
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, write_old

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="whether a process lives cannot be asked there")

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path

place, kind = Path(sys.argv[1]), sys.argv[2]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def wall():
    return datetime(2026, 3, 2, 9, int(sys.argv[3]), tzinfo=UTC)

if kind == "settings":
    from retro_timer.config.settings_file import SettingsFile
    os.fsync = die
    SettingsFile(place / "settings.toml").set({"sound.muted": "on"})
else:
    from retro_timer.storage import database, database_file, schema
    from retro_timer.storage.open import HistoryFile
    from retro_timer.storage.session_lock import SessionLock
    if kind == "after the copy":
        copy = database.Database.copy_to_file
        database.Database.copy_to_file = lambda *of: (copy(*of), die())
    else:
        database_file._put_in_place = die
    if kind == "backup":
        opened = HistoryFile(place, wall).open(SessionLock(place))
        opened.history.database.copy_to_file(place / "backup.db")
    else:
        HistoryFile(place, wall).open(SessionLock(place))
"""


def kill(place: Path, kind: str, minute: int = 0) -> None:
    """Let a process write, and die in the middle of it."""
    process = subprocess.run([sys.executable, "-c", KILLED, str(place), kind, str(minute)], check=False)
    assert process.returncode == -signal.SIGKILL


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


@pytest.mark.parametrize("kind", ["first start", "backup", "migration"])
def test_the_next_start_clears_what_killed_writers_left(tmp_path: Path, kind: str) -> None:
    if kind == "backup":
        open_history(tmp_path, lambda: MORNING).history.close()
    elif kind == "migration":
        write_old(tmp_path, 1)
    for _ in range(3):
        kill(tmp_path, kind)
    left = [name for name in names(tmp_path) if name.endswith(".tmp")]
    assert left
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.page()
    assert not [name for name in names(tmp_path) if name.startswith(".")]
    assert len(names(tmp_path)) == (2 if kind == "migration" else 1)


def test_a_migration_that_is_killed_again_and_again_leaves_one_copy(tmp_path: Path) -> None:
    write_old(tmp_path, 1)
    for minute in range(4):
        kill(tmp_path, "after the copy", minute)
    with open_history(tmp_path, lambda: MORNING).history as history:
        assert len(history.page()) == 2
    assert names(tmp_path) == [FILE_NAME, "history.version-1-2026-03-02-090000.db"]


def test_another_history_of_that_version_gets_a_copy_of_its_own(tmp_path: Path) -> None:
    for note in ("mine", "yours"):
        write_old(tmp_path, 1)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
            connection.execute("UPDATE sessions SET note = ?", (note,))
        open_history(tmp_path, lambda: MORNING).history.close()
        (tmp_path / FILE_NAME).unlink()
    assert len(list(tmp_path.glob("history.version-1-*.db"))) == 2


def test_starting_the_program_removes_leftover_settings_files(tmp_path: Path) -> None:
    for _ in range(3):
        kill(tmp_path, "settings")
    assert len(names(tmp_path)) == 1  # each writer clears what the one before it left
    environment = {**os.environ, "RETRO_TIMER_CONFIG_DIR": str(tmp_path), "RETRO_TIMER_DATA_DIR": str(tmp_path / "d")}
    subprocess.run([sys.executable, "-m", "retro_timer", "history"], env=environment, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "retro_timer", "plan"], env=environment, check=True, capture_output=True)
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_nothing_else_is_deleted(tmp_path: Path) -> None:
    mine = temporary(tmp_path / "history.db")
    gone = mine.with_name(mine.name.replace(f"-{os.getpid()}-", "-999999999-"))
    foreign = mine.with_name(f".history.db.00000000-999999999-{mine.name.split('-')[-1]}")
    kept = [
        mine,
        foreign,
        tmp_path / ".history.db.swp",
        tmp_path / ".settings.toml.abcdefgh.tmp",
        tmp_path / gone.name[1:],
        tmp_path / f"{gone.name}.bak",
        tmp_path / "notes.txt",
    ]
    for path in (*kept, gone):
        path.write_text("something")
    directory_name = gone.name.replace("-999999999-", "-999999998-")
    (tmp_path / directory_name).mkdir()
    (tmp_path / gone.name.replace("-999999999-", "-999999997-")).symlink_to(tmp_path / "notes.txt")
    assert clear_leftovers(tmp_path, "settings.toml") == []
    assert clear_leftovers(tmp_path) == [gone]
    assert all(path.exists() for path in kept)
    assert (tmp_path / directory_name).is_dir()


def test_old_leftovers_are_cleared(tmp_path: Path) -> None:
    mine = temporary(tmp_path / "history.db")
    mine.write_text("something")
    stamp = mine.stat().st_mtime - OLD - 10
    os.utime(mine, (stamp, stamp))
    assert clear_leftovers(tmp_path) == [mine]


def test_a_directory_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    assert clear_leftovers(tmp_path / "not-there") == []
