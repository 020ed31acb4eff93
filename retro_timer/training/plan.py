"""The plan: derives what to walk today, and why, from all past sessions. It only advises.

The walker is at one of the levels of a programme; `training.standing` finds it. The rules in `training.rules` decide
what to do there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.scheduling.presets import LADDER
from retro_timer.scheduling.units import WeekStart
from retro_timer.session.bounds import SCORES
from retro_timer.training.case import Case, Standing, Verdict, good_in_a_row
from retro_timer.training.entry import TrainingEntry, checked
from retro_timer.training.levels import LADDER_ORDER, Level, SpeedRange
from retro_timer.training.rules import BETWEEN_LEVELS, NUMBERS, PRECEDENCE, Rule, beyond_is_due
from retro_timer.training.standing import PlanError, decide, moved, standing
from retro_timer.training.weeks import week_totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from retro_timer.training.programme import Programme


class PlanChoices(Struct, frozen=True):
    """The walker's choices about the plan.

    Attributes:
        on: whether the plan gives advice.
        start: the preset that the built-in programme starts from; an imported one starts with its first step.
        pinned: the preset it stays on; None if it is not pinned. See `pin_in_effect`.
        sessions: the goal, in sessions per week.
        week_start: the first day of a week.

    Raises:
        PlanError: for a preset that is not on the ladder, or an impossible goal.
    """

    on: bool = True
    start: str = LADDER[0].id
    pinned: str | None = None
    sessions: int = 3
    week_start: WeekStart = WeekStart.MONDAY

    def __post_init__(self) -> None:
        for preset_id in (self.start, self.pinned):
            if preset_id is not None and preset_id not in LADDER_ORDER:
                raise PlanError(f"expected a preset of the ladder ({', '.join(LADDER_ORDER)}), not {preset_id!r}")
        if not 1 <= self.sessions <= 7:
            raise PlanError(f"a goal is 1 to 7 sessions a week, not {self.sessions}")


class Advice(Struct, frozen=True):
    """What to do today, and why.

    Attributes:
        action: what is advised.
        preset_id: the workout today, or next time on a rest day: a preset, or one of the programme's own; None if the
            plan is off or says stop.
        week: week of the plan; None if `preset_id` is.
        rule: the name of the rule that fired.
        reason: why, as one sentence.
        headline: what to do, in a few words.
        backward: backward speed; None if no speed applies.
        forward: forward speed; None if no speed applies.
        pace: advice about the speed, as one sentence; may be empty.
        to_move_on: what is needed for the next level, as one sentence; empty at the last level.
        next_action: the advice for the next session on a rest day; otherwise the same as `action`.
        next_reason: why, as one sentence.
        words: the words of the programme for this workout; may be empty.
        index: the index of the level; None if `preset_id` is.
        ignored: the walker's choice that has no effect in this programme, as one sentence; empty if there is none.
        most_days: the most days this week, by the programme; 7 if the plan is off.
    """

    action: Verdict
    preset_id: str | None
    week: int | None
    rule: str
    reason: str
    headline: str
    backward: SpeedRange | None
    forward: SpeedRange | None
    pace: str
    to_move_on: str
    next_action: Verdict
    next_reason: str
    words: str = ""
    index: int | None = None
    ignored: str = ""
    most_days: int = 7

    @property
    def sentence(self) -> str:
        """The headline and the reason in one sentence."""
        return f"{self.headline}: {self.reason[:1].lower()}{self.reason[1:]}"


_NOT_TODAY: Final = (Verdict.REST, Verdict.SKIP)
_SILENT: Final = {Verdict.OFF: "No advice", Verdict.STOP: "Stop and seek advice"}
_HEADLINES: Final = {
    Verdict.SKIP: "Skip today, then {}",
    Verdict.REST: "Rest, then {}",
    Verdict.PINNED: "Walk {}",
    Verdict.START: "Start with {}",
    Verdict.STEP_BACK: "Step back to {}",
    Verdict.REPEAT: "Walk {} again",
    Verdict.ADVANCE: "Move on to {}",
}


def advise(
    programme: Programme,
    entries: Sequence[TrainingEntry],
    today: date,
    choices: PlanChoices | None = None,
    pain_today: int | None = None,
) -> Advice:
    """What to walk today.

    Args:
        programme: the programme.
        entries: every session; days in any order, sessions of one day in the order they were walked.
        today: the local date.
        choices: the walker's choices about the plan.
        pain_today: 0 to 10; None if not answered.

    Raises:
        TrainingEntryError: for an implausible entry, such as one in the future; `entry.usable` drops them.
        PlanError: if `pain_today` is not 0 to 10.
    """
    mine = choices or PlanChoices()
    if pain_today is not None and pain_today not in SCORES:
        raise PlanError(f"pain is {SCORES[0]} to {SCORES[-1]}, not {pain_today}")
    walked = checked(entries, today)
    counting = tuple(entry for entry in walked if programme.started is None or entry.day >= programme.started)
    start = programme.first_workout(mine.start)
    at = standing(programme, counting, start)
    case = Case(
        today=today,
        programme=programme,
        standing=at,
        entries=counting,
        last_walked=walked[-1] if walked else None,
        walked_this_week=week_totals(walked, today, mine.week_start).days,
        days_a_week=_days_a_week(programme, programme.levels[at.index], mine.sessions) if mine.on else 7,
        pain_today=pain_today,
        on=mine.on,
        start=start,
    )
    if not mine.on or mine.pinned is None:
        return _advice(case)
    ignored = why_no_pin(programme, mine.pinned, _next_level(case))
    return replace(_advice(case if ignored else replace(case, pinned=mine.pinned)), ignored=ignored)


def why_no_pin(programme: Programme, pinned: str, index: int | None = None) -> str:
    """Why a pin has no effect, as one sentence; empty if it has one.

    In an imported programme a pin can hold the walker back on a step. It does not lead out of the programme, beyond its
    limits, or to a step that the plan does not advise yet.

    Args:
        programme: the programme.
        pinned: the preset.
        index: the index of the level that the plan advises without the pin; None for the last one.
    """
    if not programme.is_imported:
        return ""
    pin, name = f"Your pin to {programme.name_of(pinned)} has no effect", programme.name
    place = programme.level_of(pinned)
    if place is None:
        return f"{pin}: it is not a step of {name}, which the plan follows."
    if programme.variation_is_too_long and pinned == programme.levels[-1].variation:
        return f"{pin}: its bouts are longer than {name} allows."
    return f"{pin} yet: it is a later step of {name}." if place > (programme.top if index is None else index) else ""


def _next_level(case: Case) -> int:
    """The index of the level that the rules lead to, whether or not the walker should walk today."""
    rule, _ = decide(case, BETWEEN_LEVELS)
    return moved(case.programme, case.standing, rule).index


def _days_a_week(programme: Programme, level: Level, goal: int) -> int:
    """The most days a week: the level's, or a higher goal if the programme allows one, up to the programme's limit."""
    most = programme.limits.days
    return level.most_days if most is None else min(most, max(goal, level.most_days))


def _advice(case: Case) -> Advice:
    rule, reason = decide(case, PRECEDENCE)
    if rule.action in _SILENT:
        headline = _SILENT[rule.action]
        return Advice(
            rule.action, None, None, rule.name, reason, headline, None, None, "", "", rule.action, reason,
            most_days=case.days_a_week,
        )  # fmt: skip
    next_rule, next_reason = decide(case, tuple(other for other in PRECEDENCE if other.action not in _NOT_TODAY))
    programme, at = case.programme, moved(case.programme, case.standing, next_rule)
    preset_id = _preset_id(case, next_rule, at)
    index = programme.level_of(case.pinned) or 0 if next_rule.action is Verdict.PINNED else at.index
    level = programme.levels[index]
    # At the last level, only the usual workout gets faster: one variable changes at a time.
    speeds = programme.levels[max(0, index - 1)] if preset_id == level.variation else level
    return Advice(
        action=rule.action,
        preset_id=preset_id,
        week=level.week,
        rule=rule.name,
        reason=reason,
        headline=_headline(case, rule, preset_id, level),
        backward=speeds.backward,
        forward=level.forward,
        pace=speeds.pace,
        to_move_on=_to_move_on(case, next_rule),
        next_action=next_rule.action,
        next_reason=next_reason,
        words=level.words if preset_id == level.workout_id else "",
        index=index,
        most_days=case.days_a_week,
    )


def _preset_id(case: Case, rule: Rule, at: Standing) -> str:
    """The id of the workout that a rule advises."""
    if rule.action is Verdict.PINNED and case.pinned is not None:
        return case.pinned
    if rule.action is Verdict.START:
        return case.start
    level = case.programme.levels[at.index]
    return level.variation if rule.why is beyond_is_due else level.workout_id


def _headline(case: Case, rule: Rule, preset_id: str, level: Level) -> str:
    """What to do, in a few words; names the week if two levels in a row have the same workout."""
    name, before = case.programme.name_of(preset_id), case.level
    if rule.action in (Verdict.ADVANCE, Verdict.STEP_BACK) and preset_id == before.workout_id:
        if level is before:
            return f"Walk {name} again"
        return f"{'Go on' if rule.action is Verdict.ADVANCE else 'Step back'} to week {level.week} with {name}"
    if rule.action is Verdict.REPEAT and not any(entry.preset == preset_id for entry in case.entries):
        return f"Walk {name}"
    return _HEADLINES[rule.action].format(name)


def _to_move_on(case: Case, rule: Rule) -> str:
    """What is needed for the next level, as one sentence."""
    if rule.action is Verdict.PINNED:
        return "Unpin the plan to move on."
    programme, at = case.programme, moved(case.programme, case.standing, rule)
    if at.index == programme.top:
        return ""
    level, limits = programme.levels[at.index], programme.thresholds
    count = at.carried + len(at.done)
    needed = max(level.sessions - count, level.good - good_in_a_row(at.done, limits), 1)
    sessions = "session" if needed == 1 else "sessions"
    last = "" if needed <= level.good else f", the last {NUMBERS[level.good]}" if level.good > 1 else ", the last one"
    more = " more" if count else ""
    good = (
        f"at effort {limits.easy_effort} or less, without a stumble, with pain {limits.mild_pain} or less and a normal "
        "next day"
    )
    return f"{NUMBERS[needed].capitalize()}{more} complete {sessions}{last} {good}."
