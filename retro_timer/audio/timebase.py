"""When a sample is heard: the map between the output's count of samples and the monotonic clock.

The output asks for blocks at moments that jitter: it can ask late, because the machine is busy or because the server
has blocks of its own, but never earlier than it has room. So the line is drawn through the earliest requests. On a
null sink requests wandered by up to 19 ms, and this line by less than 2 ms.
"""

from __future__ import annotations

from collections import deque
from typing import Final

LEAK: Final = 5e-5
"""How fast the line gives way when all requests come later than it says: 50 parts per million, about what the clocks
of sound cards and computers differ by."""
RECENT_MS: Final = 1000.0
WANDER_MS: Final = 25.0
"""When all recent requests are later than the line by more than this, it is the line that is wrong: silence came
between, and everything is heard later since."""


class Timebase:
    """Maps samples to moments.

    Args:
        rate: samples per second.
        latency_ms: how long after its request a sample is heard when the request comes as early as it can.
        slack_ms: how late an answer may be before the output has nothing left to play; what is beyond it is silence,
            and everything after that is heard later by as much.
    """

    def __init__(self, rate: int, latency_ms: float, slack_ms: float) -> None:
        self._per_ms = rate / 1000
        self._latency = latency_ms
        self._slack = slack_ms
        # Moments and origins of recent requests, both rising: the first is the earliest of them all.
        self._recent: deque[tuple[float, float]] = deque()
        self._last = 0.0
        self._last_origin = 0.0
        self._doubt: tuple[float, float, float] | None = None
        self._line: float | None = None

    def requested(self, now: float, sample: int) -> None:
        """The output asked at `now` (monotonic ms) for samples from `sample` on."""
        origin = now - sample / self._per_ms
        if self._line is None:
            self._line = self._last_origin = origin
        self._line = min(origin, self._after_silence(origin, self._line) + LEAK * (now - self._last))
        self._last, self._last_origin = now, origin
        while self._recent and self._recent[-1][1] >= origin:
            self._recent.pop()
        self._recent.append((now, origin))
        while self._recent[0][0] < now - RECENT_MS:
            self._recent.popleft()
        if self._recent[0][1] - self._line > WANDER_MS:
            # How late the earliest of them is, nobody knows: half of what is possible errs least.
            self._line = self._recent[0][1] - WANDER_MS / 2

    def _after_silence(self, origin: float, line: float) -> float:
        """The line once a late request has told, or the one after it has proved, how much silence came between.

        A late request means silence when the player was late, and none when the server itself was: then it catches
        up, which the next request shows. Until then half of what is possible errs least.
        """
        if self._doubt is not None:
            before, line, most = self._doubt
            line += min(most, max(0.0, origin - before))
            self._doubt = None
        most = origin - self._last_origin - self._slack
        if most <= 0:
            return line
        self._recent.clear()
        self._doubt = (self._last_origin, line, most)
        return line + most / 2

    def moment(self, sample: int) -> float:
        """When a sample is heard, in monotonic milliseconds."""
        return (self._line or 0.0) + self._latency + sample / self._per_ms

    def sample(self, moment: float) -> int:
        """The sample that is heard at a moment of the monotonic clock (ms)."""
        return round((moment - self.moment(0)) * self._per_ms)
