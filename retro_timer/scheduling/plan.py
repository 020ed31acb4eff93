"""The plan: from everything walked so far to what to walk today, and why. It advises, it never blocks.

The walker stands on one of the levels of `plan_weeks`. Every walk of the past is judged by the rules of `plan_rules`
as they stood on its day: one on the rung that was advised brings the walker to that level, one on the rung of the
level counts towards it. Three walks in a row on another rung make that rung's level the walker's own: the plan follows.
Workouts of one's own count for gaps, rest and what went wrong, not for the level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.plan_rules import (
    BETWEEN_LEVELS,
    PRECEDENCE,
    REMEMBERED,
    Action,
    Case,
    Rule,
    Standing,
    beyond_is_due,
    first_that_fires,
    good_in_a_row,
    last_on_ladder,
)
from retro_timer.scheduling.plan_weeks import (
    BEYOND,
    LEVELS,
    NAMES,
    RUNG_ORDER,
    TOP,
    Level,
    SpeedRange,
    level_of,
    rungs_at,
)
from retro_timer.scheduling.practice import SCALE_MAX, NextDay, Practice, checked
from retro_timer.scheduling.units import WeekStart
from retro_timer.scheduling.week import Run, run_of, week_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

FOLLOW_AFTER: Final = 3
"""Walks in a row on another rung after which the plan follows the walker there."""
MOST_SESSIONS: Final = 5
"""A week (the articles: 3 to 5)."""


class PlanError(ValueError):
    """Advice that cannot be given. The message is one sentence."""


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the walker chose.

    Attributes:
        on: whether the plan advises at all.
        start: the rung it starts from.
        pinned: the rung it stays on, None when it moves.
        sessions: the goal of a week.
        week_start: the first day of a week.

    Raises:
        PlanError: for a rung that is not on the ladder, or an impossible goal.
    """

    on: bool = True
    start: str = LEVELS[0].rung
    pinned: str | None = None
    sessions: int = 3
    week_start: WeekStart = WeekStart.MONDAY

    def __post_init__(self) -> None:
        for rung in (self.start, self.pinned):
            if rung is not None and rung not in RUNG_ORDER:
                raise PlanError(f"expected a rung of the ladder ({', '.join(RUNG_ORDER)}), not {rung!r}")
        if not 1 <= self.sessions <= 7:
            raise PlanError(f"a goal is 1 to 7 sessions a week, not {self.sessions}")


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier walks come to, so that they need not be looked at again.

    Attributes:
        standing: where the walker was after them.
        run: the weeks in a row that they make.
        kept: the few of them that the rules cannot tell from all of them.
    """

    standing: Standing
    run: Run
    kept: tuple[Practice, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do today, and why.

    Attributes:
        action: what is advised.
        rung: what to walk: today, or next time when today is for resting. None when the plan is off or stops.
        week: of the eight weeks; None with `rung`.
        rule: the name of the rule that fired.
        reason: why, as one sentence.
        headline: what to do, in a few words.
        backward: how fast backward; None where no speed applies.
        forward: how fast forward; None where no speed applies.
        pace: what to do about the speed, as one sentence; may be empty.
        to_move_on: what has to happen before the next level, as one sentence; empty where there is none.
        next_action: what the plan says about the next walk, when today is for resting; else the same as `action`.
        next_reason: why, as one sentence.
    """

    action: Action
    rung: str | None
    week: int | None
    rule: str
    reason: str
    headline: str
    backward: SpeedRange | None
    forward: SpeedRange | None
    pace: str
    to_move_on: str
    next_action: Action
    next_reason: str

    @property
    def sentence(self) -> str:
        """What to do and the rule that says so, in one sentence."""
        return f"{self.headline}: {_inner(self.reason)}"


_NOT_TODAY: Final = (Action.REST, Action.SKIP)
_SILENT: Final = {Action.OFF: "No advice", Action.STOP: "Stop and seek advice"}
_HEADLINES: Final = {
    Action.SKIP: "Skip today, then {}",
    Action.REST: "Rest, then {}",
    Action.PINNED: "Walk {}",
    Action.START: "Start with {}",
    Action.STEP_BACK: "Step back to {}",
    Action.REPEAT: "Walk {} again",
    Action.ADVANCE: "Move on to {}",
}
_NUMBERS: Final = ("no", "one", "two", "three")
_GOOD_SESSION: Final = "at effort 4 or less, without a stumble, with pain 3 or less and a normal next day"


