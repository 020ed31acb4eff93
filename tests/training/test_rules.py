"""The rules of the plan: their precedence, and the reasons they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from retro_timer.session.history import NextDay
from retro_timer.storage.programmes import eight_weeks
from retro_timer.training import rules
from retro_timer.training.case import Case, Standing, Verdict
from retro_timer.training.plan import PlanChoices
from retro_timer.training.rules import PRECEDENCE
from tests.training.simulation import advise
from tests.training.walks import LEVELS, on, walks

if TYPE_CHECKING:
    from collections.abc import Callable

STARTER = next(number for number, level in enumerate(LEVELS) if level.workout_id == "starter")


def test_precedence_is_as_it_is_written_down() -> None:
    assert [(rule.name, rule.action) for rule in PRECEDENCE] == [
        ("plan is off", Verdict.OFF),
        ("after a fall", Verdict.STOP),
        ("pain today", Verdict.SKIP),
        ("walked today", Verdict.REST),
        ("week is full", Verdict.REST),
        ("level is pinned", Verdict.PINNED),
        ("first walk", Verdict.START),
        ("stumbled", Verdict.STEP_BACK),
        ("more pain next day", Verdict.STEP_BACK),
        ("too hard", Verdict.STEP_BACK),
        ("long gap", Verdict.STEP_BACK),
        ("short gap", Verdict.REPEAT),
        ("left incomplete", Verdict.REPEAT),
        ("hard", Verdict.REPEAT),
        ("painful", Verdict.REPEAT),
        ("sore muscles", Verdict.REPEAT),
        ("too few", Verdict.REPEAT),
        ("effort not told", Verdict.REPEAT),
        ("beyond is due", Verdict.ADVANCE),
        ("at the top", Verdict.REPEAT),
        ("all is well", Verdict.ADVANCE),
    ]
    for rule in PRECEDENCE:
        assert rule.why is getattr(rules, rule.name.replace(" ", "_"))
        assert rule.why.__doc__


def test_the_first_matching_rule_decides() -> None:
    """Everything speaks against walking on; taking the reasons away one by one brings out the next rule."""
    bad: dict[str, Any] = {
        "fall": True, "stumble": True, "next_day": NextDay.SORE, "effort": 8, "as_planned": False, "pain_after": 6,
    }  # fmt: skip
    choices: dict[str, Any] = {"on": False, "start": "starter", "pinned": "builder", "sessions": 3}
    asked: dict[str, int] = {"pain": 9, "after": 0}
    taken_away: list[tuple[dict[str, Any], str, object, str]] = [
        (choices, "on", True, "after a fall"),
        (bad, "fall", False, "pain today"),
        (asked, "pain", 4, "walked today"),
        (asked, "after", 1, "week is full"),
        (asked, "after", 14, "level is pinned"),
        (choices, "pinned", None, "stumbled"),
        (bad, "stumble", False, "more pain next day"),
        (bad, "next_day", NextDay.MUSCLES, "too hard"),
        (bad, "effort", 6, "long gap"),
        (asked, "after", 13, "short gap"),
        (asked, "after", 6, "left incomplete"),
        (bad, "as_planned", True, "hard"),
        (bad, "effort", 4, "painful"),
        (bad, "pain_after", 3, "sore muscles"),
        (bad, "next_day", NextDay.NORMAL, "all is well"),
    ]

    def fires() -> str:
        # Monday, Tuesday and Wednesday: a full week for a goal of three.
        week = walks("starter", "starter", "starter", every=1, **({"share": 0.6} | bad))
        return advise(week, on(2 + asked["after"]), PlanChoices(**choices), asked["pain"]).rule

    assert fires() == "plan is off"
    for where, what, value, rule in taken_away:
        where[what] = value
        assert fires() == rule


def case_of(bad: dict[str, Any], *which: bool, good: int = 2) -> Case:
    """A walker at a level that asks for some good sessions, after sessions of which some were bad."""
    entries = tuple(
        replace(entry, **bad) if is_bad else entry
        for entry, is_bad in zip(walks(*["starter"] * len(which)), which, strict=True)
    )
    programme = eight_weeks()
    levels = list(programme.levels)
    levels[STARTER] = replace(levels[STARTER], good=good)
    return Case(on(30), replace(programme, levels=tuple(levels)), Standing(STARTER, entries), entries)


@pytest.mark.parametrize(
    ("rule", "bad", "said"),
    [
        (rules.left_incomplete, {"as_planned": False}, "You left out part of {}."),
        (rules.painful, {"fall": True}, "You fell on {}."),
        (rules.painful, {"stumble": True}, "You stumbled or grabbed the rail on {}."),
        (rules.painful, {"next_day": NextDay.PAIN}, "You had pain on the day after {}."),
        (rules.painful, {"next_day": NextDay.SORE}, "You had pain on the day after {}."),
        (rules.effort_not_told, {"effort": None}, "You didn't rate the effort of {}."),
    ],
)
def test_a_reason_says_which_of_the_sessions_it_is_about(
    rule: Callable[[Case], str | None], bad: dict[str, Any], said: str
) -> None:
    about = {
        "your last walk": case_of(bad, False, True),
        "your last two walks": case_of(bad, True, True),
        "one of your last two walks": case_of(bad, True, False),
        "two of your last three walks": case_of(bad, True, False, True, good=3),
        "your last three walks": case_of(bad, False, True, True, True, good=3),
    }
    alone = case_of(bad, False, True, good=1)
    assert {which: rule(case) for which, case in about.items()} == {
        which: said.format(f"{which} at this level") for which in about
    }
    assert rule(alone) == said.format("your last walk at this level")
    assert rule(case_of(bad, True, False, good=1)) is None
    assert rule(case_of(bad, False, False)) is None


@pytest.mark.parametrize(
    ("rule", "bad", "last", "recently"),
    [
        (
            rules.stumbled, {"stumble": True},
            "You stumbled or grabbed the rail last time.", "You stumbled or grabbed the rail recently.",
        ),
        (
            rules.more_pain_next_day, {"next_day": NextDay.PAIN},
            "You had more pain on the day after your last walk.", "You had more pain on the day after a recent walk.",
        ),
        (
            rules.more_pain_next_day, {"next_day": NextDay.SORE},
            "You were sore on the day after your last walk.", "You were sore on the day after a recent walk.",
        ),
        (
            rules.too_hard, {"effort": 8},
            "Your effort was 8 of 10 last time; 7 or more is too hard.",
            "Your effort was 8 of 10 recently; 7 or more is too hard.",
        ),
    ],
)  # fmt: skip
def test_last_time_is_the_last_session_also_outside_the_programme(
    rule: Callable[[Case], str | None], bad: dict[str, Any], last: str, recently: str
) -> None:
    case = case_of(bad, True)
    own = replace(walks(None)[0], day=on(20))
    assert rule(case) == last
    assert rule(replace(case, entries=(*case.entries, own))) == recently
