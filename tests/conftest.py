"""Shared fixtures and Hypothesis profiles. `HYPOTHESIS_PROFILE=thorough` runs twenty times as many examples.

`mutants` always runs the same examples and shrinks none, so that a mutant is killed always or never.
"""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, settings

from retro_timer.help import content
from retro_timer.scheduling import presets as ladder
from retro_timer.storage import database, database_file
from retro_timer.training import levels
from tests.real_time import MARKS, everything, marks_real_time

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

PICTURED: Final = frozenset({
    "floor-first", "first-try", "starter", "foundation", "builder", "ten-minutes", "consistent", "beyond",
})  # fmt: skip
"""The presets shown in the snapshots of screens."""

GC_THRESHOLD: Final = 20_000
"""New objects after which the garbage collector runs; with Python's default of 700, it takes almost twice as long."""
_SLOW_MACHINE = [HealthCheck.too_slow]

settings.register_profile("default", max_examples=60, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("thorough", max_examples=1200, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile(
    "mutants", settings.get_profile("default"), derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def _histories_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the histories that a command leaves to the end of its process: from Python 3.13 on, that is a warning."""
    opened: list[sqlite3.Connection] = []

    def connect(path: Path | None) -> sqlite3.Connection:
        opened.append(database_file.connect(path))
        return opened[-1]

    monkeypatch.setattr(database, "connect", connect)
    yield
    for connection in opened:
        connection.close()


@pytest.fixture
def pictured_presets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limit the ladder to the presets in the snapshots, so that adding a preset changes none of them."""
    kept = tuple(each for each in ladder.LADDER if each.id in PICTURED)
    monkeypatch.setattr(ladder, "LADDER", kept)
    monkeypatch.setattr(content, "LADDER", kept)
    for added in levels.NAMES.keys() - PICTURED:
        monkeypatch.delitem(levels.NAMES, added)
        monkeypatch.delitem(levels.LADDER_ORDER, added)
    for place, each in enumerate(kept):
        monkeypatch.setitem(levels.LADDER_ORDER, each.id, place)
    ladder.presets.cache_clear()
    yield
    ladder.presets.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep Python's garbage collector away from the tests themselves.

    They live as long as the process; looking through thousands of them again and again took a tenth of its time. It
    also runs less often than by default, because each test of a screen leaves a whole app.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that record sound or use a real terminal as `real_time`, and skip slow tests except on CI.

    Of a test marked `sampled(n)`, only every nth case runs.
    """
    cases: Counter[str] = Counter()
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks & MARKS:
            item.add_marker(pytest.mark.real_time)
            if not marks_real_time(item.path):
                raise pytest.UsageError(f"{item.nodeid} is in real time, but the text of its file does not say so")
        if "slow" in marks and not everything():
            item.add_marker(pytest.mark.skip(reason="takes long: RETRO_TIMER_ALL=1 runs it"))
        if (sampled := item.get_closest_marker("sampled")) and not everything():
            test = item.nodeid.partition("[")[0]
            if cases[test] % sampled.args[0]:
                item.add_marker(pytest.mark.skip(reason="one of many cases: RETRO_TIMER_ALL=1 runs it"))
            cases[test] += 1


@pytest.fixture
def central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local clock of central Europe: it is put forward on 29 March 2026 at 2:00, and back on 25 October at 3:00."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change the time zone of a process")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
