"""What sensors measure now, and until when it is shown."""

from __future__ import annotations

import pytest

from retro_timer.session.sensing import (
    MAX_BPM,
    MAX_INCLINE,
    MAX_KMH,
    MAX_METRES,
    MIN_BPM,
    Chosen,
    LinkState,
    Measurements,
    PresentValue,
    SensorKind,
    SensorLink,
)

SPEED, INCLINE, HEART = PresentValue(2.0, 1_000), PresentValue(1.5, 2_000), PresentValue(100, 3_000)
ALL = Measurements(speed_kmh=SPEED, incline_percent=INCLINE, heart_rate=HEART, metres=7.5)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (1_000, ALL),
        (1_001, Measurements(incline_percent=INCLINE, heart_rate=HEART, metres=7.5)),
        (2_000, Measurements(incline_percent=INCLINE, heart_rate=HEART, metres=7.5)),
        (2_001, Measurements(heart_rate=HEART, metres=7.5)),
        (3_001, Measurements(metres=7.5)),
    ],
)
def test_a_value_that_is_too_old_is_left_out(now: int, left: Measurements) -> None:
    assert ALL.at(now) == left


def test_until_when_the_first_value_is_shown() -> None:
    assert ALL.until == 1_000
    assert Measurements(incline_percent=INCLINE, heart_rate=HEART).until == 2_000
    assert Measurements().until is None
    assert Measurements().metres == 0


def test_the_state_of_each_sensor() -> None:
    belt, heart = (SensorLink(kind, LinkState.OK) for kind in SensorKind)
    assert Measurements((belt, heart)).link(SensorKind.HEART) is heart
    assert Measurements((belt,)).link(SensorKind.HEART) is None
    assert Measurements().link(SensorKind.BELT) is None


def test_a_chosen_sensor_is_written_with_its_name_if_it_has_one() -> None:
    assert str(Chosen("AA:BB:CC:DD:EE:FF", "Treadmill 7")) == "AA:BB:CC:DD:EE:FF Treadmill 7"
    assert str(Chosen("AA:BB:CC:DD:EE:FF")) == "AA:BB:CC:DD:EE:FF"


def test_what_is_believed() -> None:
    assert (MAX_KMH, MIN_BPM, MAX_BPM, MAX_INCLINE, MAX_METRES) == (25, 25, 250, 50, 16_777_216)
