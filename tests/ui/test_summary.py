"""The summary: what was walked, what is asked, what is kept, and how it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from retro_timer.session.engine import State
from retro_timer.session.record import WalkState
from retro_timer.storage.keeper import Keeper
from retro_timer.storage.model import NextDay
from retro_timer.storage.paths import Paths
from retro_timer.storage.problems import DiskFullError
from retro_timer.storage.settings import Loaded, changed, defaults
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.testing import FakeClock
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.scale import Scale
from tests.ui.support import SIZES, Stage, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.storage.history import History
    from retro_timer.storage.model import Feedback

WHOLE = 480_000
"""Milliseconds of First Try."""


def stage_in(
    directory: Path,
    workout: str | None = "first-try",
    *,
    paths: Paths | None = None,
    **settings: Any,  # noqa: ANN401
) -> Stage:
    """An app that keeps what is walked, with metric settings."""
    mine = defaults()
    for key, value in {"units.speed": "km/h", "units.clock": "24h", "units.week_start": "monday", **settings}.items():
        mine = changed(mine, key, value)
    clock = FakeClock()
    stage = Stage(workout, clock=clock, keeper=Keeper(directory, clock), loaded=Loaded(mine, ()), paths=paths)
    stage.clock = clock
    return stage


async def settled(pilot: Pilot[int]) -> None:
    """Wait until everything that runs beside the screen is done."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def walk(stage: Stage, pilot: Pilot[int], *milliseconds: int) -> None:
    """Walk so long after the lead-in."""
    await pilot.pause()
    await stage.move(pilot, 10_000, *milliseconds)


async def finish(stage: Stage, pilot: Pilot[int]) -> SummaryScreen:
    """Walk to the end, and go on to the summary."""
    await walk(stage, pilot, WHOLE)
    await pilot.press("enter")
    await settled(pilot)
    assert isinstance(stage.app.screen, SummaryScreen)
    return stage.app.screen


def history(stage: Stage) -> History:
    keeper = stage.app.services.keeper
    assert keeper
    return keeper.history


def said(stage: Stage) -> Feedback:
    return history(stage).page()[0].feedback


def shown(stage: Stage) -> str:
    return "\n".join(text_of(stage.app))


async def test_says_what_was_walked_of_what_was_planned(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        text = shown(stage)
        for part in ("2:00 of  2:00", "4:00 of  4:00", "8:00 of  8:00", "2 of 2", "1:00 of  1:00", "100 %"):
            assert part in text
        assert "kcal" not in text  # nothing is known of the walker
        assert "load" not in text
        assert "Next time: First Try" in text
        assert "Monday 2 March, 09:00" in text


async def test_energy_is_shown_with_its_range_once_weight_and_speeds_are_known(tmp_path: Path) -> None:
    known: dict[str, Any] = {"walker.weight_kg": 70, "walker.backward_kmh": 1.6, "walker.forward_kmh": 3.2}
    stage = stage_in(tmp_path, "builder", **known)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 1_200_000)
        await pilot.press("enter")
        await settled(pilot)
        # evidence.md: 70 kg, forward 2.0 mph, backward 1.0 mph, the whole of `builder` is 63.9 kcal.
        assert "about 64 kcal (range" in shown(stage)


