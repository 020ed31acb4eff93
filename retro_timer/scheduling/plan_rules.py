"""The rules of the plan, each a function of its own, and the one table that says which comes first.

A rule looks at a case and returns why it fires, as one sentence, or None. All numbers are a design of ours around
published practice; where a trial stands behind one, the rule names it. What was not answered counts as nothing wrong,
but for effort, which has to be known before the plan moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.scheduling.plan_weeks import BEYOND, BEYOND_AFTER, LEVELS, NAMES, RUNG_ORDER, TOP, Level
from retro_timer.scheduling.practice import NextDay, Practice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

EASY_EFFORT: Final = 4
"""The highest effort at which the plan moves on (CR10: somewhat strong)."""
HARD_EFFORT: Final = 7
"""The effort from which it steps back (CR10: very strong)."""
MILD_PAIN: Final = 3
PAIN_TO_SKIP: Final = 5
SHORT_GAP: Final = 7
LONG_GAP: Final = 14
HALF: Final = 0.5
REMEMBERED: Final = 8
"""Walks at a level that are kept: more than any rule looks at."""
_NUMBERS: Final = ("none", "one", "two", "three")


class Action(StrEnum):
    """What the plan advises; the values are those of `retro-timer plan --json`."""

    OFF = "off"
    STOP = "stop-and-seek-advice"
    SKIP = "skip-today"
    REST = "rest"
    PINNED = "pinned"
    START = "start"
    STEP_BACK = "step-back"
    REPEAT = "repeat"
    ADVANCE = "advance"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the walker is on the plan.

    Attributes:
        index: of `LEVELS`.
        done: the last walks at this level since the walker came to it, oldest first; at most `REMEMBERED`.
        carried: walks of the level before that count with these.
        strays: the last walks in a row on one other rung.
    """

    index: int
    done: tuple[Practice, ...] = ()
    carried: int = 0
    strays: tuple[Practice, ...] = ()

    @property
    def level(self) -> Level:
        """The level."""
        return LEVELS[self.index]


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at.

    Attributes:
        today: the local date.
        standing: where the walker is.
        practices: every walk, oldest first.
        walked_this_week: on how many days of this week.
        days_a_week: the most days this week, by the plan or the walker's own goal.
        pain_today: 0 to 10, None when it was not asked.
        on: whether the plan is on.
        start: the rung it starts from.
        pinned: the rung it is pinned to.
    """

    today: date
    standing: Standing
    practices: tuple[Practice, ...]
    walked_this_week: int = 0
    days_a_week: int = 7
    pain_today: int | None = None
    on: bool = True
    start: str = LEVELS[0].rung
    pinned: str | None = None

    @property
    def recent(self) -> tuple[Practice, ...]:
        """The walks since the last one on the ladder, that one included: what went wrong in one still matters."""
        return self.practices[last_on_ladder(self.practices) :]

    @property
    def gap(self) -> int:
        """Days since the last walk; 0 without one."""
        return (self.today - self.practices[-1].day).days if self.practices else 0

    @property
    def last(self) -> tuple[Practice, ...]:
        """The last walks at this level: as many as have to be good before the plan moves on."""
        return self.standing.done[-self.standing.level.good :]


def last_on_ladder(practices: Sequence[Practice]) -> int:
    """The index of the last walk on the ladder; 0 without one."""
    return next((at for at in range(len(practices) - 1, -1, -1) if practices[at].preset in RUNG_ORDER), 0)


def is_good(practice: Practice) -> bool:
    """Whether a walk speaks for moving on: complete, effort <= 4, no stumble, pain <= 3, a normal next day."""
    return (
        practice.complete
        and practice.effort is not None
        and practice.effort <= EASY_EFFORT
        and not practice.stumble
        and not practice.fall
        and (practice.pain or 0) <= MILD_PAIN
        and practice.next_day is not NextDay.SORE
    )


def good_in_a_row(practices: tuple[Practice, ...]) -> int:
    """How many of the last walks are good."""
    count = 0
    for practice in reversed(practices):
        if not is_good(practice):
            break
        count += 1
    return count


def plan_is_off(case: Case) -> str | None:
    """The walker switched the plan off."""
    return None if case.on else "The plan is switched off."


def after_a_fall(case: Case) -> str | None:
    """After a fall: stop, seek advice (design). Holds until another walk is recorded."""
    if case.practices and case.practices[-1].fall:
        return "You fell on your last walk: ask a clinician before the next one."
    return None


def pain_today(case: Case) -> str | None:
    """Skip today: pain before the session >= 5 (the osteoarthritis trial NCT01545258 did not load the knee then)."""
    if case.pain_today is not None and case.pain_today >= PAIN_TO_SKIP:
        return f"Your pain today is {case.pain_today} of 10; from {PAIN_TO_SKIP} on a day off your feet is better."
    return None


def walked_today(case: Case) -> str | None:
    """Rest: one session a day (design). A walk left before its half does not count."""
    if any(p.day == case.today and (p.complete or p.share >= HALF) for p in case.practices):
        return "You have walked today."
    return None


def week_is_full(case: Case) -> str | None:
    """Rest: as many days this week as the plan or the goal asks for; never more than 5 (the articles: 3 to 5)."""
    if case.walked_this_week >= case.days_a_week:
        return f"You have walked on {case.walked_this_week} days this week, which is all that it asks for."
    return None


def rung_is_pinned(case: Case) -> str | None:
    """The walker stays on a rung by choice."""
    return None if case.pinned is None else f"You pinned the plan to {NAMES[case.pinned]}."


def first_walk(case: Case) -> str | None:
    """Nothing on the ladder is walked yet."""
    if any(practice.preset in RUNG_ORDER for practice in case.practices):
        return None
    return "This is your first walk of the plan."


def stumbled(case: Case) -> str | None:
    """Step back: a stumble or a grab for the rail (design); a fall, once walking again, as well."""
    if any(practice.fall for practice in case.recent):
        return "You fell not long ago."
    if any(practice.stumble for practice in case.recent):
        return "You stumbled or grabbed the rail last time."
    return None


def sore_next_day(case: Case) -> str | None:
    """Step back: pain on the day after (design)."""
    if any(practice.next_day is NextDay.SORE for practice in case.recent):
        return "You were sore on the day after your last walk."
    return None


def very_hard(case: Case) -> str | None:
    """Step back: effort >= 7 (design, on Borg's CR10). Says nothing about a rung beyond the level."""
    for practice in case.recent:
        place = RUNG_ORDER.get(practice.preset or "", len(RUNG_ORDER))
        ceiling = RUNG_ORDER[BEYOND if case.standing.index == TOP else case.standing.level.rung]
        if practice.effort is not None and practice.effort >= HARD_EFFORT and place <= ceiling:
            return f"Your effort was {practice.effort} of 10 last time; from {HARD_EFFORT} on it is too hard."
    return None


def long_gap(case: Case) -> str | None:
    """Step back: 14 days or more without a walk (design)."""
    return f"It is {case.gap} days since your last walk." if case.gap >= LONG_GAP else None


def short_gap(case: Case) -> str | None:
    """Repeat: 7 to 13 days without a walk (design)."""
    return f"It is {case.gap} days since your last walk." if SHORT_GAP <= case.gap < LONG_GAP else None


def left_incomplete(case: Case) -> str | None:
    """Repeat: an interval left incomplete in one of the last two sessions (design)."""
    return None if all(practice.complete for practice in case.last) else "An interval was left incomplete."


def hard(case: Case) -> str | None:
    """Repeat: effort 5 or 6 in one of the last two sessions (design, on Borg's CR10)."""
    hardest = max((practice.effort for practice in case.last if practice.effort is not None), default=0)
    return (
        f"Your effort was {hardest} of 10; the plan moves on at {EASY_EFFORT} or less."
        if hardest > EASY_EFFORT
        else None
    )


def painful(case: Case) -> str | None:
    """Repeat: pain above 3 in one of the last two sessions, or another sign in the one before the last (design)."""
    worst = max((practice.pain for practice in case.last if practice.pain is not None), default=0)
    if worst > MILD_PAIN:
        return f"Your pain was {worst} of 10; the plan moves on at {MILD_PAIN} or less."
    if any(practice.stumble or practice.fall or practice.next_day is NextDay.SORE for practice in case.last):
        return "One of the last two sessions had a stumble or a sore day after."
    return None


def too_few(case: Case) -> str | None:
    """Repeat: fewer than 3 sessions at the level (design)."""
    count, needed = case.standing.carried + len(case.standing.done), case.standing.level.sessions
    if count >= needed:
        return None
    if needed == 1:
        return "This level is not walked yet."
    verb = "is" if count < 2 else "are"
    return f"{_NUMBERS[count].capitalize()} of the {_NUMBERS[needed]} sessions of this level {verb} walked so far."


def effort_not_told(case: Case) -> str | None:
    """Repeat: the effort of one of the last two sessions is not known, so nothing says that it was easy (design)."""
    if any(practice.effort is None for practice in case.last):
        return "How hard the last sessions were is not noted."
    return None


def beyond_is_due(case: Case) -> str | None:
    """Week 8: one session of the longest rung after three of the one before it (design: one in a week of 4 to 5)."""
    last = case.standing.done[-BEYOND_AFTER:]
    if case.standing.index == TOP and len(last) == BEYOND_AFTER and all(p.preset != BEYOND for p in last):
        return f"Three sessions of {NAMES[LEVELS[TOP].rung]} went well: one longer walk for a change."
    return None


def at_the_top(case: Case) -> str | None:
    """Repeat: there is no level after week 8; keeping it up is the aim (the articles: 10-20 minutes, 3-5 a week)."""
    return "You are consistent: keeping it up is all there is to do." if case.standing.index == TOP else None


def all_is_well(case: Case) -> str | None:
    """Advance: enough sessions at the level, the last two good (design). Fires when no other rule does."""
    if case.standing.level.sessions == 1:
        return f"{NAMES[case.standing.level.rung]} is walked once, and it was easy enough."
    return "Three sessions at this level are walked, the last two complete and easy enough."


class Rule(NamedTuple):
    """A row of the table: what the rule looks for, and what is advised when it fires."""

    why: Callable[[Case], str | None]
    action: Action

    @property
    def name(self) -> str:
        """Its name in words."""
        return self.why.__name__.replace("_", " ")


BEFORE_ANY_WALK: Final = (
    Rule(plan_is_off, Action.OFF),
    Rule(after_a_fall, Action.STOP),
    Rule(pain_today, Action.SKIP),
    Rule(walked_today, Action.REST),
    Rule(week_is_full, Action.REST),
)
"""Whether to walk today at all."""
WHICH_RUNG: Final = (Rule(rung_is_pinned, Action.PINNED), Rule(first_walk, Action.START))
BETWEEN_LEVELS: Final = (
    Rule(stumbled, Action.STEP_BACK),
    Rule(sore_next_day, Action.STEP_BACK),
    Rule(very_hard, Action.STEP_BACK),
    Rule(long_gap, Action.STEP_BACK),
    Rule(short_gap, Action.REPEAT),
    Rule(left_incomplete, Action.REPEAT),
    Rule(hard, Action.REPEAT),
    Rule(painful, Action.REPEAT),
    Rule(too_few, Action.REPEAT),
    Rule(effort_not_told, Action.REPEAT),
    Rule(beyond_is_due, Action.ADVANCE),
    Rule(at_the_top, Action.REPEAT),
    Rule(all_is_well, Action.ADVANCE),
)
"""How the walker moves between levels: also what every walk of the past is judged by."""
PRECEDENCE: Final = (*BEFORE_ANY_WALK, *WHICH_RUNG, *BETWEEN_LEVELS)
"""Every rule, the first that fires decides: safety, then rest, then the walker's choice, then back before forward."""


def first_that_fires(rules: tuple[Rule, ...], case: Case) -> tuple[Rule, str] | None:
    """The first rule that fires, and why."""
    for rule in rules:
        why = rule.why(case)
        if why is not None:
            return rule, why
    return None
