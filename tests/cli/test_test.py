"""`retro-timer test`: the results so far, and when the walk test is refused."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.cli import walk
from retro_timer.clock import SystemClock
from retro_timer.runtime.wiring import Setup
from retro_timer.session.history import Feedback, WalkTest
from retro_timer.storage.walk_tests import add_walk_test
from tests.cli.ran import refused
from tests.storage.sessions import stored_session
from tests.storage.test_transfer import with_feedback

if TYPE_CHECKING:
    from tests.cli.ran import Run

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
UUID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: NOW)


def test_the_results_are_listed(run: Run) -> None:
    assert run("test", "--list").out == "No walk test yet: retro-timer test\n"
    add_walk_test(Setup().history_to_write(), WalkTest(UUID, NOW - timedelta(days=3), (3_840, 3_420)))
    first, sources = run("test", "--list").out.splitlines()
    assert first == "2026-03-01  3.4 s (of 3.8 s and 3.4 s)"
    assert "not a diagnosis" in sources
    assert run("test", "--json").json == [{"started": "2026-03-01T12:00:00+00:00", "best": 3.42, "tries": [3.84, 3.42]}]


def test_it_needs_a_terminal_and_no_recent_stumble(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(run("test"), "needs a terminal")
    monkeypatch.setattr(walk, "shows_screen", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    stumbled = with_feedback(stored_session(NOW - timedelta(days=2)), Feedback(stumble=True))
    Setup().history_to_write().add(stumbled)
    refused(run("test"), "You stumbled or fell in the last 14 days: the test waits.")
