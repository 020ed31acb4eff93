"""The rules of the plan, one function each, and the table that gives their precedence.

A rule takes a case and returns the reason why it fires, as one sentence, or None. Its numbers come from the programme;
those that the built-in eight weeks leave out are our own design, based on published practice. An unanswered question
counts as no problem, except for effort, which must be known before the plan moves on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.session.history import NextDay
from retro_timer.training.case import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retro_timer.training.case import Case
    from retro_timer.training.entry import TrainingEntry

HALF: Final = 0.5
_PAIN: Final = (NextDay.PAIN, NextDay.SORE)
NUMBERS: Final = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
"""Numbers in words, up to the most sessions that a level may ask for."""


def plan_is_off(case: Case) -> str | None:
    """The walker switched the plan off."""
    return None if case.on else "The plan is switched off."


def after_a_fall(case: Case) -> str | None:
    """Stop and seek advice: a fall in the last session (design). Holds until another session is recorded."""
    if case.last_walked is not None and case.last_walked.fall:
        return "You fell on your last walk: ask a clinician before the next one."
    return None


def pain_today(case: Case) -> str | None:
    """Skip today: pain before the session at or above the programme's limit, 5 unless it says otherwise (design)."""
    limit = case.programme.limits.pain
    if case.pain_today is not None and case.pain_today >= limit:
        return f"Your pain today is {case.pain_today} of 10; at {limit} or more, rest instead."
    return None


def walked_today(case: Case) -> str | None:
    """Rest: one session a day (design). A session ended before halfway does not count."""
    if any(p.day == case.today and (p.as_planned or p.share >= HALF) for p in case.entries):
        return "You've already walked today."
    return None


def week_is_full(case: Case) -> str | None:
    """Rest: as many days this week as the plan or the goal asks for (the articles: 3 to 5)."""
    if case.walked_this_week >= case.days_a_week:
        return f"You have walked on {case.walked_this_week} days this week, which is the goal."
    return None


def level_is_pinned(case: Case) -> str | None:
    """The walker pinned the plan to a preset."""
    return None if case.pinned is None else f"You pinned the plan to {case.programme.name_of(case.pinned)}."


def first_walk(case: Case) -> str | None:
    """No session of the programme yet."""
    if any(case.programme.level_of(entry.preset) is not None for entry in case.entries):
        return None
    return "This is your first walk of the plan."


def stumbled(case: Case) -> str | None:
    """Step back: a stumble or a grab for the rail (design), or a fall once the walker is walking again."""
    if any(entry.fall for entry in case.recent):
        return "You fell recently."
    if stumbles := [entry for entry in case.recent if entry.stumble]:
        return f"You stumbled or grabbed the rail {_when(case, stumbles[-1])}."
    return None


def more_pain_next_day(case: Case) -> str | None:
    """Step back: more pain on the day after than before the session (design); the old answer "sore" may mean that."""
    for answer, felt in ((NextDay.PAIN, "had more pain"), (NextDay.SORE, "were sore")):
        if found := [entry for entry in case.recent if entry.next_day is answer]:
            return f"You {felt} on the day after {'your last' if found[-1] is case.entries[-1] else 'a recent'} walk."
    return None


def too_hard(case: Case) -> str | None:
    """Step back: effort >= 7, unless the programme says otherwise (design). Workouts above the level are ignored."""
    limit = case.programme.thresholds.hard_effort
    for entry in case.recent:
        hard = entry.effort is not None and entry.effort >= limit
        if hard and case.programme.is_at_most(entry.preset, case.standing.index):
            return f"Your effort was {entry.effort} of 10 {_when(case, entry)}; {limit} or more is too hard."
    return None


def long_gap(case: Case) -> str | None:
    """Step back: 14 days or more without a session (design)."""
    return f"Your last walk was {case.gap} days ago." if case.gap >= case.programme.thresholds.long_gap else None


def short_gap(case: Case) -> str | None:
    """Repeat: 7 to 13 days without a session (design)."""
    return (
        f"Your last walk was {case.gap} days ago."
        if case.programme.thresholds.short_gap <= case.gap < case.programme.thresholds.long_gap
        else None
    )


def left_incomplete(case: Case) -> str | None:
    """Repeat: an interval left incomplete in one of the latest sessions (design)."""
    left_out = [entry for entry in case.last if not entry.as_planned]
    return f"You left out part of {_among(case.last, left_out)}." if left_out else None


