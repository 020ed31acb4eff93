from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.timebase import LEAK, WANDER_MS, Timebase

RATE = 16_000
BLOCK = 1600
LATENCY = 70.0
SLACK = 40.0


def asked(timebase: Timebase, lateness: list[float], begin: float = 1000.0, sample: int = 0) -> int:
    """Requests for one block after the other, each late by so many ms; the next sample."""
    for late in lateness:
        timebase.requested(begin + sample / 16 + late, sample)
        sample += BLOCK
    return sample


@given(st.lists(st.floats(0, 16), min_size=20, max_size=300))
def test_requests_that_jitter_do_not_move_the_moment_of_a_sample(jitter: list[float]) -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    sample = asked(timebase, [0.0, *jitter])
    expected = 1000 + sample / 16 + LATENCY
    assert timebase.moment(sample) == pytest.approx(expected, abs=LEAK * 100 * len(jitter) + 0.01)


@given(st.lists(st.floats(0, 16), min_size=2, max_size=50), st.integers(0, 10**7))
def test_samples_and_moments_are_each_others_inverse(jitter: list[float], sample: int) -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    asked(timebase, jitter)
    assert timebase.sample(timebase.moment(sample)) == sample


def test_a_late_request_that_finds_sound_left_changes_nothing() -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    sample = asked(timebase, [0.0] * 20 + [SLACK - 1] + [0.0] * 5)
    assert timebase.moment(sample) == pytest.approx(1000 + sample / 16 + LATENCY, abs=0.2)


def test_an_output_that_ran_dry_is_mapped_anew() -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    sample = asked(timebase, [0.0] * 20 + [250.0, 210.0, 215.0])
    assert timebase.moment(sample) == pytest.approx(1210 + sample / 16 + LATENCY, abs=0.2)


def test_a_shift_nobody_saw_is_noticed_within_seconds() -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    sample = asked(timebase, [0.0] * 20 + [SLACK] * 25)
    assert timebase.moment(sample) == pytest.approx(1000 + SLACK + sample / 16 + LATENCY, abs=WANDER_MS / 2 + 0.1)


@pytest.mark.parametrize("parts_per_million", [-80, -30, 30, 80])
def test_a_clock_that_drifts_is_followed(parts_per_million: int) -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    drift = [n * 100 * parts_per_million / 1e6 for n in range(36_000)]  # an hour
    sample = asked(timebase, drift)
    error = timebase.moment(sample) - (1000 + drift[-1] + sample / 16 + LATENCY)
    assert abs(error) <= WANDER_MS + 1


def test_a_server_that_was_late_itself_and_catches_up_changes_nothing() -> None:
    timebase = Timebase(RATE, LATENCY, SLACK)
    sample = asked(timebase, [0.0] * 20 + [SLACK + 40.0, 0.0])
    assert timebase.moment(sample) == pytest.approx(1000 + sample / 16 + LATENCY, abs=0.2)
