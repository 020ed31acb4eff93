"""Finding and loading clips, and the walker's own sound files."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.audio.custom import MAX_BYTES, SoundFileError, read_sound
from retro_timer.audio.library import SOUND_SETS, Library, slug
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session import phrases
from retro_timer.session.cue import Sound
from tests.audio.measuring import milliseconds, samples_of, tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    """Half of full scale, the same in each channel."""
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


def complaint(path: Path) -> str:
    with pytest.raises(SoundFileError) as caught:
        read_sound(path)
    return str(caught.value)


class TestLibrary:
    def test_gives_every_phrase_and_every_sound(self) -> None:
        library = Library(report=pytest.fail)
        assert all(library.phrase(phrase) for phrase in phrases.every_phrase())
        assert all(library.sound(sound) for sound in Sound)

    def test_has_two_different_sets(self) -> None:
        soft, sharp = (Library(name) for name in SOUND_SETS)
        assert all(soft.sound(sound) != sharp.sound(sound) for sound in Sound)

    def test_reports_an_unknown_set_and_uses_the_first(self) -> None:
        said: list[str] = []
        library = Library("\x1b[31mloud\n", report=said.append)
        assert library.sound(Sound.TICK) == Library(SOUND_SETS[0]).sound(Sound.TICK)
        assert len(said) == 1
        assert said[0].isprintable()

    def test_reports_a_missing_phrase_once(self) -> None:
        said: list[str] = []
        library = Library(report=said.append)
        assert library.phrase("Jump.") is None
        assert library.phrase("Jump.") is None
        assert len(said) == 1
        assert "'Jump.'" in said[0]

    @pytest.mark.parametrize("phrase", ["", "../../../etc/passwd", "\0", "long " * 1000, "\x1b[2J", "ünïcödé"])
    def test_survives_a_phrase_that_is_none(self, phrase: str) -> None:
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

    def test_nobody_need_listen_to_complaints(self) -> None:
        assert Library().phrase("Jump.") is None

    def test_plays_a_file_of_the_walkers_own(self, saved: Callable[[bytes], Path]) -> None:
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
        assert "not a WAV file" in said[0]


@given(st.text())
def test_a_slug_is_a_plain_file_name(phrase: str) -> None:
    assert all(letter.isalnum() or letter == "-" for letter in slug(phrase))


def test_a_phrase_that_leads_on_has_a_clip_of_its_own() -> None:
    assert slug("One minute thirty.") == "one-minute-thirty"
    assert slug("Warm up.") == "warm-up"
    assert slug("Warm-up:") == "warm-up-colon"


class TestOwnFiles:
    def test_what_has_the_right_format_stays_as_it_is(self, saved: Callable[[bytes], Path]) -> None:
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

    def test_what_16_khz_cannot_carry_is_taken_out(self, saved: Callable[[bytes], Path]) -> None:
        clip = read_sound(saved(wav(sine(10_000, rate=48_000), rate=48_000)))
        assert max(map(abs, samples_of(clip)[100:-100])) < HALF / 100

    def test_the_loudest_file_does_not_wrap_around(self, saved: Callable[[bytes], Path]) -> None:
        square = struct.pack("<h", 32_767) * 200 + struct.pack("<h", -32_768) * 200
        samples = samples_of(read_sound(saved(wav(square * 4, rate=44_100))))
        assert max(samples) == 32_767
        assert min(samples) == -32_768

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "not a WAV file"),
            (b"RIFF\0\0\0\0AVI ", "not a WAV file"),
            (b"RIFF\0\0\0\0WAVE", "damaged"),
            (b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\x01\0\x01\0data\0\0\0\0", "damaged"),
            (wav(b"\0" * 64)[:40], "damaged"),
            (wav(b""), "empty"),
            (wav(b"\0"), "empty"),
            (wav(b"\0" * 64, bits=32, tag=FLOAT), "plain PCM"),
            (wav(b"\0" * 64, bits=12), "plain PCM"),
            (wav(b"\0" * 64, bits=64), "plain PCM"),
            (wav(b"\0" * 64, channels=0), "0 channels"),
            (wav(b"\0" * 64, channels=9), "9 channels"),
            (wav(b"\0" * 64, rate=0), "0 samples per second"),
            (wav(b"\0" * 64, rate=4_000_000_000), "4000000000 samples per second"),
            (wav(b"\0" * (8000 * 10 + 1), bits=8, rate=8000), "longer than 10 s"),
            (b"RIFF" + b"\0" * MAX_BYTES, "larger than 10 MB"),
        ],
    )
    def test_a_bad_file_is_named_with_the_reason(
        self, saved: Callable[[bytes], Path], data: bytes, reason: str
    ) -> None:
        path = saved(data)
        said = complaint(path)
        assert str(path) in said
        assert reason in said

    def test_a_data_chunk_without_an_end_is_read_to_the_end_of_the_file(self, saved: Callable[[bytes], Path]) -> None:
        own = sine(700)
        streamed = wav(own).replace(b"data" + struct.pack("<I", len(own)), b"data\xff\xff\xff\xff")
        assert read_sound(saved(streamed)) == own

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert "No such file" in complaint(tmp_path / "gone.wav")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "not a file" in complaint(tmp_path)

    def test_a_name_that_is_none(self, tmp_path: Path) -> None:
        assert "null" in complaint(tmp_path / "\0.wav")

    def test_a_name_with_control_characters_cannot_reach_the_terminal(self, tmp_path: Path) -> None:
        assert complaint(tmp_path / "\x1b[2J\n.wav").isprintable()

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe.wav"
        os.mkfifo(pipe)
        assert "not a file" in complaint(pipe)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_a_file_that_may_not_be_read(self, saved: Callable[[bytes], Path]) -> None:
        path = saved(wav(sine(700)))
        path.chmod(0)
        assert "Permission denied" in complaint(path)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_a_damaged_file_never_raises_anything_else(self, tmp_path: Path, data: st.DataObject) -> None:
        whole = bytearray(wav(bytes(range(256)), channels=2, rate=8000))
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
    assert not {"textual", "rich", "miniaudio", "simpleaudio", "asyncio", "logging"} & set(loaded)
