"""The shipped clips: complete, none left over, trimmed, level, clean and distinguishable."""

from __future__ import annotations

import io
import itertools
import math
import subprocess
import sys
import wave
import zipfile
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.audio.library import Library, slug
from retro_timer.audio.tones import SAMPLE_RATE, STEPS, ToneStep
from retro_timer.scheduling.phases import Phase
from retro_timer.session.cue import Sound
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import SOUND_SETS, VOICES
from retro_timer.session.timeline import SOUND_MS
from tests.audio.measuring import level_db, samples_of, share_above, strongest, tone

if TYPE_CHECKING:
    from array import array
    from types import ModuleType

PACKAGE = Path(retro_timer.__file__).parent
ASSETS = PACKAGE / "audio" / "assets"
SCRIPTS = PACKAGE.parent / "scripts"
EVERY_SOUND = list(itertools.product(SOUND_SETS, Sound))
EVERY_PHRASE = phrases.every_phrase()
EVERY_CLIP = list(itertools.product(VOICES, EVERY_PHRASE))
FIRST_STEPS = {sound: steps[0].hz for sound, steps in STEPS.items()}
NOTES = sorted({step.hz for steps in STEPS.values() for step in steps if step.hz})
WINDOW = SAMPLE_RATE * 5 // 1000
LARGEST = 32_767 * 10 ** (-1 / 20)
"""The largest sample allowed: 1 dB below full scale."""
LOST_BY_SOUNDS = 0.1
"""What a small speaker takes from half of the sounds at most, in LU; ticks, which it does not change, not counted."""
FIRST_60_MS = SAMPLE_RATE * 60 // 1000


@cache
def library(sound_set: str = "soft", voice: str = VOICES[0]) -> Library:
    return Library(sound_set, report=pytest.fail, voice=voice)


@cache
def spoken(voice: str, phrase: str) -> array[int]:
    clip = library(voice=voice).phrase(phrase)
    assert clip is not None
    return samples_of(clip)


def _clip(voice: str, phrase: str) -> Path:
    return ASSETS / "voice" / "en" / voice / f"{slug(phrase)}.flac"


def test_every_phrase_has_a_clip_in_every_voice_and_no_clip_is_left_over() -> None:
    assert {path for path in (ASSETS / "voice").rglob("*") if path.is_file()} == {_clip(*each) for each in EVERY_CLIP}


def test_no_two_phrases_share_a_clip() -> None:
    assert len({slug(phrase) for phrase in EVERY_PHRASE}) == len(EVERY_PHRASE)


@pytest.mark.parametrize("sound_set", SOUND_SETS)
def test_a_sound_set_has_exactly_all_sounds(sound_set: str) -> None:
    assert {clip.name for clip in (ASSETS / "sounds" / sound_set).iterdir()} == {f"{sound}.wav" for sound in Sound}


def test_every_sound_is_16_bit_mono_at_16_khz() -> None:
    for clip in ASSETS.rglob("*.wav"):
        with wave.open(str(clip)) as reader:
            form = (reader.getnchannels(), reader.getsampwidth(), reader.getframerate())
        assert form == (1, 2, SAMPLE_RATE), clip.name


