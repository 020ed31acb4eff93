"""Where the walker is in a programme: its rules, replayed over every past session.

A session with the advised workout moves the walker to that level; a session with the level's own workout counts
towards it. Advised or chosen, two complete sessions without a stumble at a higher level move the walker there. Workouts
that belong to no level count for gaps, rest and problems, but not for the level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from retro_timer.errors import UserError
from retro_timer.training.case import Case, Standing, Verdict
from retro_timer.training.programme import MOST_SESSIONS
from retro_timer.training.rules import BETWEEN_LEVELS, Rule, first_that_fires

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.training.entry import TrainingEntry
    from retro_timer.training.programme import Programme

REACHED_WITH: Final = 2
"""Complete sessions without a stumble needed to reach a level that was not advised; one is not enough (design)."""
CHOSEN: Final = "The walker chose it."
"""Why the walker is at a level that the plan had not advised."""


class PlanError(UserError, ValueError):
    """The plan cannot give advice. The message is one sentence."""


class Arrival(NamedTuple):
    """A session of the programme, and where it brought the walker.

    Attributes:
        entry: the session.
        standing: the walker's place after it.
        reason: why it is that place, as one sentence; empty for the first.
    """

    entry: TrainingEntry
    standing: Standing
    reason: str


def standing(programme: Programme, entries: Iterable[TrainingEntry], start: str | None = None) -> Standing:
    """The walker's place after some sessions.

    Args:
        programme: the programme.
        entries: the sessions that count for it, oldest first.
        start: the workout to start from; None for the first.
    """
    at = first_standing(programme, start)
    for arrival in replay(programme, entries, start):
        at = arrival.standing
    return at


def first_standing(programme: Programme, start: str | None) -> Standing:
    """The walker's place before any session."""
    return Standing(programme.level_of(start) or 0)


def replay(programme: Programme, entries: Iterable[TrainingEntry], start: str | None = None) -> Iterator[Arrival]:
    """Every session of the programme, and where it brought the walker."""
    at, walked, last = first_standing(programme, start), tuple(entries), 0
    for index, entry in enumerate(walked):
        if programme.level_of(entry.preset) is None:
            continue
        target, reason = at, ""
        if at.done:
            # No rule looks further back than the last session of the programme.
            rule, reason = decide(Case(entry.day, programme, at, walked[last:index]))
            target = moved(programme, at, rule)
        at, last = _arrived(programme, at, target, entry), index
        yield Arrival(entry, at, reason if at.index == target.index else CHOSEN)


def decide(case: Case, rules: tuple[Rule, ...] = BETWEEN_LEVELS) -> tuple[Rule, str]:
    """The rule that decides, and its reason."""
    fired = first_that_fires(rules, case)
    if fired is None:
        raise PlanError("no rule of the plan fires")  # the last rule always does
    return fired


def moved(programme: Programme, at: Standing, rule: Rule) -> Standing:
    """The walker's place after a rule is applied."""
    if rule.action is Verdict.STEP_BACK:
        return Standing(max(0, at.index - 1))
    if rule.action is Verdict.ADVANCE and at.index < programme.top:
        # A week may have two levels: a session of the first counts towards the second.
        same_week = programme.levels[at.index + 1].week == programme.levels[at.index].week
        return Standing(at.index + 1, carried=len(at.done[-1:]) if same_week else 0, off_level=at.off_level)
    return at


def _arrived(programme: Programme, at: Standing, target: Standing, entry: TrainingEntry) -> Standing:
    """The walker's place after a session: the advised level, the current one, or a higher one that is reached."""
    for place in (target, at):
        level = programme.levels[place.index]
        if entry.preset in level.workout_ids:
            return replace(place, done=(*place.done, entry)[-MOST_SESSIONS:])
    if _skips_within_the_week(programme, at, entry):
        return Standing(at.index + 1, done=(entry,))
    reached = programme.level_of(entry.preset)
    if reached is None or reached <= at.index or not entry.as_planned or entry.stumble or entry.fall:
        return at
    same = [other for other in at.off_level if programme.level_of(other.preset) == reached]
    if len(same) + 1 >= REACHED_WITH:
        return Standing(reached, done=(*same, entry))
    return replace(at, off_level=(*at.off_level, entry)[-MOST_SESSIONS:])


def _skips_within_the_week(programme: Programme, at: Standing, entry: TrainingEntry) -> bool:
    """Whether the walker starts a week with its second level, which the first-start screen offers."""
    following = at.index + 1
    if at.done or following > programme.top or programme.levels[following].week != programme.levels[at.index].week:
        return False
    return entry.preset in programme.levels[following].workout_ids
