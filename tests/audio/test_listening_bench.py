"""The listening bench without its recognizers: what it says, the noise, and how errors are counted."""

from __future__ import annotations

import math
import wave
from typing import TYPE_CHECKING

import pytest

from retro_timer.audio.library import slug
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import VOICES
from tests.audio.measuring import tone
from tests.benchmarks import announcements as said
from tests.benchmarks import listening as bench
from tests.benchmarks import noise
from tests.benchmarks.word_errors import error_rate, errors, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import ModuleType

RATE = 16_000
SECOND = noise.pink(RATE, "a test")
"""A second of noise, which stands for speech as well."""
NOISES = {"pink": SECOND * 8}


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Walk backward. Two minutes.", "walk backward two minutes"),
            ("Walk backwards, 2 minutes!", "walk backward two minutes"),
            ("2.5 miles an hour", "two point five miles an hour"),
            ("In 10 seconds: cool-down", "in ten seconds cool down"),
            ("Work out complete. Hold onto the rail", "workout complete hold on to the rail"),
            ("Forty-five", "forty five"),
            ("45", "forty five"),
            ("Don\N{RIGHT SINGLE QUOTATION MARK}t 100", "don't one zero zero"),
            ("♪ ...", ""),
            ("", ""),
        ],
    )
    def test_are_the_same_however_they_are_written(self, text: str, expected: str) -> None:
        assert " ".join(words(text)) == expected

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("", "", 0),
            ("turn around", "turn around", 0),
            ("turn around", "turn a round", 2),  # one replaced, one put in
            ("hold the rail", "the rail", 1),
            ("hold the rail", "", 3),
            ("", "thank you", 2),
            ("two minutes left", "ten minutes", 2),
        ],
    )
    def test_errors_are_the_fewest_edits(self, one: str, other: str, expected: int) -> None:
        assert errors(one.split(), other.split()) == expected == errors(other.split(), one.split())

    def test_the_rate_counts_each_word_that_was_said(self) -> None:
        assert error_rate([(["hold", "the", "rail"], ["rail"]), (["stop"], ["stop"])]) == 50
        assert error_rate([(["stop"], ["please", "stop", "now"])]) == 200
        assert error_rate([]) == 0


class TestNoise:
    @pytest.mark.parametrize("snr", [12, 6, 0])
    def test_is_as_much_quieter_than_the_speech_as_was_asked(self, snr: int) -> None:
        speech = [0.1 * math.sin(2 * math.pi * 700 * n / RATE) for n in range(RATE)]
        mixed = noise.in_noise(speech, SECOND, snr)
        rest = [after - before for after, before in zip(mixed, speech, strict=True)]
        assert noise.level_db(speech) - noise.power_db(rest) == pytest.approx(snr, abs=0.01)

    def test_pauses_make_speech_no_quieter(self) -> None:
        paused = [*SECOND, *[0.0] * (3 * RATE)]
        assert noise.level_db(paused) == pytest.approx(noise.level_db(SECOND), abs=0.5)

    def test_a_small_speaker_plays_the_speech_and_not_the_noise(self) -> None:
        speech = [0.1 * math.sin(2 * math.pi * 100 * n / RATE) for n in range(RATE)]
        hum = [math.sin(2 * math.pi * 150 * n / RATE) for n in range(RATE)]
        full, small = (noise.in_noise(speech, hum, 6, small=small) for small in (False, True))
        assert tone(full, 100) > 100 * tone(small, 100)
        assert tone(full, 150) == pytest.approx(tone(small, 150), rel=0.01)

    def test_pink_has_the_same_power_in_every_octave(self, waveforms: ModuleType) -> None:
        def octave(hz: float) -> float:
            samples: Sequence[float] = SECOND
            for q in waveforms.butterworth(4):
                samples = waveforms.low_pass(2 * hz, q)(waveforms.high_pass(hz, q)(samples))
            return noise.power_db(samples)

        levels = [octave(hz) for hz in (250, 500, 1000, 2000)]
        assert max(levels) - min(levels) < 3  # white noise: 9

    @pytest.mark.parametrize("kind", noise.NOISES)
    def test_is_the_same_for_the_same_seed_only(self, kind: str) -> None:
        make: Callable[[int, str], list[float]] = noise.NOISES[kind]
        assert make(4000, "one") == make(4000, "one") != make(4000, "two")

    def test_steps_are_heard_in_that_of_a_treadmill(self) -> None:
        samples = noise.treadmill(2 * RATE, "a test")
        size = RATE // 20
        powers = [noise.power_db(samples[start : start + size]) for start in range(0, len(samples), size)]
        assert max(powers) - min(powers) > 4


