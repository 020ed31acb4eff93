"""The backward walk test (three metres backward, as fast as is safe; the better of two tries), and when to offer it.

Reliable across 14 studies with 853 people (Hao 2024, Gait & Posture, 10.1016/j.gaitpost.2024.02.018). Cut-offs disagree
(3.5 s, 4.5 s, 5.5 s; Polo-Ferrero 2025, 10.3390/jfmk10020154), so only the walker's own trend is shown.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from retro_timer.session.history import NextDay
from retro_timer.training.programme import MILD_PAIN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from retro_timer.training.entry import TrainingEntry

EVERY: Final = timedelta(days=30)
"""The shortest time between two tests (design: once a month)."""
FIRST_AFTER: Final = 3
"""Complete sessions needed before the test is first offered (design)."""
LATEST: Final = 20
"""How many of the latest sessions are checked for that."""
STEADY_FOR: Final = timedelta(days=14)
"""How long the test is not offered after a stumble or a fall (design)."""
WELL_FOR: Final = timedelta(days=7)
"""How long the test is not offered after more than mild pain (design)."""


def why_not(entries: Sequence[TrainingEntry], today: date) -> str:
    """Why the walker should not take the test now, as one sentence; empty if there is no reason.

    Args:
        entries: every session, oldest first.
        today: the local date.
    """
    # WELL_FOR is shorter than STEADY_FOR, so these sessions are enough for both.
    recent = tuple(takewhile(lambda entry: today - entry.day < STEADY_FOR, reversed(entries)))
    if any(entry.stumble or entry.fall for entry in recent):
        return f"You stumbled or fell in the last {STEADY_FOR.days} days: the test waits."
    if any(_hurt(entry) and today - entry.day < WELL_FOR for entry in recent):
        return f"You had pain in the last {WELL_FOR.days} days: the test waits."
    return ""


def is_fit(entries: Sequence[TrainingEntry], today: date) -> bool:
    """Whether Home may offer the test: enough sessions went as planned, and there is no reason against it."""
    as_planned = sum(entry.as_planned for entry in entries[-LATEST:])
    return as_planned >= FIRST_AFTER and not why_not(entries, today)


def is_due(last: date | None, today: date) -> bool:
    """Whether the last test was at least a month ago, or there was none."""
    return last is None or today - last >= EVERY


def _hurt(entry: TrainingEntry) -> bool:
    return (entry.pain or 0) > MILD_PAIN or entry.next_day in (NextDay.PAIN, NextDay.SORE)
