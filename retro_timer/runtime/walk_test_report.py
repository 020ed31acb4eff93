"""The results of the backward walk test in words, the same for every screen and command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from retro_timer.config.schema import Settings
    from retro_timer.session.history import WalkTest
    from retro_timer.storage.history import History

SOURCES: Final = (
    "Your own trend, not a diagnosis: cut-offs disagree (3.5, 4.5 and 5.5 s; Polo-Ferrero 2025). "
    "Reliable across 14 studies (Hao 2024)."
)
DONE_BEFORE: Final = 5
"""How many results a line shows."""


def seconds(milliseconds: int) -> str:
    """A time of the test to a tenth of a second: a key pressed by hand is no more exact."""
    return f"{milliseconds / 1000:.1f} s"


def result(test: WalkTest) -> str:
    """A result: the better try, and both of them."""
    tries = " and ".join(seconds(each) for each in test.tries)
    return f"{seconds(test.best)} (of {tries})" if len(test.tries) > 1 else seconds(test.best)


def trend(tests: Sequence[WalkTest]) -> str:
    """The latest results, and what has changed since the first; empty without any."""
    if not tests:
        return ""
    latest = tests[-DONE_BEFORE:]
    parts = [f"{seconds(test.best)} {test.started.day} {test.started:%b}" for test in latest]
    line = ", ".join(parts)
    if len(tests) == 1:
        return line
    change = tests[-1].best - tests[0].best
    moved = "as in" if abs(change) < 50 else f"{seconds(abs(change))} {'faster' if change < 0 else 'slower'} than in"
    return f"{line}; {moved} {tests[0].started:%B %Y}"


def why_no_walk_test(history: History, now: datetime, settings: Settings) -> str:
    """Why this walker should not do the test now, as one sentence; empty if there is no reason.

    Raises:
        StorageError: when the history cannot be read.
    """
    from retro_timer.session.history import day_at
    from retro_timer.storage.training_entries import entries_of
    from retro_timer.training.walk_test import why_not

    ends = settings.plan.day_ends
    return why_not(entries_of(history, now, ends).entries, day_at(now, ends))
