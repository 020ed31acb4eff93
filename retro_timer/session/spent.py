"""How the time of a session is spent; the engine and the recorder count it in the same way."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.session.bounds import Ms  # noqa: TC001  (msgspec reads the annotations)


class CountsAs(StrEnum):
    """What passing time counts as; the values are the fields of `Spent`."""

    LEAD_IN = "lead_in"
    WALKED = "walked"
    HELD = "held"
    PAUSED = "paused"


class Spent(Struct, frozen=True):
    """How the time since the start was spent, in milliseconds; the four fields add up to the total."""

    lead_in: Ms = 0
    walked: Ms = 0
    held: Ms = 0
    paused: Ms = 0  # including lead-ins after a pause

    @property
    def total(self) -> int:
        """The total time."""
        return self.lead_in + self.walked + self.held + self.paused

    def plus(self, passed: int, counts_as: CountsAs) -> Spent:
        """A copy with `passed` milliseconds added."""
        return replace(self, **{counts_as.value: getattr(self, counts_as.value) + passed})


class BackwardTime(Struct, frozen=True):
    """How long was walked backward, in milliseconds.

    Attributes:
        total: in all.
        longest: the longest bout without a stop.
        bout: the bout that is being walked, since the last stop; 0 if there is none.
    """

    total: int = 0
    longest: int = 0
    bout: int = 0

    def plus(self, passed: int) -> BackwardTime:
        """A copy with `passed` milliseconds added."""
        bout = self.bout + passed
        return BackwardTime(self.total + passed, max(self.longest, bout), bout)

    def stopped(self) -> BackwardTime:
        """A copy in which the bout is over: a pause, a jump or another phase ends it."""
        return replace(self, bout=0)
