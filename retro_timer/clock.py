"""Clocks: the monotonic one that sessions run on, and the two that show when the machine slept."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; handed in wherever it is needed."""

    def now(self) -> int:
        """Milliseconds of a monotonic clock that may stand still while the machine sleeps."""

    def boot(self) -> int | None:
        """Milliseconds of a clock that runs on while the machine sleeps; None where there is none."""

    def wall(self) -> datetime:
        """The date and time, with the local zone."""

    def system(self, moment: int) -> int:
        """The moment of the system's monotonic clock, in milliseconds, at which a moment of this clock comes."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> int:
        """Milliseconds of `time.monotonic`."""
        return time.monotonic_ns() // 1_000_000

    def boot(self) -> int | None:
        """Milliseconds since the machine started, sleep included: Linux and macOS."""
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        if clock is None:
            # macOS: CLOCK_MONOTONIC runs on in sleep there, unlike the clock behind time.monotonic.
            clock = getattr(time, "CLOCK_MONOTONIC", None) if hasattr(time, "CLOCK_UPTIME_RAW") else None
        return None if clock is None else time.clock_gettime_ns(clock) // 1_000_000

    def wall(self) -> datetime:
        """The date and time in the local zone."""
        return datetime.now(UTC).astimezone()

    def system(self, moment: int) -> int:
        """The same moment: this is the system's clock."""
        return moment


class RehearsalClock:
    """A clock that runs faster than the one it is made from, by a whole factor, from the moment it is made."""

    def __init__(self, clock: Clock, factor: int) -> None:
        self._clock = clock
        self._factor = factor
        self._start = clock.now()

    def now(self) -> int:
        """Milliseconds of the faster time."""
        return self._start + (self._clock.now() - self._start) * self._factor

    def boot(self) -> int | None:
        """None: a rehearsal does not care whether the machine slept."""
        return None

    def wall(self) -> datetime:
        """The true date and time."""
        return self._clock.wall()

    def system(self, moment: int) -> int:
        """When a moment of the faster time comes."""
        return self._start + -(-(moment - self._start) // self._factor)


class SleepWatch:
    """Notices that the machine slept: another clock ran ahead of the monotonic one.

    Where there is a boot clock it alone decides, so that setting the wall clock changes nothing. Without one the wall
    clock does.
    """

    THRESHOLD = 2000
    """Milliseconds by which the other clock must have run ahead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = self._read()

    def slept(self) -> int:
        """Milliseconds slept since the last call, 0 when the machine did not sleep."""
        ahead = self._read()
        slept, self._ahead = ahead - self._ahead, ahead
        return slept if slept > self.THRESHOLD else 0

    def _read(self) -> int:
        boot = self._clock.boot()
        other = boot if boot is not None else round(self._clock.wall().timestamp() * 1000)
        return other - self._clock.now()
