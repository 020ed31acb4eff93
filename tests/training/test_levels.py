"""Every preset belongs to a level of the plan, also one that was added to the ladder alone."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.presets import LADDER
from retro_timer.storage.programmes import eight_weeks
from retro_timer.training import programme
from tests.training.simulation import level_of

LEVELS, TOP = eight_weeks().levels, eight_weeks().top


@pytest.mark.parametrize("preset_id", [each.id for each in LADDER])
def test_every_preset_has_its_own_level_or_the_last_one_below_it(preset_id: str) -> None:
    ladder = [each.id for each in LADDER]
    walked = {level.workout_id for level in LEVELS}
    up_to_it = [other for other in ladder[: ladder.index(preset_id) + 1] if other in walked]
    assert LEVELS[level_of(preset_id)].workout_id == (up_to_it or [LEVELS[0].workout_id])[-1]


@pytest.mark.parametrize(
    ("after", "level"), [("beyond", TOP), ("consistent", TOP), ("builder", level_of("builder")), ("floor-first", 0)]
)
def test_a_preset_without_its_own_level_belongs_to_the_last_level_below_it(
    monkeypatch: pytest.MonkeyPatch, after: str, level: int
) -> None:
    ladder = [each.id for each in LADDER]
    ladder.insert(ladder.index(after) + 1, "added")
    monkeypatch.setattr(programme, "LADDER_ORDER", {preset_id: place for place, preset_id in enumerate(ladder)})
    assert level_of("added") == level
