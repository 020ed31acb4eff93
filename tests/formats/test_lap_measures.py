"""What the file of an activity says was measured in a lap: kept as far as it can be true."""

from __future__ import annotations

from math import inf, nan

import pytest

from retro_timer.formats.lap_measures import PastMeasures, joined, measures_of
from retro_timer.session.sensing import MAX_METRES
from retro_timer.session.trace import IntervalMeasures

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("metres", "fastest", "kept"),
    [
        (None, 5.0, (0.0, 0, None)),
        (0.0, 5.0, (0.0, 0, None)),
        (3000.0, None, (3000.0, HOUR, None)),
        (3000.0, 0.0, (3000.0, HOUR, None)),
        (3000.0, 2.9, (3000.0, HOUR, None)),
        (3000.0, 3.0, (3000.0, HOUR, 3.0)),
        (3000.0, 25.0, (3000.0, HOUR, 25.0)),
        (3000.0, 25.1, (3000.0, HOUR, None)),
        (25_000.0, 25.0, (25_000.0, HOUR, 25.0)),
        (25_001.0, 26.0, (0.0, 0, None)),
        (-1.0, 3.0, (0.0, 0, None)),
    ],
)
def test_a_distance_is_kept_at_a_possible_speed_and_the_fastest_is_not_slower(
    metres: float | None, fastest: float | None, kept: tuple[float, int, float | None]
) -> None:
    found = measures_of(HOUR, metres, fastest)
    assert (found.metres, found.moved, found.fastest_kmh) == kept
    assert measures_of(0, metres, fastest) == PastMeasures()


@pytest.mark.parametrize(
    ("mean", "highest", "kept"),
    [
        (None, 120.0, (None, None, 0)),
        (24.9, 120.0, (None, None, 0)),
        (25.0, 25.0, (25.0, 25, HOUR)),
        (250.0, 250.0, (250.0, 250, HOUR)),
        (250.1, 250.0, (None, None, 0)),
        (nan, 120.0, (None, None, 0)),
        (100.4, 100.0, (100.4, 100, HOUR)),
        (100.6, 100.0, (100.6, None, HOUR)),
        (100.0, 250.4, (100.0, 250, HOUR)),
        (100.0, 251.0, (100.0, None, HOUR)),
        (100.0, inf, (100.0, None, HOUR)),
        (100.0, nan, (100.0, None, HOUR)),
        (100.0, None, (100.0, None, HOUR)),
    ],
)
def test_a_heart_rate_is_kept_if_it_is_possible_and_the_highest_is_not_lower(
    mean: float | None, highest: float | None, kept: tuple[float | None, int | None, int]
) -> None:
    found = measures_of(HOUR, None, None, mean, highest)
    assert (found.heart_mean, found.heart_max, found.beat) == kept


def test_a_part_has_its_share_and_the_same_means_and_highest_values() -> None:
    whole = PastMeasures(100.0, 1000, 3.0, 101.0, 120, 500)
    assert whole.part(250, 1000) == PastMeasures(25.0, 250, 3.0, 101.0, 120, 125)
    assert whole.part(1000, 1000) == whole


def test_parts_are_joined_with_the_mean_of_their_beats() -> None:
    one, other = PastMeasures(10.0, 1000, 2.0, 100.0, 110, 3000), PastMeasures(5.0, 500, 3.0, 120.0, 105, 1000)
    assert joined((one, other)) == PastMeasures(15.0, 1500, 3.0, 105.0, 110, 4000)
    assert joined((one, PastMeasures())) == one
    assert joined((PastMeasures(), PastMeasures())) == PastMeasures()


@pytest.mark.parametrize(
    ("measured", "kept"),
    [
        (PastMeasures(), None),
        (PastMeasures(heart_max=100), None),
        (PastMeasures(heart_mean=100.0), None),
        (PastMeasures(metres=50.0), None),
        (PastMeasures(50.0, 0, 3.0), None),
        (PastMeasures(50.0, 60_000, 4.0),
         IntervalMeasures(7, metres=50.0, speeds=60, speed_mean=3.0, speed_max=4.0)),
        (PastMeasures(0.4, 499, None), IntervalMeasures(7, metres=0.4, speeds=1, speed_mean=2.886, speed_max=None)),
        (PastMeasures(1.4, 1500, None), IntervalMeasures(7, metres=1.4, speeds=2, speed_mean=3.36, speed_max=None)),
        (PastMeasures(1000.0, 1000, 4.0, 100.0, 110, 1000),
         IntervalMeasures(7, beats=1, heart_mean=100.0, heart_max=110)),
        (PastMeasures(0.0, 0, None, 100.0, 110, 2600), IntervalMeasures(7, beats=3, heart_mean=100.0, heart_max=110)),
        (PastMeasures(0.0, 0, None, 100.0, 110, 1), IntervalMeasures(7, beats=1, heart_mean=100.0, heart_max=110)),
    ],
)  # fmt: skip
def test_what_was_measured_is_kept_as_if_a_sensor_had_reported_it_each_second(
    measured: PastMeasures, kept: IntervalMeasures | None
) -> None:
    found = measured.kept(7)
    if found is None or kept is None:
        assert found is kept
        return
    assert found.speed_mean == (None if kept.speed_mean is None else pytest.approx(kept.speed_mean, abs=0.001))
    assert (found.interval, found.metres, found.speeds, found.speed_max) == (
        kept.interval, kept.metres, kept.speeds, kept.speed_max,
    )  # fmt: skip
    assert (found.beats, found.heart_mean, found.heart_max) == (kept.beats, kept.heart_mean, kept.heart_max)


def test_a_distance_is_kept_up_to_a_bound() -> None:
    found = PastMeasures(metres=2.0 * MAX_METRES, moved=10_000 * HOUR).kept(0)
    assert found is not None
    assert found.metres == MAX_METRES