class TestAnnouncements:
    def test_have_clips_in_every_voice(self) -> None:
        everything = said.announcements()
        for voice in VOICES:
            clips = said.shipped(voice)
            assert [each for each in everything if not all(map(clips, each))] == []

    def test_are_those_of_a_session(self) -> None:
        everything = said.announcements()
        assert {("Ten seconds.", "Turn around."), ("Walk backward.", "Two minutes."), *said.SAFETY} <= set(everything)
        assert len(everything) == len(set(everything)) > 90

    @pytest.mark.parametrize("others", [0, 7, 10_000])
    def test_all_safety_phrases_are_chosen_and_as_many_others_as_wanted(self, others: int) -> None:
        everything = said.announcements()
        wanted = said.chosen(everything, others)
        assert set(said.SAFETY) <= set(wanted)
        assert len(set(wanted)) == len(wanted) == min(len(said.SAFETY) + others, len(everything))

    def test_orders_and_what_ends_a_session_are_safety_phrases(self) -> None:
        alone = {phrase for (phrase,) in said.SAFETY}
        assert {*phrases.IMPERATIVE.values(), phrases.STEP_OFF, phrases.HOLD_RAIL, phrases.COMPLETE} <= alone

    def test_have_a_gap_between_their_phrases(self) -> None:
        clips = said.shipped(VOICES[0])
        one, two, both = (said.spoken(each, clips) for each in (("Left.",), ("One hour.",), ("Left.", "One hour.")))
        gap = RATE * phrases.WORD_GAP_MS // 1000
        assert both == [*one, *[0.0] * gap, *two]

    def test_clips_of_any_folder_can_be_compared(self, tmp_path: Path) -> None:
        with wave.open(str(tmp_path / f"{slug('Walk backward.')}.wav"), "wb") as writer:
            writer.setparams((1, 2, 8000, 0, "NONE", ""))
            writer.writeframes(bytes(2 * 4000))
        (tmp_path / "read-me.txt").write_text("no clip", encoding="utf-8")
        clips = said.in_folder(tmp_path)
        assert len(said.spoken(("Walk backward.",), clips)) == pytest.approx(RATE / 2, abs=20)
        assert said.spoken(("Walk backward.", "Two minutes."), clips) == []

    def test_only_what_all_can_say_is_compared(self, tmp_path: Path) -> None:
        with wave.open(str(tmp_path / f"{slug('Walk backward.')}.wav"), "wb") as writer:
            writer.setparams((1, 2, RATE, 0, "NONE", ""))
            writer.writeframes(bytes(2 * RATE))
        voices = [said.shipped(VOICES[0]), said.in_folder(tmp_path)]
        wanted = [("Walk backward.",), ("Walk forward.",), ("Walk backward.", "Two minutes.")]
        assert said.in_all(wanted, voices) == [("Walk backward.",)]
        assert said.in_all(wanted, voices[:1]) == wanted

    def test_an_unknown_voice_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no voice 'hal'"):
            said.shipped("hal")


class Parrot:
    """Hears what it is given, cell by cell."""

    name = "whisper"

    def __init__(self, heard: Callable[[Sequence[float]], str]) -> None:
        self.hear = heard


def test_each_announcement_is_heard_in_every_cell_and_what_is_wrong_is_reported() -> None:
    order = (phrases.HOLD_RAIL,)
    heard = iter(["killed", *[phrases.HOLD_RAIL] * 7])
    result = bench.Bench([Parrot(lambda _: next(heard))], NOISES).listen(said.shipped(VOICES[0]), [order])
    assert result.cells("whisper") == list(bench.cells(["pink"]))
    assert list(bench.safety_errors(result, "whisper")) == [f'- "{phrases.HOLD_RAIL}" (clean, full): "killed"']
    assert list(bench.weakest(result, "whisper")) == [f'- "{phrases.HOLD_RAIL}": 1 of 8 cells']
    assert list(bench.missed(result, ["pink"])) == []
    assert list(bench.table(result, ["pink"], ["whisper"]))[2:] == [
        "| pink | full | 100.0 % | 0.0 % | 0.0 % | 0.0 % |",
        "| pink | small | 0.0 % | 0.0 % | 0.0 % | 0.0 % |",
    ]


def test_a_target_that_is_missed_is_named() -> None:
    result = bench.Bench([Parrot(lambda _: "")], NOISES).listen(said.shipped(VOICES[0]), [(phrases.STEP_OFF,)])
    assert list(bench.missed(result, ["pink"])) == [
        "- pink +6 dB, small speaker: 100.0 % word errors, more than 8 %",
        "- pink +0 dB, full: 100.0 % word errors, more than 20 %",
    ]


def test_what_has_no_clips_is_counted(tmp_path: Path) -> None:
    result = bench.Bench([], NOISES).listen(said.in_folder(tmp_path), [(phrases.STEP_OFF,)])
    assert (result.missing, result.heard) == (1, {})
