"""An imported programme on the screens: Home, the plan, and the session that it leads to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from textual.widgets import Input

from retro_timer.config.paths import Paths
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.storage.programmes import ProgrammeLibrary
from retro_timer.storage.workouts import WorkoutLibrary
from retro_timer.ui.screens.builder import BuilderScreen
from retro_timer.ui.screens.plan import PlanScreen
from retro_timer.ui.widgets.plan_picture import PlanPicture
from retro_timer.ui.widgets.workout_detail import WorkoutDetail
from retro_timer.ui.widgets.workout_row import WorkoutList, WorkoutRow
from tests.ui.drawn import settled
from tests.ui.summaries import stage_in
from tests.ui.support import cells_of
from tests.ui.test_today import shown, until

if TYPE_CHECKING:
    from tests.ui.support import Stage

KNEE: Final = Path(__file__).resolve().parents[2] / "docs" / "knee.toml"


def at_home(tmp_path: Path) -> Stage:
    paths = Paths(tmp_path / "config", tmp_path / "data")
    ProgrammeLibrary(paths.programmes).save(KNEE.read_bytes(), stage_in(paths.data).clock.wall().date())
    return stage_in(paths.data, None, paths=paths, **{"plan.programme": "knee", "first_start.done": True})


async def test_home_and_the_plan_follow_an_imported_programme(tmp_path: Path) -> None:
    stage = at_home(tmp_path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        workouts = stage.app.screen.query_one(WorkoutList)
        await until(pilot, lambda: "KNEE, SIX STEPS" in shown(stage))
        text = shown(stage)
        assert "Knee, six steps, week 1 of 6" in text
        assert "Start with At the Wall" in text
        assert "This is your first walk of the plan." in text
        assert "One hand on the wall. Stop at pain four." in text
        row = workouts.highlighted_child
        assert isinstance(row, WorkoutRow)
        assert row.workout.id == "knee-1", "the cursor starts on today's workout"

        consistent = next(
            child for child in workouts.children if isinstance(child, WorkoutRow) and child.workout.id == "consistent"
        )
        workouts.index = workouts.children.index(consistent)
        await settled(pilot)
        assert "Beyond the limits of Knee, six steps: a bout of 3:00" in "\n".join(
            cells_of(stage, stage.app.screen.query_one(WorkoutDetail))
        )

        await pilot.press("l")
        await settled(pilot)
        assert isinstance(stage.app.screen, PlanScreen)
        lines = [line for line in cells_of(stage, stage.app.screen.query_one(PlanPicture)) if line.strip()]
        assert ["you are here" in line for line in lines] == [True] + [False] * 5
        assert "week 4  Five Short … " in lines[3]
        text = shown(stage)
        assert "first walk" in text, "the rule is named"
        assert "stop at pain 4 of 10" in text
        await pilot.press("escape")
        await pilot.press("t")
        await settled(pilot)
        walked = stage.session_screen.runner.workout
        assert format_notation(walked).startswith('warm 2m "One hand on the wall. Stop at pain four.", 4x(turn 10s')


async def test_a_workout_of_the_programme_is_edited_as_a_copy(tmp_path: Path) -> None:
    """Also beside an own workout whose file has its name."""
    stage = at_home(tmp_path)
    library = WorkoutLibrary(tmp_path / "config" / "workouts")
    own = library.save(replace(parse("back 4m"), name="knee-1"))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "KNEE, SIX STEPS" in shown(stage))
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        builder = stage.app.screen
        assert isinstance(builder, BuilderScreen)
        assert builder.query_one("#name", Input).value == "My At the Wall"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(library.list()) == 2)
    assert library.get("knee-1") == own
    assert library.get("My At the Wall").total_seconds == 400
