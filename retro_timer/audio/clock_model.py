"""The clock model: maps the output's sample count to the monotonic clock.

The times at which the output requests blocks jitter: a request can be late, because the machine is busy or because of
the server's own block size, but never early. So the model fits a line through the earliest requests: one that is
earlier moves it at once, and if all requests are later for some seconds, it follows them. On a null sink requests
varied by up to 20 ms, and cues were within 5 ms of their moments; beside four busy processes, within 10 ms.
"""

from __future__ import annotations

from collections import deque
from typing import Final

RECENT_MS: Final = 1000.0
MAX_DRIFT_MS: Final = 25.0
"""If all recent requests are later than the line by more than this, the line is wrong: there was a gap of silence,
which delays everything after it."""
FOLLOWED_MS: Final = 10_000.0
"""Time after which the line follows requests that are all later. Blocks of 100 ms that a server requests on a grid of
30 ms are earliest once in 8 s."""
SETTLES_MS: Final = 1000.0
"""Time in which the line then comes nearer to them by 63 %."""


class Earliest:
    """The earliest origin of the requests within a time.

    Args:
        within_ms: the time, in milliseconds.
    """

    def __init__(self, within_ms: float) -> None:
        self._within = within_ms
        # Moments and origins, both increasing: the first one is the earliest.
        self._kept: deque[tuple[float, float]] = deque()
        self._since: float | None = None

    def add(self, now: float, origin: float) -> float:
        """Add a request; returns the earliest origin."""
        if self._since is None:
            self._since = now
        while self._kept and self._kept[-1][1] >= origin:
            self._kept.pop()
        self._kept.append((now, origin))
        while self._kept[0][0] < now - self._within:
            self._kept.popleft()
        return self._kept[0][1]

    def complete(self, now: float) -> bool:
        """Whether there have been requests for the whole time."""
        return self._since is not None and now - self._since >= self._within

    def clear(self) -> None:
        """Forget all requests."""
        self._kept.clear()
        self._since = None


class ClockModel:
    """Maps samples to moments.

    Args:
        rate: samples per second.
        latency_ms: time from the earliest possible request of a sample to its playback.
        slack_ms: how late a block may be before the output runs empty; any further delay is a gap of silence, which
            delays everything after it.
    """

    def __init__(self, rate: int, latency_ms: float, slack_ms: float) -> None:
        self._per_ms = rate / 1000
        self._latency = latency_ms
        self._slack = slack_ms
        self._recent = Earliest(RECENT_MS)
        self._followed = Earliest(FOLLOWED_MS)
        self._last = 0.0
        self._last_origin = 0.0
        self._possible_gap: tuple[float, float, float] | None = None
        self._line: float | None = None
        self.late_ms = 0.0
        """How much later the last request was than the line predicts."""

    def requested(self, now: float, sample: int) -> None:
        """Record that the output requested samples from `sample` on, at `now` (monotonic ms)."""
        origin = now - sample / self._per_ms
        if self._line is None:
            self._line = self._last_origin = origin
        self.late_ms = origin - self._line
        line = min(origin, self._after_silence(origin, self._line))
        recent, followed = self._recent.add(now, origin), self._followed.add(now, origin)
        if recent - line > MAX_DRIFT_MS and self._possible_gap is None:
            # The lateness of the earliest request is unknown: half of the range is the best estimate at first.
            line = recent - MAX_DRIFT_MS / 2
            self._followed.clear()
        elif self._followed.complete(now):
            line += (followed - line) * min(1.0, (now - self._last) / SETTLES_MS)
        self._line, self._last, self._last_origin = line, now, origin

    def _after_silence(self, origin: float, line: float) -> float:
        """The line corrected for a gap of silence, estimated from a late request and confirmed by the next one.

        A late request means a gap if the player was late, but not if the server itself was late: then it catches up,
        which the next request shows. Until then, half of the possible gap is the best estimate.
        """
        if self._possible_gap is not None:
            before, line, most = self._possible_gap
            line += min(most, max(0.0, origin - before))
            self._possible_gap = None
        most = origin - self._last_origin - self._slack
        if most <= 0:
            return line
        self._recent.clear()
        self._followed.clear()
        self._possible_gap = (self._last_origin, line, most)
        return line + most / 2

    def moment(self, sample: int) -> float:
        """The moment at which a sample is heard (monotonic ms)."""
        return (self._line or 0.0) + self._latency + sample / self._per_ms

    def sample(self, moment: float) -> int:
        """The sample that is heard at a moment (monotonic ms)."""
        return round((moment - self.moment(0)) * self._per_ms)
