"""Places that really cannot be written: a read-only directory, a full disk; the walk goes on, and gets there later."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.journal import Keeping
from retro_timer.storage.open import FILE_NAME
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING, Walker, many, stored_session

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    pytest.skip("permissions and limits of POSIX", allow_module_level=True)

NOBODY = 65534
ROOT = Path(__file__).resolve().parents[2]

FULL_DISK = """
import json, resource, sys
from pathlib import Path
from tests.storage.sessions import Walker
place = Path(sys.argv[1])
walker = Walker(place)
walker.on(15)
said = [str(walker.journal.flush())]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for _ in range(4):
    walker.on(10)
    said.append(str(walker.journal.flush()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
said.append(str(walker.journal.flush()))
walker.on(400)
said.append(str(walker.journal.close()))
print(json.dumps({"said": said, "walked": walker.record().spent.walked}))
"""


@contextmanager
def powerless(place: Path) -> Iterator[None]:
    """Be somebody whom permissions hold back, and who owns a place."""
    if os.geteuid():
        yield
        return
    for path in (place, *place.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def place() -> Iterator[Path]:
    # The test's own directory may be closed to anybody else.
    place = Path(tempfile.mkdtemp())
    yield place
    place.chmod(0o700)
    shutil.rmtree(place)


def test_a_read_only_directory_shows_its_history_and_keeps_the_walk_in_memory(place: Path) -> None:
    kept = many(4)
    with open_history(place, lambda: MORNING).history as history:
        for one in kept:
            history.add(one)
    with powerless(place):
        place.chmod(0o500)
        found = open_history(place, lambda: MORNING)
        with found.history as history:
            assert history.in_memory
            assert found.problem.isprintable()
            assert found.problem
            assert len(history.page()) == 4
            walker = Walker(place, memory=history)
            walker.on(400)
            state = walker.journal.flush()
            assert state.keeping is Keeping.PENDING
            assert str(state).isprintable()
            assert walker.journal.close(timeout=0.3).keeping is Keeping.MEMORY
            assert len(history.page()) == 5
    assert [path.name for path in place.iterdir()] == [FILE_NAME]


def test_a_directory_that_becomes_writable_gets_the_session(place: Path) -> None:
    with powerless(place):
        place.chmod(0o500)
        walker = Walker(place)
        walker.on(45)
        assert walker.journal.flush().keeping is Keeping.PENDING
        place.chmod(0o700)
        walker.on(400)
        assert walker.journal.close().keeping is Keeping.SAVED
        with open_history(place, walker.clock.wall).history as history:
            assert history.session(history.page()[0].uuid) == walker.journal.stored_session()


def test_a_read_only_file(place: Path) -> None:
    with open_history(place, lambda: MORNING).history as history:
        history.add(stored_session())
    with powerless(place):
        (place / FILE_NAME).chmod(0o400)
        found = open_history(place, lambda: MORNING)
        with found.history as history:
            assert history.in_memory
            assert len(history.page()) == 1
        assert found.problem


def walked_on_a_full_disk(place: Path, largest: int) -> list[str]:
    """Walk while no file may grow beyond some bytes, then while they may again; what was said."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(place), str(largest)], cwd=ROOT, capture_output=True, check=True
    )
    printed = json.loads(done.stdout)
    with open_history(place, lambda: MORNING).history as history:
        (summary,) = history.page()
        assert summary.spent.walked == printed["walked"] == 160_000
    said: list[str] = printed["said"]
    return said


def test_a_file_that_cannot_grow_is_reported_and_written_later(tmp_path: Path) -> None:
    with open_history(tmp_path, lambda: MORNING).history as history:
        history.page()
    said = walked_on_a_full_disk(tmp_path, 16_384)
    assert said[0] == said[-2] == said[-1] == "saved"
    assert all(line.startswith("not saved yet: ") for line in said[1:5])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_the_systems_own_error_of_a_full_disk_is_named() -> None:
    from retro_timer.storage.errors import problem_of

    with pytest.raises(OSError, match="No space") as full, Path("/dev/full").open("wb", buffering=0) as device:
        device.write(b"x")
    assert str(problem_of(full.value)) == "the disk is full"
