"""A finished session for export: laps with wall-clock times, and distances where the speed is known."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from retro_timer.scheduling.phases import Phase
    from retro_timer.session.history import StoredSession
    from retro_timer.session.record import IntervalRecord, PauseRecord


class Lap(Struct, frozen=True):
    """One walked interval.

    Attributes:
        started: when it began.
        ended: when the next one began, or the session ended; includes pauses and held time.
        phase: the phase of the interval.
        label: the walker's label.
        seconds: walking time, without pauses and held time.
        speed_kmh: the planned speed; None if there was none, or if the belt stands still.
    """

    started: datetime
    ended: datetime
    phase: Phase
    label: str
    seconds: float
    speed_kmh: float | None

    @property
    def metres(self) -> float | None:
        """The distance at the planned speed; None if the speed is unknown."""
        if not self.phase.on_belt:
            return 0.0
        return None if self.speed_kmh is None else self.speed_kmh / 3.6 * self.seconds


def laps_of(session: StoredSession) -> tuple[Lap, ...]:
    """The walked intervals of a finished session as laps; skipped intervals are left out.

    Raises:
        WorkoutError: if the start has no offset from UTC, or nothing was walked.
    """
    started = session.summary.start.started
    if started.utcoffset() is None:
        raise WorkoutError("a session starts at a moment with an offset from UTC")
    walked = [interval for interval in session.intervals if interval.walked]
    if not walked:
        raise WorkoutError("nothing was walked in this session, so there is nothing to export")
    starts = [interval.at for interval in walked]
    return tuple(
        Lap(
            started=started + timedelta(milliseconds=interval.at),
            ended=started + timedelta(milliseconds=end),
            phase=interval.phase,
            label=interval.label,
            seconds=interval.walked / 1000,
            speed_kmh=interval.speed_kmh if interval.phase.on_belt else None,
        )
        for interval, end in zip(walked, [*starts[1:], _end_of(walked[-1], session.pauses)], strict=True)
    )


def stops_of(session: StoredSession) -> tuple[tuple[datetime, datetime], ...]:
    """Start and end of each pause; pauses before the first interval walked are left out."""
    first = next(interval.at for interval in session.intervals if interval.walked)
    started = session.summary.start.started
    return tuple(
        (started + timedelta(milliseconds=pause.at), started + timedelta(milliseconds=pause.at + pause.length))
        for pause in session.pauses
        if pause.at >= first
    )


def walked_seconds(session: StoredSession) -> float:
    """Walking time, without pauses and held time."""
    return sum(interval.walked for interval in session.intervals) / 1000


def distances(laps: Sequence[Lap]) -> list[float] | None:
    """The distance in metres at the start of each lap and at the end; None if any speed is unknown."""
    metres = [lap.metres for lap in laps]
    known = [distance for distance in metres if distance is not None]
    if len(known) < len(laps) or not any(lap.phase.on_belt for lap in laps):
        return None
    return list(accumulate(known, initial=0.0))


def _end_of(last: IntervalRecord, pauses: tuple[PauseRecord, ...]) -> int:
    """The end of the last lap, in milliseconds of the session."""
    paused = sum(pause.length for pause in pauses if pause.at >= last.at)
    return last.at + last.walked + last.held + paused