def advise(
    practices: Sequence[Practice],
    today: date,
    choices: PlanChoices | None = None,
    pain_today: int | None = None,
    before: Past | None = None,
) -> Advice:
    """What to walk today.

    Args:
        practices: every walk, in any order of days; those of one day in the order they were walked.
        today: the local date.
        choices: what the walker chose.
        pain_today: 0 to 10, None when it was not asked.
        before: what the walks before `practices` come to; no walk of this week is among them.

    Raises:
        PracticeError: for a walk that cannot be true, a future one for example; `practice.usable` leaves them out.
        PlanError: for a pain that is not 0 to 10.
    """
    mine = choices or PlanChoices()
    if pain_today is not None and not 0 <= pain_today <= SCALE_MAX:
        raise PlanError(f"pain is 0 to {SCALE_MAX}, not {pain_today}")
    walked = checked(practices, today)
    at = standing(walked, mine.start, before)
    if before:
        walked = (*before.kept, *walked)
    case = Case(
        today=today,
        standing=at,
        practices=walked,
        walked_this_week=week_totals(walked, today, mine.week_start).days,
        days_a_week=min(MOST_SESSIONS, max(mine.sessions, at.level.most_days)),
        pain_today=pain_today,
        on=mine.on,
        start=mine.start,
        pinned=mine.pinned,
    )
    return _advice(case)


def standing(practices: Sequence[Practice], start: str = LEVELS[0].rung, before: Past | None = None) -> Standing:
    """Where the walker is after some walks, oldest first, and those before them."""
    at, kept = (before.standing, before.kept) if before else (Standing(level_of(start)), ())
    walked = (*kept, *practices)
    last = last_on_ladder(kept)
    for index, practice in enumerate(practices, start=len(kept)):
        if practice.preset not in RUNG_ORDER:
            continue
        target = at
        if at.done:
            # What was walked before the last walk on the ladder does not matter any more.
            rule, _ = _decide(Case(today=practice.day, standing=at, practices=walked[last:index]))
            target = _moved(at, rule)
        at, last = _arrived(at, target, practice), index
    return at


def past_after(
    practices: Sequence[Practice],
    start: str = LEVELS[0].rung,
    week_start: WeekStart = WeekStart.MONDAY,
    before: Past | None = None,
) -> Past:
    """What some walks, oldest first, come to with those before them."""
    run = run_of((practice.day for practice in practices), week_start, before.run if before else None)
    walked = (*before.kept, *practices) if before else tuple(practices)
    return Past(standing(practices, start, before), run, _stand_ins(walked))


def _stand_ins(practices: tuple[Practice, ...]) -> tuple[Practice, ...]:
    """The few walks that the rules cannot tell from all of them, in order.

    The first of each rung, the last on the ladder, from that one on the first of each that went wrong, and the last.
    """
    rungs = {practice.preset: at for at, practice in reversed(list(enumerate(practices)))}
    last = last_on_ladder(practices)
    wrong: tuple[Callable[[Practice], bool], ...] = (
        lambda practice: bool(practice.fall),
        lambda practice: bool(practice.stumble),
        lambda practice: practice.next_day is NextDay.SORE,
    )
    found = (next((at for at in range(last, len(practices)) if is_so(practices[at])), last) for is_so in wrong)
    kept = {*(at for rung, at in rungs.items() if rung in RUNG_ORDER), last, *found, len(practices) - 1}
    return tuple(practices[at] for at in sorted(kept) if practices)


def _decide(case: Case, rules: tuple[Rule, ...] = BETWEEN_LEVELS) -> tuple[Rule, str]:
    fired = first_that_fires(rules, case)
    if fired is None:
        raise PlanError("no rule of the plan fires")  # the last rule always does
    return fired


def _moved(at: Standing, rule: Rule) -> Standing:
    """Where a rule leads."""
    if rule.action is Action.STEP_BACK:
        return Standing(max(0, at.index - 1))
    if rule.action is Action.ADVANCE and at.index < TOP:
        # Week 1 has two levels, and a walk of the first counts with those of the second.
        same_week = LEVELS[at.index + 1].week == at.level.week
        return Standing(at.index + 1, carried=len(at.done[-1:]) if same_week else 0)
    return at


