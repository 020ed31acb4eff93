"""`retro-timer plan`: the advice of the day, for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from retro_timer.clock import SystemClock
from retro_timer.storage.transfer import import_sessions
from tests.cli.ran import refused
from tests.storage.opening import open_history
from tests.storage.sessions import many

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run


TODAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: TODAY)


def test_a_newcomer_sees_what_to_walk_and_how_to_start_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    first, blank, *rows = run("plan").out.splitlines()
    assert "Floor First" in first
    assert blank == ""
    assert rows[0] == "walk it     retro-timer run floor-first"
    assert any("0 of 3 sessions" in row for row in rows)


def test_json_says_the_same_in_seconds_and_kilometres(run: Run) -> None:
    assert run("config", "set", "plan.start", "builder").code == 0
    said = run("plan", "--json").json
    assert (said["rung"], said["rule"]) == ("builder", "first walk")
    assert (said["this_week"]["sessions"], said["this_week"]["goal_sessions"], said["left_out"]) == (0, 3, [])
    low, high = said["backward_kmh"]
    assert 0 < low <= high < said["forward_kmh"][1]
    assert said["streak"] == {"weeks": 0, "forgiven": False, "at_risk": False}


def test_speeds_are_left_out_on_the_floor(run: Run) -> None:
    said = run("plan", "--json").json
    assert (said["backward_kmh"], said["forward_kmh"]) == (None, None)
    assert said["pace"]


def test_pain_is_taken_into_account(run: Run) -> None:
    assert run("plan", "--pain", "8", "--json").json["action"] == "skip-today"
    assert run("plan", "--pain", "8").out.startswith("Skip today, then Floor First: your pain today is 8 of 10;")
    refused(run("plan", "--pain", "11"), "--pain")


def test_what_was_walked_this_week_counts(run: Run, home: Path) -> None:
    with open_history(home / "data", lambda: TODAY).history as history:
        import_sessions(history, many(2, first=TODAY - timedelta(minutes=30), every=timedelta(minutes=10)))
    week = run("plan", "--json").json["this_week"]
    assert week["sessions"] == 2
    assert week["seconds"] > 0


@pytest.mark.parametrize(("walked", "warned"), [("foundation", False), ("starter", True)])
def test_the_speed_warning_for_beginners_depends_on_the_level_in_the_history(
    run: Run, home: Path, walked: str, warned: bool
) -> None:
    """The level comes from the history, where there is one, and from where the plan starts only without it."""
    assert run("config", "set", "plan.start", walked).code == 0
    with open_history(home / "data", lambda: TODAY).history as history:
        import_sessions(history, many(1, first=TODAY - timedelta(days=2)))
    assert ("is fast for a beginner" in run("show", "back 1m @2.1mph").err) is warned


def test_with_an_unreadable_history_speeds_are_checked_as_for_a_beginner(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retro_timer.storage.errors import UnreadableError
    from retro_timer.storage.store import Store

    def unreadable(_store: Store) -> None:
        raise UnreadableError("it cannot be read")

    assert run("config", "set", "plan.start", "foundation").code == 0
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / "history.db").write_bytes(b"")
    monkeypatch.setattr(Store, "readable_history", unreadable)
    ran = run("show", "back 1m @2.1mph")
    assert ran.code == 0
    assert "is fast for a beginner" in ran.err
