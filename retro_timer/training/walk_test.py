"""The backward walk test: three metres backward, as fast as is safe; the better of two tries. When it is offered.

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
"""How often it is offered (design: once a month)."""
FIRST_AFTER: Final = 3
"""Complete sessions before it is first offered (design)."""
LATEST: Final = 20
"""How many of the latest sessions are looked at for that."""
STEADY_FOR: Final = timedelta(days=14)
"""How long it is not offered after a stumble or a fall (design)."""
WELL_FOR: Final = timedelta(days=7)
"""How long it is not offered after more than mild pain (design)."""


def why_not(entries: Sequence[TrainingEntry], today: date) -> str:
    """Why the test is not for this walker now, as one sentence; empty if nothing speaks against it.

    Args:
        entries: every session, oldest first.
        today: the local date.
    """
    # WELL_FOR is shorter than STEADY_FOR, so the recent ones are enough for both.
    recent = tuple(takewhile(lambda entry: today - entry.day < STEADY_FOR, reversed(entries)))
    if any(entry.stumble or entry.fall for entry in recent):
        return f"You stumbled or fell in the last {STEADY_FOR.days} days: the test waits."
    if any(_hurt(entry) and today - entry.day < WELL_FOR for entry in recent):
        return f"You had pain in the last {WELL_FOR.days} days: the test waits."
    return ""


def is_fit(entries: Sequence[TrainingEntry], today: date) -> bool:
    """Whether Home may offer the test: after some practice, and if nothing speaks against it."""
    complete = sum(entry.complete for entry in entries[-LATEST:])
    return complete >= FIRST_AFTER and not why_not(entries, today)


def is_due(last: date | None, today: date) -> bool:
    """Whether the last test is a month ago, or there is none."""
    return last is None or today - last >= EVERY


def _hurt(entry: TrainingEntry) -> bool:
    return (entry.pain or 0) > MILD_PAIN or entry.next_day in (NextDay.PAIN, NextDay.SORE)
