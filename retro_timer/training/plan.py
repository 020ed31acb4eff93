"""The plan: derives what to walk today, and why, from all past sessions. It advises and never blocks.

The walker is at one of the levels of `training.levels`. To find it, the rules of `training.rules` are replayed over
every past session: a session with the advised preset moves the walker to that level, a session with the level's own
preset counts towards it. Advised or chosen, two complete sessions without a stumble on a higher preset move the walker
to its level. The walker's own workouts count for gaps, rest and problems, not for the level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.errors import UserError
from retro_timer.scheduling.units import WeekStart
from retro_timer.training.entry import SCALE_MAX, TrainingEntry, checked
from retro_timer.training.levels import (
    BEYOND,
    LADDER_ORDER,
    LEVELS,
    NAMES,
    TOP,
    Level,
    SpeedRange,
    level_of,
    presets_at,
)
from retro_timer.training.rules import (
    BETWEEN_LEVELS,
    PRECEDENCE,
    REMEMBERED,
    Case,
    Rule,
    Standing,
    Verdict,
    beyond_is_due,
    first_that_fires,
    good_in_a_row,
)
from retro_timer.training.weeks import week_totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

REACHED_WITH: Final = 2
"""Complete sessions without a stumble that reach a level which was not advised; one curious one does not (design)."""
MOST_SESSIONS: Final = 5
"""Upper limit of sessions per week (the articles: 3 to 5)."""


class PlanError(UserError, ValueError):
    """The plan cannot give advice. The message is one sentence."""


class PlanChoices(Struct, frozen=True):
    """The walker's choices about the plan.

    Attributes:
        on: whether the plan gives advice.
        start: the preset it starts from.
        pinned: the preset it stays on; None if it is not pinned.
        sessions: the goal, in sessions per week.
        week_start: the first day of a week.

    Raises:
        PlanError: for a preset that is not on the ladder, or an impossible goal.
    """

    on: bool = True
    start: str = LEVELS[0].preset_id
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
        preset_id: the preset to walk today, or next time on a rest day; None if the plan is off or says stop.
        week: week of the plan, 1 to 8; None if `preset_id` is.
        rule: the name of the rule that fired.
        reason: why, as one sentence.
        headline: what to do, in a few words.
        backward: backward speed; None if no speed applies.
        forward: forward speed; None if no speed applies.
        pace: advice about the speed, as one sentence; may be empty.
        to_move_on: what is needed for the next level, as one sentence; empty at the last level.
        next_action: the advice for the next session on a rest day; otherwise the same as `action`.
        next_reason: why, as one sentence.
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

    @property
    def sentence(self) -> str:
        """The headline and the reason in one sentence."""
        return f"{self.headline}: {_inner(self.reason)}"


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
_NUMBERS: Final = ("no", "one", "two", "three")
_GOOD_SESSION: Final = "at effort 4 or less, without a stumble, with pain 3 or less and a normal next day"


def advise(
    entries: Sequence[TrainingEntry], today: date, choices: PlanChoices | None = None, pain_today: int | None = None
) -> Advice:
    """What to walk today.

    Args:
        entries: every session; days in any order, sessions of one day in the order they were walked.
        today: the local date.
        choices: the walker's choices about the plan.
        pain_today: 0 to 10; None if not answered.

    Raises:
        TrainingEntryError: for an implausible entry, such as one in the future; `entry.usable` drops them.
        PlanError: if `pain_today` is not 0 to 10.
    """
    mine = choices or PlanChoices()
    if pain_today is not None and not 0 <= pain_today <= SCALE_MAX:
        raise PlanError(f"pain is 0 to {SCALE_MAX}, not {pain_today}")
    walked = checked(entries, today)
    at = standing(walked, mine.start)
    case = Case(
        today=today,
        standing=at,
        entries=walked,
        walked_this_week=week_totals(walked, today, mine.week_start).days,
        days_a_week=min(MOST_SESSIONS, max(mine.sessions, at.level.most_days)),
        pain_today=pain_today,
        on=mine.on,
        start=mine.start,
        pinned=mine.pinned,
    )
    return _advice(case)


def standing(entries: Sequence[TrainingEntry], start: str = LEVELS[0].preset_id) -> Standing:
    """Where the walker is after some walks, oldest first."""
    at, walked, last = Standing(level_of(start)), tuple(entries), 0
    for index, entry in enumerate(walked):
        if entry.preset not in LADDER_ORDER:
            continue
        target = at
        if at.done:
            # No rule looks further back than the last session on the ladder.
            rule, _ = _decide(Case(today=entry.day, standing=at, entries=walked[last:index]))
            target = _moved(at, rule)
        at, last = _arrived(at, target, entry), index
    return at


def _decide(case: Case, rules: tuple[Rule, ...] = BETWEEN_LEVELS) -> tuple[Rule, str]:
    fired = first_that_fires(rules, case)
    if fired is None:
        raise PlanError("no rule of the plan fires")  # the last rule always does
    return fired


def _moved(at: Standing, rule: Rule) -> Standing:
    """The walker's place after a rule is applied."""
    if rule.action is Verdict.STEP_BACK:
        return Standing(max(0, at.index - 1))
    if rule.action is Verdict.ADVANCE and at.index < TOP:
        # Week 1 has two levels, and a session of the first counts towards the second.
        same_week = LEVELS[at.index + 1].week == at.level.week
        return Standing(at.index + 1, carried=len(at.done[-1:]) if same_week else 0, off_level=at.off_level)
    return at


