"""A walked session as other programs take it: laps at moments of the wall clock, distances where the speed is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from retro_timer.scheduling.errors import WorkoutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from retro_timer.scheduling.phases import Phase
    from retro_timer.session.record import PauseTaken, Planned, Totals, WalkedInterval, WalkState


@dataclass(frozen=True, slots=True)
class Lap:
    """One interval as it was walked.

    Attributes:
        started: when it began.
        ended: when the next one began, or the session ended: pauses and held time count.
        phase: what was walked.
        label: the walker's own words.
        seconds: how long it was walked, pauses and held time left out.
        speed_kmh: the speed that was planned; None where none was, and where the belt stands.
    """

    started: datetime
    ended: datetime
    phase: Phase
    label: str
    seconds: float
    speed_kmh: float | None

    @property
    def metres(self) -> float | None:
        """How far, by the planned speed; None where it is not known."""
        if not self.phase.on_belt:
            return 0.0
        return None if self.speed_kmh is None else self.speed_kmh / 3.6 * self.seconds


@dataclass(frozen=True, slots=True)
class WalkedSession:
    """A session that is over.

    Attributes:
        started: the wall clock at its start, with its offset from UTC.
        planned: what was to be walked.
        state: how it ended.
        totals: what it adds up to.
        intervals: as walked, in order.
        pauses: in order.

    Raises:
        WorkoutError: when `started` has no offset, or nothing was walked.
    """

    started: datetime
    planned: Planned
    state: WalkState
    totals: Totals
    intervals: tuple[WalkedInterval, ...]
    pauses: tuple[PauseTaken, ...] = ()

    def __post_init__(self) -> None:
        if self.started.utcoffset() is None:
            raise WorkoutError("a session starts at a moment with an offset from UTC")
        if not any(interval.walked for interval in self.intervals):
            raise WorkoutError("nothing was walked in this session: there is nothing to hand on")

    @property
    def laps(self) -> tuple[Lap, ...]:
        """The intervals that were walked; one that was passed over is none."""
        walked = [interval for interval in self.intervals if interval.walked]
        starts = [interval.at for interval in walked]
        return tuple(
            Lap(
                started=self._moment(interval.at),
                ended=self._moment(end),
                phase=interval.phase,
                label=interval.label,
                seconds=interval.walked / 1000,
                speed_kmh=interval.speed_kmh if interval.phase.on_belt else None,
            )
            for interval, end in zip(walked, [*starts[1:], self._end_of(walked[-1])], strict=True)
        )

    @property
    def stops(self) -> tuple[tuple[datetime, datetime], ...]:
        """When the walker paused, and went on; pauses before the first lap are none."""
        first = self.laps[0].started
        stops = ((self._moment(pause.at), self._moment(pause.at + pause.length)) for pause in self.pauses)
        return tuple((stop, go_on) for stop, go_on in stops if stop >= first)

    @property
    def seconds(self) -> float:
        """How long was walked, pauses and held time left out."""
        return sum(interval.walked for interval in self.intervals) / 1000

    def _moment(self, at: int) -> datetime:
        return self.started + timedelta(milliseconds=at)

    def _end_of(self, last: WalkedInterval) -> int:
        """When the last lap ended, in milliseconds of the session."""
        paused = sum(pause.length for pause in self.pauses if pause.at >= last.at)
        return last.at + last.walked + last.held + paused


def distances(laps: Sequence[Lap]) -> list[float] | None:
    """How far the walker was when each lap began, and at the end, in metres; None unless every lap's is known."""
    metres = [lap.metres for lap in laps]
    known = [distance for distance in metres if distance is not None]
    if len(known) < len(laps) or not any(lap.phase.on_belt for lap in laps):
        return None
    return list(accumulate(known, initial=0.0))
