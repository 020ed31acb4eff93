"""Every command that uses the history, with an unusable history: no command may report a false success."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.open import FILE_NAME
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, interrupt, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

if sys.platform == "win32":
    pytest.skip("permissions and limits of POSIX", allow_module_level=True)

FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1));"
"""No file can be written: SQLite and the system report it like a full disk."""
POWERLESS = "import ctypes; ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)());"
"""Permissions apply to the superuser too. Source: https://man7.org/linux/man-pages/man2/capset.2.html"""
RUN = (
    "import sys; from retro_timer.storage import database_file; database_file.WAIT = 0.1;"
    " from retro_timer import __main__;"
)


class Place:
    """A history with a finished and an interrupted session, and files made from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data, self.out = root / "data", root / "out"

    def fill(self) -> None:
        """Make the files."""
        self.out.mkdir()
        with open_history(self.data, lambda: MORNING).history as history:
            for walk in many(2):
                history.add(walk)
        assert self.run("backup", "copy.db").returncode == 0
        assert self.run("export", "--history", "-o", "history.json").returncode == 0
        assert self.run("history", "--delete", "last", "--yes").returncode == 0  # so that there is one to import
        interrupt(self.data)

    def run(self, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program in a separate process, in a writable directory."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "RETRO_TIMER_DATA_DIR": str(self.data),
            "RETRO_TIMER_CONFIG_DIR": str(self.root / "config"),
        }
        command = [sys.executable, "-B", "-c", f"{before}{RUN} sys.exit(__main__.main())", *arguments]
        return subprocess.run(
            command, cwd=self.out, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def contents(self) -> dict[str, bytes]:
        """All files, except those of SQLite and the lock."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        own = ("-shm", "-wal", "session.lock")
        return {str(path): path.read_bytes() for path in found if not path.name.endswith(own)}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Place(tmp_path_factory.mktemp("place"))
    place.fill()
    return place.root


@pytest.fixture
def place(tmp_path: Path, filled: Path) -> Place:
    return Place(shutil.copytree(filled, tmp_path / "place"))


@contextmanager
def newer(place: Place) -> Iterator[str]:
    """A history of a newer version."""
    with closing(sqlite3.connect(place.data / FILE_NAME)) as history:
        history.execute("PRAGMA user_version = 99")
    yield ""


@contextmanager
def locked(place: Place) -> Iterator[str]:
    """A history that another program has locked."""
    with closing(sqlite3.connect(place.data / FILE_NAME, isolation_level=None)) as history:
        history.execute("BEGIN EXCLUSIVE")
        yield ""


@contextmanager
def read_only(place: Place) -> Iterator[str]:
    """A directory that may only be read."""
    place.data.chmod(0o500)
    yield "" if os.getuid() else POWERLESS
    place.data.chmod(0o700)


@contextmanager
def full(_place: Place) -> Iterator[str]:
    """A disk without space."""
    yield FULL


FAULTS: dict[str, Callable[[Place], AbstractContextManager[str]]] = {
    "newer": newer,
    "locked": locked,
    "read-only": read_only,
    "full": full,
}
SAID = {
    "newer": ("written by a newer Retro Timer",),
    "locked": ("in use by another process",),
    "read-only": ("cannot be",),
    "full": ("the disk is full", "cannot be opened", "cannot be used"),
}
"""What is said about a fault, one or another."""
WRITING = (
    ("backup", "another.db"),
    ("import", "history.json"),
    ("history", "--delete", "last", "--yes"),
    ("resume", "--keep"),
    ("resume", "--discard"),
    ("resume", "--plain", "--audio", "off"),
    ("restore", "copy.db", "--yes"),
)
READING = (
    ("history",),
    ("history", "--json"),
    ("history", "--csv"),
    ("history", "--card"),
    ("export", "--history"),
    ("export", "--session", "last", "--format", "tcx"),
    ("plan",),
)


def name(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments[:2])


@pytest.mark.parametrize("command", WRITING, ids=name)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.sampled(3)
def test_a_command_that_cannot_write_says_so_and_changes_nothing(
    place: Place, fault: str, command: tuple[str, ...]
) -> None:
    with FAULTS[fault](place) as before:
        there = place.contents()
        done = place.run(*command, before=before)
        assert done.returncode == 2, done
        assert not done.stdout
        assert done.stderr.startswith("retro-timer: ")
        assert done.stderr.count("\n") == 1
        assert any(part in done.stderr for part in SAID[fault]), done.stderr
        assert place.contents() == there


@pytest.mark.parametrize("command", READING, ids=name)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.sampled(3)
def test_a_command_that_reads_says_what_it_read(place: Place, fault: str, command: tuple[str, ...]) -> None:
    with FAULTS[fault](place) as before:
        kept = (place.data / FILE_NAME).read_bytes()
        done = place.run(*command, before=before)
        if fault == "newer":
            assert done.returncode == 2, done
            assert not done.stdout
            assert done.stderr.startswith("retro-timer: nothing was read: ")
        else:
            assert done.returncode == 0, done
            assert done.stderr.startswith("retro-timer: the history is in memory only: ")
        assert (place.data / FILE_NAME).read_bytes() == kept


@pytest.mark.parametrize("fault", ["locked", "read-only", "full"])
def test_a_session_that_was_killed_is_shown_where_nothing_can_be_written(place: Place, fault: str) -> None:
    with FAULTS[fault](place) as before:
        done = place.run("history", "--json", before=before)
    assert [row["state"] for row in json.loads(done.stdout)] == ["interrupted", "ended-early"]
