"""From a walk of the history to a session as it is handed on to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.formats.activity import WalkedSession

if TYPE_CHECKING:
    from retro_timer.storage.model import Walk


def walked_session(walk: Walk) -> WalkedSession:
    """A walk, to be written as an activity or a card.

    Raises:
        WorkoutError: when nothing was walked in it.
    """
    summary = walk.summary
    return WalkedSession(
        started=summary.start.started,
        planned=summary.planned,
        state=summary.state,
        totals=summary.totals,
        intervals=walk.intervals,
        pauses=walk.pauses,
    )
