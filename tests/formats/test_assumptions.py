"""Paces and speeds as people and other programs write them, and the times that distances take."""

from __future__ import annotations

import re

import pytest

from retro_timer.formats.assumptions import parse_pace, read_speed, seconds_for, seconds_per_unit, show_pace
from retro_timer.scheduling.errors import WorkoutError


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        (" 20:00/km ", 3.0),
        ("20:00/KM", 3.0),
        ("37:30/km", 1.6),
        ("13:50/km", 4.3373),
        ("7:01/km", 8.55),
        ("2:25/km", 24.8),
        ("600:00/km", 0.1),
        ("30:00-20:00/km", 2.0),
        ("30:00/mi", 3.218688),
        ("3km/h", 3.0),
        ("1.65 kph", 1.65),
        ("1.9mph", 3.0577536),
        ("2 MPH", 3.218688),
        ("20:00/km 5km/h", 3.0),
    ],
)
def test_a_pace_is_the_speed_with_the_fewest_decimals(text: str, speed: float) -> None:
    assert parse_pace(text) == pytest.approx(speed, abs=1e-6)


@pytest.mark.parametrize("text", ["", "fast", "20:60/km", "20/km", "x3km/h", "3km/hour", "3 m/s", "123456:00/km"])
def test_what_is_no_pace_is_refused(text: str) -> None:
    assert read_speed(text) is None
    expected = "expected a pace such as 20:00/km, or a speed such as 3km/h, not "
    with pytest.raises(WorkoutError, match=f"^{expected}"):
        parse_pace(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0:00/km", 'a pace is longer than "0:00/km"'),
        ("601:00/km", "a speed is 0.1 to 25 km/h, not 0.0998"),
        ("2:23/km", "a speed is 0.1 to 25 km/h, not 25.2"),
        ("25.1km/h", "a speed is 0.1 to 25 km/h, not 25.1"),
    ],
)
def test_an_impossible_pace_is_refused(text: str, says: str) -> None:
    with pytest.raises(WorkoutError, match=re.escape(says)):
        parse_pace(text)


@pytest.mark.parametrize(
    ("speed", "seconds", "shown"),
    [(3.0, 1200, "20:00/km"), (1.6, 2250, "37:30/km"), (8.55, 421, "7:01/km"), (0.1, 36_000, "600:00/km")],
)
def test_a_speed_is_shown_as_a_pace(speed: float, seconds: int, shown: str) -> None:
    assert seconds_per_unit(speed) == seconds
    assert show_pace(speed) == shown


def test_standing_has_no_pace() -> None:
    assert (seconds_per_unit(0), show_pace(0)) == (0, "0:00/km")


@pytest.mark.parametrize(
    ("metres", "speed", "seconds"), [(0.1, 25.0, 1), (1, 2.4, 2), (1, 2.5, 1), (100, 3.6, 100), (1609.344, 1.6, 3621)]
)
def test_a_distance_takes_whole_seconds_and_at_least_one(metres: float, speed: float, seconds: int) -> None:
    assert seconds_for(metres, speed) == seconds
