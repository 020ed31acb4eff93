"""The plan as a picture: the weeks, where the walker is, and how often each level was walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.storage.programmes import eight_weeks
from retro_timer.training.levels import NAMES
from retro_timer.ui.widgets.plan_picture import PlanPicture
from tests.ui.drawn import settled
from tests.ui.support import cells_of, text_of
from tests.ui.test_today import add, home_in

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = eight_weeks().levels


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_every_week_is_a_bar_and_the_level_of_today_is_marked(tmp_path: Path, size: tuple[int, int]) -> None:
    stage = home_in(tmp_path)
    async with stage.app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await settled(pilot)
        lines = [line for line in cells_of(stage, stage.app.screen.query_one(PlanPicture)) if line.strip()]
        assert [NAMES[level.workout_id] in line for level, line in zip(LEVELS, lines, strict=True)] == [True] * len(
            LEVELS
        )
        assert ["you are here" in line for line in lines] == [True] + [False] * 8
        bars = [line.count("█") for line in lines]
        assert bars == sorted(bars)
        assert bars[0] >= 1
        assert "pain right now" in "\n".join(text_of(stage.app))
        assert ("backward at" in lines[2]) is (size[0] >= 110)


async def test_what_was_walked_of_a_level_is_counted(tmp_path: Path) -> None:
    stage = home_in(tmp_path)
    for days_ago in (6, 4, 2):
        add(stage, days_ago, "first-try")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await settled(pilot)
        lines = cells_of(stage, stage.app.screen.query_one(PlanPicture))
        assert "3 walked" in lines[1]
        assert not any("walked" in line for line in (lines[0], *lines[2:]))
