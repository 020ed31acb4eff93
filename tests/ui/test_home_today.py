"""Home shows today's workout: the cursor, one scale for all profiles, and the details beside the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import ListView

from retro_timer.scheduling.presets import presets
from retro_timer.ui.screens.home import HomeScreen
from retro_timer.ui.screens.session import SessionScreen
from retro_timer.ui.widgets.profile import Profile
from retro_timer.ui.widgets.workout_detail import WorkoutDetail
from retro_timer.ui.widgets.workout_row import WorkoutRow
from tests.ui.drawn import settled
from tests.ui.support import cells_of, history, text_of
from tests.ui.test_today import add, home_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.support import Stage


def chosen(stage: Stage) -> str:
    """The id of the workout under the cursor."""
    row = stage.app.screen.query_one(ListView).highlighted_child
    assert isinstance(row, WorkoutRow)
    return row.workout.id


async def test_the_cursor_stands_on_todays_workout_and_enter_walks_it_as_such(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert chosen(stage) == "floor-first"
        assert "● Floor First   today" in "\n".join(text_of(stage.app))
        await pilot.press("enter")
        await settled(pilot)
        await stage.move(pilot, 10_000, 1_000, 304_000)
        await settled(pilot)
        assert history(stage).page()[0].planned.preset_id == "floor-first"


async def test_the_cursor_stays_where_the_walker_moved_it(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert isinstance(stage.app.screen, SessionScreen)
        assert stage.session_screen.runner.workout.id == "starter"
        await pilot.press("q", "y")
        await settled(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert chosen(stage) == "starter"


async def test_profiles_are_on_one_scale(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=(80, 60)) as pilot:
        await settled(pilot)
        rows = [row for row in stage.app.screen.query(WorkoutRow) if not row.own]
        # The bars of some phases do not reach the top line of a profile.
        widths = [max(len(line.rstrip()) for line in cells_of(stage, row.query_one(Profile))) for row in rows]
        longest = max(workout.total_seconds for workout in presets())
        expected = [max(widths) * workout.total_seconds / longest for workout in presets()]
        assert all(abs(width - wanted) <= 1 for width, wanted in zip(widths, expected, strict=True))


async def test_a_wide_terminal_shows_the_details_of_the_chosen_workout(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    add(stage, 2, "starter")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        detail = stage.app.screen.query_one(WorkoutDetail)
        await pilot.press("home", "down", "down")
        await settled(pilot)
        text = "\n".join(cells_of(stage, detail))
        for part in ("Starter", "17:30 total, 4:00 backward", "backward 1.6 km/h", "last walked", "4 rounds of"):
            assert part in text
        await pilot.press("down")
        await settled(pilot)
        assert "not walked yet" in "\n".join(cells_of(stage, detail))
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert not detail.display
