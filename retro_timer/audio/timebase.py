"""When a sample is heard: the map between the output's count of samples and the monotonic clock.

The output asks for blocks at moments that jitter: it can ask late, because the machine is busy, but never earlier
than it has room. So the earliest requests of the last seconds give the best line through all of them. On a null sink
a request came up to 16 ms late (the server's own block), the line built from the earliest ones stayed within 0.5 ms.
"""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_MS: Final = 5000.0
"""How far back requests are looked at: longer than the beat between our block and the server's."""
_GAP: Final = 1.6
"""A request later than this many blocks after the one before found the output empty: silence was inserted."""


class Timebase:
    """Maps samples to moments.

    Args:
        rate: samples per second.
        latency_ms: how long after its request a sample is heard when the request comes as early as it can.
    """

    def __init__(self, rate: int, latency_ms: float) -> None:
        self._per_ms = rate / 1000
        self._latency = latency_ms
        self._requests: deque[tuple[float, float]] = deque()
        self._last = 0.0
        self._origin = 0.0

    def requested(self, now: float, sample: int, count: int) -> None:
        """The output asked at `now` (monotonic ms) for `count` samples from `sample` on."""
        if self._requests and now - self._last > _GAP * count / self._per_ms:
            self._requests.clear()
        self._last = now
        self._requests.append((now, now - sample / self._per_ms))
        while self._requests[0][0] < now - WINDOW_MS:
            self._requests.popleft()
        self._origin = min(origin for _, origin in self._requests) + self._latency

    def moment(self, sample: int) -> float:
        """When a sample is heard, in monotonic milliseconds."""
        return self._origin + sample / self._per_ms

    def sample(self, moment: float) -> int:
        """The sample that is heard at a moment of the monotonic clock (ms)."""
        return round((moment - self._origin) * self._per_ms)
