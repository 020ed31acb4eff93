"""A finished session for export: laps with wall-clock times, measurements, and distances where a speed is known."""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.units import metres_per_second
from retro_timer.session.events import PauseReason
from retro_timer.session.trace import samples_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from retro_timer.scheduling.phases import Phase
    from retro_timer.session.history import StoredSession
    from retro_timer.session.record import IntervalRecord, PauseRecord
    from retro_timer.session.trace import IntervalMeasures


CREATOR: Final = "Retro Timer"
"""The device name in activity files."""
ACTIVITY_VERSION: Final = 100
"""The version of the activity files, in hundredths. Not the program's, so that a release does not change the files."""


class Lap(Struct, frozen=True):
    """One walked interval.

    Attributes:
        started: when it began.
        ended: when the next one began, or the session ended; includes pauses and held time.
        phase: the phase of the interval.
        label: the walker's label.
        seconds: walking time, without pauses and held time.
        planned_kmh: the planned speed; None if there was none, or if the belt does not move in this phase.
        measured: the sensors' measurements; None without sensors.
    """

    started: datetime
    ended: datetime
    phase: Phase
    label: str
    seconds: float
    planned_kmh: float | None
    measured: IntervalMeasures | None = None

    @property
    def is_measured(self) -> bool:
        """Whether its speed was measured for at least half of the time."""
        return self.measured is not None and self.measured.covers(self.seconds)

    @property
    def speed_kmh(self) -> float | None:
        """The mean measured speed, or the planned speed if it was not measured; None if neither is known."""
        return self.measured.speed_mean if self.measured is not None and self.is_measured else self.planned_kmh

    @property
    def max_kmh(self) -> float | None:
        """The highest measured speed, or the planned speed if it was not measured."""
        return self.measured.speed_max if self.measured is not None and self.is_measured else self.planned_kmh

    @property
    def metres(self) -> float | None:
        """The measured distance, or the distance at the planned speed; None if the speed is unknown."""
        if self.measured is not None and self.is_measured:
            return self.measured.metres
        if not self.phase.on_belt:
            return 0.0
        return None if self.planned_kmh is None else metres_per_second(self.planned_kmh) * self.seconds


class LapPoint(NamedTuple):
    """A second of a lap, measured or planned.

    Attributes:
        moment: its time.
        speed_kmh: the speed; None if unknown.
        heart_rate: beats a minute; None if unknown.
        metres: the distance since the start of the lap.
    """

    moment: datetime
    speed_kmh: float | None
    heart_rate: int | None
    metres: float


def laps_of(session: StoredSession) -> tuple[Lap, ...]:
    """The walked intervals of a finished session as laps; skipped intervals are left out.

    Raises:
        WorkoutError: if the start has no offset from UTC, or nothing was walked.
    """
    if session.summary.start.started.utcoffset() is None:
        raise WorkoutError("a session starts at a moment with an offset from UTC")
    walked = [(place, interval) for place, interval in enumerate(session.intervals) if interval.walked]
    if not walked:
        raise WorkoutError("nothing was walked in this session, so there is nothing to export")
    moment, starts = moments_of(session), [interval.at for _, interval in walked]
    measures = {each.interval: each for each in session.measures}
    return tuple(
        Lap(
            started=moment(interval.at),
            ended=moment(end),
            phase=interval.phase,
            label=interval.label,
            seconds=interval.walked / 1000,
            planned_kmh=interval.speed_kmh if interval.phase.on_belt else None,
            measured=measures.get(place),
        )
        for (place, interval), end in zip(walked, [*starts[1:], _end_of(walked[-1][1], session.pauses)], strict=True)
    )


def moments_of(session: StoredSession) -> Callable[[int], datetime]:
    """Convert times of a session, in milliseconds, to moments of the wall clock.

    The times of a session are those of the wall clock since its start. In sessions of older versions, however, the
    pauses lack what their interruptions took, of which only the sum is known: it is taken to be that of the last one.
    """
    started, away = session.summary.start.started, session.summary.away
    resumed = [pause.at for pause in session.pauses if pause.reason is PauseReason.INTERRUPTED]

    def moment(at: int) -> datetime:
        return started + timedelta(milliseconds=at + (away if resumed and at > resumed[-1] else 0))

    return moment


def points_of(session: StoredSession, laps: Sequence[Lap]) -> tuple[tuple[LapPoint, ...], ...]:
    """The points of each lap: as measured, or at the planned speed where no belt was measured; none without either."""
    moment_at = moments_of(session)
    starts = [lap.started for lap in laps]
    found: list[list[LapPoint]] = [[] for _ in laps]
    for sample in samples_of(session.traces):
        moment = moment_at(sample.at)
        lap = max(0, bisect_right(starts, moment) - 1)
        before = found[lap][-1].metres if found[lap] else 0.0
        if moment < laps[lap].ended:
            found[lap].append(LapPoint(moment, sample.speed_kmh, sample.heart_rate, before + sample.metres))
    stops = stops_of(session)
    return tuple(
        tuple(_as_planned(lap, points, stops) if points else _planned_points(lap, stops))
        for lap, points in zip(laps, found, strict=True)
    )


def _as_planned(lap: Lap, points: Sequence[LapPoint], stops: Sequence[tuple[datetime, datetime]]) -> Iterator[LapPoint]:
    """The points of a lap; at the planned speed where that counts, because only the heart was measured."""
    for point in points:
        if lap.planned_kmh is None or lap.is_measured:
            yield point
            continue
        before = [(stop, min(go_on, point.moment)) for stop, go_on in stops if lap.started <= stop < point.moment]
        paused = sum((go_on - stop for stop, go_on in before), timedelta(0))
        stands = any(go_on == point.moment for _, go_on in before)
        metres = metres_per_second(lap.planned_kmh) * (point.moment - lap.started - paused).total_seconds()
        yield point._replace(speed_kmh=None if stands else lap.planned_kmh, metres=metres)


def _planned_points(lap: Lap, stops: Sequence[tuple[datetime, datetime]]) -> Iterator[LapPoint]:
    """A point for every second walked within a lap, at its planned speed; none during pauses."""
    if lap.planned_kmh is None:
        return
    paused, inside = timedelta(0), [stop for stop in stops if lap.started <= stop[0] < lap.ended]
    for second in range(1, math.ceil(lap.seconds)):
        while inside and inside[0][0] <= lap.started + timedelta(seconds=second) + paused:
            stop, go_on = inside.pop(0)
            paused += go_on - stop
        moment = lap.started + timedelta(seconds=second) + paused
        yield LapPoint(moment, lap.planned_kmh, None, metres_per_second(lap.planned_kmh) * second)


def planned_distances(laps: Sequence[Lap]) -> bool:
    """Whether the distance of any lap is based on its planned speed."""
    return any(lap.phase.on_belt and not lap.is_measured and lap.planned_kmh is not None for lap in laps)


def stops_of(session: StoredSession) -> tuple[tuple[datetime, datetime], ...]:
    """The start and end of each pause; pauses before the first walked interval are left out."""
    first = next(interval.at for interval in session.intervals if interval.walked)
    moment = moments_of(session)
    return tuple((moment(pause.at), moment(pause.at + pause.length)) for pause in session.pauses if pause.at >= first)


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
