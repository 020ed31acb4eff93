from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.clock_model import ClockModel

RATE = 16_000
BLOCK = 1600
LATENCY = 70.0
SLACK = 40.0
DRIFT = 25.0


def asked(clock_model: ClockModel, lateness: list[float], begin: float = 1000.0, sample: int = 0) -> int:
    """Request one block after another, each late by some ms; returns the next sample."""
    for late in lateness:
        clock_model.requested(begin + sample / 16 + late, sample)
        sample += BLOCK
    return sample


@given(st.lists(st.lists(st.floats(0, 16), max_size=8), min_size=5, max_size=60))
def test_requests_that_jitter_do_not_move_the_moment_of_a_sample(jitter: list[list[float]]) -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    sample = asked(clock_model, [0.0, *(late for some in jitter for late in [*some, 0.0])])  # one a second is in time
    assert clock_model.moment(sample) == pytest.approx(1000 + sample / 16 + LATENCY, abs=0.01)


@given(st.floats(0, 25), st.lists(st.floats(0, 16), min_size=10, max_size=100))
def test_requests_that_are_all_later_are_followed(later: float, jitter: list[float]) -> None:
    """The server asks earlier than usual while it fills its buffer."""
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)
    sample = asked(clock_model, [0.0, *[later + late for late in jitter], *[later] * 160])
    assert clock_model.moment(sample) == pytest.approx(1000 + later + sample / 16 + LATENCY, abs=0.2)


@given(st.lists(st.floats(0, 16), min_size=2, max_size=50), st.integers(0, 10**7))
def test_samples_and_moments_are_each_others_inverse(jitter: list[float], sample: int) -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    asked(clock_model, jitter)
    assert clock_model.sample(clock_model.moment(sample)) == sample


def test_a_late_request_before_the_buffer_is_empty_changes_nothing() -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    sample = asked(clock_model, [0.0] * 20 + [SLACK - 1] + [0.0] * 5)
    assert clock_model.moment(sample) == pytest.approx(1000 + sample / 16 + LATENCY, abs=0.2)


def test_after_an_underrun_the_moments_are_corrected() -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    sample = asked(clock_model, [0.0] * 20 + [250.0, 210.0, 215.0])
    assert clock_model.moment(sample) == pytest.approx(1210 + sample / 16 + LATENCY, abs=0.2)


def test_an_unnoticed_gap_is_corrected_within_seconds() -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    sample = asked(clock_model, [0.0] * 20 + [SLACK] * 25)
    assert clock_model.moment(sample) == pytest.approx(1000 + SLACK + sample / 16 + LATENCY, abs=DRIFT / 2 + 0.1)


@pytest.mark.parametrize("parts_per_million", [-80, -30, 30, 80])
def test_clock_drift_is_followed(parts_per_million: int) -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    drift = [n * 100 * parts_per_million / 1e6 for n in range(36_000)]  # an hour
    sample = asked(clock_model, drift)
    error = clock_model.moment(sample) - (1000 + drift[-1] + sample / 16 + LATENCY)
    assert abs(error) <= 1


def test_a_late_server_that_catches_up_changes_nothing() -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    sample = asked(clock_model, [0.0] * 20 + [SLACK + 40.0, 0.0])
    assert clock_model.moment(sample) == pytest.approx(1000 + sample / 16 + LATENCY, abs=0.2)


def test_a_line_that_is_off_by_more_than_the_limit_is_moved_to_half_of_it() -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)  # nothing counts as a gap
    sample = asked(clock_model, [0.0, *[DRIFT + 5] * 9])
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY, abs=0.1)  # the early request is a second old at most
    asked(clock_model, [DRIFT + 5], sample=sample)
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY + 5 + DRIFT / 2, abs=0.1)


def test_a_line_that_is_off_by_less_than_the_limit_comes_nearer_step_by_step() -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)
    sample = asked(clock_model, [0.0, *[20.0] * 99])  # the early request is not ten seconds old yet
    off = [1000 + 20 + LATENCY - clock_model.moment(0)]
    for _ in range(20):
        sample = asked(clock_model, [20.0], sample=sample)
        off.append(1000 + 20 + LATENCY - clock_model.moment(0))
    assert off[0] == pytest.approx(20, abs=0.1)
    assert all(later == pytest.approx(earlier * 0.9, abs=0.05) for earlier, later in pairwise(off))


def test_a_line_that_jumped_does_not_go_back_to_earlier_requests() -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)
    sample = asked(clock_model, [0.0] * 101)
    sample = asked(clock_model, [DRIFT + 5] * 20, sample=sample)
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY + 5 + DRIFT / 2, abs=0.1)
    asked(clock_model, [DRIFT + 5] * 200, sample=sample)
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY + DRIFT + 5, abs=0.1)


def test_after_a_gap_the_line_waits_for_the_earliest_request() -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=10.0)
    sample = asked(clock_model, [0.0] * 101)
    sample = asked(clock_model, [60.0, 50.0, *[60.0] * 80], sample=sample)
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY + 50, abs=0.1)


def test_until_the_next_request_half_of_a_possible_gap_is_assumed() -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=10.0)
    sample = asked(clock_model, [0.0] * 5)
    sample = asked(clock_model, [30.0], sample=sample)  # a gap of 20 ms at most
    assert clock_model.moment(0) == pytest.approx(1000 + 10 + LATENCY, abs=0.1)
    asked(clock_model, [12.0], sample=sample)  # it was one of 12 ms
    assert clock_model.moment(0) == pytest.approx(1000 + 12 + LATENCY, abs=0.1)


@pytest.mark.parametrize(("off", "moved"), [(DRIFT, 0), (DRIFT + 0.1, DRIFT / 2 + 0.1)])
def test_a_line_that_is_off_by_just_the_limit_does_not_jump(off: float, moved: float) -> None:
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)
    clock_model.requested(1000.0, 0)
    clock_model.requested(1950.0, round((950 - off) * 16))
    clock_model.requested(2050.0, round((1050 - off) * 16))
    assert clock_model.moment(0) == pytest.approx(1000 + LATENCY + moved, abs=0.05)


@pytest.mark.parametrize(("later", "moved"), [(1000.0, False), (1000.5, True)])
def test_a_request_counts_as_recent_for_a_second(later: float, moved: bool) -> None:
    """While the early request is recent, the late ones are no reason to move the line."""
    clock_model = ClockModel(RATE, LATENCY, slack_ms=1000.0)
    clock_model.requested(1000.0, 0)
    clock_model.requested(1000.0 + later, round((later - 100) * 16))
    assert (clock_model.moment(0) > 1000 + LATENCY + 50) is moved


def test_how_late_a_request_was_is_known() -> None:
    clock_model = ClockModel(RATE, LATENCY, SLACK)
    assert (clock_model.late_ms, clock_model.moment(16)) == (0, LATENCY + 1)  # nothing was requested yet
    sample = asked(clock_model, [0.0, 0.0])
    asked(clock_model, [30.0], sample=sample)
    assert clock_model.late_ms == pytest.approx(30, abs=0.1)
