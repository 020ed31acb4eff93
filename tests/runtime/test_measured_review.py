"""The review of a session with sensors: measured speeds take the place of planned ones."""

from __future__ import annotations

import pytest

from retro_timer.config.schema import Walker
from retro_timer.runtime.review import MeasuredTotals, review_of
from tests.formats.sessions import walked_session

PLANNED = "fwd 2m @3.2km/h, turn 10s, back 2m @1.6km/h"
WALKER = Walker(weight_kg=70)


def energy(planned: str, speed: float | None) -> float:
    session = walked_session(planned, sampled=None if speed is None else lambda _: (speed, None))
    found = review_of(session, WALKER).energy
    assert found is not None
    return found.about


def test_the_energy_is_that_of_the_measured_speeds() -> None:
    assert energy(PLANNED, 4.9) == pytest.approx(energy("fwd 2m @4.9km/h, turn 10s, back 2m @4.9km/h", None), rel=0.01)
    assert energy(PLANNED, None) < energy(PLANNED, 4.9)
    assert energy(PLANNED, 0.0) < energy(PLANNED, None)


def test_what_was_measured_is_added_up() -> None:
    session = walked_session(PLANNED, sampled=lambda second: (1.8, 100 if second < 130 else 120))
    measured = review_of(session, WALKER).measured
    assert isinstance(measured, MeasuredTotals)
    assert measured.backward_kmh == pytest.approx(1.8)
    assert measured.backward_metres == pytest.approx(60, abs=1)
    assert measured.backward_seconds == pytest.approx(120, abs=1)
    assert measured.metres == pytest.approx(125, abs=2)
    assert measured.heart_mean == pytest.approx(109, abs=1)
    assert measured.heart_max == 120


def test_nothing_is_added_up_without_sensors() -> None:
    assert review_of(walked_session(PLANNED), WALKER).measured is None
