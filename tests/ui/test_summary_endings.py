"""How the summary opens and closes: by itself, by a key, and after a bail-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.session.record import SessionStatus
from retro_timer.session.states import State
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import IGNORE_KEYS_S, SummaryScreen
from retro_timer.ui.widgets.scale import Scale
from tests.ui.drawn import settled
from tests.ui.summaries import WHOLE, finish, said, shown, stage_in, walk
from tests.ui.support import history

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def just_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test decide when the first second of a summary ends, however busy the machine is."""
    assert IGNORE_KEYS_S == 1
    monkeypatch.setattr("retro_timer.ui.screens.summary.IGNORE_KEYS_S", 3600)


@pytest.mark.usefixtures("just_opened")
async def test_a_key_just_as_the_summary_opens_by_itself_does_nothing(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, WHOLE)
        stage.session_screen._ending.summary_due()  # as the timer at the end does
        await pilot.pause()
        summary = stage.app.screen
        assert isinstance(summary, SummaryScreen)
        await summary._mounted_event.wait()
        assert summary._ignoring_keys is not None
        assert summary._ignoring_keys._interval == 3600
        await pilot.press("enter", "4", "down", *["enter"] * 5)
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert all(scale.value is None for scale in summary.query(Scale))
        summary._accept_keys()
        await pilot.press("4", "escape")
        await settled(pilot)
    assert said(stage).effort == 4
    assert stage.app.return_code == 0


async def test_a_summary_that_was_opened_by_a_key_is_not_opened_again(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, WHOLE)
        await pilot.press("enter", "4")
        stage.session_screen._ending.summary_due()  # the timer at the end fires once more
        await settled(pilot)
        assert sum(isinstance(screen, SummaryScreen) for screen in stage.app.screen_stack) == 1


@pytest.mark.usefixtures("just_opened")
async def test_escape_closes_also_a_summary_that_has_just_opened_by_itself(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, WHOLE)
        stage.session_screen._ending.summary_due()
        await pilot.pause()
        summary = stage.app.screen
        assert isinstance(summary, SummaryScreen)
        await summary._mounted_event.wait()
        assert summary._ignoring_keys is not None
        await pilot.press("escape")
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_ended_early_is_shown_and_said_by_the_exit_code(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 200_000)
        await pilot.press("q", "y")
        await settled(pilot)
        assert "3:20 of  8:00" in shown(stage)
        assert "41 %" in shown(stage)
        await pilot.press("escape")
        await settled(pilot)
    assert stage.app.return_code == 1
    assert history(stage).page()[0].state is SessionStatus.ENDED_EARLY


@pytest.mark.parametrize(("milliseconds", "keys", "code"), [(WHOLE, ("enter",), 0), (20_000, ("q", "y"), 1)])
async def test_leaving_the_program_from_the_summary_says_how_it_ended(
    tmp_path: Path, milliseconds: int, keys: tuple[str, ...], code: int
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, milliseconds)
        await pilot.press(*keys)
        await settled(pilot)
        await pilot.press("4", "ctrl+q")
        await settled(pilot)
    assert stage.app.return_code == code
    assert said(stage).effort == 4


async def test_nothing_walked_has_no_summary(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 5_000)
        await pilot.press("q", "y")
        await settled(pilot)
    assert stage.app.return_code == 1


async def test_after_a_bail_out_the_session_can_be_resumed(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 200_000)
        await pilot.press("x", "q")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        await pilot.press("5", "ctrl+g")
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)
        await stage.move(pilot, 5_000, 280_000)
        assert stage.session_screen.conductor.session.state is State.FINISHED
        await pilot.press("enter")
        await settled(pilot)
        assert said(stage).effort == 5
        assert history(stage).page()[0].state is SessionStatus.FINISHED


async def test_a_bail_out_that_is_not_resumed_ends_the_session(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 200_000)
        await pilot.press("x", "q")
        await settled(pilot)
        await pilot.press("7", "escape")
        await settled(pilot)
    assert stage.app.return_code == 1
    walked = history(stage).page()[0]
    assert (walked.state, walked.feedback.effort) == (SessionStatus.ENDED_EARLY, 7)


async def test_an_unattended_run_ends_by_itself(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, WHOLE)
        stage.session_screen._ending.summary_due()  # as the timer at the end does
        await settled(pilot)
        summary = stage.app.screen
        assert isinstance(summary, SummaryScreen)
        assert summary._closes is not None
        assert summary._closes._interval == 90
        assert callable(summary._closes._callback)
        summary._closes._callback()  # the time is up
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_the_summary_of_a_session_ended_early_stays_open(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 20_000)
        await pilot.press("q", "y")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert stage.app.screen._closes is None


async def test_any_key_keeps_it_open(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        assert "closes in 90 seconds" in shown(stage)
        assert summary._closes is not None
        await pilot.press("j")
        assert summary._closes is None
        assert "closes in" not in shown(stage)
