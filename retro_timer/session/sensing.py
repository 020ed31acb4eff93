"""The interface between a session and its sensors: a treadmill and a heart rate sensor, which are only read.

A fake is in `retro_timer.testing`; the real ones are in `retro_timer.sensors`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from msgspec import Meta, Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_KMH: Final = 25.0
"""Higher speeds of a treadmill, in km/h, are ignored as implausible."""
MAX_METRES: Final = 2**24
MAX_BPM: Final = 250
MIN_BPM: Final = 25
"""Lower heart rates are ignored as implausible."""
MAX_INCLINE: Final = 50.0
"""Steeper inclines, up or down, in percent, are ignored as implausible."""
LONGEST_NAME: Final = 60
"""Limit of a device's name, in characters."""

Kmh = Annotated[float, Meta(ge=0, le=MAX_KMH)]
Metres = Annotated[float, Meta(ge=0, le=MAX_METRES)]
Incline = Annotated[float, Meta(ge=-MAX_INCLINE, le=MAX_INCLINE)]
Bpm = Annotated[int, Meta(ge=MIN_BPM, le=MAX_BPM)]
Pulse = Annotated[float, Meta(ge=MIN_BPM, le=MAX_BPM)]
"""A mean of heart rates."""
DeviceName = Annotated[str, Meta(max_length=LONGEST_NAME)]
Address = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z:-]{11,40}\Z")]
Clause = Annotated[str, Meta(max_length=200)]


class SensorKind(StrEnum):
    """What a sensor measures."""

    BELT = "belt"
    HEART = "heart"


class LinkState(StrEnum):
    """The state of the connection to a sensor; the values are shown after its kind."""

    SEARCHING = "searching"
    OK = "ok"
    LOST = "lost"
    OFF = "off"  # there is no Bluetooth, or no permission to use it


class Chosen(Struct, frozen=True):
    """A sensor that the walker has chosen.

    Attributes:
        address: its address.
        name: its name, used to find it if its address has changed; may be empty.
    """

    address: Address
    name: DeviceName = ""

    def __str__(self) -> str:
        """The form used in the settings: the address and the name."""
        return f"{self.address} {self.name}".strip()


class NearbySensor(Struct, frozen=True, tag="found"):
    """A sensor nearby.

    Attributes:
        kind: what it measures.
        name: its name.
        address: its address.
        signal: the strength of its signal, in dBm.
    """

    kind: SensorKind
    name: DeviceName
    address: Address
    signal: Annotated[int, Meta(ge=-127, le=20)]


class SensorLink(Struct, frozen=True, tag="link"):
    """A change of the connection to a sensor.

    Attributes:
        kind: which sensor.
        state: its state.
        why: why it is lost or off, as one clause; may be empty.
    """

    kind: SensorKind
    state: LinkState
    why: Clause = ""


class Reading(Struct, frozen=True, tag="reading"):
    """What a sensor has just measured.

    Attributes:
        kind: which sensor.
        speed_kmh: the speed of the belt in km/h, 0 while it is stopped; None for a heart rate sensor.
        distance_m: the distance in metres by the treadmill's own count; None if it does not send it.
        heart_rate: beats a minute; None if it is unknown.
        incline_percent: the incline of the belt; None if the treadmill does not send it.
    """

    kind: SensorKind
    speed_kmh: Kmh | None = None
    distance_m: Metres | None = None
    heart_rate: Bpm | None = None
    incline_percent: Incline | None = None


SensorReport = NearbySensor | SensorLink | Reading


class PresentValue(Struct, frozen=True):
    """A measured value, and how long it is current.

    Attributes:
        value: the value.
        until: the moment after which it is too old to be shown, in milliseconds.
    """

    value: float
    until: int


class Measurements(Struct, frozen=True):
    """The current measurements of a session's sensors.

    Attributes:
        links: the state of each chosen sensor.
        speed_kmh: the speed of the belt; None if it is currently unknown.
        incline_percent: its incline; likewise.
        heart_rate: beats a minute; likewise.
        metres: the distance of the session so far.
    """

    links: tuple[SensorLink, ...] = ()
    speed_kmh: PresentValue | None = None
    incline_percent: PresentValue | None = None
    heart_rate: PresentValue | None = None
    metres: float = 0.0

    def link(self, kind: SensorKind) -> SensorLink | None:
        """The state of a sensor; None if none of that kind was chosen."""
        return next((link for link in self.links if link.kind is kind), None)

    @property
    def until(self) -> int | None:
        """The moment after which the first of the values is too old; None if there are no values."""
        return min((each.until for each in self._values if each is not None), default=None)

    def at(self, now: int) -> Measurements:
        """The measurements without values that are too old at a moment, in milliseconds."""
        speed, incline, heart = (None if each is None or each.until < now else each for each in self._values)
        return replace(self, speed_kmh=speed, incline_percent=incline, heart_rate=heart)

    @property
    def _values(self) -> tuple[PresentValue | None, ...]:
        return self.speed_kmh, self.incline_percent, self.heart_rate


class Sensors(Protocol):
    """The sensors of a session. They report to the function given to `MakeSensors`; nothing waits for them."""

    def close(self) -> None:
        """Disconnect from the sensors; never raises, and waits half a second at most."""


class MakeSensors(Protocol):
    """Makes the sensors of a session."""

    def __call__(
        self,
        follow: Mapping[SensorKind, Chosen],
        on_report: Callable[[SensorReport], object],
        log: Callable[[str], None],
        *,
        scan: bool = False,
    ) -> Sensors:
        """Follow sensors, and report to `on_report`, which is called from any thread; with `scan`, also find others."""
