"""The offer to resume an interrupted session, if the decision cannot be carried out."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from retro_timer.session.record import SessionStatus
from retro_timer.storage.errors import DiskFullError
from retro_timer.storage.open import FILE_NAME
from retro_timer.storage.session_lock import SessionLock
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.interrupted import InterruptedScreen
from retro_timer.ui.screens.session import SessionScreen
from tests.storage.sessions import interrupt
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.session.history import InterruptedSession


class Offered(Stage):
    """The app with a history that has an interrupted session."""

    def __init__(self, directory: Path) -> None:
        interrupt(directory)
        self.store = Store(directory, FakeClock())
        super().__init__(store=self.store)

    @property
    def states(self) -> list[SessionStatus]:
        """The states of the sessions in the history."""
        return [walk.state for walk in self.store.history.page()]

    @property
    def problem(self) -> str:
        """Why the last decision could not be carried out."""
        return str(self.app.screen.query_one("#problem", Static).content)

    async def settle(self, pilot: Pilot[int], key: str = "") -> None:
        """Press a key, and wait until its work is done."""
        if key:
            await pilot.press(key)
        await until(pilot, lambda: not any(worker.is_running for worker in self.app.workers))


async def until(pilot: Pilot[int], done: Callable[[], bool]) -> None:
    """Wait for other threads."""
    for _ in range(1000):
        await pilot.pause(0.01)
        if done():
            return
    raise AssertionError("it did not come to its end")


@pytest.mark.parametrize(("key", "left"), [("k", [SessionStatus.ENDED_EARLY]), ("d", [])])
async def test_a_decision_that_cannot_be_saved_is_reported_and_can_be_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, left: list[SessionStatus]
) -> None:
    monkeypatch.setattr("retro_timer.storage.database_file.WAIT", 0.05)
    stage = Offered(tmp_path)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await stage.settle(pilot, key)
            assert isinstance(stage.app.screen, InterruptedScreen)
            assert "in use by another process" in stage.problem
            await until(pilot, lambda: "Nothing was changed" in " ".join(text_of(stage.app)))
            other.execute("ROLLBACK")
        assert stage.states == [SessionStatus.INTERRUPTED]
        await stage.settle(pilot, key)
        assert not isinstance(stage.app.screen, InterruptedScreen)
        assert stage.states == left
    stage.store.close()


async def test_a_session_without_a_name_leaves_room_for_the_answers(tmp_path: Path) -> None:
    stage = Offered(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as edited:
        edited.execute("UPDATE sessions SET name = '', notation = ?", (", ".join(["back 1m"] * 300),))
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        await until(pilot, lambda: "later (esc)" in "\n".join(text_of(stage.app)))
    stage.store.close()


async def test_a_session_whose_workout_was_edited_by_hand_and_is_invalid_is_resumed(tmp_path: Path) -> None:
    stage = Offered(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as edited:
        edited.execute("UPDATE sessions SET name = 'Hills', notation = 'back and forth'")
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        (interrupted,) = stage.store.interrupted()
        await stage.settle(pilot, "r")
        await until(pilot, lambda: isinstance(stage.app.screen, SessionScreen))
        runner = stage.session_screen.runner
        assert runner.session.schedule == interrupted.record.schedule
        assert runner.workout.name == "Hills"
    stage.store.close()


@pytest.mark.parametrize("key", ["r", "k", "d"])
async def test_a_decision_is_saved_once_and_off_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    threads: list[threading.Thread] = []
    pressed = threading.Event()

    def fail(_store: Store, _walk: InterruptedSession) -> None:
        threads.append(threading.current_thread())
        assert pressed.wait(10)
        raise DiskFullError("the disk is full")

    for name in ("claim", "keep", "discard"):
        monkeypatch.setattr(Store, name, fail)
    stage = Offered(tmp_path)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        await pilot.press(key, key)
        pressed.set()
        await stage.settle(pilot)
        assert stage.problem == "Nothing was changed: the disk is full."
        assert len(threads) == 1
        assert threading.main_thread() not in threads
        await stage.settle(pilot, "escape")
        assert not isinstance(stage.app.screen, InterruptedScreen)
    assert stage.states == [SessionStatus.INTERRUPTED]
    stage.store.close()


async def test_a_session_that_another_window_runs_is_left_alone(tmp_path: Path) -> None:
    stage = Offered(tmp_path)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        other = Store(tmp_path, stage.clock)
        (walk,) = other.interrupted()
        other.claim(walk)
        for key in ("k", "d", "r"):
            await stage.settle(pilot, key)
            assert "a session is running in another window" in stage.problem
        other.release()
        other.keep(walk)
        await stage.settle(pilot, "d")
        assert not isinstance(stage.app.screen, InterruptedScreen)
        assert any("discarded in another window" in note.message for note in stage.app._notifications)
        assert stage.states == [SessionStatus.ENDED_EARLY]
        other.close()
    stage.store.close()


async def test_resuming_holds_the_lock_from_the_decision(tmp_path: Path) -> None:
    stage = Offered(tmp_path)
    async with stage.app.run_test() as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, InterruptedScreen))
        await stage.settle(pilot, "r")
        assert isinstance(stage.app.screen, SessionScreen)
        assert stage.store.lock.held
        await until(pilot, lambda: stage.session_screen.runner.journal is not None)
    with SessionLock(tmp_path) as lock:
        lock.take(stage.clock.wall())
    assert stage.states == [SessionStatus.INTERRUPTED]
    stage.store.close()
