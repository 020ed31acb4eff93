"""A walk as the plan and the weekly totals see it, and what can be wrong with one that was edited by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

SCALE_MAX: Final = 10
"""Effort (Borg CR10) and pain are both asked from 0 to 10."""
MAX_SECONDS: Final = 24 * 3600
"""Nobody walks longer than a day."""


class PracticeError(ValueError):
    """A walk that cannot be true. The message is one sentence that names its date."""


class NextDay(StrEnum):
    """How the day after a walk was."""

    NORMAL = "normal"
    SORE = "sore"


@dataclass(frozen=True, slots=True)
class Practice:
    """One walk. What was asked and not answered is None.

    Attributes:
        day: the local date on which it began.
        preset: the rung of the ladder, None or any other id for a workout of one's own.
        complete: whether every interval was walked to its end.
        effort: on Borg's CR10 scale, 0 to 10.
        stumble: whether the walker stumbled or grabbed the rail.
        fall: whether the walker fell.
        pain_before: 0 to 10.
        pain_after: 0 to 10.
        next_day: how the day after was.
        walked_seconds: all that was walked.
        backward_seconds: what of it was walked backward.
        longest_bout: the longest stretch backward, in seconds.
        share: how much of what was planned was walked, 0 to 1.
    """

    day: date
    preset: str | None = None
    complete: bool = True
    effort: int | None = None
    stumble: bool | None = None
    fall: bool | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    next_day: NextDay | None = None
    walked_seconds: int = 0
    backward_seconds: int = 0
    longest_bout: int = 0
    share: float = 1.0

    @property
    def pain(self) -> int | None:
        """The worse pain of before and after, None when neither was told."""
        return max((pain for pain in (self.pain_before, self.pain_after) if pain is not None), default=None)


def problem_with(practice: Practice, today: date) -> str | None:
    """What cannot be true about a walk, in one sentence; None when it can be."""
    when = f"the walk of {practice.day.isoformat()}"
    if practice.day > today:
        return f"{when} lies in the future; today is {today.isoformat()}"
    for what, value in (
        ("effort", practice.effort),
        ("pain before it", practice.pain_before),
        ("pain after it", practice.pain_after),
    ):
        if value is not None and not 0 <= value <= SCALE_MAX:
            return f"{when} has an impossible {what}: {value} is not 0 to {SCALE_MAX}"
    if not 0 <= practice.walked_seconds <= MAX_SECONDS:
        return f"{when} has an impossible length: {practice.walked_seconds} seconds"
    if not 0 <= practice.longest_bout <= practice.backward_seconds <= MAX_SECONDS:
        return f"{when} has impossible lengths backward: {practice.longest_bout} of {practice.backward_seconds} seconds"
    # Written so that NaN is caught too.
    if not 0 <= practice.share <= 1:
        return f"{when} has an impossible share: {practice.share:g} is not 0 to 1"
    return None


def usable(practices: Iterable[Practice], today: date) -> tuple[tuple[Practice, ...], tuple[str, ...]]:
    """The walks that can be true, oldest first, and one sentence for each that was left out.

    Walks of one day stay in the order they are handed in. Two that are alike count as two: one may walk twice a day.
    """
    good: list[Practice] = []
    problems: list[str] = []
    for practice in practices:
        problem = problem_with(practice, today)
        if problem is None:
            good.append(practice)
        else:
            problems.append(f"{problem}; it is left out")
    return tuple(sorted(good, key=lambda practice: practice.day)), tuple(problems)


def checked(practices: Sequence[Practice], today: date) -> tuple[Practice, ...]:
    """The walks, oldest first.

    Raises:
        PracticeError: for the first that cannot be true.
    """
    for practice in practices:
        if problem := problem_with(practice, today):
            raise PracticeError(problem)
    return tuple(sorted(practices, key=lambda practice: practice.day))
