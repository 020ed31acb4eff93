"""Training entries: sessions as the plan and the weekly totals see them, and their validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retro_timer.errors import UserError
from retro_timer.session.bounds import SCORES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from retro_timer.session.history import NextDay

MAX_SECONDS: Final = 24 * 3600
"""Longest plausible session: one day."""
NEARLY_ALL: Final = 0.95
"""The share of a finished workout that must be walked, with no interval on the belt left incomplete, for the plan to
move on: ten seconds less of a warm-up do not matter, a bout that an edit cut short does (design).

Whether a session is complete, to the voice and in the history, is another question, which `session.completion` answers:
an edit that makes the workout easier does not spoil a session, but it is no reason to advise a harder one."""


class TrainingEntryError(UserError, ValueError):
    """An implausible training entry. The message is one sentence that includes its date."""


class TrainingEntry(Struct, frozen=True):
    """One session as the plan sees it. Unanswered questions are None.

    Attributes:
        day: the local date on which it began.
        preset: the id of a preset; None or any other id for the walker's own workout.
        as_planned: whether the workout was walked as it was planned, not merely completed after edits that made it
            easier; see `NEARLY_ALL`.
        effort: 0 to 10.
        stumble: whether the walker stumbled or grabbed the rail.
        fall: whether the walker fell.
        pain_before: 0 to 10.
        pain_after: 0 to 10.
        next_day: how the walker felt the next day.
        walked_seconds: total walking time.
        backward_seconds: the backward part of it.
        longest_bout: the longest backward bout, in seconds.
        share: the completed share of the plan, 0 to 1.
        logged: whether it was logged by hand or imported; it counts like any other.
    """

    day: date
    preset: str | None = None
    as_planned: bool = True
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
    logged: bool = False

    @property
    def pain(self) -> int | None:
        """The higher of pain before and after; None if neither was answered."""
        return max((pain for pain in (self.pain_before, self.pain_after) if pain is not None), default=None)


def problem_with(entry: TrainingEntry, today: date) -> str | None:
    """Why an entry is implausible, as one sentence; None if it is plausible."""
    when = f"the walk of {entry.day.isoformat()}"
    if entry.day > today:
        return f"{when} lies in the future; today is {today.isoformat()}"
    for what, value in (
        ("effort", entry.effort),
        ("pain before it", entry.pain_before),
        ("pain after it", entry.pain_after),
    ):
        if value is not None and value not in SCORES:
            return f"{when} has an impossible {what}: {value} is not {SCORES[0]} to {SCORES[-1]}"
    if not 0 <= entry.walked_seconds <= MAX_SECONDS:
        return f"{when} has an impossible length: {entry.walked_seconds} seconds"
    if not 0 <= entry.longest_bout <= entry.backward_seconds <= MAX_SECONDS:
        return f"{when} has impossible lengths backward: {entry.longest_bout} of {entry.backward_seconds} seconds"
    # Written so that NaN is caught too.
    if not 0 <= entry.share <= 1:
        return f"{when} has an impossible share: {entry.share:g} is not 0 to 1"
    return None


def usable(entries: Iterable[TrainingEntry], today: date) -> tuple[tuple[TrainingEntry, ...], tuple[str, ...]]:
    """The plausible entries, oldest first, and one sentence for each rejected one.

    Entries of one day keep their order. Identical entries are not merged: people do walk twice a day.
    """
    good: list[TrainingEntry] = []
    problems: list[str] = []
    for entry in entries:
        problem = problem_with(entry, today)
        if problem is None:
            good.append(entry)
        else:
            problems.append(f"{problem}; it is left out")
    return tuple(sorted(good, key=lambda entry: entry.day)), tuple(problems)


def checked(entries: Sequence[TrainingEntry], today: date) -> tuple[TrainingEntry, ...]:
    """The entries, sorted oldest first.

    Raises:
        TrainingEntryError: for the first implausible entry.
    """
    for entry in entries:
        if problem := problem_with(entry, today):
            raise TrainingEntryError(problem)
    return tuple(sorted(entries, key=lambda entry: entry.day))
