"""The rules of the plan: their precedence."""

from __future__ import annotations

from typing import Any

from retro_timer.session.history import NextDay
from retro_timer.training import rules
from retro_timer.training.plan import PlanChoices
from retro_timer.training.rules import PRECEDENCE, Verdict
from tests.training.simulation import advise
from tests.training.walks import on, walks


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
        "fall": True, "stumble": True, "next_day": NextDay.SORE, "effort": 8, "complete": False, "pain_after": 6,
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
        (bad, "complete", True, "hard"),
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
