from __future__ import annotations

import itertools
from array import array

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.mixer import FADE_SAMPLES, Mixer, Playing, scaled

clips = st.lists(
    st.tuples(st.lists(st.integers(-32768, 32767), min_size=1, max_size=60), st.integers(0, 150)), max_size=6
)


@given(clips, st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_what_is_heard_is_the_sum_of_all_that_plays_however_it_is_cut_into_blocks(
    playing: list[tuple[list[int], int]], blocks: list[int]
) -> None:
    mixer = Mixer()
    for ident, (samples, begin) in enumerate(playing):
        mixer.add(Playing(ident, array("h", samples), begin, voice=False))
    heard: list[int] = []
    for count in blocks:
        heard.extend(mixer.block(len(heard), count))
    for at, value in enumerate(heard):
        there = [samples[at - begin] for samples, begin in playing if begin <= at < begin + len(samples)]
        if len(there) <= 2:
            assert value == max(-32768, min(32767, sum(there)))


def test_silence_is_one_and_the_same_block() -> None:
    mixer = Mixer()
    assert mixer.block(0, 800) is mixer.block(800, 800)


def test_what_is_cut_fades_without_a_step() -> None:
    mixer = Mixer()
    mixer.add(Playing(1, array("h", [10_000] * 2000), 0, voice=False))
    mixer.block(0, 400)
    mixer.cut(500, lambda _: True)
    heard = mixer.block(400, 800)
    steps = [abs(b - a) for a, b in itertools.pairwise(heard)]
    assert heard[99] == 10_000
    assert max(steps) <= 10_000 // FADE_SAMPLES + 1
    assert not any(heard[100 + FADE_SAMPLES :])


def test_what_has_not_begun_when_it_is_cut_never_begins() -> None:
    mixer = Mixer()
    mixer.add(Playing(1, array("h", [5] * 10), 100, voice=True))
    mixer.cut(50, lambda playing: playing.voice)
    assert not any(mixer.block(0, 200))


@given(st.lists(st.integers(-32768, 32767), max_size=50), st.integers(0, 100))
def test_volume_scales_and_never_overflows(samples: list[int], volume: int) -> None:
    data = array("h", samples).tobytes()
    assert list(scaled(data, volume)) == ([value * volume // 100 for value in samples] if volume < 100 else samples)


def test_half_a_sample_at_the_end_is_left_out() -> None:
    assert list(scaled(b"\x01\x00\x02", 100)) == [1]
