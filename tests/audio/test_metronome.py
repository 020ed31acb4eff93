"""The metronome of an output: even, on time, and below all other sounds."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.clock_model import ClockModel
from retro_timer.audio.metronome import MetronomeSamples
from retro_timer.session.ports import MetronomeSpan
from tests.audio.cues import prepared
from tests.audio.test_sample_scheduler import LATENCY, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

CORRECTED_MS = 2
CLICK = array("h", [100] * 160)


class Stepping(Output):
    """An output with a metronome."""

    def click(self, *spans: MetronomeSpan, samples: array[int] = CLICK) -> None:
        self.stage.click(spans, samples)


def near(moments: Sequence[float]) -> list[object]:
    return [pytest.approx(moment, abs=0.1) for moment in moments]


@given(st.integers(30, 200), st.integers(10_200, 10_400), st.integers(0, 9000), st.integers(0, 200))
def test_clicks_are_heard_at_their_moments(tempo: int, begin: int, lasts: int, offset: int) -> None:
    output = Stepping(offset_ms=offset)
    output.run(begin - 200)
    output.click(MetronomeSpan(tempo, begin + offset, begin + offset + lasts))
    output.run(20_500)
    expected = [begin + n * 60_000 / tempo for n in range(30) if n * 60_000 / tempo < lasts]
    assert output.onsets() == near(expected)


def test_repeated_requests_continue_without_a_double_click() -> None:
    output = Stepping()
    for until in (11_000, 12_000, 13_000, 14_000):
        output.click(MetronomeSpan(120, 10_300, until))
        output.run(until - 500)
    output.run(15_000)
    assert output.onsets() == near([10_300 + 500 * n for n in range(8)])


def test_cancelled_clicks_are_not_played() -> None:
    output = Stepping()
    output.click(MetronomeSpan(120, 10_300, 20_000))
    output.run(11_000)
    output.click()
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800])


def test_a_new_span_may_begin_before_the_end_of_a_cancelled_one() -> None:
    output = Stepping()
    output.click(MetronomeSpan(120, 10_300, 20_000))
    output.run(11_000)
    output.click(MetronomeSpan(120, 11_700, 12_500))
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800, 11_700, 12_200])


def test_clicks_that_are_late_are_left_out_and_the_others_keep_their_moments() -> None:
    output = Stepping()
    output.run(12_000)
    output.click(MetronomeSpan(120, 10_300, 14_000))
    output.run(14_000)
    assert output.onsets() == near([12_300, 12_800, 13_300, 13_800])


@pytest.mark.parametrize(("late", "heard"), [(25, True), (35, False)])
def test_a_first_click_may_be_a_little_late(late: int, heard: bool) -> None:
    output = Stepping()
    output.run(12_000)
    output.click(MetronomeSpan(120, 12_000 + LATENCY - late, 12_100))
    output.run(12_500)
    assert bool(output.onsets()) is heard


def test_muted_it_is_silent_and_later_continues_in_step() -> None:
    output = Stepping()
    output.click(MetronomeSpan(120, 10_300, 20_000))
    output.run(11_000)
    output.stage.mute(True)
    output.run(12_000)
    output.stage.mute(False)
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800, 12_300, 12_800])


def test_during_speech_the_click_is_quieter() -> None:
    output = Stepping()
    output.play(prepared(1, 10_700, words=8000))
    output.click(MetronomeSpan(120, 10_300, 12_000))
    output.run(12_500)
    assert output.at(10_305) == 100
    assert output.at(10_805) == 540
    assert output.at(11_305) == 100


def test_the_click_does_not_interrupt_words_and_is_not_interrupted() -> None:
    output = Stepping()
    output.click(MetronomeSpan(60, 10_300, 12_000))
    output.play(prepared(1, 10_305, words=800))
    output.run(11_000)
    assert output.at(10_308) == 540
    assert output.at(10_350) == 500


def test_a_pause_silences_a_queued_click() -> None:
    output = Stepping()
    output.click(MetronomeSpan(60, 10_330, 20_000))
    output.run(10_200)  # the click begins in the next block or later, and is known already
    output.stage.cancel(sounding=True)
    output.click()
    output.run(11_000)
    assert not output.onsets()


def test_at_the_end_it_stops_at_once() -> None:
    output = Stepping()
    output.click(MetronomeSpan(60, 10_300, 20_000))
    output.run(10_500)
    output.stage.drain()
    output.run(11_500)
    assert output.notified["drained"] == [{}]
    assert output.onsets() == near([10_300])


def test_a_long_custom_file_is_cut_before_the_next_click() -> None:
    output = Stepping()
    output.click(MetronomeSpan(60, 10_300, 12_000), samples=array("h", [900] * 48_000))
    output.run(12_500)
    assert output.at(10_490) == 900
    assert output.at(10_520) == 0
    assert output.onsets() == near([10_300, 11_300])


class Wandering(ClockModel):
    """The clock model is wrong by some milliseconds."""

    error = 0.0

    def __init__(self) -> None:
        super().__init__(16_000, 0, 0)

    def moment(self, sample: int) -> float:
        return sample / 16 + self.error


def begun(errors: Sequence[float], tempo: int = 120) -> list[int]:
    """The samples at which clicks begin, from 1000 ms on, in blocks with the given errors."""
    clock_model = Wandering()
    metronome = MetronomeSamples(clock_model, 0)
    metronome.set((MetronomeSpan(tempo, 1000, 10**9),), CLICK)
    found: list[int] = []
    for block, error in enumerate(errors):
        clock_model.error = error
        found += metronome.take(1600 * block, 1600)
    return found


@given(st.lists(st.floats(-25, 25), min_size=5, max_size=200), st.integers(30, 200))
def test_clicks_stay_even_while_the_latency_is_measured(errors: list[float], tempo: int) -> None:
    a_step = 16 * 60_000 / tempo
    clicks = begun(errors, tempo)
    assert all(abs(later - earlier - a_step) <= 16 * CORRECTED_MS + 1 for earlier, later in pairwise(clicks))
    assert len(clicks) >= (1600 * len(errors) - 16_000) // a_step - 1


@pytest.mark.parametrize("astray", [-55, -40, 40, 55])
@pytest.mark.parametrize("tempo", range(30, 201, 7))
def test_no_click_is_lost_when_all_of_them_are_off(tempo: int, astray: int) -> None:
    a_step = 16 * 60_000 / tempo
    clicks = begun([0] * 40 + [astray] * 400, tempo)
    assert max(later - earlier for earlier, later in pairwise(clicks)) <= a_step + 16 * CORRECTED_MS + 1


def test_clicks_that_are_off_are_corrected_step_by_step() -> None:
    clicks = begun([0] * 40 + [20] * 100)
    late = [16_000 + 8000 * n - click for n, click in enumerate(clicks)]
    assert late == sorted(late)
    assert late[0] == 0
    assert late[-1] == 20 * 16


def test_after_a_long_silence_the_next_click_is_at_its_exact_moment() -> None:
    clicks = begun([0] * 40 + [230] * 100)
    assert {click % 8000 for click in clicks} == {0, 8000 - 230 * 16}
