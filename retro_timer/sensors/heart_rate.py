"""Decodes a heart rate sensor's frames: Heart Rate Measurement (0x2A37).

Source: Bluetooth Heart Rate Service 1.0, section 3.1. All numbers are little-endian.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_TWO_BYTES: Final = 1
_CONTACT: Final = 1 << 1
_CONTACT_SUPPORTED: Final = 1 << 2
_ENERGY: Final = 1 << 3
_BEATS: Final = 1 << 4
_BEATS_A_SECOND: Final = 1024


class HeartRate(Struct, frozen=True):
    """A frame of Heart Rate Measurement.

    Attributes:
        bpm: beats a minute; 0 if the sensor cannot tell.
        contact: whether it touches the skin; None if it does not say.
        energy_kj: energy since the last reset, in kilojoules; None if it is not sent.
        beats_s: seconds between beats since the last frame, without any that is cut short.
    """

    bpm: int
    contact: bool | None = None
    energy_kj: int | None = None
    beats_s: tuple[float, ...] = ()


def read_heart_rate(frame: bytes) -> HeartRate | None:
    """Decode a frame; None if it is too short for a heart rate."""
    if not frame:
        return None
    flags, wide = frame[0], frame[0] & _TWO_BYTES
    place = 3 if wide else 2
    if len(frame) < place:
        return None
    bpm = int.from_bytes(frame[1:place], "little")
    contact = bool(flags & _CONTACT) if flags & _CONTACT_SUPPORTED else None
    energy = None
    if flags & _ENERGY and len(frame) >= place + 2:
        energy = int.from_bytes(frame[place : place + 2], "little")
        place += 2
    rest = frame[place:] if flags & _BEATS else b""
    beats = tuple(
        int.from_bytes(rest[start : start + 2], "little") / _BEATS_A_SECOND for start in range(0, len(rest) - 1, 2)
    )
    return HeartRate(bpm, contact, energy, beats)
