"""What a clip is: FLAC with one channel of 16 bits at 16 kHz, of at most half a minute, with the samples it says."""

from __future__ import annotations

from importlib.resources import files

import pytest

from retro_timer.audio.flac import FlacError, _decoded, decode
from retro_timer.audio.library import slug
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.session.languages.english import HALFWAY
from retro_timer.session.ports import VOICES

SHIPPED = files("retro_timer.audio") / "assets" / "voice" / "en" / VOICES[0] / f"{slug(HALFWAY)}.flac"
FORM = slice(18, 26)
"""Where rate, channels, bits and the number of samples are."""
MOST = 30 * SAMPLE_RATE


def changed(*, rate: int = 0, channels: int = 0, bits: int = 0, samples: int | None = None) -> bytes:
    """A shipped clip that says something else about itself."""
    data = bytearray(SHIPPED.read_bytes())
    form = int.from_bytes(data[FORM], "big")
    if samples is not None:
        form = form & ~((1 << 36) - 1) | samples
    data[FORM] = (form + (rate << 44) + (channels << 41) + (bits << 36)).to_bytes(8, "big")
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        changed(rate=1),
        changed(rate=-1),
        changed(channels=1),
        changed(bits=1),
        changed(bits=-1),
        changed(samples=0),
        changed(samples=MOST + 1),
    ],
)
def test_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(FlacError, match=r"^it has another format than clips have$"):
        decode(data)


def test_a_clip_of_another_length_or_with_another_digest_is_damaged() -> None:
    whole = SHIPPED.read_bytes()
    length = len(decode(whole)) // 2
    assert changed(samples=length) == whole
    other_digest = whole[:26] + bytes(16) + whole[42:]
    for data in (changed(samples=length + 1), changed(samples=length - 1), changed(samples=MOST), other_digest):
        with pytest.raises(FlacError, match=r"^it is damaged$"):
            decode(data)


@pytest.mark.parametrize("data", [b"", b"fLaC" + bytes(37), b"RIFF" + bytes(200)])
def test_something_else_is_no_flac_file(data: bytes) -> None:
    with pytest.raises(FlacError, match=r"^it is not a FLAC file$"):
        decode(data)


def test_a_clip_is_decoded_without_miniaudio_too() -> None:
    whole = SHIPPED.read_bytes()
    assert _decoded(whole, len(decode(whole)) // 2).tobytes() == decode(whole)
