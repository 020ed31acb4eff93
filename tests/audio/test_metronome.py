"""The click to step to, as an output makes it: even, on its moments, beneath everything else."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.metronome import BENEATH, LATE_MS, LONGEST_MS, NUDGE_MS, Metronome
from retro_timer.audio.timebase import Timebase
from retro_timer.session.ports import Clicks
from tests.audio.cues import prepared
from tests.audio.test_stage import LATENCY, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

CLICK = array("h", [100] * 160)


class Stepping(Output):
    """An output that clicks."""

    def click(self, *stretches: Clicks, samples: array[int] = CLICK) -> None:
        self.stage.click(stretches, samples)


def near(moments: Sequence[float]) -> list[object]:
    return [pytest.approx(moment, abs=0.1) for moment in moments]


@given(st.integers(30, 200), st.integers(10_200, 10_400), st.integers(0, 9000), st.integers(0, 200))
def test_clicks_are_heard_at_their_moments(tempo: int, begin: int, lasts: int, offset: int) -> None:
    output = Stepping(offset_ms=offset)
    output.run(begin - 200)
    output.click(Clicks(tempo, begin + offset, begin + offset + lasts))
    output.run(20_500)
    expected = [begin + n * 60_000 / tempo for n in range(30) if n * 60_000 / tempo < lasts]
    assert output.onsets() == near(expected)


def test_asked_again_it_goes_on_and_no_click_comes_twice() -> None:
    output = Stepping()
    for until in (11_000, 12_000, 13_000, 14_000):
        output.click(Clicks(120, 10_300, until))
        output.run(until - 500)
    output.run(15_000)
    assert output.onsets() == near([10_300 + 500 * n for n in range(8)])


def test_what_is_taken_back_is_not_heard() -> None:
    output = Stepping()
    output.click(Clicks(120, 10_300, 20_000))
    output.run(11_000)
    output.click()
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800])


def test_a_new_stretch_may_begin_before_the_one_that_was_taken_back_would_have_ended() -> None:
    output = Stepping()
    output.click(Clicks(120, 10_300, 20_000))
    output.run(11_000)
    output.click(Clicks(120, 11_700, 12_500))
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800, 11_700, 12_200])


def test_clicks_that_are_late_are_left_out_and_the_others_keep_their_moments() -> None:
    output = Stepping()
    output.run(12_000)
    output.click(Clicks(120, 10_300, 14_000))
    output.run(14_000)
    assert output.onsets() == near([12_300, 12_800, 13_300, 13_800])


@pytest.mark.parametrize(("late", "heard"), [(LATE_MS - 5, True), (LATE_MS + 5, False)])
def test_a_first_click_may_be_a_little_late(late: int, heard: bool) -> None:
    output = Stepping()
    output.run(12_000)
    output.click(Clicks(120, 12_000 + LATENCY - late, 12_100))
    output.run(12_500)
    assert bool(output.onsets()) is heard


def test_muted_it_is_silent_and_goes_on_where_it_would_be() -> None:
    output = Stepping()
    output.click(Clicks(120, 10_300, 20_000))
    output.run(11_000)
    output.stage.mute(True)
    output.run(12_000)
    output.stage.mute(False)
    output.run(13_000)
    assert output.onsets() == near([10_300, 10_800, 12_300, 12_800])


def test_beneath_what_is_said_it_is_quieter() -> None:
    output = Stepping()
    output.play(prepared(1, 10_700, words=8000))
    output.click(Clicks(120, 10_300, 12_000))
    output.run(12_500)
    assert output.at(10_305) == 100
    assert output.at(10_805) == 500 + BENEATH
    assert output.at(11_305) == 100


def test_it_is_not_cut_short_by_words_and_cuts_none_short() -> None:
    output = Stepping()
    output.click(Clicks(60, 10_300, 12_000))
    output.play(prepared(1, 10_305, words=800))
    output.run(11_000)
    assert output.at(10_308) == 500 + BENEATH
    assert output.at(10_350) == 500


def test_a_pause_silences_a_click_that_was_placed_already() -> None:
    output = Stepping()
    output.click(Clicks(60, 10_330, 20_000))
    output.run(10_200)  # the click begins in the next block or later, and is known already
    output.stage.cancel(sounding=True)
    output.click()
    output.run(11_000)
    assert not output.onsets()


def test_at_the_end_it_stops_and_is_not_waited_for() -> None:
    output = Stepping()
    output.click(Clicks(60, 10_300, 20_000))
    output.run(10_500)
    output.stage.drain()
    output.run(11_500)
    assert output.told["drained"] == [{}]
    assert output.onsets() == near([10_300])


def test_a_long_file_of_the_walkers_own_is_cut_before_the_next_click() -> None:
    output = Stepping()
    output.click(Clicks(60, 10_300, 12_000), samples=array("h", [900] * 48_000))
    output.run(12_500)
    assert output.at(10_300 + LONGEST_MS - 10) == 900
    assert output.at(10_300 + LONGEST_MS + 20) == 0
    assert output.onsets() == near([10_300, 11_300])


class Wandering(Timebase):
    """What is known of the output is wrong by so many milliseconds."""

    error = 0.0

    def __init__(self) -> None:
        super().__init__(16_000, 0, 0)

    def moment(self, sample: int) -> float:
        return sample / 16 + self.error


def begun(errors: Sequence[float], tempo: int = 120) -> list[int]:
    """The samples at which clicks begin, from 1000 ms on, in blocks with these errors."""
    timebase = Wandering()
    metronome = Metronome(timebase, 0)
    metronome.set((Clicks(tempo, 1000, 10**9),), CLICK)
    found: list[int] = []
    for block, error in enumerate(errors):
        timebase.error = error
        found += metronome.take(1600 * block, 1600)
    return found


@given(st.lists(st.floats(-25, 25), min_size=5, max_size=200), st.integers(30, 200))
def test_steps_stay_even_while_the_latency_is_found_out(errors: list[float], tempo: int) -> None:
    a_step = 16 * 60_000 / tempo
    clicks = begun(errors, tempo)
    assert all(abs(later - earlier - a_step) <= 16 * NUDGE_MS + 1 for earlier, later in pairwise(clicks))
    assert len(clicks) >= (1600 * len(errors) - 16_000) // a_step - 1


@pytest.mark.parametrize("astray", [-55, -40, 40, 55])
@pytest.mark.parametrize("tempo", range(30, 201, 7))
def test_no_step_is_lost_when_all_of_them_are_off_their_moments(tempo: int, astray: int) -> None:
    a_step = 16 * 60_000 / tempo
    clicks = begun([0] * 40 + [astray] * 400, tempo)
    assert max(later - earlier for earlier, later in pairwise(clicks)) <= a_step + 16 * NUDGE_MS + 1


def test_clicks_that_are_off_their_moments_come_nearer_with_each_step() -> None:
    clicks = begun([0] * 40 + [20] * 100)
    late = [16_000 + 8000 * n - click for n, click in enumerate(clicks)]
    assert late == sorted(late)
    assert late[0] == 0
    assert late[-1] == 20 * 16


def test_where_much_silence_came_between_the_next_click_is_put_where_it_belongs() -> None:
    clicks = begun([0] * 40 + [230] * 100)
    assert {click % 8000 for click in clicks} == {0, 8000 - 230 * 16}
