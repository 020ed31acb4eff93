"""Clocks: the monotonic clock that sessions run on, and the detection of system sleep."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

STOPS_IN_SLEEP: Final = sys.platform != "win32"
"""Whether the monotonic clock stands still while the machine sleeps."""


def now_ms() -> int:
    """The system's monotonic clock in whole milliseconds: all processes of a machine share it."""
    return time.monotonic_ns() // 1_000_000


def monotonic_ms() -> float:
    """The same clock, with fractions."""
    return time.monotonic_ns() / 1_000_000


def later(moment: datetime, span: timedelta) -> datetime:
    """A local date and time after another, or before it, with the offset from UTC that is valid by then.

    The offset of a moment from another time zone stays.
    """
    then = moment.astimezone(UTC) + span
    is_local = moment.astimezone().utcoffset() == moment.utcoffset()
    return then.astimezone() if is_local else then.astimezone(moment.tzinfo)


class Clock(Protocol):
    """Source of time, injected wherever time is needed."""

    def now(self) -> int:
        """Milliseconds of a monotonic clock, which stops while the machine sleeps (except on Windows)."""

    def boot(self) -> int | None:
        """Milliseconds of a clock that runs ahead of `now` by the time slept; None if unavailable."""

    def wall(self) -> datetime:
        """The current date and time with the local time zone."""

    def system(self, moment: int) -> int:
        """Convert a moment of this clock to the system's monotonic clock, in milliseconds."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> int:
        """Milliseconds of `time.monotonic`."""
        return now_ms()

    def boot(self) -> int | None:
        """Milliseconds since boot, sleep included."""
        if sys.platform == "win32":
            # `time.monotonic` keeps running during sleep here; its lead over a clock that stops is the time slept.
            now = self.now()
            return 2 * now - _awake_ms()
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        if clock is None:
            # macOS: CLOCK_MONOTONIC keeps running during sleep, unlike the clock behind time.monotonic.
            clock = getattr(time, "CLOCK_MONOTONIC", None) if hasattr(time, "CLOCK_UPTIME_RAW") else None
        return None if clock is None else time.clock_gettime_ns(clock) // 1_000_000

    def wall(self) -> datetime:
        """The current date and time in the local time zone."""
        return datetime.now(UTC).astimezone()

    def system(self, moment: int) -> int:
        """Return `moment` unchanged: this is the system's clock."""
        return moment


def _awake_ms() -> int:
    """Milliseconds of a clock that stops while the machine sleeps (Windows only; not tested there).

    Source: https://learn.microsoft.com/windows/win32/api/realtimeapiset/nf-realtimeapiset-queryunbiasedinterrupttime
    """
    if sys.platform != "win32":
        raise NotImplementedError
    import ctypes

    tenths_of_microseconds = ctypes.c_ulonglong()
    ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(tenths_of_microseconds))
    return tenths_of_microseconds.value // 10_000


class RehearsalClock:
    """A clock that runs a whole number of times faster than another, starting when it is created."""

    def __init__(self, clock: Clock, factor: int) -> None:
        self._clock = clock
        self._factor = factor
        self._start = clock.now()

    def now(self) -> int:
        """Milliseconds of the accelerated time."""
        return self._start + (self._clock.now() - self._start) * self._factor

    def boot(self) -> int | None:
        """None: a rehearsal ignores system sleep."""
        return None

    def wall(self) -> datetime:
        """The real date and time."""
        return self._clock.wall()

    def system(self, moment: int) -> int:
        """Convert a moment of the accelerated time to the system's monotonic clock."""
        return self._start + -(-(moment - self._start) // self._factor)


class SleepWatch:
    """Detects system sleep by comparing another clock with the monotonic one.

    The other clock is the boot clock if there is one, so that setting the wall clock has no effect; otherwise it is the
    wall clock.
    """

    THRESHOLD = 2000
    """Milliseconds by which the other clock must run ahead to count as sleep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = self._read()

    def slept(self) -> int:
        """Milliseconds slept since the last call; 0 if the machine did not sleep."""
        ahead = self._read()
        slept, self._ahead = ahead - self._ahead, ahead
        return slept if slept > self.THRESHOLD else 0

    def _read(self) -> int:
        boot = self._clock.boot()
        other = boot if boot is not None else round(self._clock.wall().timestamp() * 1000)
        return other - self._clock.now()
