"""What the child still has to play, in order, and what has become too late for it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from retro_timer.audio.rules import grace_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.audio.clips import Prepared

MOST: Final = 20_000
"""More cues than this are never kept: a session of ten hours has a tenth of it."""


class Agenda:
    """Cues that wait for their moment."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Prepared]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, prepared: Prepared) -> bool:
        """Remember a cue; False when there are too many already."""
        if len(self._waiting) >= MOST:
            return False
        self._count += 1
        heapq.heappush(self._waiting, (prepared.order.due, self._count, prepared))
        return True

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
