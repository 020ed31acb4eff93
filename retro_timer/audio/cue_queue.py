"""The child's cue queue: pending cues in order, and the limits for late ones."""

from __future__ import annotations

import heapq
from threading import Lock
from typing import TYPE_CHECKING, Final

from retro_timer.audio.protocol import BEGUN
from retro_timer.audio.rules import grace_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.audio.clips import Prepared
    from retro_timer.session.ports import DueCue

MOST: Final = 20_000
"""Maximum number of pending cues: ten times as many as in a session of ten hours."""
_BEGUN: Final = 64
"""Number of started cues that are remembered: far more than start within any output's latency."""


class Begun:
    """Recently started cues, shared by all outputs so that a cue does not start again on another one."""

    def __init__(self) -> None:
        self._cues: dict[DueCue, None] = {}  # in the order of their start
        self._turn = Lock()

    def __len__(self) -> int:
        return len(self._cues)

    def __contains__(self, due_cue: DueCue) -> bool:
        return due_cue in self._cues

    def add(self, due_cue: DueCue) -> None:
        """Add a cue; removes the oldest if there are too many."""
        with self._turn:
            self._cues[due_cue] = None
            if len(self._cues) > _BEGUN:
                del self._cues[next(iter(self._cues))]

    def clear(self) -> None:
        """Remove all cues: they were silenced and may be sent again."""
        with self._turn:
            self._cues.clear()


class CueQueue:
    """Cues waiting for their moment.

    Args:
        begun: the started cues, on this output or another.
    """

    def __init__(self, begun: Begun | None = None) -> None:
        self._waiting: list[tuple[int, int, Prepared]] = []
        self._begun = Begun() if begun is None else begun
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, prepared: Prepared) -> str:
        """Add a cue; returns the reason if it is rejected because there are too many, or it has already started.

        After an edit all future cues are sent again, including those that the output has already started because of its
        latency.
        """
        if len(self._waiting) >= MOST:
            return "too many"
        if prepared.due_cue in self._begun:
            return BEGUN
        self._count += 1
        heapq.heappush(self._waiting, (prepared.due_cue.due, self._count, prepared))
        return ""

    def begins(self, prepared: Prepared) -> None:
        """Mark a cue as started, so that it does not start again."""
        self._begun.add(prepared.due_cue)

    def silence(self) -> None:
        """Remove everything, including started cues, which were silenced and may be sent again."""
        self._waiting.clear()
        self._begun.clear()

    def next_due(self) -> int | None:
        """The moment of the next cue (monotonic ms); None if the queue is empty."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, until: float) -> Iterator[Prepared]:
        """Remove and yield, in order, the cues due before a moment (monotonic ms)."""
        while self._waiting and self._waiting[0][0] < until:
            yield heapq.heappop(self._waiting)[2]

    def clear(self, after: float = float("-inf")) -> None:
        """Remove the cues due after a moment (monotonic ms); by default all."""
        self._waiting = [waiting for waiting in self._waiting if waiting[0] <= after]
        heapq.heapify(self._waiting)


def too_late(prepared: Prepared, at: float) -> bool:
    """Whether a cue that would start at `at` (monotonic ms) should be dropped."""
    return at - prepared.due_cue.due > grace_ms(prepared.due_cue.cue.kind)
