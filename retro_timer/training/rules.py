"""The rules of the plan, one function each, and the table that gives their precedence.

A rule takes a case and returns the reason why it fires, as one sentence, or None. All numbers are our own design,
based on published practice; a rule backed by a trial names it. An unanswered question counts as no problem, except
for effort, which must be known before the plan moves on.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from retro_timer.session.history import NextDay
from retro_timer.training.levels import BEYOND, BEYOND_AFTER, LADDER_ORDER, LEVELS, NAMES, TOP, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from retro_timer.training.entry import TrainingEntry

EASY_EFFORT: Final = 4
"""The highest effort at which the plan moves on (comfortable, can talk)."""
HARD_EFFORT: Final = 7
"""The lowest effort at which the plan steps back (hard, a few words)."""
MILD_PAIN: Final = 3
PAIN_TO_SKIP: Final = 5
SHORT_GAP: Final = 7
LONG_GAP: Final = 14
HALF: Final = 0.5
REMEMBERED: Final = 8
"""Sessions kept per level: more than any rule needs."""
_PAIN: Final = (NextDay.PAIN, NextDay.SORE)
_NUMBERS: Final = ("none", "one", "two", "three")


class Verdict(StrEnum):
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


class Standing(Struct, frozen=True):
    """The walker's place on the plan.

    Attributes:
        index: index of the level in `LEVELS`.
        done: the latest sessions since the walker reached this level, oldest first; at most `REMEMBERED`.
        carried: number of sessions of the previous level that count towards this one.
        off_level: complete sessions without a stumble on presets of higher levels, since the last step back.
    """

    index: int
    done: tuple[TrainingEntry, ...] = ()
    carried: int = 0
    off_level: tuple[TrainingEntry, ...] = ()

    @property
    def level(self) -> Level:
        """The level."""
        return LEVELS[self.index]


class Case(Struct, frozen=True, dict=True):
    """The input of the rules.

    Attributes:
        today: the local date.
        standing: the walker's place on the plan.
        entries: every session, oldest first.
        walked_this_week: number of days with a session this week.
        days_a_week: the most days this week, by the plan or the walker's own goal.
        pain_today: 0 to 10; None if not answered.
        on: whether the plan is on.
        start: the preset it starts from.
        pinned: the preset it is pinned to.
    """

    today: date
    standing: Standing
    entries: tuple[TrainingEntry, ...]
    walked_this_week: int = 0
    days_a_week: int = 7
    pain_today: int | None = None
    on: bool = True
    start: str = LEVELS[0].preset_id
    pinned: str | None = None

    @cached_property
    def recent(self) -> tuple[TrainingEntry, ...]:
        """The sessions from the last one on the ladder onwards; a problem in any of them still matters."""
        return self.entries[last_on_ladder(self.entries) :]

    @property
    def gap(self) -> int:
        """Days since the last session; 0 if there is none."""
        return (self.today - self.entries[-1].day).days if self.entries else 0

    @property
    def last(self) -> tuple[TrainingEntry, ...]:
        """The latest sessions at this level: the ones that must be good before the plan moves on."""
        return self.standing.done[-self.standing.level.good :]


def last_on_ladder(entries: Sequence[TrainingEntry]) -> int:
    """The index of the last session on the ladder; 0 if there is none."""
    return next((at for at in range(len(entries) - 1, -1, -1) if entries[at].preset in LADDER_ORDER), 0)


def is_good(entry: TrainingEntry) -> bool:
    """Whether a session supports moving on: complete, effort <= 4, no stumble, pain <= 3, a normal next day."""
    return (
        entry.complete
        and entry.effort is not None
        and entry.effort <= EASY_EFFORT
        and not entry.stumble
        and not entry.fall
        and (entry.pain or 0) <= MILD_PAIN
        and entry.next_day in (None, NextDay.NORMAL, NextDay.UNANSWERED)
    )


def good_in_a_row(entries: tuple[TrainingEntry, ...]) -> int:
    """How many of the last walks are good."""
    count = 0
    for entry in reversed(entries):
        if not is_good(entry):
            break
        count += 1
    return count


def plan_is_off(case: Case) -> str | None:
    """The walker switched the plan off."""
    return None if case.on else "The plan is switched off."


def after_a_fall(case: Case) -> str | None:
    """After a fall: stop, seek advice (design). Holds until another walk is recorded."""
    if case.entries and case.entries[-1].fall:
        return "You fell on your last walk: ask a clinician before the next one."
    return None


def pain_today(case: Case) -> str | None:
    """Skip today: pain before the session >= 5 (design)."""
    if case.pain_today is not None and case.pain_today >= PAIN_TO_SKIP:
        return f"Your pain today is {case.pain_today} of 10; at {PAIN_TO_SKIP} or more, rest instead."
    return None


def walked_today(case: Case) -> str | None:
    """Rest: one session a day (design). A walk left before its half does not count."""
    if any(p.day == case.today and (p.complete or p.share >= HALF) for p in case.entries):
        return "You've already walked today."
    return None


def week_is_full(case: Case) -> str | None:
    """Rest: as many days this week as the plan or the goal asks for; never more than 5 (the articles: 3 to 5)."""
    if case.walked_this_week >= case.days_a_week:
        return f"You have walked on {case.walked_this_week} days this week, which is the goal."
    return None


def level_is_pinned(case: Case) -> str | None:
    """The walker pinned the plan to a preset."""
    return None if case.pinned is None else f"You pinned the plan to {NAMES[case.pinned]}."


def first_walk(case: Case) -> str | None:
    """No session on the ladder yet."""
    if any(entry.preset in LADDER_ORDER for entry in case.entries):
        return None
    return "This is your first walk of the plan."


def stumbled(case: Case) -> str | None:
    """Step back: a stumble or a grab for the rail (design), or a fall once the walker is walking again."""
    if any(entry.fall for entry in case.recent):
        return "You fell recently."
    if any(entry.stumble for entry in case.recent):
        return "You stumbled or grabbed the rail last time."
    return None


def more_pain_next_day(case: Case) -> str | None:
    """Step back: more pain on the day after than before the session (design); an old answer may mean that."""
    if any(entry.next_day is NextDay.PAIN for entry in case.recent):
        return "You had more pain on the day after your last walk."
    if any(entry.next_day is NextDay.SORE for entry in case.recent):
        return "You were sore on the day after your last walk."
    return None


def too_hard(case: Case) -> str | None:
    """Step back: effort >= 7 (design). Presets above the level are ignored."""
    for entry in case.recent:
        place = LADDER_ORDER.get(entry.preset or "", len(LADDER_ORDER))
        ceiling = LADDER_ORDER[BEYOND if case.standing.index == TOP else case.standing.level.preset_id]
        if entry.effort is not None and entry.effort >= HARD_EFFORT and place <= ceiling:
            return f"Your effort was {entry.effort} of 10 last time; {HARD_EFFORT} or more is too hard."
    return None


def long_gap(case: Case) -> str | None:
    """Step back: 14 days or more without a session (design)."""
    return f"Your last walk was {case.gap} days ago." if case.gap >= LONG_GAP else None


def short_gap(case: Case) -> str | None:
    """Repeat: 7 to 13 days without a session (design)."""
    return f"Your last walk was {case.gap} days ago." if SHORT_GAP <= case.gap < LONG_GAP else None


def left_incomplete(case: Case) -> str | None:
    """Repeat: an interval left incomplete in one of the last two sessions (design)."""
    return None if all(entry.complete for entry in case.last) else "You left part of your last walk out."


def hard(case: Case) -> str | None:
    """Repeat: effort 5 or 6 in one of the last two sessions (design)."""
    hardest = max((entry.effort for entry in case.last if entry.effort is not None), default=0)
    return (
        f"Your effort was {hardest} of 10; the plan moves on at {EASY_EFFORT} or less."
        if hardest > EASY_EFFORT
        else None
    )


def painful(case: Case) -> str | None:
    """Repeat: pain above 3, a stumble, a fall or pain on the day after in one of the last two sessions (design)."""
    worst = max((entry.pain for entry in case.last if entry.pain is not None), default=0)
    if worst > MILD_PAIN:
        return f"Your pain was {worst} of 10; the plan moves on at {MILD_PAIN} or less."
    if any(entry.stumble or entry.fall or entry.next_day in _PAIN for entry in case.last):
        return "One of the last two sessions had a stumble or a painful day after."
    return None


def sore_muscles(case: Case) -> str | None:
    """Repeat: sore muscles on the day after one of the last sessions, which pass; they do not step back (design)."""
    if any(entry.next_day is NextDay.MUSCLES for entry in (*case.last, *case.recent)):
        return "Your muscles were sore on the day after."
    return None


def too_few(case: Case) -> str | None:
    """Repeat: fewer than 3 sessions at the level (design)."""
    count, needed = case.standing.carried + len(case.standing.done), case.standing.level.sessions
    if count >= needed:
        return None
    if needed == 1:
        return "You haven't walked this level yet."
    return f"You have walked {_NUMBERS[count]} of the {_NUMBERS[needed]} sessions at this level."


def effort_not_told(case: Case) -> str | None:
    """Repeat: the effort of one of the last two sessions is unknown, so it may not have been easy (design)."""
    if any(entry.effort is None for entry in case.last):
        return "You didn't rate your last sessions."
    return None


def beyond_is_due(case: Case) -> str | None:
    """Week 8: one session of the longest preset after three of the one before it (design: one in a week of 4 to 5)."""
    last = case.standing.done[-BEYOND_AFTER:]
    if case.standing.index == TOP and len(last) == BEYOND_AFTER and all(p.preset != BEYOND for p in last):
        return f"Three sessions of {NAMES[LEVELS[TOP].preset_id]} went well: one longer walk for a change."
    return None


def at_the_top(case: Case) -> str | None:
    """Repeat: week 8 is the last level, to be kept up (the articles: 10-20 minutes, 3-5 times a week)."""
    return "You are consistent: just keep it up." if case.standing.index == TOP else None


def all_is_well(case: Case) -> str | None:
    """Advance: enough sessions at the level, the last two good (design). Fires if no other rule does."""
    if case.standing.level.sessions == 1:
        return f"You walked {NAMES[case.standing.level.preset_id]}, and it was easy enough."
    return "You have walked three sessions at this level, the last two complete and easy enough."


class Rule(NamedTuple):
    """A row of the table: the condition, and the advice if it fires."""

    why: Callable[[Case], str | None]
    action: Verdict

    @property
    def name(self) -> str:
        """The name of the rule in words."""
        return self.why.__name__.replace("_", " ")


BEFORE_ANY_WALK: Final = (
    Rule(plan_is_off, Verdict.OFF),
    Rule(after_a_fall, Verdict.STOP),
    Rule(pain_today, Verdict.SKIP),
    Rule(walked_today, Verdict.REST),
    Rule(week_is_full, Verdict.REST),
)
"""Whether to walk today at all."""
WHICH_LEVEL: Final = (Rule(level_is_pinned, Verdict.PINNED), Rule(first_walk, Verdict.START))
BETWEEN_LEVELS: Final = (
    Rule(stumbled, Verdict.STEP_BACK),
    Rule(more_pain_next_day, Verdict.STEP_BACK),
    Rule(too_hard, Verdict.STEP_BACK),
    Rule(long_gap, Verdict.STEP_BACK),
    Rule(short_gap, Verdict.REPEAT),
    Rule(left_incomplete, Verdict.REPEAT),
    Rule(hard, Verdict.REPEAT),
    Rule(painful, Verdict.REPEAT),
    Rule(sore_muscles, Verdict.REPEAT),
    Rule(too_few, Verdict.REPEAT),
    Rule(effort_not_told, Verdict.REPEAT),
    Rule(beyond_is_due, Verdict.ADVANCE),
    Rule(at_the_top, Verdict.REPEAT),
    Rule(all_is_well, Verdict.ADVANCE),
)
"""How the walker moves between levels; also replayed over all past sessions."""
PRECEDENCE: Final = (*BEFORE_ANY_WALK, *WHICH_LEVEL, *BETWEEN_LEVELS)
"""All rules; the first that fires decides. Safety, then rest, then the walker's choice, then back before forward."""


def first_that_fires(rules: tuple[Rule, ...], case: Case) -> tuple[Rule, str] | None:
    """The first rule that fires, and its reason."""
    for rule in rules:
        why = rule.why(case)
        if why is not None:
            return rule, why
    return None
