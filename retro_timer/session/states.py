"""The states of a session, and the rules it runs by."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

SECOND: Final = 1000
"""Milliseconds."""


def shown_seconds(milliseconds: int) -> int:
    """The whole seconds that are shown for a walked time."""
    return milliseconds // SECOND


class State(StrEnum):
    """The state of a session."""

    READY = "ready"
    LEAD_IN = "lead-in"  # the count at the start and after a pause
    RUNNING = "running"
    HOLDING = "holding"  # the time of a turn is over, and it waits for confirmation
    PAUSED = "paused"
    FINISHED = "finished"
    ENDED_EARLY = "ended-early"

    @property
    def is_over(self) -> bool:
        """Whether the session is over."""
        return self in (State.FINISHED, State.ENDED_EARLY)


class Rules(Struct, frozen=True):
    """How a session behaves; lengths in whole seconds.

    Attributes:
        lead_in: the lead-in before the first interval.
        resume_lead_in: the lead-in before a belt phase resumes after a pause, and before any phase resumes if the
            walker may have stepped off; at least `NOTICE`, so that the 3-2-1 is heard.
        wait_at_turns: whether a turn waits at its end for the walker's confirmation.
        reminder: how often a waiting turn reminds the walker.

    Raises:
        ValueError: if a length is out of bounds.
    """

    lead_in: int = 10
    resume_lead_in: int = 5
    wait_at_turns: bool = False
    reminder: int = 10

    def __post_init__(self) -> None:
        for name, low in (("lead_in", 0), ("resume_lead_in", 0), ("reminder", 1)):
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {low} or more seconds, not {getattr(self, name)}")