def _arrived(at: Standing, target: Standing, practice: Practice) -> Standing:
    """Where the walker is after a walk: where it was advised to go, where it was, or off the path."""
    for place in (target, at):
        if practice.preset in rungs_at(place.index):
            return replace(place, done=(*place.done, practice)[-REMEMBERED:], strays=())
    if _skips_within_the_week(at, practice):
        return Standing(at.index + 1, done=(practice,))
    same = at.strays if at.strays and at.strays[-1].preset == practice.preset else ()
    strays = (*same, practice)
    if len(strays) >= FOLLOW_AFTER and practice.preset is not None:
        return Standing(level_of(practice.preset), done=strays)
    return replace(at, strays=strays)


def _skips_within_the_week(at: Standing, practice: Practice) -> bool:
    """Whether somebody who has not begun a week begins it with its second level, as the first start offers."""
    following = at.index + 1
    if at.done or following > TOP or LEVELS[following].week != at.level.week:
        return False
    return practice.preset in rungs_at(following)


def _advice(case: Case) -> Advice:
    rule, reason = _decide(case, PRECEDENCE)
    if rule.action in _SILENT:
        headline = _SILENT[rule.action]
        return Advice(rule.action, None, None, rule.name, reason, headline, None, None, "", "", rule.action, reason)
    next_rule, next_reason = _decide(case, tuple(other for other in PRECEDENCE if other.action not in _NOT_TODAY))
    at = _moved(case.standing, next_rule)
    rung = _rung(case, next_rule, at)
    level = LEVELS[level_of(rung)] if next_rule.action is Action.PINNED else at.level
    # Of the two rungs of week 8 only the shorter is walked faster: one variable at a time.
    speeds = LEVELS[TOP - 1] if rung == BEYOND else level
    return Advice(
        action=rule.action,
        rung=rung,
        week=level.week,
        rule=rule.name,
        reason=reason,
        headline=_headline(case, rule, rung, level),
        backward=speeds.backward,
        forward=level.forward,
        pace=speeds.pace,
        to_move_on=_to_move_on(case, next_rule),
        next_action=next_rule.action,
        next_reason=next_reason,
    )


def _rung(case: Case, rule: Rule, at: Standing) -> str:
    """What a rule says to walk."""
    if rule.action is Action.PINNED and case.pinned is not None:
        return case.pinned
    if rule.action is Action.START:
        return case.start
    return BEYOND if rule.why is beyond_is_due else at.level.rung


def _headline(case: Case, rule: Rule, rung: str, level: Level) -> str:
    """What to do, in a few words; where a level keeps the rung of the one before, the week tells them apart."""
    name, before = NAMES[rung], case.standing.level
    if rule.action in (Action.ADVANCE, Action.STEP_BACK) and rung == before.rung:
        if level is before:
            return f"Walk {name} again"
        return f"{'Go on' if rule.action is Action.ADVANCE else 'Step back'} to week {level.week} with {name}"
    if rule.action is Action.REPEAT and not any(practice.preset == rung for practice in case.practices):
        return f"Walk {name}"
    return _HEADLINES[rule.action].format(name)


def _to_move_on(case: Case, rule: Rule) -> str:
    """What has to happen before the next level."""
    if rule.action is Action.PINNED:
        return "Unpin the plan to move on."
    at = _moved(case.standing, rule)
    if at.index == TOP:
        return ""
    count = at.carried + len(at.done)
    needed = max(at.level.sessions - count, at.level.good - good_in_a_row(at.done), 1)
    sessions = "session" if needed == 1 else "sessions"
    last = "" if needed <= at.level.good else ", the last two"
    more = " more" if count else ""
    return f"{_NUMBERS[needed].capitalize()}{more} complete {sessions}{last} {_GOOD_SESSION}."


def _inner(sentence: str) -> str:
    """A sentence as the rest of another one; a name keeps its capital."""
    named = any(sentence.startswith(name) for name in NAMES.values())
    return sentence if named else sentence[:1].lower() + sentence[1:]
