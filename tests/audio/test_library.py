"""Finding and loading clips, and the walker's own sound files."""

from __future__ import annotations

import math
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import retro_timer
from retro_timer.audio.custom import SoundFileError, read_sound
from retro_timer.audio.flac import FlacError, decode
from retro_timer.audio.library import Library, UnusableClip, slug
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.cue import Sound
from retro_timer.session.languages import english as phrases
from retro_timer.session.ports import SOUND_SETS, VOICES
from tests.audio.measuring import milliseconds, samples_of, tone

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parent / "data"
ASSETS = Path(retro_timer.__file__).parent / "audio" / "assets"
PHRASE, OTHER = phrases.STEP_OFF, phrases.HAVE_YOU_TURNED
HALF = 0.5 * 32_767
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


def wav(data: bytes, *, channels: int = 1, rate: int = SAMPLE_RATE, bits: int = 16, tag: int = PCM) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    if tag == EXTENSIBLE:
        form += struct.pack("<HHIH14s", 22, bits, 0, PCM, b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")
    chunks = b"LIST" + struct.pack("<I", 3) + b"odd\0"
    chunks += b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def sine(hz: float, *, rate: int = SAMPLE_RATE, seconds: float = 0.5, bits: int = 16, channels: int = 1) -> bytes:
    """A sine of half of full scale, the same in each channel."""
    middle = 128 if bits == 8 else 0
    frames = []
    for n in range(round(rate * seconds)):
        value = middle + round(0.5 * (2 ** (bits - 1) - 1) * math.sin(2 * math.pi * hz * n / rate))
        frames.append(value.to_bytes(bits // 8, "little", signed=bits != 8) * channels)
    return b"".join(frames)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes], Path]:
    def save(data: bytes) -> Path:
        path = tmp_path / "own.wav"
        path.write_bytes(data)
        return path

    return save


def problem_with(path: Path) -> str:
    with pytest.raises(SoundFileError) as caught:
        read_sound(path)
    return str(caught.value)


class TestLibrary:
    def test_gives_every_phrase_and_every_sound(self) -> None:
        library = Library(report=pytest.fail)
        assert all(library.phrase(phrase) for phrase in phrases.every_phrase())
        assert all(library.sound(sound) for sound in Sound)

    def test_reports_an_unknown_voice_and_uses_the_first(self) -> None:
        said: list[str] = []
        library = Library(report=said.append, voice="\x1b[31mloud\n")
        assert library.phrase(PHRASE) == Library(voice=VOICES[0]).phrase(PHRASE)
        assert said == [r"There is no voice '\x1b[31mloud\n': 'heart' is used."]

    def test_has_two_different_sets(self) -> None:
        soft, sharp = (Library(name) for name in SOUND_SETS)
        assert all(soft.sound(sound) != sharp.sound(sound) for sound in Sound)
        assert Library().sound(Sound.TICK) == soft.sound(Sound.TICK)

    def test_reports_an_unknown_set_and_uses_the_first(self) -> None:
        said: list[str] = []
        library = Library("\x1b[31mloud\n", report=said.append)
        assert library.sound(Sound.TICK) == Library(SOUND_SETS[0]).sound(Sound.TICK)
        assert said == [rf"There is no set of sounds '\x1b[31mloud\n': the shipped '{SOUND_SETS[0]}' is used."]

    def test_reports_a_missing_phrase_once(self) -> None:
        said: list[str] = []
        library = Library(report=said.append)
        assert library.phrase("Jump.") is None
        assert library.phrase("Jump.") is None
        assert len(said) == 1
        assert "'Jump.'" in said[0]

    @pytest.mark.parametrize("phrase", ["", "../../../etc/passwd", "\0", "long " * 1000, "\x1b[2J", "ünïcödé"])
    def test_an_unknown_phrase_causes_no_error(self, phrase: str) -> None:
        said: list[str] = []
        assert Library(report=said.append).phrase(phrase) is None
        assert len(said) == 1
        assert said[0].isprintable()

    def test_reports_a_shipped_sound_that_is_damaged_once_and_is_silent(self, tmp_path: Path) -> None:
        (tmp_path / "tick.wav").write_bytes(b"RIFF")
        said: list[str] = []
        library = Library(report=said.append)
        library._set = tmp_path
        assert library.sound(Sound.TICK) == library.sound(Sound.TICK) == b""
        assert library.sound(Sound.TURN) == b""
        assert len(said) == 2
        assert "'tick'" in said[0]
        assert "'turn'" in said[1]

    def test_problems_need_no_listener(self) -> None:
        assert Library().phrase("Jump.") is None

    def test_plays_a_custom_file(self, saved: Callable[[bytes], Path]) -> None:
        own = sine(700)
        library = Library(custom={Sound.TURN: saved(wav(own))}, report=pytest.fail)
        assert library.sound(Sound.TURN) == own
        assert library.sound(Sound.TICK) == Library().sound(Sound.TICK)

    def test_reports_an_unusable_file_once_and_plays_the_shipped_sound(self, saved: Callable[[bytes], Path]) -> None:
        said: list[str] = []
        library = Library("sharp", {Sound.TURN: saved(b"ID3 not a wav")}, said.append)
        assert len(said) == 1  # before anything is to be heard
        assert library.sound(Sound.TURN) == Library("sharp").sound(Sound.TURN)
        assert len(said) == 1
        assert "own.wav" in said[0]
        assert "damaged" in said[0]


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two phrases in two voices, which the library reads instead: each voice says them the other way round."""
    folder = tmp_path / "assets" / "voice" / "en"
    for voice, clips in zip(VOICES, ((PHRASE, OTHER), (OTHER, PHRASE)), strict=True):
        (folder / voice).mkdir(parents=True)
        for phrase, clip in zip((PHRASE, OTHER), clips, strict=True):
            shipped = ASSETS / "voice" / "en" / VOICES[0] / f"{slug(clip)}.flac"
            shutil.copy(shipped, folder / voice / f"{slug(phrase)}.flac")
    monkeypatch.setattr("retro_timer.audio.library.files", lambda _package: tmp_path)
    return folder


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0x40]) + data[middle + 1 :]


class TestClipsThatCannotBeRead:
    @pytest.mark.parametrize("without_miniaudio", [False, True])
    @pytest.mark.parametrize(
        ("damage", "reason"),
        [
            (cut, "it is damaged"),
            (flipped, "it is damaged"),
            (lambda _: b"", "it is not a FLAC file"),
            (lambda data: data[:41], "it is not a FLAC file"),
            (lambda data: data[:42], "it is damaged"),
            (lambda data: b"RIFF" + data[4:], "it is not a FLAC file"),
            (lambda data: data[:18] + b"\x00\x00\x00" + data[21:], "it has another format than clips have"),
            (lambda data: data[:22] + b"\xff\xff\xff\xff" + data[26:], "it has another format than clips have"),
        ],
    )
    def test_a_damaged_one_is_said_in_the_other_voice(
        self,
        assets: Path,
        monkeypatch: pytest.MonkeyPatch,
        damage: Callable[[bytes], bytes],
        reason: str,
        without_miniaudio: bool,
    ) -> None:
        if without_miniaudio:
            monkeypatch.setitem(sys.modules, "miniaudio", None)
        clip = assets / "heart" / f"{slug(PHRASE)}.flac"
        clip.write_bytes(damage(clip.read_bytes()))
        said: list[str] = []
        library = Library(report=said.append)
        assert library.phrase(PHRASE) == library.phrase(PHRASE) == Library(voice="michael").phrase(PHRASE)
        assert said == [f"Cannot read the clip of {PHRASE!r}, voice 'heart': {reason}; the voice 'michael' says it."]
        assert list(library.unusable([PHRASE, OTHER])) == [UnusableClip("heart", PHRASE, reason)]

    def test_a_missing_one_is_said_in_the_other_voice(self, assets: Path) -> None:
        (assets / "michael" / f"{slug(PHRASE)}.flac").unlink()
        said: list[str] = []
        library = Library(report=said.append, voice="michael")
        assert library.phrase(PHRASE) == Library(voice="heart").phrase(PHRASE)
        assert library.phrase(OTHER) != Library(voice="heart").phrase(OTHER)
        assert said == [
            f"Cannot read the clip of {PHRASE!r}, voice 'michael': it is missing; the voice 'heart' says it."
        ]
        assert list(library.unusable([PHRASE, OTHER])) == [UnusableClip("michael", PHRASE, "it is missing")]

    def test_the_chosen_voice_speaks(self, assets: Path) -> None:
        assert assets.is_dir()
        heart, michael = (Library(report=pytest.fail, voice=voice) for voice in VOICES)
        assert (heart.voice, michael.voice) == VOICES
        assert heart.phrase(PHRASE) == michael.phrase(OTHER) != michael.phrase(PHRASE)

    def test_without_a_whole_folder_the_other_voice_says_everything(self, assets: Path) -> None:
        shutil.rmtree(assets / "heart")
        library = Library()
        for phrase in (PHRASE, OTHER):
            assert library.phrase(phrase) == Library(voice="michael").phrase(phrase)

    def test_a_folder_instead_of_a_clip(self, assets: Path) -> None:
        clip = assets / "heart" / f"{slug(PHRASE)}.flac"
        clip.unlink()
        clip.mkdir()
        assert Library().phrase(PHRASE) == Library(voice="michael").phrase(PHRASE)

    def test_what_no_voice_can_say_is_none(self, assets: Path) -> None:
        shutil.rmtree(assets)
        said: list[str] = []
        library = Library(report=said.append)
        assert library.phrase(PHRASE) is None
        assert said == [f"Cannot read the clip of {PHRASE!r}, voice 'heart': it is missing; no other voice has it."]
        assert [clip.voice for clip in library.unusable([PHRASE])] == list(VOICES)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    @pytest.mark.parametrize("without_miniaudio", [False, True])
    def test_damage_never_raises_anything_else_and_is_never_played(
        self, monkeypatch: pytest.MonkeyPatch, without_miniaudio: bool, data: st.DataObject
    ) -> None:
        if without_miniaudio:
            monkeypatch.setitem(sys.modules, "miniaudio", None)
        shipped = (ASSETS / "voice" / "en" / VOICES[0] / "of-two.flac").read_bytes()
        whole = bytearray(shipped)
        for _ in range(data.draw(st.integers(1, 4))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
        try:
            clip = decode(damaged)
        except FlacError:
            return
        assert clip == decode(shipped)


def test_clips_are_the_same_with_and_without_miniaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = [path.read_bytes() for path in sorted((ASSETS / "voice").rglob("*.flac"))[::9]]
    decoded = [decode(data) for data in shipped]
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    assert [decode(data) for data in shipped] == decoded


@given(st.text())
def test_a_slug_is_a_plain_file_name(phrase: str) -> None:
    assert all(letter.isalnum() or letter == "-" for letter in slug(phrase))


def test_a_phrase_that_continues_has_its_own_clip() -> None:
    assert slug("One minute thirty.") == "one-minute-thirty"
    assert slug("Warm up.") == "warm-up"
    assert slug("Warm-up:") == "warm-up-colon"


class TestOwnFiles:
    def test_a_sound_in_the_right_format_stays_unchanged(self, saved: Callable[[bytes], Path]) -> None:
        own = sine(700)
        assert read_sound(saved(wav(own))) == own

    @pytest.mark.parametrize("channels", [1, 2, 6])
    @pytest.mark.parametrize(("bits", "tag"), [(8, PCM), (16, PCM), (24, PCM), (24, EXTENSIBLE), (32, PCM)])
    def test_every_depth_and_number_of_channels(
        self, saved: Callable[[bytes], Path], channels: int, bits: int, tag: int
    ) -> None:
        path = saved(wav(sine(700, bits=bits, channels=channels, seconds=0.1), channels=channels, bits=bits, tag=tag))
        samples = samples_of(read_sound(path))
        assert len(samples) == SAMPLE_RATE // 10
        assert tone(samples, 700) == pytest.approx(HALF, rel=0.01)

    def test_numbers_with_a_point_are_read(self, saved: Callable[[bytes], Path]) -> None:
        values = [0.5 * math.sin(2 * math.pi * 700 * n / SAMPLE_RATE) for n in range(1600)]
        samples = samples_of(read_sound(saved(wav(struct.pack("<1600f", *values), bits=32, tag=FLOAT))))
        assert len(samples) == 1600
        assert tone(samples, 700) == pytest.approx(HALF, rel=0.01)

    @pytest.mark.parametrize(("name", "loss"), [("tone.flac", 0.01), ("tone.mp3", 0.06), ("tone.ogg", 0.01)])
    def test_compressed_files_keep_pitch_loudness_and_length(
        self, saved: Callable[[bytes], Path], name: str, loss: float
    ) -> None:
        """Half a second of 1 kHz, in two channels at 44.1 kHz; the contents of a file decide, not its name."""
        clip = read_sound(saved((DATA / name).read_bytes()))
        assert milliseconds(clip) == pytest.approx(500, abs=1)
        samples = samples_of(clip)[1600:-1600]
        assert tone(samples, 1000) == pytest.approx(HALF, rel=loss)
        assert all(tone(samples, hz) < HALF / 100 for hz in (500, 2000, 3000, 5000, 7000))

    def test_without_miniaudio_a_file_is_refused_with_the_reason(
        self, saved: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "miniaudio", None)
        assert "miniaudio, which reads sound files, is not installed" in problem_with(saved(wav(sine(700))))

    def test_channels_are_averaged(self, saved: Callable[[bytes], Path]) -> None:
        path = saved(wav(struct.pack("<4h", 32_767, -32_767, 1000, 3000), channels=2))
        assert list(samples_of(read_sound(path))) == [0, 2000]

    @pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 48_000, 96_000, 44_101])
    def test_every_rate_keeps_pitch_loudness_and_length(self, saved: Callable[[bytes], Path], rate: int) -> None:
        clip = read_sound(saved(wav(sine(1000, rate=rate), rate=rate)))
        assert milliseconds(clip) == pytest.approx(500, abs=1)
        samples = samples_of(clip)
        assert tone(samples, 1000) == pytest.approx(HALF, rel=0.01)
        assert all(tone(samples, hz) < HALF / 1000 for hz in (500, 2000, 3000, 5000, 7000))

    def test_frequencies_above_16_khz_audio_are_filtered_out(self, saved: Callable[[bytes], Path]) -> None:
        clip = read_sound(saved(wav(sine(10_000, rate=48_000), rate=48_000)))
        assert max(map(abs, samples_of(clip)[100:-100])) < HALF / 100

    @pytest.mark.parametrize(("rate", "reach"), [(8000, 7), (48_000, 20), (44_100, 18)])
    def test_a_sample_becomes_a_sinc_in_a_hann_window(
        self, saved: Callable[[bytes], Path], rate: int, reach: int
    ) -> None:
        """Six zero crossings on both sides; the pass band is 92 % of what the lower rate can carry."""
        share = 0.92 * min(1, SAMPLE_RATE / rate)

        def weight(x: float) -> float:
            sinc = math.sin(math.pi * share * x) / (math.pi * x) if x else share
            return sinc * (0.5 + 0.5 * math.cos(math.pi * x / (reach + 1)))

        def value(at: float) -> float:
            offset = at - math.floor(at)
            around = [weight(k - offset) for k in range(-reach, reach + 1)]
            return 30_000 * weight(50 - at) / math.fsum(around) if abs(50 - math.floor(at)) <= reach else 0

        impulse = [0] * 50 + [30_000] + [0] * 49
        made = samples_of(read_sound(saved(wav(struct.pack("<100h", *impulse), rate=rate))))
        assert len(made) == math.ceil(100 * SAMPLE_RATE / rate)
        assert list(made) == pytest.approx([value(n * rate / SAMPLE_RATE) for n in range(len(made))], abs=1)

    def test_the_loudest_file_does_not_overflow(self, saved: Callable[[bytes], Path]) -> None:
        square = struct.pack("<h", 32_767) * 200 + struct.pack("<h", -32_768) * 200
        samples = samples_of(read_sound(saved(wav(square * 4, rate=44_100))))
        assert max(samples) == 32_767
        assert min(samples) == -32_768

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "not a WAV, FLAC, MP3 or Ogg Vorbis file"),
            (b"RIFF\0\0\0\0AVI ", "not a WAV, FLAC, MP3 or Ogg Vorbis file"),
            (b"OggS" + b"\0" * 64, "not a WAV, FLAC, MP3 or Ogg Vorbis file"),
            (b"fLaC" + b"\0" * 64, "damaged"),
            (b"ID3" + b"\0" * 64, "damaged"),
            (b"RIFF\0\0\0\0WAVE", "damaged"),
            (b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\x01\0\x01\0data\0\0\0\0", "damaged"),
            (wav(b"\0" * 64)[:40], "damaged"),
            (wav(b""), "empty"),
            (wav(b"\0"), "empty"),
            (wav(b"\0" * 64, bits=64), "its format is not supported"),
            (wav(b"\0" * 64, channels=0), "damaged"),
            (wav(b"\0" * 64, channels=9), "9 channels"),
            (wav(b"\0" * 64, rate=0), "damaged"),
            (wav(b"\0" * 64, rate=3000), "3000 samples per second"),
            (wav(b"\0" * 64, rate=4_000_000_000), "damaged"),
            (wav(b"\0" * (8000 * 10 + 1), bits=8, rate=8000), "longer than 10 s"),
            (b"RIFF" + b"\0" * 9_999_997, "larger than 10 MB"),
            (b"RIFF" + b"\0" * 9_999_996, "not a WAV, FLAC, MP3 or Ogg Vorbis file"),
        ],
    )
    def test_a_bad_file_is_named_with_the_reason(
        self, saved: Callable[[bytes], Path], data: bytes, reason: str
    ) -> None:
        path = saved(data)
        said = problem_with(path)
        assert str(path) in said
        assert reason in said

    def test_a_data_chunk_without_a_length_is_read_to_the_end_of_the_file(self, saved: Callable[[bytes], Path]) -> None:
        own = sine(700)
        streamed = wav(own).replace(b"data" + struct.pack("<I", len(own)), b"data\xff\xff\xff\xff")
        assert read_sound(saved(streamed)) == own

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert "no such file" in problem_with(tmp_path / "gone.wav")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "not a file" in problem_with(tmp_path)

    def test_an_invalid_name(self, tmp_path: Path) -> None:
        assert "null" in problem_with(tmp_path / "\0.wav")

    def test_a_name_with_control_characters_cannot_reach_the_terminal(self, tmp_path: Path) -> None:
        assert problem_with(tmp_path / "\x1b[2J\n.wav").isprintable()

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe.wav"
        os.mkfifo(pipe)
        assert "not a regular file" in problem_with(pipe)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_a_file_without_read_permission(self, saved: Callable[[bytes], Path]) -> None:
        path = saved(wav(sine(700)))
        path.chmod(0)
        assert "permission denied" in problem_with(path)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    @pytest.mark.parametrize("name", ["", "tone.flac", "tone.mp3"])
    def test_a_damaged_file_never_raises_anything_else(self, tmp_path: Path, name: str, data: st.DataObject) -> None:
        plain = wav(bytes(range(256)), channels=2, rate=8000)
        whole = bytearray((DATA / name).read_bytes()[:4000] if name else plain)
        for _ in range(data.draw(st.integers(1, 6))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path = tmp_path / "own.wav"
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
        try:
            clip = read_sound(path)
        except SoundFileError:
            return
        assert 0 < len(clip) <= 2 * 10 * SAMPLE_RATE
        assert len(clip) % 2 == 0


def test_loading_the_library_loads_no_screen_and_no_backend() -> None:
    program = "import sys, retro_timer.audio.library; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"textual", "rich", "miniaudio", "simpleaudio", "asyncio", "logging", "subprocess"} & set(loaded)
