"""Everything can be done by mouse: rows, buttons, tabs, steppers, scales; hovering describes an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import OptionList, Tooltip

from retro_timer.config.settings import load
from retro_timer.runtime.resolve import resolve
from retro_timer.scheduling.adjustment import AdjustmentField
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.states import State
from retro_timer.storage.store import Store
from retro_timer.ui.app import RetroTimerApp
from retro_timer.ui.screens.ask import Ask, Choose
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.day_after import ANSWERS, DayAfterScreen
from retro_timer.ui.screens.first_start import FirstStartScreen
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.interrupted import Decision, InterruptedScreen
from retro_timer.ui.screens.question import Question
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.screens.settings import SettingsScreen
from retro_timer.ui.screens.summary import SummaryScreen
from retro_timer.ui.widgets.adjustment_form import AdjustmentForm
from retro_timer.ui.widgets.block_list import BlockList
from retro_timer.ui.widgets.profile import Profile, about
from retro_timer.ui.widgets.scale import Scale
from retro_timer.ui.widgets.settings_list import SettingsList
from retro_timer.ui.widgets.tabsbar import TabsBar
from retro_timer.ui.widgets.workout_row import WorkoutList, WorkoutRow
from tests.ui.mouse import click_on
from tests.ui.support import Stage, current_tab, text_of
from tests.ui.test_footers import WALK, stage_with
from tests.ui.test_today import home_in

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from retro_timer.scheduling.outline import Outline

SIZE = (80, 24)


async def hover(pilot: Pilot[int], profile: Profile, cell: int) -> str:
    """The description of a cell of a profile."""
    await pilot.hover(profile, offset=(cell, 0))
    await pilot.pause()
    return str(profile.tooltip)


async def test_a_click_chooses_a_workout_and_the_next_one_walks_it(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = stage.app.screen.query_one(WorkoutList)
        chosen = rows.highlighted_child
        assert isinstance(chosen, WorkoutRow)
        await click_on(pilot, stage.app, chosen.workout.name, rows)
        assert isinstance(stage.app.screen, HomeScreen)  # the row was highlighted, but had not been clicked
        other = next(row for row in rows.query(WorkoutRow) if row is not chosen)
        await click_on(pilot, stage.app, other.workout.name, rows)
        assert isinstance(stage.app.screen, HomeScreen)
        assert rows.highlighted_child is other
        await click_on(pilot, stage.app, other.workout.name, rows)
        assert isinstance(stage.app.screen, SessionScreen)
        assert stage.app.screen.runner.workout.id == other.workout.id


async def test_questions_are_answered_by_mouse(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, WALK)
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.move(pilot, 10_000, 2_000)
        await pilot.press("q")
        await click_on(pilot, stage.app, "go on (esc)")
        assert stage.session_screen.conductor.session.state is State.RUNNING
        await pilot.press("q")
        assert isinstance(stage.app.screen, Question)
        await stage.move(pilot, 3_000)
        assert stage.session_screen.conductor.session.position == 5_000
        await click_on(pilot, stage.app, "end it (y)")
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_other_questions_are_answered_by_mouse(tmp_path: Path) -> None:
    answers: list[object] = []
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.push_screen(Choose("Which?", ("walk", "save")), answers.append)
        await pilot.pause()
        await pilot.press("e")  # not one of the answers
        await click_on(pilot, stage.app, "save")
        stage.app.push_screen(Ask("A name", "mine", str.upper, word="keep"), answers.append)
        await pilot.pause()
        await click_on(pilot, stage.app, "keep")
        await stage.app.workers.wait_for_complete()
        stage.app.push_screen(Ask("A name", "mine", str.upper), answers.append)
        await pilot.pause()
        await click_on(pilot, stage.app, "esc no")
        await pilot.pause()
    assert answers == ["save", "MINE", None]


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("Resume where it was (r)", Decision.RESUME),
        ("Keep it as ended early (k)", Decision.KEEP),
        ("Discard it (d)", Decision.DISCARD),
        ("later (esc)", None),
    ],
)
async def test_an_interrupted_session_is_decided_by_mouse(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, decision: Decision | None
) -> None:
    monkeypatch.setattr("retro_timer.ui.screens.interrupted.described", lambda _walk: "a walk")
    for name in ("claim", "keep", "discard"):
        monkeypatch.setattr(Store, name, lambda _store, _walk: None)
    answers: list[Decision | None] = []
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        screen = InterruptedScreen(None, Store(tmp_path, stage.clock))  # type: ignore[arg-type]  # is not looked at
        stage.app.push_screen(screen, answers.append)
        await pilot.pause()
        await click_on(pilot, stage.app, words)
        await stage.app.workers.wait_for_complete()
        await pilot.pause()
    assert answers == [decision]


def test_every_answer_about_the_day_after_has_a_button() -> None:
    assert {f"day_after.{answer.value}" for answer in ANSWERS} == {
        binding.id for binding in DayAfterScreen.BINDINGS if not isinstance(binding, tuple)
    }


async def test_settings_are_switched_stepped_and_typed_by_mouse(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.push_screen(SettingsScreen(stage.app.services, "sound.voice_volume"))
        await pilot.pause()
        rows = stage.app.screen.query_one(SettingsList)

        def value() -> str:
            assert rows.chosen is not None
            return f"{rows.chosen.key} {rows.chosen.value}"

        before = value()
        await click_on(pilot, stage.app, "◂", rows)
        assert value() == "sound.voice_volume 95 percent" != before
        await click_on(pilot, stage.app, "▸", rows)
        assert value() == before
        await click_on(pilot, stage.app, "Start muted", rows)
        assert value() == "sound.muted off"
        await click_on(pilot, stage.app, "off", rows)
        assert value() == "sound.muted on"
        await click_on(pilot, stage.app, " desktop ", stage.app.screen.query_one(TabsBar))
        await click_on(pilot, stage.app, " keys ", stage.app.screen.query_one(TabsBar))
        assert current_tab(stage.app.screen.query_one(TabsBar)) == "keys"
        await click_on(pilot, stage.app, "Find workouts", rows)
        await click_on(pilot, stage.app, "ctrl+p", rows)
        assert type(stage.app.screen).__name__ == "KeyCatcher"
        await pilot.press("f9")
        await stage.app.workers.wait_for_complete()
        await pilot.pause()
        assert value() == "keys.app.palette f9"
    loaded = load(stage.app.services.paths.settings) if stage.app.services.paths else None
    assert loaded is not None
    assert loaded.settings.sound.muted
    assert loaded.settings.keys == {"app.palette": "f9"}


async def test_a_workout_is_built_by_mouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RetroTimerApp, "CLICK_CHAIN_TIME_THRESHOLD", 60.0)  # a double click, however slow the machine
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await click_on(pilot, stage.app, "n new")
        builder = stage.app.screen
        assert isinstance(builder, BuilderScreen)
        blocks, form = builder.query_one(BlockList), builder.query_one("BlockForm")

        def outline() -> Outline:
            return builder.draft.outline

        await click_on(pilot, stage.app, "cool down", blocks)
        assert outline().chosen[-1].place == 2
        before = builder.draft.notation
        await click_on(pilot, stage.app, "▸", form.query_one("#length"))
        assert builder.draft.notation == before.replace("cool 2m", "cool 2m15s")
        await click_on(pilot, stage.app, "◂", form.query_one("#length"))
        assert builder.draft.notation == before
        await click_on(pilot, stage.app, "▸", form.query_one("#phase"))
        assert "cool 2m" not in builder.draft.notation
        await click_on(pilot, stage.app, "◂", form.query_one("#phase"))
        assert builder.draft.notation == before
        await click_on(pilot, stage.app, "▸", form.query_one("#speed"))
        assert "cool 2m @1.6km/h" in builder.draft.notation
        await click_on(pilot, stage.app, "4 rounds", blocks)
        await click_on(pilot, stage.app, "4 rounds", blocks)  # a double click opens the repeat
        assert builder.focused is form.query_one("#rounds StepInput")
        await click_on(pilot, stage.app, "▸", form.query_one("#rounds"))
        assert "5x(" in builder.draft.notation
        await click_on(pilot, stage.app, "esc close")
        await click_on(pilot, stage.app, "stay (esc)")
        assert stage.app.screen is builder


async def test_the_lengths_that_are_left_are_adjusted_by_mouse() -> None:
    stage = Stage(WALK)
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.move(pilot, 10_000)
        await click_on(pilot, stage.app, "a adjust")
        adjustment_fields = stage.app.screen.query_one(AdjustmentForm)
        await click_on(pilot, stage.app, "▸", adjustment_fields.query_one("#knob-rounds"))
        await click_on(pilot, stage.app, "◂", adjustment_fields.query_one("#knob-backward"))
        assert adjustment_fields.wanted == {AdjustmentField.ROUNDS: 3, AdjustmentField.BACKWARD: 55}
        await click_on(pilot, stage.app, "enter apply")
        schedule = stage.session_screen.conductor.session.schedule
        assert [entry.duration for entry in schedule.entries] == [60, *[55, 5, 30] * 3]


async def test_the_summarys_questions_are_answered_by_mouse(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.app.push_screen(SessionScreen(resolve("back 60s"), stage.app.services))
        await pilot.pause()
        await stage.move(pilot, 10_000, 60_000)
        await click_on(pilot, stage.app, "enter summary")
        summary = stage.app.screen
        assert isinstance(summary, SummaryScreen)
        effort = summary.query_one("#effort", Scale)
        await click_on(pilot, stage.app, " 7 ", effort, at=1)
        assert effort.value == 7
        await click_on(pilot, stage.app, "esc done")
        await stage.app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("p")
        await stage.app.workers.wait_for_complete()
        await pilot.pause()
        sessions = stage.app.screen.query_one(OptionList)
        await click_on(pilot, stage.app, "effort 7", sessions)
        assert stage.app.screen.query_one(OptionList).highlighted == 0
        await click_on(pilot, stage.app, "effort 7", sessions)
        await stage.app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(stage.app.screen, SummaryScreen)


async def test_the_first_start_is_walked_through_by_mouse(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.push_screen(FirstStartScreen(stage.app.services))
        await pilot.pause()
        for words in ("I have read this", "I hear nothing", "enter continue", "not now"):
            await click_on(pilot, stage.app, words)
        assert isinstance(stage.app.screen, HomeScreen)


async def test_hovering_over_a_profile_describes_the_interval_and_ignores_markup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RetroTimerApp, "TOOLTIP_DELAY", 0.001)
    label = "[b]up[/] [@click=app.quit]x[/]"
    stage = Stage(f'warm 1m, 2x(back 70s "{label}" @2km/h, turn 5s, fwd 30s)')
    async with stage.app.run_test(size=SIZE, tooltips=True) as pilot:
        await stage.move(pilot, 10_000)
        profile = stage.app.screen.query_one(Profile)
        wanted = f"backward 1:10 from 1:00, round 1 of 2, 2.0 km/h, {label}"
        assert await hover(pilot, profile, 25) == wanted
        tooltip = stage.app.screen.query_one(Tooltip)
        for _ in range(100):
            if tooltip.display:
                break
            await pilot.pause(0.001)
        assert "[@click=app.quit]x[/]" in "\n".join(text_of(stage.app))
        assert await hover(pilot, profile, 0) == "warm up 1:00 from 0:00"


def test_speeds_are_given_in_the_walkers_unit() -> None:
    schedule = flatten(resolve("back 60s @1.0mph, turn 20s"))
    assert about(schedule, 0, imperial=True) == "backward 1:00 from 0:00, 1.0 mph"
    assert about(schedule, 1) == "turn around 0:20 from 1:00"
