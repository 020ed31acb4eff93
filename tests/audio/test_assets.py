"""The shipped clips: all there, none left over, trimmed, level, clean, and told apart."""

from __future__ import annotations

import importlib
import itertools
import math
import os
import shutil
import subprocess
import sys
import wave
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import retro_timer
from retro_timer.audio.library import SOUND_SETS, Library, slug
from retro_timer.audio.tones import SAMPLE_RATE, STEPS, Step, length_ms
from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases
from retro_timer.session.cue import Sound
from retro_timer.session.timeline import SOUND_MS
from tests.audio.measuring import level_db, milliseconds, samples_of, share_above, strongest, tone

if TYPE_CHECKING:
    from array import array

PACKAGE = Path(retro_timer.__file__).parent
ASSETS = PACKAGE / "audio" / "assets"
SCRIPTS = PACKAGE.parent / "scripts"
EVERY_SOUND = list(itertools.product(SOUND_SETS, Sound))
EVERY_PHRASE = phrases.every_phrase()
FIRST_STEPS = {sound: steps[0].hz for sound, steps in STEPS.items()}
NOTES = sorted({step.hz for steps in STEPS.values() for step in steps if step.hz})
WINDOW = SAMPLE_RATE * 5 // 1000
LARGEST = 32_767 * 10 ** (-1 / 20)
"""The largest sample allowed: 1 dB below full scale."""
FIRST_60_MS = SAMPLE_RATE * 60 // 1000


@cache
def library(sound_set: str = "soft") -> Library:
    return Library(sound_set, report=pytest.fail)


def voice(phrase: str) -> bytes:
    clip = library().phrase(phrase)
    assert clip is not None
    return clip


def _clip(phrase: str) -> Path:
    return ASSETS / "voice" / f"{slug(phrase)}.wav"


def test_every_phrase_has_a_clip_and_no_clip_is_left_over() -> None:
    assert set((ASSETS / "voice").iterdir()) == set(map(_clip, EVERY_PHRASE))


def test_no_two_phrases_share_a_clip() -> None:
    assert len({slug(phrase) for phrase in EVERY_PHRASE}) == len(EVERY_PHRASE)


@pytest.mark.parametrize("sound_set", SOUND_SETS)
def test_a_set_has_every_sound_and_nothing_else(sound_set: str) -> None:
    assert {clip.name for clip in (ASSETS / "sounds" / sound_set).iterdir()} == {f"{sound}.wav" for sound in Sound}


def test_every_clip_is_16_bit_mono_at_16_khz() -> None:
    for clip in ASSETS.rglob("*.wav"):
        with wave.open(str(clip)) as reader:
            form = (reader.getnchannels(), reader.getsampwidth(), reader.getframerate())
        assert form == (1, 2, SAMPLE_RATE), clip.name


def test_the_whole_package_is_smaller_than_6_mb() -> None:
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 6_000_000


def test_the_licence_of_the_voice_ships_with_it() -> None:
    notice = (ASSETS / "NOTICE").read_text(encoding="utf-8")
    for demanded in (
        "Carnegie Mellon University",
        "Copyright (c) 1999-2017",
        "must retain the above copyright notice, this list of",
        "Any modifications must be clearly marked as such",
        "DISCLAIM ALL WARRANTIES",
    ):
        assert demanded in notice


def _silence_ms(samples: array[int]) -> tuple[int, int]:
    """The silence before and after the words, to 5 ms: what is 40 dB below the loudest 5 ms."""
    starts = range(0, len(samples), WINDOW)
    levels = [math.sqrt(sum(x * x for x in samples[start : start + WINDOW]) / WINDOW) for start in starts]
    loud = [index for index, level in enumerate(levels) if level > max(levels) / 100]
    return loud[0] * 5, (len(levels) - 1 - loud[-1]) * 5


def test_phrases_are_trimmed() -> None:
    silences = {phrase: _silence_ms(samples_of(voice(phrase))) for phrase in EVERY_PHRASE}
    assert {phrase: ms for phrase, ms in silences.items() if ms[0] > 10 or ms[1] > 30} == {}


def test_phrases_are_equally_loud() -> None:
    # The clips are levelled by a measure that is weighted like the ear; this one is not, hence the width.
    levels = {phrase: level_db(samples_of(voice(phrase))) for phrase in EVERY_PHRASE}
    assert {phrase: level for phrase, level in levels.items() if not -16.5 <= level <= -12.5} == {}


def test_phrases_are_equally_loud_to_the_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("waveforms")
    levels = {phrase: script.loudness(script.read(_clip(phrase))) for phrase in EVERY_PHRASE}
    assert {phrase: level for phrase, level in levels.items() if not -16.5 <= level <= -15.5} == {}


def test_phrases_do_not_clip() -> None:
    peaks = {phrase: max(map(abs, samples_of(voice(phrase)))) for phrase in EVERY_PHRASE}
    assert {phrase: peak for phrase, peak in peaks.items() if peak > LARGEST} == {}


