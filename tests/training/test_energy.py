"""Energy, load and effort: the figures of the published tables, and nothing where they do not reach."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import kmh
from retro_timer.training.energy import EFFORTS, Walked, effort_words, estimate, forward_met, session_load

BUILDER = [Walked(entry.phase, entry.duration) for entry in flatten(preset("builder"))]


def test_the_energy_of_builder_agrees_with_a_calculation_by_hand() -> None:
    # Forward 8 min x 3.0, backward 8 min x 2.875, turns 4 min x 1.3 MET; 3.5 x 70 / 200 kcal a minute and MET.
    energy = estimate(BUILDER, 70, backward_kmh=kmh(1.0), forward_kmh=kmh(2.0))
    assert energy is not None
    assert energy.about == pytest.approx(63.945)
    assert energy.low == pytest.approx((24 + 8 * 2.3 * 1.17 * 0.8 + 5.2) * 1.225)
    assert energy.high == pytest.approx((24 + 8 * 3.45 + 5.2) * 1.225)
    assert str(energy) == "about 64 kcal (range 57-70)"


@pytest.mark.parametrize(
    ("speed_mph", "forward", "backward", "upper"),
    [
        (0.1, 2.1, 2.625, 3.15),
        (0.9, 2.1, 2.625, 3.15),
        (1.0, 2.3, 2.875, 3.45),
        (1.1, 2.3, 2.875, 3.45),
        (1.2, 2.8, 3.5, 4.2),
        (1.9, 2.8, 3.5, 4.2),
        (2.0, 3.0, 3.75, 4.5),
        (2.4, 3.0, 3.75, 4.5),
        (2.5, 3.5, 4.375, 5.25),
        (2.9, 3.5, 4.375, 5.25),
        (3.0, 3.8, 4.75, 5.7),
        (3.4, 3.8, 4.75, 5.7),
        (3.5, 4.8, 6.0, 7.2),
        (3.9, 4.8, 6.0, 7.2),
    ],
)
def test_the_met_table(speed_mph: float, forward: float, backward: float, upper: float) -> None:
    assert forward_met(kmh(speed_mph)) == forward
    # 200 / 3.5 kg for a minute: kcal are METs.
    energy = estimate([Walked(Phase.BACKWARD, 60, kmh(speed_mph))], 200 / 3.5)
    assert energy is not None
    assert energy == pytest.approx((backward, forward * 1.17 * 0.8, upper))


def test_a_metric_console_falls_into_the_same_rows() -> None:
    assert forward_met(1.6) == forward_met(kmh(1.0))
    assert forward_met(3.2) == forward_met(kmh(2.0))


@pytest.mark.parametrize("speed_kmh", [0, -1, kmh(4.0), 100, math.inf, math.nan])
def test_beyond_the_table_there_is_no_estimate(speed_kmh: float) -> None:
    assert forward_met(speed_kmh) is None
    assert estimate([Walked(Phase.FORWARD, 60, speed_kmh)], 70) is None


def test_without_weight_or_speeds_there_is_no_estimate() -> None:
    assert estimate(BUILDER, None, 1.6, 3.2) is None
    assert estimate(BUILDER, 70, None, 3.2) is None
    assert estimate(BUILDER, 70, 1.6, None) is None
    assert estimate([Walked(Phase.TURN, 60)], 70) == pytest.approx((1.5925, 1.5925, 1.5925))


def test_an_interval_with_its_own_speed_uses_it() -> None:
    own = estimate([Walked(Phase.BACKWARD, 60, kmh(2.0))], 70, backward_kmh=kmh(1.0))
    assert own == estimate([Walked(Phase.BACKWARD, 60)], 70, backward_kmh=kmh(2.0))


def test_a_speed_that_is_never_walked_is_not_needed() -> None:
    assert estimate([Walked(Phase.FORWARD, 60, 3.2), Walked(Phase.BACKWARD, 0)], 70) is not None


@pytest.mark.parametrize("weight", [0, 19.9, 301, -70, math.nan, math.inf])
def test_an_absurd_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="a body weight is 20 to 300 kg"):
        estimate(BUILDER, weight, 1.6, 3.2)


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf])
def test_an_impossible_length_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        estimate([Walked(Phase.TURN, seconds)], 70)


@given(
    st.lists(
        st.builds(Walked, st.sampled_from(Phase), st.integers(0, 3600), st.none() | st.floats(0.1, 6.2)), max_size=20
    ),
    st.floats(20, 300),
)
def test_the_likely_value_lies_in_the_range(parts: list[Walked], weight: float) -> None:
    energy = estimate(parts, weight, 1.6, 3.2)
    assert energy is not None
    assert 0 <= energy.low <= energy.about + 1e-9
    assert energy.about <= energy.high + 1e-9


def test_session_load_is_effort_times_minutes() -> None:
    assert session_load(4, 20 * 60) == 80
    assert session_load(0, 1200) == 0
    assert session_load(None, 1200) is None


def test_every_effort_has_words() -> None:
    assert [effort for values, _ in EFFORTS for effort in values] == list(range(11))
    assert effort_words(0) == "resting"
    assert effort_words(3) == effort_words(4) == "comfortable, can talk"
    assert effort_words(10) == "as hard as I can"


@pytest.mark.parametrize("effort", [-1, 11])
def test_an_impossible_effort_is_refused(effort: int) -> None:
    with pytest.raises(ValueError, match="an effort is 0 to 10"):
        effort_words(effort)
