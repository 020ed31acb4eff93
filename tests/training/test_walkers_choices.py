"""The walker's choices about the plan (a pin, a start, a goal), and what an imported programme leaves of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace

from retro_timer.formats.programme_toml import read_programme
from retro_timer.runtime.today import today_from_entries
from retro_timer.storage.programmes import eight_weeks
from retro_timer.storage.training_entries import Practised
from retro_timer.training.case import Verdict
from retro_timer.training.plan import PlanChoices, advise
from retro_timer.training.programme import Limits
from retro_timer.training.programme_check import why_it_stays
from retro_timer.training.standing import standing
from retro_timer.training.weeks import Goal
from tests.training.simulation import MONDAY, done
from tests.training.walks import on

if TYPE_CHECKING:
    from retro_timer.training.entry import TrainingEntry
    from retro_timer.training.programme import Programme

KNEE: Final = replace(
    read_programme((Path(__file__).resolve().parents[2] / "docs" / "knee.toml").read_bytes()), started=MONDAY
)
LADDER: Final = replace(
    read_programme(
        b'id = "short"\nname = "Short"\n'
        b'[[steps]]\nworkout = "starter"\ndays = 3\n[[steps]]\nworkout = "builder"\ndays = 3\n'
    ),
    started=MONDAY,
)
"""A therapist's programme whose steps are presets in the order of the ladder."""


def at_step(index: int) -> list[TrainingEntry]:
    """Sessions that have just brought the walker to a step of the knee programme."""
    walked = [done(on(2 * number), level.workout_id) for number, level in enumerate(KNEE.levels[: index + 1])]
    return [entry for entry in walked for _ in range(2)]


@pytest.mark.parametrize("programme", [KNEE, LADDER])
def test_a_pin_to_something_outside_an_imported_programme_has_no_effect_and_the_plan_says_so(
    programme: Programme,
) -> None:
    advice = advise(programme, [], MONDAY, PlanChoices(pinned="consistent"))
    assert (advice.action, advice.preset_id) == (Verdict.START, programme.levels[0].workout_id)
    assert advice.ignored == (
        f"Your pin to Consistent has no effect: it is not a step of {programme.name}, which the plan follows."
    )


def test_a_pin_to_a_later_step_of_an_imported_programme_waits_until_that_step_is_reached() -> None:
    pinned = PlanChoices(pinned="builder")
    early = advise(KNEE, [], MONDAY, pinned)
    assert (early.action, early.preset_id) == (Verdict.START, "knee-1")
    assert early.ignored == "Your pin to Builder has no effect yet: it is a later step of Knee, six steps."
    walked = at_step(KNEE.level_of("builder") or 0)
    assert KNEE.levels[standing(KNEE, walked).index].workout_id == "builder"
    there = advise(KNEE, walked, walked[-1].day.replace(day=walked[-1].day.day + 2), pinned)
    assert (there.action, there.preset_id, there.ignored) == (Verdict.PINNED, "builder", "")


def test_in_the_built_in_programme_a_pin_holds_from_the_first_day() -> None:
    advice = advise(eight_weeks(), [], MONDAY, PlanChoices(pinned="consistent"))
    assert (advice.action, advice.preset_id, advice.ignored) == (Verdict.PINNED, "consistent", "")


def test_an_ignored_pin_is_not_mentioned_while_the_plan_is_off() -> None:
    assert advise(KNEE, [], MONDAY, PlanChoices(on=False, pinned="consistent")).ignored == ""


@pytest.mark.parametrize("start", ["floor-first", "builder", "consistent"])
def test_an_imported_programme_begins_with_its_first_step_wherever_the_walker_would_start(start: str) -> None:
    advice = advise(LADDER, [], MONDAY, PlanChoices(start=start))
    assert (advice.action, advice.preset_id, advice.index) == (Verdict.START, "starter", 0)
    assert not why_it_stays(LADDER)


def test_what_is_not_in_an_imported_programme_reaches_none_of_its_steps() -> None:
    walked = [done(on(day), "consistent") for day in (0, 2)]
    assert standing(LADDER, walked).index == 0
    assert advise(LADDER, walked, on(4)).preset_id == "starter"
    assert standing(eight_weeks(), walked).index > 0, "the walker's own choice in the built-in programme"


@pytest.mark.parametrize(("programme", "most"), [(LADDER, 3), (eight_weeks(), 5)])
def test_the_goal_asks_for_no_more_days_than_the_programme_allows(programme: Programme, most: int) -> None:
    choices = PlanChoices(sessions=5)
    today = today_from_entries(programme, Practised(), MONDAY, choices, Goal(5, 10))
    assert today.goal == Goal(most, 10)


def test_the_limits_of_a_stored_programme_count_more_than_its_variation_and_a_pin_to_it() -> None:
    last = replace(LADDER.levels[-1], variation="beyond", variation_after=2)
    programme = replace(LADDER, levels=(LADDER.levels[0], last))
    walked = [done(on(2 * number), "builder") for number in range(4)]
    allowed = advise(programme, walked, on(8), PlanChoices(sessions=7))
    assert (allowed.action, allowed.preset_id) == (Verdict.ADVANCE, "beyond")
    assert advise(programme, walked, on(8), PlanChoices(sessions=7, pinned="beyond")).preset_id == "beyond"
    limited = replace(programme, limits=Limits(longest_bout=120))
    advice = advise(limited, walked, on(8), PlanChoices(sessions=7))
    assert (advice.action, advice.preset_id) == (Verdict.REPEAT, "builder")
    assert advice.reason == (
        "This is the last step: keep it up, without Beyond, whose bouts are longer than the programme allows."
    )
    pinned = advise(limited, walked, on(8), PlanChoices(sessions=7, pinned="beyond"))
    assert pinned.preset_id == "builder"
    assert pinned.ignored == "Your pin to Beyond has no effect: its bouts are longer than Short allows."
