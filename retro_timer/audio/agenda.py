"""What the child still has to play, in order, and what has become too late for it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from retro_timer.audio.rules import grace_ms
from retro_timer.session.ports import DueCue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.audio.clips import Prepared

MOST: Final = 20_000
"""More cues than this are never kept: a session of ten hours has a tenth of it."""
_BEGUN: Final = 64
"""As many are remembered once they began: far more than begin within any output's latency."""


class Agenda:
    """Cues that wait for their moment."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Prepared]] = []
        self._begun: dict[DueCue, None] = {}  # in the order they began
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, prepared: Prepared) -> str:
        """Remember a cue; returns why not when there are too many already, or when the same began already.

        After an edit, everything ahead is sent again; what is due within the output's latency is in the output by then.
        """
        if len(self._waiting) >= MOST:
            return "too many"
        if DueCue(prepared.order.due, prepared.order.cue) in self._begun:
            return "begun already"
        self._count += 1
        heapq.heappush(self._waiting, (prepared.order.due, self._count, prepared))
        return ""

    def begins(self, prepared: Prepared) -> None:
        """Remember that a cue began: it does not begin again."""
        self._begun[DueCue(prepared.order.due, prepared.order.cue)] = None
        if len(self._begun) > _BEGUN:
            del self._begun[next(iter(self._begun))]

    def silence(self) -> None:
        """Forget everything, also what began: it was silenced, and may be wanted again."""
        self._waiting.clear()
        self._begun.clear()

    def next_due(self) -> int | None:
        """When the next cue is due (monotonic ms), or None when nothing waits."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, until: float) -> Iterator[Prepared]:
        """Hand out, in order, what is due before a moment (monotonic ms)."""
        while self._waiting and self._waiting[0][0] < until:
            yield heapq.heappop(self._waiting)[2]

    def clear(self, after: float = float("-inf")) -> None:
        """Forget what is due after a moment (monotonic ms); everything without one."""
        self._waiting = [waiting for waiting in self._waiting if waiting[0] <= after]
        heapq.heapify(self._waiting)


def too_late(prepared: Prepared, at: float) -> bool:
    """Whether a cue that could begin at `at` (monotonic ms) is better not heard at all."""
    return at - prepared.order.due > grace_ms(prepared.order.cue.kind)