def test_phrases_begin_and_end_at_zero_without_a_click() -> None:
    for phrase in EVERY_PHRASE:
        samples = samples_of(voice(phrase))
        assert samples[0] == samples[-1] == 0, phrase
        assert max(map(abs, (*samples[:8], *samples[-8:]))) < 600, phrase


def test_the_cue_timeline_knows_how_long_each_phrase_takes() -> None:
    spare = {phrase: phrases.spoken_ms(phrase) - milliseconds(voice(phrase)) for phrase in EVERY_PHRASE}
    assert {phrase: ms for phrase, ms in spare.items() if not 0 <= ms < 10} == {}


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_is_named_quickly(phase: Phase) -> None:
    assert milliseconds(voice(phrases.IMPERATIVE[phase])) <= 1100
    assert milliseconds(voice(phrases.NAMED[phase])) <= 1100


def test_ten_seconds_is_said_quickly() -> None:
    assert milliseconds(voice("Ten seconds.")) <= 900


@pytest.mark.parametrize("sound", Sound)
class TestSteps:
    def test_the_first_step_is_60_hz_away_from_every_other_sounds(self, sound: Sound) -> None:
        others = [hz for other, hz in FIRST_STEPS.items() if other is not sound]
        assert min(abs(FIRST_STEPS[sound] - hz) for hz in others) >= 60

    def test_the_first_step_of_no_other_sound_is_played_later(self, sound: Sound) -> None:
        others = [hz for other, hz in FIRST_STEPS.items() if other is not sound]
        assert min(abs(step.hz - hz) for step in STEPS[sound] for hz in others) >= 30

    def test_the_first_step_lasts_60_ms(self, sound: Sound) -> None:
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


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_sound_lasts_350_to_700_ms(phase: Phase) -> None:
    assert 350 <= length_ms(Sound.of(phase)) <= 700


def test_no_sound_lasts_longer_than_the_cue_timeline_counts_with() -> None:
    assert max(map(length_ms, Sound)) <= SOUND_MS


def test_a_tick_is_short() -> None:
    assert 80 <= length_ms(Sound.TICK) <= 120


@pytest.mark.parametrize("sound_set", SOUND_SETS)
def test_a_step_is_quieter_shorter_and_lower_than_a_tick(sound_set: str) -> None:
    step, tick = (samples_of(library(sound_set).sound(sound)) for sound in (Sound.STEP, Sound.TICK))
    assert level_db(step) < level_db(tick) - 3
    assert length_ms(Sound.STEP) < length_ms(Sound.TICK)
    assert STEPS[Sound.STEP][0].hz * 3 < STEPS[Sound.TICK][0].hz * 2


@pytest.mark.parametrize(("sound_set", "sound"), EVERY_SOUND)
class TestSound:
    def test_is_named_by_its_first_60_ms(self, sound_set: str, sound: Sound) -> None:
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

    def _assert_plays(self, samples: array[int], step: Step) -> None:
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
        expected = {Sound.TICK: -18.5, Sound.STEP: -23.5}.get(sound, -15.8)
        assert level_db(samples_of(library(sound_set).sound(sound))) == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize("phase", Phase)
def test_the_sharp_set_has_more_overtones(phase: Phase) -> None:
    first = STEPS[Sound.of(phase)][0]
    soft, sharp = (
        share_above(samples_of(library(name).sound(Sound.of(phase)))[: first.ms * SAMPLE_RATE // 1000], 1.5 * first.hz)
        for name in ("soft", "sharp")
    )
    assert sharp > 3 * soft


def _run(script: str, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) | ({} if path is None else {"PATH": path})
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_sounds_can_be_rendered_again_byte_for_byte(tmp_path: Path) -> None:
    assert _run("render_sounds.py", "--to", str(tmp_path)).returncode == 0
    for sound_set, sound in EVERY_SOUND:
        name = f"{sound_set}/{sound}.wav"
        assert (tmp_path / name).read_bytes() == (ASSETS / "sounds" / name).read_bytes(), name


def test_without_flite_the_voice_says_so_in_one_line_and_changes_nothing(tmp_path: Path) -> None:
    result = _run("render_voice.py", "--to", str(tmp_path / "voice"), path=str(tmp_path))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "flite" in result.stderr
    assert not (tmp_path / "voice").exists()


@pytest.mark.skipif(shutil.which("flite") is None, reason="the voice is rendered with flite")
def test_one_phrase_can_be_rendered_alone(tmp_path: Path) -> None:
    result = _run("render_voice.py", "--to", str(tmp_path), "--only", "Walk backward.")
    assert result.returncode == 0, result.stderr
    assert [clip.name for clip in tmp_path.iterdir()] == ["walk-backward.wav"]
    rendered = Library().phrase("Walk backward.")
    assert rendered is not None
    with wave.open(str(tmp_path / "walk-backward.wav")) as reader:
        # Another version of flite may speak a little differently.
        assert reader.getnframes() * 1000 / SAMPLE_RATE == pytest.approx(milliseconds(rendered), rel=0.1)
