"""The plan: every rule with its edges, which rule comes first, and eight weeks of simulated walkers."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from retro_timer.scheduling.units import mph
from retro_timer.session.history import NextDay
from retro_timer.training.case import Verdict
from retro_timer.training.entry import TrainingEntryError, usable
from retro_timer.training.levels import LADDER_ORDER
from retro_timer.training.plan import PlanChoices
from retro_timer.training.standing import PlanError
from tests.training.simulation import MONDAY, advise, done, level_of, simulate, standing
from tests.training.walks import LEVELS, STARTER, TOP, next_day_advice, on, walks


def test_the_first_session_is_floor_first() -> None:
    advice = advise([], MONDAY)
    assert (advice.action, advice.preset_id, advice.week) == (Verdict.START, "floor-first", 1)
    assert advice.sentence == "Start with Floor First: this is your first walk of the plan."
    assert advice.backward is None


@pytest.mark.parametrize("preset_id", LADDER_ORDER)
def test_the_walker_can_start_at_any_preset(preset_id: str) -> None:
    assert advise([], MONDAY, PlanChoices(start=preset_id)).preset_id == preset_id


def test_floor_first_is_advised_once_and_counts_towards_week_one() -> None:
    one = walks("floor-first")
    assert (advise(one, on(2)).action, advise(one, on(2)).preset_id, advise(one, on(2)).week) == (
        Verdict.ADVANCE,
        "first-try",
        1,
    )
    three = walks("floor-first", "first-try", "first-try")
    assert (advise(three, on(7)).action, advise(three, on(7)).preset_id) == (Verdict.ADVANCE, "starter")
    assert advise(three[:2], on(4)).rule == "too few"


@pytest.mark.parametrize(
    ("changes", "action", "rule"),
    [
        ({}, Verdict.ADVANCE, "all is well"),
        ({"effort": 4}, Verdict.ADVANCE, "all is well"),
        ({"effort": 5}, Verdict.REPEAT, "hard"),
        ({"effort": 6}, Verdict.REPEAT, "hard"),
        ({"effort": 7}, Verdict.STEP_BACK, "too hard"),
        ({"effort": 10}, Verdict.STEP_BACK, "too hard"),
        ({"effort": 0}, Verdict.ADVANCE, "all is well"),
        ({"effort": None}, Verdict.REPEAT, "effort not told"),
        ({"as_planned": False, "share": 0.9}, Verdict.REPEAT, "left incomplete"),
        ({"stumble": True}, Verdict.STEP_BACK, "stumbled"),
        ({"stumble": False}, Verdict.ADVANCE, "all is well"),
        ({"fall": True}, Verdict.STOP, "after a fall"),
        ({"fall": False}, Verdict.ADVANCE, "all is well"),
        ({"pain_after": 3}, Verdict.ADVANCE, "all is well"),
        ({"pain_after": 4}, Verdict.REPEAT, "painful"),
        ({"pain_before": 4, "pain_after": 1}, Verdict.REPEAT, "painful"),
        ({"next_day": NextDay.MUSCLES}, Verdict.REPEAT, "sore muscles"),
        ({"next_day": NextDay.PAIN}, Verdict.STEP_BACK, "more pain next day"),
        ({"next_day": NextDay.SORE}, Verdict.STEP_BACK, "more pain next day"),  # what it meant when it was answered
        ({"next_day": NextDay.NORMAL}, Verdict.ADVANCE, "all is well"),
    ],
)
def test_the_feedback_of_the_third_session_decides(changes: dict[str, Any], action: Verdict, rule: str) -> None:
    advice = next_day_advice(walks("starter", "starter", "starter", **changes))
    assert (advice.action, advice.rule) == (action, rule)
    expected = {
        Verdict.ADVANCE: "foundation",
        Verdict.REPEAT: "starter",
        Verdict.STEP_BACK: "first-try",
        Verdict.STOP: None,
    }
    assert advice.preset_id == expected[action]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"effort": 5}, "hard"),
        ({"effort": 8}, "hard"),
        ({"effort": None}, "effort not told"),
        ({"as_planned": False}, "left incomplete"),
        ({"pain_after": 4}, "painful"),
        ({"stumble": True}, "painful"),
        ({"next_day": NextDay.SORE}, "painful"),
        ({"next_day": NextDay.PAIN}, "painful"),
        ({"next_day": NextDay.MUSCLES}, "sore muscles"),
    ],
)
def test_the_session_before_the_last_must_be_good_too(changes: dict[str, object], rule: str) -> None:
    three = walks("starter", "starter", "starter")
    three[1] = replace(three[1], **changes)
    # Two signs send the walker back at once; who stays at the level all the same has to show two good sessions.
    assert standing(three, "starter").index == level_of("starter")
    advice = next_day_advice(three)
    assert (advice.action, advice.rule, advice.preset_id) == (Verdict.REPEAT, rule, "starter")


@pytest.mark.parametrize(
    "changes", [{"effort": 5}, {"effort": 9}, {"as_planned": False}, {"pain_after": 9}, {"effort": None}]
)
def test_the_session_before_those_does_not_matter(changes: dict[str, object]) -> None:
    three = walks("starter", "starter", "starter")
    three[0] = replace(three[0], **changes)
    assert next_day_advice(three).rule == "all is well"


@pytest.mark.parametrize(
    ("count", "action", "to_move_on"),
    [
        (1, Verdict.REPEAT, "Two more complete sessions"),
        (2, Verdict.REPEAT, "One more complete session"),
        (3, Verdict.ADVANCE, "Three complete sessions, the last two"),
    ],
)
def test_three_sessions_are_needed(count: int, action: Verdict, to_move_on: str) -> None:
    advice = next_day_advice(walks(*["starter"] * count))
    assert advice.action is action
    assert advice.to_move_on.startswith(f"{to_move_on} at effort 4 or less")


def test_a_bad_session_restarts_the_count_of_missing_ones() -> None:
    assert next_day_advice(walks(*["starter"] * 4, effort=5)).to_move_on.startswith("Two more complete sessions")
    one_good = [*walks(*["starter"] * 3, effort=5), done(on(6), "starter")]
    assert next_day_advice(one_good).to_move_on.startswith("One more complete session")


@pytest.mark.parametrize(
    ("gap", "action", "rule"),
    [
        (6, Verdict.ADVANCE, "all is well"),
        (7, Verdict.REPEAT, "short gap"),
        (13, Verdict.REPEAT, "short gap"),
        (14, Verdict.STEP_BACK, "long gap"),
        (400, Verdict.STEP_BACK, "long gap"),
    ],
)
def test_a_gap_repeats_or_steps_back(gap: int, action: Verdict, rule: str) -> None:
    advice = next_day_advice(walks("starter", "starter", "starter"), after=gap)
    assert (advice.action, advice.rule) == (action, rule)


def test_after_a_short_gap_one_session_is_enough_to_move_on() -> None:
    back = [*walks("starter", "starter", "starter"), done(on(4 + 9), "starter")]
    assert next_day_advice(back).action is Verdict.ADVANCE


def test_a_long_gap_steps_back_one_level_however_long() -> None:
    old = walks(*["foundation"] * 3)
    assert next_day_advice(old, PlanChoices(start="foundation", sessions=5), after=365).preset_id == "starter"


def test_an_own_workout_ends_a_gap_but_does_not_count_for_the_level() -> None:
    own = [*walks("starter", "starter"), done(on(8), None)]
    advice = advise(own, on(10), STARTER)
    assert (advice.action, advice.rule) == (Verdict.REPEAT, "too few")


@pytest.mark.parametrize(
    ("pain", "action"), [(None, Verdict.ADVANCE), (0, Verdict.ADVANCE), (4, Verdict.ADVANCE), (5, Verdict.SKIP)]
)
def test_pain_today_skips_from_five_on(pain: int | None, action: Verdict) -> None:
    advice = advise(walks("starter", "starter", "starter"), on(6), STARTER, pain)
    assert advice.action is action
    assert (advice.preset_id, advice.next_action) == ("foundation", Verdict.ADVANCE)


@pytest.mark.parametrize("pain", [-1, 11, 100])
def test_an_impossible_pain_is_refused(pain: int) -> None:
    with pytest.raises(PlanError, match="pain is 0 to 10"):
        advise([], MONDAY, pain_today=pain)


def test_after_a_session_today_the_plan_advises_rest_and_names_the_next_one() -> None:
    advice = advise(walks("starter", "starter", "starter"), on(4), STARTER)
    assert (advice.action, advice.rule) == (Verdict.REST, "walked today")
    assert (advice.preset_id, advice.next_action) == ("foundation", Verdict.ADVANCE)
    assert advice.sentence == "Rest, then Foundation: you've already walked today."


@pytest.mark.parametrize(("share", "action"), [(0.49, Verdict.REPEAT), (0.5, Verdict.REST)])
def test_a_session_left_at_its_start_does_not_count_as_todays(share: float, action: Verdict) -> None:
    assert advise(walks("starter", as_planned=False, share=share), MONDAY, STARTER).action is action


@pytest.mark.parametrize(
    ("goal", "days", "action"),
    [(3, 2, Verdict.REPEAT), (3, 3, Verdict.REST), (4, 3, Verdict.ADVANCE), (5, 5, Verdict.REST), (7, 5, Verdict.REST)],
)
def test_after_a_full_week_the_plan_advises_rest(goal: int, days: int, action: Verdict) -> None:
    choices = PlanChoices(start="foundation", sessions=goal)
    advice = advise(walks(*["foundation"] * days, every=1), on(days), choices)
    assert advice.action is action
    if action is Verdict.REST:
        assert advice.rule == "week is full"
        assert advise(walks(*["foundation"] * days, every=1), on(7), choices).action is not Verdict.REST


@pytest.mark.parametrize(("preset_id", "days"), [("starter", 3), ("builder", 3), ("ten-minutes", 4), ("beyond", 5)])
def test_a_week_is_full_at_the_plans_number_if_that_exceeds_the_goal(preset_id: str, days: int) -> None:
    walked = [done(on(day), preset_id, effort=5) for day in range(days)]
    choices = PlanChoices(start=preset_id, sessions=3)
    assert advise(walked[:-1], on(days - 1), choices).action is Verdict.REPEAT
    assert advise(walked, on(days), choices).rule == "week is full"


def test_a_pinned_preset_stays_and_safety_still_comes_first() -> None:
    pinned = PlanChoices(start="starter", pinned="beyond")
    advice = advise(walks("starter", effort=9), on(2), pinned)
    assert (advice.action, advice.preset_id, advice.headline) == (Verdict.PINNED, "beyond", "Walk Beyond")
    assert advise(walks("starter", fall=True), on(2), pinned).action is Verdict.STOP
    assert advise(walks("starter"), on(0), pinned).action is Verdict.REST
    assert advise([], MONDAY, pinned).action is Verdict.PINNED


def test_a_plan_that_is_off_advises_nothing() -> None:
    advice = advise(walks("starter", fall=True), on(2), PlanChoices(on=False))
    assert (advice.action, advice.preset_id, advice.week, advice.backward) == (Verdict.OFF, None, None, None)
    assert advice.sentence == "No advice: the plan is switched off."


def test_a_fall_says_stop_until_another_session_and_then_steps_back() -> None:
    fallen = walks(*["starter"] * 3, fall=True)
    assert next_day_advice(fallen, after=100).action is Verdict.STOP
    trying = [*fallen, done(on(100), None)]
    advice = advise(trying, on(102), STARTER)
    assert (advice.action, advice.rule, advice.preset_id) == (Verdict.STEP_BACK, "stumbled", "first-try")
    again = [*trying, done(on(102), "first-try")]
    assert advise(again, on(104), STARTER).rule == "too few"


def test_a_stumble_counts_until_the_next_session_on_the_ladder() -> None:
    tried = [*walks("starter", "starter", stumble=True), done(on(4), None)]
    assert advise(tried, on(6), STARTER).action is Verdict.STEP_BACK


def test_effort_of_beyond_does_not_affect_the_level() -> None:
    ahead = [*walks("starter", "starter", "starter"), done(on(6), "beyond", effort=9)]
    assert advise(ahead, on(9), STARTER).action is Verdict.ADVANCE
    below = [*walks("starter", "starter", "starter"), done(on(6), "first-try", effort=9)]
    assert advise(below, on(9), STARTER).action is Verdict.STEP_BACK


def test_stepping_back_ends_at_the_bottom() -> None:
    advice = advise(walks("floor-first", effort=8), on(2))
    assert (advice.action, advice.preset_id, advice.headline) == (
        Verdict.STEP_BACK,
        "floor-first",
        "Walk Floor First again",
    )
    tried = walks("floor-first", "first-try", stumble=True)
    assert advise(tried, on(4)).preset_id == "floor-first"


def test_after_stepping_back_three_sessions_are_needed_again() -> None:
    back = [*walks("foundation", effort=7), done(on(2), "starter")]
    choices = PlanChoices(start="foundation", sessions=5)
    assert standing(back, "foundation").index == level_of("starter")
    assert advise(back, on(4), choices).to_move_on.startswith("Two more")
    assert advise([*back, done(on(4), "starter"), done(on(7), "starter")], on(9), choices).preset_id == "foundation"


def test_a_walker_who_does_not_step_back_stays_until_two_good_sessions() -> None:
    stayed = [*walks("foundation", "foundation", effort=7), done(on(4), "foundation")]
    choices = PlanChoices(start="foundation", sessions=5)
    assert advise(stayed, on(7), choices).rule == "hard"
    assert advise([*stayed, done(on(7), "foundation")], on(9), choices).preset_id == "builder"


def test_weeks_five_and_six_have_the_same_lengths_the_second_faster() -> None:
    five = walks(*["ten-minutes"] * 3)
    choices = PlanChoices(start="ten-minutes", sessions=5)
    first = advise(five[:1], on(2), choices)
    second = advise(five, on(7), choices)
    assert (first.week, first.preset_id, second.week, second.preset_id) == (5, "ten-minutes", 6, "ten-minutes")
    assert first.backward is not None
    assert second.backward is not None
    assert 0.1 <= round(mph(second.backward.low - first.backward.low), 2) <= 0.2
    assert 0.1 <= round(mph(second.backward.high - first.backward.high), 2) <= 0.2
    assert second.headline == "Go on to week 6 with Ten Minutes"
    third = advise([*five, *(done(on(7 + 2 * n), "ten-minutes") for n in range(3))], on(14), choices)
    assert (third.action, third.week, third.preset_id) == (Verdict.ADVANCE, 7, "consistent")
    assert third.backward == second.backward
    assert third.pace.startswith("Keep the speed")
    back = advise([*five, done(on(7), "ten-minutes", effort=8)], on(9), choices)
    assert (back.week, back.headline) == (5, "Step back to week 5 with Ten Minutes")


def test_week_eight_is_consistent_with_one_session_of_beyond() -> None:
    choices = PlanChoices(start="beyond", sessions=5)
    seen = simulate(14, lambda _, entry, __: entry, choices=choices).preset_ids()
    assert seen == [
        "beyond", "consistent", "consistent", "consistent", "beyond",
        "consistent", "consistent", "consistent", "beyond", "consistent",
    ]  # fmt: skip


def test_at_the_top_level_there_is_nothing_to_move_on_to() -> None:
    advice = advise(walks("beyond", "consistent"), on(4), PlanChoices(start="beyond"))
    assert (advice.week, advice.to_move_on) == (8, "")
    long = walks(*["consistent"] * 4, "beyond", *["consistent"] * 2)
    assert advise(long, on(16), PlanChoices(start="beyond")).rule == "at the top"


def test_beyond_has_the_speed_of_the_week_before() -> None:
    choices = PlanChoices(start="beyond")
    advice = advise(walks("consistent", "consistent", "consistent"), on(7), choices)
    assert (advice.preset_id, advice.action) == ("beyond", Verdict.ADVANCE)
    assert advice.backward == LEVELS[TOP - 1].backward


def test_one_session_on_another_preset_does_not_move_the_plan() -> None:
    off_level = [*walks("starter", "starter"), done(on(4), "beyond")]
    assert advise(off_level, on(7), STARTER).preset_id == "starter"


@pytest.mark.parametrize("between", [(), ("starter",), ("first-try", None), ("consistent", "starter")])
def test_a_level_is_reached_with_two_complete_sessions_advised_or_chosen(between: tuple[str | None, ...]) -> None:
    ahead = walks("starter", "builder", *between, "builder")
    assert next_day_advice(ahead[:2]).preset_id == "starter"
    advice = next_day_advice(ahead)
    assert (advice.action, advice.preset_id, advice.rule) == (Verdict.REPEAT, "builder", "too few")
    assert advice.reason == "You have walked two of the three sessions at this level."


def test_who_walks_foundation_twice_by_choice_is_not_sent_to_floor_first() -> None:
    chosen = walks("foundation", "foundation", "foundation")
    twice = next_day_advice(chosen[:2], PlanChoices())
    assert twice.sentence == "Walk Foundation again: you have walked two of the three sessions at this level."
    assert next_day_advice(chosen, PlanChoices(sessions=5)).preset_id == "builder"


@pytest.mark.parametrize("bad", [{"as_planned": False}, {"stumble": True}, {"fall": True}])
def test_sessions_left_incomplete_or_with_a_stumble_reach_no_level(bad: dict[str, Any]) -> None:
    ahead = [*walks("starter", "builder", **bad), done(on(4), "builder")]
    assert standing(ahead, "starter").index == level_of("starter")
    assert standing([*ahead, done(on(6), "builder")], "starter").index == level_of("builder")


def test_the_highest_level_reached_counts_until_the_plan_steps_back() -> None:
    down = [*walks("builder", "builder"), *(done(on(4 + 2 * n), "first-try") for n in range(4))]
    assert standing(down).index == level_of("builder")
    stumbled = [*walks("builder", "builder", stumble=True), done(on(4), "foundation"), done(on(6), "builder")]
    assert standing(stumbled, "builder").index == level_of("foundation")
    assert standing([*stumbled, done(on(8), "builder")], "builder").index == level_of("builder")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"day": on(11)}, "lies in the future; today is 2026-03-12"),
        ({"effort": 11}, "impossible effort: 11"),
        ({"effort": -1}, "impossible effort"),
        ({"pain_before": 99}, "impossible pain before"),
        ({"pain_after": -3}, "impossible pain after"),
        ({"share": float("nan")}, "impossible share"),
        ({"share": 1.5}, "impossible share"),
        ({"backward_seconds": 10**9}, "impossible lengths backward"),
        ({"longest_bout": 999}, "impossible lengths backward"),
        ({"walked_seconds": -1}, "impossible length"),
    ],
)
def test_an_impossible_session_is_refused_by_date_or_left_out_by_name(changes: dict[str, object], says: str) -> None:
    good = walks("starter", "starter")
    odd = replace(done(on(4), "starter"), **changes)
    with pytest.raises(TrainingEntryError, match=says) as refused:
        advise([*good, odd], on(10))
    assert odd.day.isoformat() in str(refused.value)
    kept, problems = usable([*good, odd], on(10))
    assert list(kept) == good
    assert len(problems) == 1


def test_the_order_of_days_does_not_matter() -> None:
    three = walks("starter", "starter", "starter", effort=6)
    assert advise(three[::-1], on(6), STARTER) == advise(three, on(6), STARTER)


@pytest.mark.parametrize("preset_id", ["", "nowhere", "Starter"])
def test_an_unknown_preset_is_refused(preset_id: str) -> None:
    with pytest.raises(PlanError, match="expected a preset of the ladder"):
        PlanChoices(start=preset_id)
    with pytest.raises(PlanError, match="expected a preset of the ladder"):
        PlanChoices(pinned=preset_id)