def _arrived(at: Standing, target: Standing, entry: TrainingEntry) -> Standing:
    """The walker's place after a session: the advised level, the current one, or a higher one that is reached."""
    for place in (target, at):
        if entry.preset in presets_at(place.index):
            return replace(place, done=(*place.done, entry)[-REMEMBERED:])
    if _skips_within_the_week(at, entry):
        return Standing(at.index + 1, done=(entry,))
    if entry.preset is None or not entry.complete or entry.stumble or entry.fall:
        return at
    level = level_of(entry.preset)
    if level <= at.index:
        return at
    same = [other for other in at.off_level if other.preset and level_of(other.preset) == level]
    if len(same) + 1 >= REACHED_WITH:
        return Standing(level, done=(*same, entry))
    return replace(at, off_level=(*at.off_level, entry)[-REMEMBERED:])


def _skips_within_the_week(at: Standing, entry: TrainingEntry) -> bool:
    """Whether the walker starts a week with its second level, which the first-start screen offers."""
    following = at.index + 1
    if at.done or following > TOP or LEVELS[following].week != at.level.week:
        return False
    return entry.preset in presets_at(following)


def _advice(case: Case) -> Advice:
    rule, reason = _decide(case, PRECEDENCE)
    if rule.action in _SILENT:
        headline = _SILENT[rule.action]
        return Advice(rule.action, None, None, rule.name, reason, headline, None, None, "", "", rule.action, reason)
    next_rule, next_reason = _decide(case, tuple(other for other in PRECEDENCE if other.action not in _NOT_TODAY))
    at = _moved(case.standing, next_rule)
    preset_id = _preset_id(case, next_rule, at)
    level = LEVELS[level_of(preset_id)] if next_rule.action is Verdict.PINNED else at.level
    # In week 8 only the shorter preset gets faster: one variable changes at a time.
    speeds = LEVELS[TOP - 1] if preset_id == BEYOND else level
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
    )


def _preset_id(case: Case, rule: Rule, at: Standing) -> str:
    """The id of the preset that a rule advises."""
    if rule.action is Verdict.PINNED and case.pinned is not None:
        return case.pinned
    if rule.action is Verdict.START:
        return case.start
    return BEYOND if rule.why is beyond_is_due else at.level.preset_id


def _headline(case: Case, rule: Rule, preset_id: str, level: Level) -> str:
    """What to do, in a few words; names the week if two levels in a row have the same preset."""
    name, before = NAMES[preset_id], case.standing.level
    if rule.action in (Verdict.ADVANCE, Verdict.STEP_BACK) and preset_id == before.preset_id:
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
    """A sentence as the second half of another: in lower case, unless it starts with the name of a preset."""
    named = any(sentence.startswith(name) for name in NAMES.values())
    return sentence if named else sentence[:1].lower() + sentence[1:]
