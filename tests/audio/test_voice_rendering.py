"""How the clips of the voices were made: the record of it, and what the renderer refuses. No model is needed."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import retro_timer
from retro_timer.audio.flac import decode
from retro_timer.audio.rendering import kokoro, voices
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.languages.english import every_phrase
from retro_timer.session.ports import VOICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

SCRIPTS = Path(retro_timer.__file__).parent.parent / "scripts"
VOCABULARY = {phoneme: number for number, phoneme in enumerate(" .,?!ˈˌdlmnopstuɪə")}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("render_voice")


def rows(script: ModuleType) -> list[Any]:
    lines = script.TABLE.read_text(encoding="utf-8").splitlines()
    return [script.Clip(*line.split("\t")) for line in lines[1:]]


def test_every_clip_is_recorded_once_and_is_the_one_that_was_rendered(script: ModuleType) -> None:
    clips = rows(script)
    assert {clip.voice for clip in clips} == set(VOICES) <= set(voices.VOICES)
    assert sorted((clip.voice, clip.phrase) for clip in clips) == sorted(
        (voice, phrase) for voice in VOICES for phrase in every_phrase()
    )
    assert [clip.phrase for clip in clips if not clip.is_as_recorded()] == []


def test_every_clip_was_made_as_the_script_makes_them_now(script: ModuleType) -> None:
    # If this fails: render the voices again, as the script says.
    made_with = {name: script.made_with(voices.VOICES[name]) for name in VOICES}
    assert {(clip.voice, clip.made_with) for clip in rows(script)} == set(made_with.items())


def test_no_clip_is_too_fast_for_a_walker(script: ModuleType) -> None:
    too_fast = {}
    for clip in rows(script):
        seconds = len(decode(clip.path.read_bytes())) / 2 / SAMPLE_RATE
        rate = kokoro.syllables(clip.phonemes) / seconds
        if rate > min(6, voices.fastest(clip.phrase)):
            too_fast[clip.voice, clip.phrase] = rate
    assert too_fast == {}


@pytest.mark.parametrize("phrase", ["Two minutes.", "Round eleven", "of twelve.", "One hour.", "Thirteen seconds."])
def test_numbers_are_said_more_slowly_than_the_rest(phrase: str) -> None:
    assert voices.fastest(phrase) < voices.fastest("Walk backward.") < 6


class TestPhonemes:
    def phonemes(self, text: str) -> str:
        words: dict[str, str | Mapping[str, str]] = {
            "turn": "tˈun",
            "to": "tˈu",
            "close": {"DEFAULT": "lˈo", "VERB": "ˌlo"},
            "don't": "dˈont",
        }
        return kokoro.Lexicon(words, VOCABULARY).phonemes(text)

    @pytest.mark.parametrize(
        ("text", "phonemes"),
        [
            ("Turn.", "tˈun."),
            ("TURN, turn?", "tˈun, tˈun?"),
            ("Don't turn.", "dˈont tˈun."),
            ("Turn-turn.", "tˈuntˈun."),
            ("Turn:", "tˈun,"),  # more is said behind it
            ("Turn", "tˈun,"),
            ("Turn close to turn.", "tˈun lˈo tˈu tˈun."),
            ("To close.", "tˈu ˌlo."),  # a verb after "to"
            ("Minutes.", "mˈɪnəts."),  # ours, whatever the lexicon says
        ],
    )
    def test_come_from_the_lexicon(self, text: str, phonemes: str) -> None:
        assert self.phonemes(text) == phonemes

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("Turn frobnicate.", "'frobnicate'"),
            ("Turn-frobnicate.", "'frobnicate'"),
            ("Turn 5.", "'5'"),
            ("Turn the\ttable.", "table"),
            ("Türn.", "Türn"),
            ("Turn ü.", "'ü'"),
            ("Turn; turn.", "';'"),
            ("Turn\n.", "the character"),
            ("of.", "v"),  # a phoneme the vocabulary lacks
        ],
    )
    def test_what_cannot_be_spoken_is_refused_in_one_line(self, text: str, named: str) -> None:
        with pytest.raises(kokoro.VoiceError, match=named) as caught:
            self.phonemes(text)
        assert "\n" not in str(caught.value)

    def test_have_a_syllable_for_each_vowel(self) -> None:
        assert kokoro.syllables("bˈækwəɹd") == 2
        assert kokoro.syllables("θˈɜɹɾi mˈɪnəts.") == 4
        assert kokoro.syllables("wˈɔɹmˌʌp, ɹˈWnd əlˈɛvᵊn,") == 6


def test_a_file_with_another_checksum_is_refused() -> None:
    with pytest.raises(kokoro.VoiceError, match=r"vocab\.json has another SHA-256"):
        kokoro.checked("vocab.json", b"{}")


def test_without_what_it_needs_it_says_so_in_one_line_and_changes_nothing(tmp_path: Path) -> None:
    table = (SCRIPTS / "voice_clips.tsv").read_bytes()
    command = [sys.executable, str(SCRIPTS / "render_voice.py"), "--from", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "is missing" in result.stderr or "is not installed" in result.stderr
    assert (SCRIPTS / "voice_clips.tsv").read_bytes() == table


def peaks(every: int) -> list[float]:
    """A quiet hum of an eighth of a second with a large sample now and then."""
    return [0.9 if n % every == 0 else 0.02 * math.sin(2 * math.pi * n / 16) for n in range(SAMPLE_RATE // 8)]


class TestLevelling:
    @pytest.mark.parametrize("every", [40, 160, 400, 2000])
    def test_makes_up_for_what_limiting_costs(self, waveforms: ModuleType, every: int) -> None:
        samples = waveforms.levelled(peaks(every))
        assert waveforms.loudness(samples) == pytest.approx(waveforms.TARGET_LUFS, abs=0.1)
        assert max(map(abs, samples)) <= 10 ** (waveforms.PEAK_LIMIT_DB / 20)

    def test_what_does_not_become_loud_enough_is_refused(self, waveforms: ModuleType) -> None:
        with pytest.raises(ValueError, match="do not become as loud"):
            waveforms.levelled(peaks(80))

    @pytest.mark.parametrize(("hz", "lifted"), [(1000, False), (6000, True)])
    def test_a_clip_that_hisses_is_lifted(self, waveforms: ModuleType, hz: int, lifted: bool) -> None:
        voice = voices.VOICES["michael"]
        samples = voices.finished(
            [math.sin(2 * math.pi * hz * n / SAMPLE_RATE) for n in range(SAMPLE_RATE // 4)], voice
        )
        assert waveforms.level(samples) >= waveforms.LEAST_DB - 0.1
        assert (waveforms.loudness(samples) > waveforms.TARGET_LUFS + 0.1) is lifted