def test_the_wheel_is_smaller_than_9_mb() -> None:
    """Packed as in a wheel; `.ci/check_wheel.py` weighs the real one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in sorted(PACKAGE.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                wheel.write(path, path.relative_to(PACKAGE.parent))
    assert packed.tell() < 9_000_000


def test_what_the_voice_is_made_from_ships_with_its_licences() -> None:
    notice = (ASSETS / "NOTICE").read_text(encoding="utf-8")
    for demanded in (
        "Kokoro-82M", "hexgrad", "Apache License, Version 2.0", "kokoro-onnx", "thewh1teagle", "MIT License",
        "Permission is hereby granted, free of charge", "misaki", "us_gold.json", "modified",
        "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
    ):  # fmt: skip
        assert demanded in notice


def _silence_ms(samples: array[int]) -> tuple[int, int]:
    """The silence before and after the words, to 5 ms: what is 40 dB below the loudest 5 ms."""
    starts = range(0, len(samples), WINDOW)
    levels = [math.sqrt(sum(x * x for x in samples[start : start + WINDOW]) / WINDOW) for start in starts]
    loud = [index for index, level in enumerate(levels) if level > max(levels) / 100]
    return loud[0] * 5, (len(levels) - 1 - loud[-1]) * 5


@pytest.mark.parametrize("voice", VOICES)
class TestVoice:
    def test_is_trimmed(self, voice: str) -> None:
        silences = {phrase: _silence_ms(spoken(voice, phrase)) for phrase in EVERY_PHRASE}
        assert {phrase: ms for phrase, ms in silences.items() if ms[0] > 10 or ms[1] > 30} == {}

    def test_is_equally_loud_in_every_phrase(self, voice: str) -> None:
        # The clips are levelled by a measure that is weighted like the ear; this one is not, hence the width.
        levels = {phrase: level_db(spoken(voice, phrase)) for phrase in EVERY_PHRASE}
        assert {phrase: level for phrase, level in levels.items() if not -18 <= level <= -14} == {}

    @pytest.mark.slow
    def test_is_equally_loud_to_the_ear(self, voice: str, waveforms: ModuleType) -> None:
        levels = {phrase: waveforms.loudness(_floats(voice, phrase)) for phrase in EVERY_PHRASE}
        assert {phrase: level for phrase, level in levels.items() if not -16.5 <= level <= -15.5} == {}

    @pytest.mark.slow
    def test_loses_no_more_in_a_small_speaker_than_the_sounds_do(self, voice: str, waveforms: ModuleType) -> None:
        def lost(samples: list[float]) -> float:
            return float(waveforms.loudness(samples) - waveforms.loudness(waveforms.through_small_speaker(samples)))

        of_phrases = {phrase: lost(_floats(voice, phrase)) for phrase in EVERY_PHRASE}
        assert {phrase: lu for phrase, lu in of_phrases.items() if lu > 2} == {}
        of_sounds = [lost(_sound_floats(*each)) for each in EVERY_SOUND]
        assert round(median(of_phrases.values()), 1) <= round(max(LOST_BY_SOUNDS, median(of_sounds)), 1)

    def test_does_not_clip(self, voice: str) -> None:
        peaks = {phrase: max(map(abs, spoken(voice, phrase))) for phrase in EVERY_PHRASE}
        assert {phrase: peak for phrase, peak in peaks.items() if peak > LARGEST} == {}

    def test_begins_and_ends_at_zero_without_a_click(self, voice: str) -> None:
        for phrase in EVERY_PHRASE:
            samples = spoken(voice, phrase)
            assert samples[0] == samples[-1] == 0, phrase
            assert max(map(abs, (*samples[:8], *samples[-8:]))) < 600, phrase

    @pytest.mark.parametrize("phase", Phase)
    def test_names_a_phase_quickly(self, voice: str, phase: Phase) -> None:
        assert _milliseconds(voice, phrases.IMPERATIVE[phase]) <= 1100
        assert _milliseconds(voice, phrases.NAMED[phase]) <= 1100

    def test_says_ten_seconds_quickly(self, voice: str) -> None:
        assert _milliseconds(voice, "Ten seconds.") <= 900


def _floats(voice: str, phrase: str) -> list[float]:
    return [sample / 32_767 for sample in spoken(voice, phrase)]


def _sound_floats(sound_set: str, sound: Sound) -> list[float]:
    return [sample / 32_767 for sample in samples_of(library(sound_set).sound(sound))]


def _milliseconds(voice: str, phrase: str) -> float:
    return 1000 * len(spoken(voice, phrase)) / SAMPLE_RATE


@pytest.mark.parametrize("voice", VOICES)
def test_the_cue_timeline_knows_how_long_each_phrase_takes(voice: str) -> None:
    unused_ms = {phrase: phrases.spoken_ms(phrase, voice) - _milliseconds(voice, phrase) for phrase in EVERY_PHRASE}
    assert {phrase: ms for phrase, ms in unused_ms.items() if not 0 <= ms < 10} == {}


@pytest.mark.parametrize("sound", Sound)
class TestSteps:
    def test_the_first_note_differs_from_every_other_sound_by_60_hz(self, sound: Sound) -> None:
        others = [hz for other, hz in FIRST_STEPS.items() if other is not sound]
        assert min(abs(FIRST_STEPS[sound] - hz) for hz in others) >= 60

    def test_no_sound_contains_the_first_note_of_another(self, sound: Sound) -> None:
        others = [hz for other, hz in FIRST_STEPS.items() if other is not sound]
        assert min(abs(step.hz - hz) for step in STEPS[sound] for hz in others) >= 30

    def test_the_first_note_lasts_60_ms(self, sound: Sound) -> None:
        assert STEPS[sound][0].ms >= 60

    def test_fundamentals_are_where_loudspeakers_and_ears_are_good(self, sound: Sound) -> None:
        assert all(380 <= step.hz <= 1560 for step in STEPS[sound] if step.hz)


def _notes(sound: Sound) -> list[int]:
    return [step.hz for step in STEPS[sound]]


def test_backward_falls_and_forward_rises_by_an_octave() -> None:
    backward, forward = _notes(Sound.BACKWARD), _notes(Sound.FORWARD)
    assert backward == sorted(backward, reverse=True)
    assert backward[0] == 2 * backward[-1]
    assert forward == sorted(forward)
    assert forward[-1] == 2 * forward[0]


def test_turn_alternates() -> None:
    high, low = _notes(Sound.TURN)[:2]
    assert high > low
    assert _notes(Sound.TURN) == [high, low] * 2


def length_ms(sound: Sound) -> int:
    return sum(step.ms for step in STEPS[sound])


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_sound_lasts_350_to_700_ms(phase: Phase) -> None:
    assert 350 <= length_ms(Sound.of(phase)) <= 700


def test_no_sound_lasts_longer_than_the_cue_timeline_counts_with() -> None:
    assert max(map(length_ms, Sound)) <= SOUND_MS


@pytest.mark.parametrize("left", range(1, 11))
def test_a_tick_is_short(left: int) -> None:
    assert 80 <= length_ms(Sound.of_tick(left)) <= 120


def test_the_last_three_ticks_rise_and_the_last_is_the_longest() -> None:
    three, two, one = (Sound.of_tick(left) for left in (3, 2, 1))
    assert _notes(three) < _notes(two) < _notes(one)
    assert length_ms(one) > max(length_ms(three), length_ms(two))
    assert {Sound.of_tick(left) for left in range(3, 11)} == {three}


def test_the_refusal_sound_is_short_and_ends_low() -> None:
    assert length_ms(Sound.REFUSED) <= 200
    assert _notes(Sound.REFUSED)[-1] <= 450


@pytest.mark.parametrize("sound_set", SOUND_SETS)
def test_a_step_is_quieter_shorter_and_lower_than_a_tick(sound_set: str) -> None:
    step, tick = (samples_of(library(sound_set).sound(sound)) for sound in (Sound.STEP, Sound.TICK))
    assert level_db(step) < level_db(tick) - 3
    assert length_ms(Sound.STEP) < length_ms(Sound.TICK)
    assert STEPS[Sound.STEP][0].hz * 3 < STEPS[Sound.TICK][0].hz * 2


@pytest.mark.parametrize(("sound_set", "sound"), EVERY_SOUND)
class TestSound:
    def test_is_recognizable_by_its_first_60_ms(self, sound_set: str, sound: Sound) -> None:
        start = samples_of(library(sound_set).sound(sound))[:FIRST_60_MS]
        heard = {other: tone(start, hz) for other, hz in FIRST_STEPS.items()}
        own = heard.pop(sound)
        assert own > 4 * max(heard.values())

    def test_plays_its_steps(self, sound_set: str, sound: Sound) -> None:
        samples = samples_of(library(sound_set).sound(sound))
        at = 0
        for step in STEPS[sound]:
            count = step.ms * SAMPLE_RATE // 1000
            self._assert_plays(samples[at : at + count], step)
            at += count
        assert at == len(samples)

    def _assert_plays(self, samples: array[int], step: ToneStep) -> None:
        if step.hz == 0:
            assert not any(samples)
        else:
            assert strongest(samples, NOTES) == step.hz

    def test_has_its_energy_below_3_khz_and_no_clicks(self, sound_set: str, sound: Sound) -> None:
        samples = samples_of(library(sound_set).sound(sound))
        assert share_above(samples, 3000) < 0.05
        # A step between two samples, a click, has a flat spectrum.
        assert share_above(samples, 4000) < 1e-5

    def test_begins_and_ends_at_zero_and_does_not_clip(self, sound_set: str, sound: Sound) -> None:
        samples = samples_of(library(sound_set).sound(sound))
        assert samples[0] == samples[-1] == 0
        assert max(map(abs, (*samples[:8], *samples[-8:]))) < 1500
        assert max(map(abs, samples)) <= LARGEST

    def test_is_as_loud_as_the_others(self, sound_set: str, sound: Sound) -> None:
        ticks = dict.fromkeys(map(Sound.of_tick, (1, 2, 3)), -18.5)
        expected = {**ticks, Sound.REFUSED: -20.8, Sound.STEP: -23.5}.get(sound, -15.8)
        assert level_db(samples_of(library(sound_set).sound(sound))) == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize("phase", Phase)
def test_the_sharp_set_has_more_overtones(phase: Phase) -> None:
    first = STEPS[Sound.of(phase)][0]
    soft, sharp = (
        share_above(samples_of(library(name).sound(Sound.of(phase)))[: first.ms * SAMPLE_RATE // 1000], 1.5 * first.hz)
        for name in ("soft", "sharp")
    )
    assert sharp > 3 * soft


def test_the_sounds_can_be_rendered_again_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "render_sounds.py"), "--to", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    for sound_set, sound in EVERY_SOUND:
        name = f"{sound_set}/{sound}.wav"
        assert (tmp_path / name).read_bytes() == (ASSETS / "sounds" / name).read_bytes(), name
