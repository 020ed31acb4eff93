"""Undoing accidental ends and skips, in the session and from the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.session.events import PauseReason
from retro_timer.session.record import SessionStatus
from retro_timer.session.states import State
from retro_timer.storage.store import Store
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from tests.ui.drawn import settled
from tests.ui.support import Stage, text_of

if TYPE_CHECKING:
    from pathlib import Path


SHORT = "back 70s, turn 5s, fwd 30s"


def stage_in(directory: Path, workout: str = SHORT) -> Stage:
    """An app that saves sessions."""
    clock = FakeClock()
    stage = Stage(workout, clock=clock, store=Store(directory, clock))
    stage.clock = clock
    return stage


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


async def test_the_last_skip_is_undone_with_a_key_and_resumes_through_a_lead_in() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 80_000)
        session = stage.session_screen.conductor.session
        await pilot.press("n")
        await stage.move(pilot, 2_000)
        assert session.state.is_over
        assert "enter shows the summary, u returns to the session" in shown(stage)
        await pilot.press("u")
        await stage.move(pilot, 4_000)
        assert session.state is State.LEAD_IN
        await stage.move(pilot, 1_000, 1_000)
        assert (session.state, session.position) == (State.RUNNING, 81_000)
        assert session.spent.total == 10_000 + 80_000 + 2_000 + 5_000 + 1_000


async def test_the_summary_does_not_come_after_the_end_was_undone() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 80_000)
        await pilot.press("n", "u")
        assert not stage.session_screen.conductor.session.state.is_over
        stage.session_screen._ending.summary_due()
        await pilot.pause()
        assert isinstance(stage.app.screen, SessionScreen)


async def test_a_session_that_was_skipped_to_its_end_can_be_reopened_from_the_summary(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000, 20_000)
        session = stage.session_screen.conductor.session
        for key in ("n", "right", "n"):
            await pilot.press(key)
            await stage.move(pilot, 1_000)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "return to the session" in shown(stage)
        assert stage.app.services.store is not None
        history = stage.app.services.store.history
        assert history.page()[0].state is SessionStatus.ENDED_EARLY
        await pilot.press("7", "ctrl+g")
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)
        assert (session.state, session.pause_reason) == (State.PAUSED, PauseReason.REOPENED)
        assert session.index == 2
        for undone in (1, 0):
            await stage.move(pilot, 1_000)
            await pilot.press("u")
            assert session.index == undone
        assert session.position == 20_000
        await pilot.press("space")
        await stage.move(pilot, 5_000, 50_000, 5_000, 30_000)
        assert session.state is State.FINISHED
        await pilot.press("enter")
        await settled(pilot)
        summary = history.page()[0]
        assert (summary.state, summary.feedback.effort, summary.totals.completion) == (SessionStatus.FINISHED, 7, 1.0)
    assert stage.player.closed
    assert stage.app.return_code is None


async def test_a_session_ended_by_mistake_can_be_reopened_from_the_summary(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000, 20_000)
        await pilot.press("q", "y")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        await pilot.press("ctrl+g")
        await settled(pilot)
        session = stage.session_screen.conductor.session
        assert (session.state, session.position) == (State.PAUSED, 20_000)
        await stage.move(pilot, 1_000)
        await pilot.press("q", "y")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert stage.app.return_code == 1


async def test_a_session_walked_to_its_end_cannot_be_reopened(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 10_000, 105_000)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "return to the session" not in shown(stage)
        await pilot.press("ctrl+g")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_a_skip_right_after_a_boundary_says_already_there() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 70_001)
        await pilot.press("n")
        assert stage.session_screen.conductor.session.index == 1
        assert "already there" in shown(stage)


async def test_resuming_from_a_bail_out_in_a_turn_has_a_lead_in() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.move(pilot, 10_000, 72_000)
        await pilot.press("x")
        await stage.move(pilot, 5_000)
        await pilot.press("space")
        await stage.move(pilot, 4_000)
        session = stage.session_screen.conductor.session
        assert (session.state, session.lead_in_left) == (State.LEAD_IN, 1_000)
        await stage.move(pilot, 1_000, 1_000)
        assert (session.state, session.position) == (State.RUNNING, 73_000)
