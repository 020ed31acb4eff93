"""Units: speeds and distances are converted exactly, and shown as treadmills show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.units import (
    BACKWARD_CAP_KMH,
    KG_PER_LB,
    KMH_PER_MPH,
    WeekStart,
    given_in_mph,
    in_kmh,
    kmh,
    kmh_from_metres_per_second,
    kmh_over,
    metres_per_second,
    mph,
    seconds_at,
    show_distance,
    show_speed,
)


def test_the_units_are_those_of_the_international_agreement() -> None:
    assert KMH_PER_MPH == 1.609344
    assert KG_PER_LB == 0.45359237


def test_a_mile_is_longer_than_a_kilometre() -> None:
    assert kmh(10) == pytest.approx(16.09344)
    assert mph(16.09344) == pytest.approx(10)
    assert pytest.approx(5.632704) == BACKWARD_CAP_KMH


@given(st.floats(0.1, 25))
def test_speeds_are_converted_there_and_back(speed: float) -> None:
    assert kmh(mph(speed)) == pytest.approx(speed)
    assert kmh_from_metres_per_second(metres_per_second(speed)) == pytest.approx(speed)


@pytest.mark.parametrize(
    ("speed", "unit", "found"),
    [(2.0, "mph", 3.218688), (2.0, "MPH", 3.218688), (2.0, "km/h", 2.0), (2.0, "KMH", 2.0), (2.0, "kph", 2.0)],
)
def test_a_speed_is_given_in_either_unit(speed: float, unit: str, found: float) -> None:
    assert in_kmh(speed, unit) == found


@pytest.mark.parametrize(
    ("speed", "found"),
    [
        (kmh(1.0), 1.0),
        (kmh(1.25), 1.25),
        (kmh(1.255), None),
        (1.6, None),
        (4.02, None),
        (kmh(125), 125.0),
        (kmh(1250), None),
    ],
)
def test_which_speeds_were_given_in_miles(speed: float, found: float | None) -> None:
    assert given_in_mph(speed) == found


def test_metres_and_seconds() -> None:
    assert metres_per_second(3.6) == 1
    assert metres_per_second(7.2) == 2
    assert kmh_from_metres_per_second(2.5) == 9
    assert kmh_over(3.0, 3000) == pytest.approx(3.6)
    assert kmh_over(3.0, 6000) == pytest.approx(1.8)
    assert seconds_at(3.6, 10) == pytest.approx(10)
    assert seconds_at(7.2, 3) == pytest.approx(1.5)


def test_what_is_shown() -> None:
    assert show_speed(1.609344, imperial=True) == "1.0 mph"
    assert show_speed(1.609344, imperial=False) == "1.6 km/h"
    assert show_distance(1609.344, imperial=True) == "1.00 mi"
    assert show_distance(1609.344, imperial=False) == "1.61 km"
    assert show_distance(345, imperial=True) == "0.21 mi"


def test_the_days_on_which_a_week_begins_are_numbered_as_dates_number_them() -> None:
    assert {day.name: int(day) for day in WeekStart} == {"MONDAY": 0, "SATURDAY": 5, "SUNDAY": 6}