async def test_every_answer_is_kept_as_it_is_given(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press("4")
        await settled(pilot)
        assert said(stage).effort == 4
        assert "4 somewhat strong" in shown(stage)
        assert "session load 32" in shown(stage)
        await pilot.press("down", "2", "down", "y", "down", "n", "down", *"windy", "enter")
        await settled(pilot)
        feedback = said(stage)
        assert (feedback.pain_after, feedback.stumble, feedback.fall, feedback.note) == (2, True, False, "windy")
    assert stage.app.return_code == 0


@pytest.mark.parametrize(
    ("keys", "effort"),
    [
        ("1 0", 10),
        ("1", 1),
        ("7", 7),
        ("right right", 1),
        ("left", 10),
        ("5 backspace", None),
        ("5 left", 4),
        ("z", None),
    ],
)
async def test_an_answer_is_chosen_by_digit_and_by_arrow(tmp_path: Path, keys: str, effort: int | None) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press(*keys.split())
        assert pilot.app.screen.query_one("#effort", Scale).value == effort


async def test_an_answer_is_chosen_by_mouse(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.click("#effort", offset=(10, 1))
        await settled(pilot)
        assert said(stage).effort == 3


async def test_the_plan_answers_what_is_told(tmp_path: Path) -> None:
    stage = stage_in(tmp_path, **dict[str, Any]({"plan.start": "first-try"}))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press("8")
        await settled(pilot)
        assert "Your effort was 8 of 10 last time" in shown(stage)
        await pilot.press("3")
        await settled(pilot)
        assert "Your effort was" not in shown(stage)
        await pilot.press("down", "down", "down", "y")
        await settled(pilot)
        assert "Stop and seek advice" in shown(stage)


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_one_key_leaves_it_unanswered(tmp_path: Path, key: str) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        await pilot.press(key)
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
        await pilot.press("enter")
        await settled(pilot)
    assert stage.app.return_code == 1
    assert history(stage).page()[0].state is WalkState.ENDED_EARLY


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


async def test_after_a_bail_out_it_can_be_gone_on_from(tmp_path: Path) -> None:
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
        assert history(stage).page()[0].state is WalkState.FINISHED


async def test_a_bail_out_that_is_not_gone_on_from_ends_there(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 200_000)
        await pilot.press("x", "q")
        await settled(pilot)
        await pilot.press("7", "escape")
        await settled(pilot)
    assert stage.app.return_code == 1
    walked = history(stage).page()[0]
    assert (walked.state, walked.feedback.effort) == (WalkState.ENDED_EARLY, 7)


async def test_an_unattended_run_ends_by_itself(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, WHOLE)
        stage.session_screen._linger()  # what the timer of the end calls
        await settled(pilot)
        summary = stage.app.screen
        assert isinstance(summary, SummaryScreen)
        assert summary._closes is not None
        assert summary._closes._interval == 15
        assert callable(summary._closes._callback)
        summary._closes._callback()  # the time is over
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_what_was_ended_early_waits_for_its_walker(tmp_path: Path) -> None:
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
        assert "closes by itself in 15 seconds" in shown(stage)
        assert summary._closes is not None
        await pilot.press("j")
        assert summary._closes is None
        assert "closes by itself" not in shown(stage)


async def test_answers_that_cannot_be_kept_stay_and_are_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)

        def full(*_: object) -> bool:
            raise DiskFullError("the disk is full")

        with monkeypatch.context() as broken:
            broken.setattr("retro_timer.storage.history.History.give_feedback", full)
            await pilot.press("6", "enter")
            await settled(pilot)
            assert stage.app.screen is summary
            assert "not saved: the disk is full" in shown(stage)
            assert summary.query_one("#effort", Scale).value == 6
        await pilot.press("enter")
        await settled(pilot)
    assert said(stage).effort == 6


async def test_escape_leaves_without_answers_that_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        monkeypatch.setattr("retro_timer.storage.history.History.give_feedback", lambda *_: False)
        await pilot.press("6", "escape", "escape")
        await settled(pilot)
    assert stage.app.return_code == 0


async def test_a_note_that_steers_terminals_is_refused(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        summary = await finish(stage, pilot)
        summary.query_one("#note").value = "\u202eevil"  # type: ignore[attr-defined]  # an Input
        await pilot.press("enter")
        await settled(pilot)
        assert "U+202E" in shown(stage)
        assert stage.app.screen is summary


async def test_answers_of_a_walk_of_the_history_are_edited(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        walked = history(stage).walk(history(stage).page()[0].uuid)
        assert walked
        stage.clock.move(86_400_000)
        await stage.app.push_screen(SummaryScreen(stage.app.services, walked))
        await pilot.pause()
        await pilot.press("2", "down", "down", "down", "down", "s", "enter")
        await settled(pilot)
        assert (said(stage).effort, said(stage).next_day) == (2, NextDay.SORE)
        walked = history(stage).walk(walked.summary.uuid)
        assert walked
        await stage.app.push_screen(SummaryScreen(stage.app.services, walked))
        await pilot.pause()
        await pilot.press("backspace", "down", "down", "down", "down", "backspace", "enter")
        await settled(pilot)
        assert (said(stage).effort, said(stage).next_day) == (None, None)


async def test_a_workout_changed_on_the_way_is_offered_to_be_saved(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    stage = stage_in(paths.data, paths=paths)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await walk(stage, pilot, 30_000)
        await pilot.press("b", "r")
        await stage.move(pilot, WHOLE)
        await stage.move(pilot, WHOLE)
        await pilot.press("enter")
        await settled(pilot)
        assert "save it as you changed it" in shown(stage)
        await pilot.press("ctrl+s")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "Saved as First Try adapted." in shown(stage)
    (saved,) = WorkoutLibrary(paths.workouts).list()
    assert saved.workout
    assert saved.workout.backward_seconds == 3 * 75


async def test_a_workout_walked_as_it_is_is_not_offered(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    stage = stage_in(paths.data, paths=paths)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await stage.move(pilot, 40_000)
        await pilot.press("b", "u")  # changed, and undone
        await stage.move(pilot, WHOLE)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)
        assert "as you changed it" not in shown(stage)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(stage.app.screen, SummaryScreen)


@pytest.mark.parametrize("size", [*SIZES, (40, 12), (10, 3), (1, 1)])
async def test_every_size_can_be_answered(tmp_path: Path, size: tuple[int, int]) -> None:
    stage = stage_in(tmp_path)
    async with stage.app.run_test(size=size) as pilot:
        await finish(stage, pilot)
        await pilot.press("3", "enter")
        await settled(pilot)
    assert said(stage).effort == 3


async def test_without_a_keeper_nothing_is_asked() -> None:
    stage = Stage("first-try")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await finish(stage, pilot)
        assert "Nothing is kept" in shown(stage)
        assert not stage.app.screen.query(Scale)
        await pilot.press("enter")
        await settled(pilot)
    assert stage.app.return_code == 0
