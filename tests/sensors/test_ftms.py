"""Frames of treadmills: every flag, every cut, and what makers do to them.

The vectors are those for treadmills of deancochran/ftms, shared/conformance/measurements/v1/vectors.json, by their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from retro_timer.sensors.ftms import (
    BeltEvent,
    TreadmillData,
    read_machine_status,
    read_training_status,
    read_treadmill_data,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_FIELDS = bytes.fromhex(
    "fe1f e803 8403 030201 f1ff1900 7b002d00 2c01 4001 f401 5802 0a 96 55 100e 5802 ecff fa00".replace(" ", "")
)
VECTORS: Mapping[str, tuple[bytes, dict[str, Any]]] = {
    "minimal-treadmill": (bytes([0, 0, 210, 4]), {"speed_kmh": 12.34}),
    "more-data-treadmill": (bytes([1, 0]), {"more": True}),
    "treadmill-unavailable-inclination-ramp": (bytes([9, 0, 255, 127, 255, 127]), {"more": True}),
    "treadmill-rfu-trailing": (bytes([0, 32, 232, 3, 170]), {"speed_kmh": 10.0, "reserved": True, "trailing": 1}),
    "equipment-treadmill-all-fields": (
        ALL_FIELDS,
        {
            "speed_kmh": 10.0, "average_speed_kmh": 9.0, "distance_m": 66051, "incline_percent": -1.5,
            "ramp_degrees": 2.5, "climbed_m": 12.3, "descended_m": 4.5, "pace": 300, "average_pace": 320,
            "energy_kcal": 500, "energy_per_hour_kcal": 600, "energy_per_minute_kcal": 10, "heart_rate": 150,
            "met": 8.5, "elapsed_s": 3600, "remaining_s": 600, "force_n": -20, "power_w": 250,
        },
    ),
}  # fmt: skip
SIZES = {1: (2,), 2: (3,), 3: (2, 2), 4: (2, 2), 5: (2,), 6: (2,), 7: (2, 2, 1), 8: (1,), 9: (1,), 10: (2,), 11: (2,),
         12: (2, 2)}  # fmt: skip
FIELDS = {
    0: ("speed_kmh",), 1: ("average_speed_kmh",), 2: ("distance_m",), 3: ("incline_percent", "ramp_degrees"),
    4: ("climbed_m", "descended_m"), 5: ("pace",), 6: ("average_pace",),
    7: ("energy_kcal", "energy_per_hour_kcal", "energy_per_minute_kcal"), 8: ("heart_rate",), 9: ("met",),
    10: ("elapsed_s",), 11: ("remaining_s",), 12: ("force_n", "power_w"),
}  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_published_vectors_are_read_as_published(vector: str) -> None:
    frame, expected = VECTORS[vector]
    assert read_treadmill_data(frame) == TreadmillData(**expected)


@given(st.binary(max_size=1))
def test_a_frame_shorter_than_its_flags_is_none(frame: bytes) -> None:
    assert read_treadmill_data(frame) is None


@given(flags=st.integers(0, 0x1FFF), filler=st.binary(min_size=40, max_size=40))
@settings(max_examples=200)
def test_every_flag_announces_its_fields_and_no_others(flags: int, filler: bytes) -> None:
    announced = {bit: SIZES[bit] for bit in SIZES if flags >> bit & 1}
    length = sum(map(sum, announced.values())) + (0 if flags & 1 else 2)
    data = read_treadmill_data(flags.to_bytes(2, "little") + filler[:length])
    assert data is not None
    assert (data.more, data.truncated, data.trailing) == (bool(flags & 1), False, 0)
    absent = [name for bit, names in FIELDS.items() if bit not in announced for name in names]
    known = {name for name, value in asdict(data).items() if value is not None}
    assert known.isdisjoint(set(absent) - ({"speed_kmh"} if not flags & 1 else set()))


@given(cut=st.integers(0, len(ALL_FIELDS) - 1))
def test_a_cut_frame_gives_the_whole_fields_before_the_cut(cut: int) -> None:
    whole, data = read_treadmill_data(ALL_FIELDS), read_treadmill_data(ALL_FIELDS[:cut])
    if cut < 2:
        assert data is None
        return
    assert data is not None
    assert whole is not None
    assert data.truncated or cut == len(ALL_FIELDS) - 2  # the two paces may have a byte each
    if data.truncated:
        kept = {name: value for name, value in asdict(data).items() if value not in (None, False, True)}
        assert all(asdict(whole)[name] == value for name, value in kept.items() if name != "trailing")


@given(st.binary(max_size=64))
@settings(max_examples=200)
def test_any_bytes_are_read_without_an_error(frame: bytes) -> None:
    data = read_treadmill_data(frame)
    assert data is None or data.speed_kmh is None or 0 <= data.speed_kmh <= 655.34
    read_machine_status(frame)
    read_training_status(frame)


def test_65535_in_every_field_is_not_available() -> None:
    frame = bytes([0xFE, 0x1F]) + b"\xff" * (len(ALL_FIELDS) - 2)
    data = read_treadmill_data(frame)
    assert data is not None
    signed = ("incline_percent", "ramp_degrees", "force_n", "power_w")
    values = {name: value for name, value in asdict(data).items() if value not in (None, False, 0)}
    assert values.keys() == set(signed)  # -0.1 and -1: their "not available" is 0x7FFF


def test_a_walking_pad_that_ignores_the_flag_of_the_speed_is_read_by_the_length() -> None:
    """ph4-walkingpad#25: the speed is in bytes 2 and 3 whatever the flags say."""
    data = read_treadmill_data(bytes.fromhex("0500 9600 2c0100".replace(" ", "")))
    assert data is not None
    assert (data.speed_kmh, data.distance_m, data.more) == (1.5, 300, True)


def test_paces_of_one_byte_are_read_by_the_length() -> None:
    data = read_treadmill_data(bytes.fromhex("2001 a000 1e 5a".replace(" ", "")))
    assert data is not None
    assert (data.speed_kmh, data.pace, data.heart_rate, data.truncated) == (1.6, 30, 90, False)


def test_fields_that_no_flag_announces_are_left_alone() -> None:
    """A maker's own fields behind those of the flags (hughesjs/FitnessMachine): flags 0x2484, then 17 bytes."""
    data = read_treadmill_data(bytes.fromhex("8424 6400 0a0000 0500 ffff ff 2a00 1400 00".replace(" ", "")))
    assert data is not None
    assert (data.speed_kmh, data.distance_m, data.elapsed_s) == (1.0, 10, 42)
    assert (data.reserved, data.trailing) == (True, 3)


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        ("", None), ("02", BeltEvent.STOPPED), ("0201", BeltEvent.STOPPED), ("0202", BeltEvent.PAUSED),
        ("03", BeltEvent.STOPPED), ("04", BeltEvent.STARTED), ("01", BeltEvent.STOPPED), ("05a000", BeltEvent.OTHER),
    ],
)  # fmt: skip
def test_machine_status(frame: str, event: BeltEvent | None) -> None:
    assert read_machine_status(bytes.fromhex(frame)) == event


@pytest.mark.parametrize(
    ("frame", "event"),
    [("", None), ("00", None), ("0001", BeltEvent.STOPPED), ("000d", BeltEvent.OTHER), ("000f", BeltEvent.STOPPED)],
)
def test_training_status(frame: str, event: BeltEvent | None) -> None:
    assert read_training_status(bytes.fromhex(frame)) == event
