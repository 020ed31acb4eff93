"""A history and own workouts in a temporary directory, and journals that write only on request."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from retro_timer.files import locking
from retro_timer.storage import journal as journals
from retro_timer.storage.workouts import WorkoutLibrary
from tests.storage.opening import open_history
from tests.storage.sessions import MORNING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retro_timer.storage.history import History


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(tmp_path, lambda: MORNING)
    assert not opened.problem
    with opened.history:
        yield opened.history


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write only on request, and leave no thread behind."""
    monkeypatch.setattr(journals, "BEAT", 3600)
    yield
    for thread in threading.enumerate():
        assert thread.name != "journal", "a journal was not closed"


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time passes for locks only by waiting for them: the seconds of each wait."""
    waits = list[float]()
    monkeypatch.setattr(locking, "time", SimpleNamespace(monotonic=lambda: sum(waits), sleep=waits.append))
    return waits


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where own workouts are saved; not there yet."""
    return tmp_path / "config" / "workouts"


@pytest.fixture
def library(directory: Path) -> WorkoutLibrary:
    return WorkoutLibrary(directory)