def hard(case: Case) -> str | None:
    """Repeat: effort above easy, but not too hard, in one of the latest sessions (design: 5 or 6)."""
    hardest = max((entry.effort for entry in case.last if entry.effort is not None), default=0)
    return (
        f"Your effort was {hardest} of 10; the plan moves on at {case.programme.thresholds.easy_effort} or less."
        if hardest > case.programme.thresholds.easy_effort
        else None
    )


def painful(case: Case) -> str | None:
    """Repeat: more than mild pain (design: above 3), a stumble, a fall or pain the day after in a latest session."""
    worst = max((entry.pain for entry in case.last if entry.pain is not None), default=0)
    if worst > case.programme.thresholds.mild_pain:
        return f"Your pain was {worst} of 10; the plan moves on at {case.programme.thresholds.mild_pain} or less."
    for what, found in (
        ("fell on", [entry for entry in case.last if entry.fall]),
        ("stumbled or grabbed the rail on", [entry for entry in case.last if entry.stumble]),
        ("had pain on the day after", [entry for entry in case.last if entry.next_day in _PAIN]),
    ):
        if found:
            return f"You {what} {_among(case.last, found)}."
    return None


def sore_muscles(case: Case) -> str | None:
    """Repeat: sore muscles on the day after one of the last sessions; they pass, so there is no step back (design)."""
    if any(entry.next_day is NextDay.MUSCLES for entry in (*case.last, *case.recent)):
        return "Your muscles were sore on the day after."
    return None


def too_few(case: Case) -> str | None:
    """Repeat: fewer sessions at the level than it asks for (design: 3)."""
    count, needed = case.standing.carried + len(case.standing.done), case.level.sessions
    if count >= needed:
        return None
    if needed == 1:
        return "You haven't walked this level yet."
    return f"You have walked {NUMBERS[count]} of the {NUMBERS[needed]} sessions at this level."


def effort_not_told(case: Case) -> str | None:
    """Repeat: the effort of one of the latest sessions is unknown, so it may not have been easy (design)."""
    unrated = [entry for entry in case.last if entry.effort is None]
    return f"You didn't rate the effort of {_among(case.last, unrated)}." if unrated else None


def beyond_is_due(case: Case) -> str | None:
    """The variation of the last level: in week 8, Beyond after three of Consistent (design: one in 4 to 5 a week)."""
    level = case.level
    last = case.standing.done[-level.variation_after :]
    if not level.variation or case.programme.variation_is_too_long:
        return None
    if len(last) < level.variation_after or any(p.preset == level.variation for p in last):
        return None
    count, name = NUMBERS[level.variation_after].capitalize(), case.programme.name_of(level.workout_id)
    return f"{count} session{'' if len(last) == 1 else 's'} of {name} went well: one longer walk for a change."


def at_the_top(case: Case) -> str | None:
    """Repeat: the walker keeps up the last level (the articles: 10-20 minutes, 3-5 times a week)."""
    if case.standing.index != case.programme.top:
        return None
    if case.programme.variation_is_too_long:
        variation = case.programme.name_of(case.level.variation)
        return (
            f"This is the last step: keep it up, without {variation}, whose bouts are longer than the programme allows."
        )
    return (
        "You are consistent: just keep it up."
        if case.programme.follows_ladder
        else "This is the last step: keep it up."
    )


def all_is_well(case: Case) -> str | None:
    """Advance: enough sessions at the level, the last ones good (design). Fires if no other rule does."""
    level = case.level
    if level.sessions == 1:
        return f"You walked {case.programme.name_of(level.workout_id)}, and it was easy enough."
    last = "one" if level.good == 1 else NUMBERS[level.good]
    return (
        f"You have walked {NUMBERS[level.sessions]} sessions at this level, the last {last} complete and easy enough."
    )


def _when(case: Case, entry: TrainingEntry) -> str:
    """When a recent session was, in words."""
    return "last time" if entry is case.entries[-1] else "recently"


def _among(latest: Sequence[TrainingEntry], some: Sequence[TrainingEntry]) -> str:
    """Which of the latest sessions at the level are meant, in words."""
    if tuple(some) == tuple(latest[-len(some) :]):
        which = "your last walk" if len(some) == 1 else f"your last {NUMBERS[len(some)]} walks"
    else:
        which = f"{NUMBERS[len(some)]} of your last {NUMBERS[len(latest)]} walks"
    return f"{which} at this level"


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
