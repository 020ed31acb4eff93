from __future__ import annotations

import itertools
from array import array
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.audio.mixer import FADE_SAMPLES, Mixer, Playing, scaled

clips = st.lists(
    st.tuples(st.lists(st.integers(-32768, 32767), min_size=1, max_size=60), st.integers(0, 150)), max_size=6
)


@given(clips, st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_the_output_is_the_sum_of_all_sounds_whatever_the_block_size(
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
        # One after the other, clipped each time: so it matters which of three comes first.
        assert value == reduce(lambda total, sample: max(-32768, min(32767, total + sample)), there, 0)


def test_silence_is_one_and_the_same_block() -> None:
    mixer = Mixer()
    assert mixer.block(0, 800) is mixer.block(800, 800)


def test_a_cut_sound_fades_out() -> None:
    mixer = Mixer()
    mixer.add(Playing(1, array("h", [10_000] * 2000), 0, voice=False))
    mixer.block(0, 400)
    mixer.cut(500, lambda _: True)
    heard = mixer.block(400, 800)
    steps = [abs(b - a) for a, b in itertools.pairwise(heard)]
    assert heard[99] == 10_000
    assert max(steps) <= 10_000 // FADE_SAMPLES + 1
    last = 100 + 8 * 16 - 1  # after 8 ms it is silent
    assert heard[last] == 10_000 // 128
    assert not any(heard[last + 1 :])


def test_a_sound_cut_before_its_start_never_begins() -> None:
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


def heard(*clips: tuple[list[int], int], blocks: tuple[int, ...] = (20,)) -> list[int]:
    mixer = Mixer()
    for ident, (samples, begin) in enumerate(clips):
        mixer.add(Playing(ident, array("h", samples), begin, voice=False))
    out: list[int] = []
    for count in blocks:
        out.extend(mixer.block(len(out), count))
    return out


def test_clips_that_touch_do_not_mix_and_those_that_overlap_are_added() -> None:
    assert heard(([1] * 4, 0), ([2] * 4, 4))[:9] == [1, 1, 1, 1, 2, 2, 2, 2, 0]
    assert heard(([2] * 4, 4), ([1] * 4, 0))[:9] == [1, 1, 1, 1, 2, 2, 2, 2, 0]
    assert heard(([1] * 4, 0), ([2] * 4, 3))[:8] == [1, 1, 1, 3, 2, 2, 2, 0]
    assert heard(([1] * 2, 0), ([2] * 2, 6), ([4] * 6, 1))[:9] == [1, 5, 4, 4, 4, 4, 6, 2, 0]
    assert heard(([1] * 4, 0), ([2] * 2, 6), ([4] * 2, 1))[:9] == [1, 5, 5, 1, 0, 0, 2, 2, 0]
    assert heard(([1] * 4, 4), ([2] * 2, 0), ([4] * 2, 5))[:9] == [2, 2, 0, 0, 1, 5, 5, 1, 0]


def test_a_clip_goes_on_in_the_next_block_and_ends_with_it() -> None:
    assert heard(([7] * 5, 2), blocks=(4, 3, 3)) == [0, 0, 7, 7, 7, 7, 7, 0, 0, 0]
    mixer = Mixer()
    mixer.add(Playing(1, array("h", [7] * 4), 0, voice=False))
    mixer.add(Playing(2, array("h"), 0, voice=False))
    assert mixer
    mixer.block(0, 4)
    assert not mixer


def test_what_begins_at_the_cut_is_dropped_and_what_began_before_fades_to_nothing() -> None:
    mixer = Mixer()
    mixer.add(Playing(1, array("h", [1000] * 500), 10, voice=True))
    mixer.add(Playing(2, array("h", [9] * 500), 11, voice=True))
    mixer.add(Playing(3, array("h", [5] * 3), 300, voice=False))
    mixer.cut(11, lambda playing: playing.voice)
    out = mixer.block(0, 320)
    fade = [1000 * (FADE_SAMPLES - n) // FADE_SAMPLES for n in range(FADE_SAMPLES)]
    assert list(out[9 : 12 + FADE_SAMPLES]) == [0, 1000, *fade, 0]
    assert list(out[299:304]) == [0, 5, 5, 5, 0]


def test_a_clip_that_is_nearly_over_fades_in_what_is_left() -> None:
    playing = Playing(1, array("h", [1000] * 10), 0, voice=True)
    playing.fade(6)
    assert list(playing.samples) == [1000] * 6 + [1000, 750, 500, 250]
    assert playing.end == 10
