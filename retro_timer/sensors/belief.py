"""Readings from frames that can be believed: split frames are joined, impossible and stuck values left out.

Some treadmills repeat the last speed while they are paused (qdomyos-zwift#637, #2539). A speed that has not changed for
`STUCK_S` counts as 0 if the treadmill has said that it stopped, or if its own clock stands still.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from retro_timer.sensors.ftms import BeltEvent, read_machine_status, read_training_status, read_treadmill_data
from retro_timer.sensors.heart_rate import read_heart_rate
from retro_timer.session.sensing import MAX_BPM, MAX_INCLINE, MAX_KMH, MAX_METRES, MIN_BPM, Reading, SensorKind

STUCK_S: Final = 2.0
"""Seconds after which an unchanged speed may be a repeated one."""
KEPT_S: Final = 3.0
"""Seconds for which a value stays valid if later frames do not have it: the parts of a split frame come in turn."""
T = TypeVar("T")
_STOPPING: Final = (BeltEvent.STOPPED, BeltEvent.PAUSED)


class _Kept(Generic[T]):
    """A value of a frame, which stays valid for some time."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._since = 0.0

    def keep(self, value: T | None, now: float) -> None:
        """Keep a value of a frame."""
        self._value, self._since = value, now

    def at(self, now: float) -> T | None:
        """The value; None if there is none, or it is too old."""
        return self._value if 0 <= now - self._since <= KEPT_S else None


class BeltReader:
    """Turns the frames of one treadmill, from one connection, into readings."""

    def __init__(self) -> None:
        self._distance = _Kept[float]()
        self._heart = _Kept[int]()
        self._incline = _Kept[float]()
        self._speed: float | None = None
        self._same_since = 0.0  # since when the speed has been the same
        self._elapsed: int | None = None
        self._counted_at = 0.0  # when the treadmill's clock last advanced
        self._counts = False  # whether it ever did
        self._halted_at: float | None = None

    def data(self, frame: bytes, now: float) -> Reading | None:
        """Take a frame of Treadmill Data; returns a reading, if one is complete and possible.

        Args:
            frame: the frame.
            now: seconds of a monotonic clock.
        """
        data = read_treadmill_data(frame)
        if data is None:
            return None
        if data.distance_m is not None and data.distance_m < MAX_METRES:
            self._distance.keep(float(data.distance_m), now)
        if data.heart_rate is not None:
            self._heart.keep(data.heart_rate if MIN_BPM <= data.heart_rate <= MAX_BPM else None, now)
        if data.incline_percent is not None:
            self._incline.keep(data.incline_percent if abs(data.incline_percent) <= MAX_INCLINE else None, now)
        if data.elapsed_s is not None:
            self._note_clock(data.elapsed_s, now)
        if data.speed_kmh is None or data.speed_kmh > MAX_KMH:
            return None
        self._note_speed(data.speed_kmh, now)
        speed = 0.0 if self._is_stuck(now) else data.speed_kmh
        return Reading(SensorKind.BELT, speed, self._distance.at(now), self._heart.at(now), self._incline.at(now))

    def machine(self, frame: bytes, now: float) -> None:
        """Take a frame of Machine Status."""
        self._note_event(read_machine_status(frame), now)

    def training(self, frame: bytes, now: float) -> None:
        """Take a frame of Training Status."""
        self._note_event(read_training_status(frame), now)

    def _note_event(self, event: BeltEvent | None, now: float) -> None:
        if event is BeltEvent.STARTED:
            self._halted_at = None
        elif event in _STOPPING:
            self._halted_at = now

    def _note_clock(self, elapsed: int, now: float) -> None:
        if self._elapsed is not None and elapsed != self._elapsed:
            self._counts, self._counted_at = True, now
            if self._halted_at is not None and now - self._halted_at >= STUCK_S:
                self._halted_at = None  # it runs, whatever it said
        self._elapsed = elapsed

    def _note_speed(self, speed: float, now: float) -> None:
        if speed != self._speed:
            if self._speed is not None and speed > self._speed:
                self._halted_at = None
            self._speed, self._same_since = speed, now

    def _is_stuck(self, now: float) -> bool:
        """Whether the speed is only repeated."""
        if now - self._same_since < STUCK_S:
            return False
        stands = self._counts and now - self._counted_at >= STUCK_S
        return stands or self._halted_at is not None


def heart_reading(frame: bytes) -> Reading | None:
    """The reading of a frame of a heart rate sensor; without contact, or if it is impossible, without a heart rate."""
    measured = read_heart_rate(frame)
    if measured is None:
        return None
    known = measured.contact is not False and MIN_BPM <= measured.bpm <= MAX_BPM
    return Reading(SensorKind.HEART, heart_rate=measured.bpm if known else None)
