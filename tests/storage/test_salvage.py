"""What can still be read of a damaged history is read, and the file stays as it is."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.record import WalkState
from retro_timer.storage.backup import back_up
from retro_timer.storage.opening import FILE_NAME, open_history
from retro_timer.storage.problems import RefusedError
from retro_timer.storage.salvage import salvage
from retro_timer.storage.transfer import Imported, import_walks
from tests.storage.walks import MORNING, Walker, many

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.history import History
    from retro_timer.storage.model import Walk

COUNT = 150
PAGE = 4096


@pytest.fixture(scope="module")
def walks() -> list[Walk]:
    return many(COUNT)


@pytest.fixture
def filled(tmp_path: Path, walks: list[Walk]) -> Path:
    with open_history(tmp_path, lambda: MORNING).history as history:
        import_walks(history, walks)
    return tmp_path / FILE_NAME


def test_a_sound_history_is_read_whole(filled: Path, walks: list[Walk]) -> None:
    before = filled.read_bytes()
    salvaged = salvage(filled)
    assert sorted(salvaged.walks, key=repr) == sorted(walks, key=repr)
    assert salvaged.lost == 0
    assert filled.read_bytes() == before
    assert [path.name for path in filled.parent.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("seed", range(15))
def test_most_walks_survive_a_page_of_garbage(filled: Path, walks: list[Walk], seed: int) -> None:
    choice = random.Random(seed)
    data = bytearray(filled.read_bytes())
    page = choice.randrange(1, len(data) // PAGE)  # without the first, which tells where everything is
    data[page * PAGE : (page + 1) * PAGE] = choice.randbytes(PAGE)
    filled.write_bytes(data)
    kept = {walk.summary.uuid: walk for walk in walks}
    with suppress(RefusedError):  # where the page was the root of a table
        salvaged = salvage(filled)
        assert all(walk == kept[walk.summary.uuid] for walk in salvaged.walks)
        with open_history(filled.parent / "new", lambda: MORNING).history as history:
            assert import_walks(history, salvaged.walks) == Imported(len(salvaged.walks), 0)
    assert filled.read_bytes() == bytes(data)


def test_garbage_in_one_place_costs_what_is_there(filled: Path, walks: list[Walk]) -> None:
    data = filled.read_bytes()
    label = data.index(b"eyes up", len(data) // 2)
    filled.write_bytes(data[:label] + b"\x1b[2J\xff\xfe\xfd" + data[label + 7 :])
    salvaged = salvage(filled)
    assert len(salvaged.walks) == COUNT - 1
    assert salvaged.lost == 1
    assert set(salvaged.walks) < set(walks)


def test_a_walk_that_was_going_on_is_salvaged_as_interrupted(tmp_path: Path, history: History) -> None:
    walker = Walker(tmp_path)
    walker.on(45)
    walker.journal.flush()
    copy = tmp_path / "copy.db"
    back_up(history, copy)
    walker.journal.close()
    (walk,) = salvage(copy).walks
    assert walk.summary.state is WalkState.INTERRUPTED
    assert [interval.walked for interval in walk.intervals] == [20_000, 10_000, 5000]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 9000, None])
def test_what_holds_nothing_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RefusedError, match="nothing can be read") as refused:
        salvage(path)
    assert str(refused.value).isprintable()
    assert path.exists() is (content is not None)
