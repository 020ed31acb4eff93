"""Decodes a treadmill's frames: Treadmill Data, Training Status and Machine Status. Nothing here can be written.

Source of fields, units and resolutions: Bluetooth Fitness Machine Service 1.0, sections 4.9 (Treadmill Data, 0x2ACD),
4.10 (Training Status, 0x2AD3) and 4.17 (Fitness Machine Status, 0x2ADA). All numbers are little-endian.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAGS_SIZE: Final = 2
_DEFINED_FLAGS: Final = 0x1FFF
_MORE_DATA: Final = 1
_PACES: Final = 1 << 5 | 1 << 6


class _Field(NamedTuple):
    """A field of a frame: its name, its size in bytes, the factor to its unit, and the value for "not available"."""

    name: str
    size: int
    factor: float = 1.0
    signed: bool = False
    unknown: int | None = None


_SPEED: Final = _Field("speed_kmh", 2, 0.01, unknown=0xFFFF)
_BY_FLAG: Final[Mapping[int, tuple[_Field, ...]]] = MappingProxyType(
    {
        1: (_Field("average_speed_kmh", 2, 0.01, unknown=0xFFFF),),
        2: (_Field("distance_m", 3, unknown=0xFFFFFF),),
        3: (
            _Field("incline_percent", 2, 0.1, signed=True, unknown=0x7FFF),
            _Field("ramp_degrees", 2, 0.1, signed=True, unknown=0x7FFF),
        ),
        4: (_Field("climbed_m", 2, 0.1, unknown=0xFFFF), _Field("descended_m", 2, 0.1, unknown=0xFFFF)),
        5: (_Field("pace", 2, unknown=0xFFFF),),
        6: (_Field("average_pace", 2, unknown=0xFFFF),),
        7: (
            _Field("energy_kcal", 2, unknown=0xFFFF),
            _Field("energy_per_hour_kcal", 2, unknown=0xFFFF),
            _Field("energy_per_minute_kcal", 1, unknown=0xFF),
        ),
        8: (_Field("heart_rate", 1, unknown=0xFF),),
        9: (_Field("met", 1, 0.1, unknown=0xFF),),
        10: (_Field("elapsed_s", 2, unknown=0xFFFF),),
        11: (_Field("remaining_s", 2, unknown=0xFFFF),),
        12: (_Field("force_n", 2, signed=True, unknown=0x7FFF), _Field("power_w", 2, signed=True, unknown=0x7FFF)),
    }
)
"""The fields that each bit of the flags announces, in the order of the frame."""


class TreadmillData(Struct, frozen=True):
    """A frame of Treadmill Data; a value is None if the frame does not have it, or says that it is not available.

    Attributes:
        speed_kmh: the speed of the belt, in km/h.
        average_speed_kmh: its mean since the start of the training, in km/h.
        distance_m: the distance since the start of the training, in metres.
        incline_percent: the incline.
        ramp_degrees: the angle of the ramp.
        climbed_m: metres gained.
        descended_m: metres lost.
        pace: the pace as it is sent; manufacturers differ in its unit.
        average_pace: its mean.
        energy_kcal: energy since the start of the training.
        energy_per_hour_kcal: energy in an hour.
        energy_per_minute_kcal: energy in a minute.
        heart_rate: beats a minute, as the treadmill measures it.
        met: metabolic equivalents.
        elapsed_s: seconds since the start of the training.
        remaining_s: seconds left of the training.
        force_n: force on the belt, in newtons.
        power_w: power output, in watts.
        more: whether another frame brings the rest.
        truncated: whether the frame ends before everything that its flags announce.
        reserved: whether undefined flags are set.
        trailing: bytes after the last field.
    """

    speed_kmh: float | None = None
    average_speed_kmh: float | None = None
    distance_m: int | None = None
    incline_percent: float | None = None
    ramp_degrees: float | None = None
    climbed_m: float | None = None
    descended_m: float | None = None
    pace: int | None = None
    average_pace: int | None = None
    energy_kcal: int | None = None
    energy_per_hour_kcal: int | None = None
    energy_per_minute_kcal: int | None = None
    heart_rate: int | None = None
    met: float | None = None
    elapsed_s: int | None = None
    remaining_s: int | None = None
    force_n: int | None = None
    power_w: int | None = None
    more: bool = False
    truncated: bool = False
    reserved: bool = False
    trailing: int = 0


def read_treadmill_data(frame: bytes) -> TreadmillData | None:
    """Decode a frame of Treadmill Data (0x2ACD); None if it is too short to have flags.

    A frame that is cut short gives the complete fields before the cut. Two deviations from the standard are recognized
    by the length of the frame: walking pads that send the speed although the flag says they do not (ph4-walkingpad#25),
    and paces of one byte, as in older editions of the service.
    """
    if len(frame) < _FLAGS_SIZE:
        return None
    flags = int.from_bytes(frame[:_FLAGS_SIZE], "little")
    fields = _layout(flags, len(frame) - _FLAGS_SIZE)
    values: dict[str, Any] = {}
    place = _FLAGS_SIZE
    truncated = False
    for field in fields:
        piece = frame[place : place + field.size]
        if len(piece) < field.size:
            truncated = True
            break
        values[field.name] = _value(field, piece)
        place += field.size
    return TreadmillData(
        **values,
        more=bool(flags & _MORE_DATA),
        truncated=truncated,
        reserved=bool(flags & ~_DEFINED_FLAGS),
        trailing=0 if truncated else len(frame) - place,
    )


def _layout(flags: int, length: int) -> list[_Field]:
    """The fields of a frame: as the flags say, unless only a known deviation fits the length."""
    announced = [field for bit, fields in _BY_FLAG.items() if flags >> bit & 1 for field in fields]
    plain = announced if flags & _MORE_DATA else [_SPEED, *announced]
    layouts = [plain]
    if flags & _MORE_DATA:
        layouts.append([_SPEED, *announced])
    if flags & _PACES:
        layouts += [[_narrow(field) for field in layout] for layout in tuple(layouts)]
    return next((layout for layout in layouts if sum(field.size for field in layout) == length), plain)


def _narrow(field: _Field) -> _Field:
    """A field as in older editions of the service: a pace has one byte."""
    return field._replace(size=1, unknown=0xFF) if field.name.endswith("pace") else field


def _value(field: _Field, piece: bytes) -> float | int | None:
    raw = int.from_bytes(piece, "little", signed=field.signed)
    if raw == field.unknown:
        return None
    return raw if field.factor == 1 else round(raw * field.factor, 2)


class BeltEvent(StrEnum):
    """A treadmill's statements about itself that matter here."""

    STARTED = "started"
    STOPPED = "stopped"
    PAUSED = "paused"
    OTHER = "other"


_STOPPED_OR_PAUSED: Final = 0x02
_PAUSED: Final = 0x02
_MACHINE: Final[Mapping[int, BeltEvent]] = MappingProxyType(
    {0x01: BeltEvent.STOPPED, 0x03: BeltEvent.STOPPED, 0x04: BeltEvent.STARTED}
)
"""By the code of Machine Status: reset, stopped by the safety key, started or resumed by the walker."""
_TRAINING: Final[Mapping[int, BeltEvent]] = MappingProxyType(
    {0x01: BeltEvent.STOPPED, 0x0E: BeltEvent.STOPPED, 0x0F: BeltEvent.STOPPED}
)
"""By the code of Training Status: idle, before a training, after one; most belts stand still then."""


def read_machine_status(frame: bytes) -> BeltEvent | None:
    """Decode a frame of Machine Status (0x2ADA); None if it is empty."""
    if not frame:
        return None
    if frame[0] == _STOPPED_OR_PAUSED:
        return BeltEvent.PAUSED if frame[1:2] == bytes([_PAUSED]) else BeltEvent.STOPPED
    return _MACHINE.get(frame[0], BeltEvent.OTHER)


def read_training_status(frame: bytes) -> BeltEvent | None:
    """Decode a frame of Training Status (0x2AD3): flags, then a code; None if it is too short."""
    return _TRAINING.get(frame[1], BeltEvent.OTHER) if len(frame) > 1 else None
