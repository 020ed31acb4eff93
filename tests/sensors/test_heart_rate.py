"""Frames of heart rate sensors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.sensors.belief import heart_reading
from retro_timer.sensors.heart_rate import HeartRate, read_heart_rate


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("0058", HeartRate(88)),
        ("012c01", HeartRate(300)),
        ("0658", HeartRate(88, contact=True)),
        ("0458", HeartRate(88, contact=False)),
        ("08580a00", HeartRate(88, energy_kj=10)),
        ("10580004", HeartRate(88, beats_s=(1.0,))),
        ("1f58000a0000040002", HeartRate(88, True, 10, (1.0, 0.5))),
        ("1058000400", HeartRate(88, beats_s=(1.0,))),  # half an interval
        ("0858", HeartRate(88)),  # the energy is cut off
    ],
)
def test_frames(frame: str, expected: HeartRate) -> None:
    assert read_heart_rate(bytes.fromhex(frame)) == expected


@given(st.binary(max_size=32))
def test_any_bytes_give_a_possible_heart_rate_or_none(frame: bytes) -> None:
    reading = heart_reading(frame)
    assert reading is None or reading.heart_rate is None or 25 <= reading.heart_rate <= 250


@pytest.mark.parametrize("frame", ["0458", "0000", "01ffff", "0010"])
def test_no_contact_and_impossible_rates_are_no_heart_rate(frame: str) -> None:
    reading = heart_reading(bytes.fromhex(frame))
    assert reading is not None
    assert reading.heart_rate is None
