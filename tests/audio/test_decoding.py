"""What a sound file may be: its kind by its first bytes, and the limits of channels, rates and length."""

from __future__ import annotations

import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from retro_timer.audio import decoding
from retro_timer.audio.custom import SoundFileError, check_sound_settings
from retro_timer.audio.decoding import UnusableError, decode
from tests.audio.test_library import sine, wav

DATA = Path(__file__).parent / "data"
NO_SOUND = "it is not a WAV, FLAC, MP3 or Ogg Vorbis file"
DAMAGED = "it is damaged, or its format is not supported"
OGG = b"OggS" + bytes(24) + b"\x01vorbis"


def problem(data: bytes) -> str:
    with pytest.raises(UnusableError) as caught:
        decode(data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", NO_SOUND),
        (b"RIFF", NO_SOUND),
        (b"RIFF\0\0\0\0AVI ", NO_SOUND),
        (b"RIFX\0\0\0\0WAVE", NO_SOUND),
        (b"RIFF\0\0\0\0WAVE", DAMAGED),
        (b"fLaB", NO_SOUND),
        (b"fLaC", DAMAGED),
        (b"ID2", NO_SOUND),
        (b"ID3", DAMAGED),
        (b"\xff", NO_SOUND),
        (b"\xff\xdf", NO_SOUND),
        (b"\xff\xe0", DAMAGED),
        (b"\xff\xff", DAMAGED),
        (b"\xfe\xff", NO_SOUND),
        (OGG[:-1], NO_SOUND),
        (b"OggX" + OGG[4:], NO_SOUND),
        (OGG[:27] + OGG[28:], NO_SOUND),
    ],
)
def test_its_first_bytes_say_what_a_file_is(data: bytes, reason: str) -> None:
    assert problem(data) == reason


def test_each_kind_is_decoded() -> None:
    for name in ("tone.flac", "tone.mp3", "tone.ogg"):
        samples, rate = decode((DATA / name).read_bytes())
        assert rate == 44_100
        assert len(samples) == pytest.approx(22_050, abs=2500)
    assert decode(wav(b"\1\0\2\0", rate=8000)) == (array("h", [1, 2]), 8000)


@pytest.mark.parametrize(("rate", "accepted"), [(3999, False), (4000, True), (192_000, True), (192_001, False)])
def test_four_to_a_hundred_and_ninety_two_thousand_samples_a_second(rate: int, accepted: bool) -> None:
    data = wav(b"\1\0" * 10, rate=rate)
    if accepted:
        assert decode(data) == (array("h", [1] * 10), rate)
    else:
        assert problem(data) == f"it has {rate} samples per second, and 4000 to 192000 are expected"


def test_one_to_eight_channels() -> None:
    assert decode(wav(b"\5\0" * 16, channels=8)) == (array("h", [5, 5]), 16_000)
    assert problem(wav(b"\5\0" * 18, channels=9)) == "it has 9 channels, and 1 to 8 are expected"


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_ten_seconds(channels: int) -> None:
    samples, _ = decode(wav(bytes(2 * channels * 40_000), channels=channels, rate=4000))
    assert len(samples) == 40_000
    assert problem(wav(bytes(2 * channels * 40_001), channels=channels, rate=4000)) == "it is longer than 10 s"


def test_the_mean_of_the_channels_is_rounded_down() -> None:
    frames = [(1, 2, 4), (-1, 0, 0), (32_767, 32_767, 32_767), (-32_768, -32_768, -32_768)]
    data = array("h", [value for frame in frames for value in frame]).tobytes()
    assert list(decode(wav(data, channels=3))[0]) == [2, -1, 32_767, -32_768]


def test_nothing_is_empty() -> None:
    assert problem(wav(b"")) == "it is empty"


@pytest.mark.parametrize(
    ("code", "written", "reason"),
    [
        (0, (8000).to_bytes(4, sys.byteorder) + b"\1\0\2\0", ""),
        (0, (8000).to_bytes(4, sys.byteorder) + b"\1\0\2", "it is damaged: the decoder stopped early"),
        (0, (3999).to_bytes(4, sys.byteorder) + b"\1\0\2\0", "it is damaged: the decoder stopped early"),
        (1, (8000).to_bytes(4, sys.byteorder) + b"\1\0\2\0", "it is damaged: the decoder stopped early"),
        (-6, (8000).to_bytes(4, sys.byteorder) + b"\1\0\2\0", "it is damaged: the decoder stopped early"),
        (64, "it is \x1b[0m\xe9".encode("latin-1"), "it is ?[0m\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_the_process_for_ogg_answers_is_checked(
    code: int, written: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def run_apart(*given: object) -> subprocess.CompletedProcess[bytes]:
        asked.extend(given)
        return subprocess.CompletedProcess([], code, written)

    monkeypatch.setattr("retro_timer.processes.run_apart", run_apart)
    if reason:
        assert problem(OGG) == reason
    else:
        assert decode(OGG) == (array("h", [1, 2]), 8000)
    assert asked == [decoding.__name__, OGG, 60]


def test_only_settings_of_sound_files_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "own.wav").write_bytes(wav(sine(700, seconds=0.1)))
    (tmp_path / "bad.wav").write_bytes(b"nothing")
    check_sound_settings({
        "sound-files.tick": " ~/own.wav ", "sound_files.turn": str(tmp_path / "own.wav"), "sound-files.rest": " ",
        "sound-files.step": "", "sound-files.paused": None, "voice": "~/bad.wav",
    })  # fmt: skip
    for key in ("sound-files.tick", "sound_files.tick"):
        with pytest.raises(SoundFileError, match=rf"bad\.wav.* as a sound: {NO_SOUND}\.$"):
            check_sound_settings({"voice": "heart", key: "~/bad.wav"})
