"""The walker's own sound files: any plain WAV is turned into 16-bit mono samples at 16 kHz.

The file is read here rather than by the standard library's `wave`: Python 3.11's does not know the extensible format,
in which most programs write 24-bit files, and raises errors of many kinds for a damaged file.
"""

from __future__ import annotations

import math
import stat
import struct
import sys
from array import array
from operator import mul
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES: Final = 10_000_000
MAX_SECONDS: Final = 10
MAX_CHANNELS: Final = 8
RATES: Final = range(4_000, 192_001)
"""Samples per second a file may have."""
_PCM: Final = 1
_EXTENSIBLE: Final = 0xFFFE
_SIGNED: Final = bytes(value ^ 0x80 for value in range(256))
"""8-bit samples are unsigned, all others are not."""
_MAX_KERNELS: Final = 1_000
_ZERO_CROSSINGS: Final = 6
"""How far the resampling kernel reaches to either side: longer is steeper, and slower."""
_PASS_BAND: Final = 0.92
"""The share of what the lower rate can carry that resampling keeps; the rest is the filter's slope."""


class SoundFileError(ValueError):
    """A sound file that cannot be used; the text is one sentence that names the file."""


class _UnusableError(ValueError):
    """Why a file cannot be used, in words that go on after "because"."""


class _Format(NamedTuple):
    channels: int
    rate: int
    width: int  # bytes of a sample


def read_sound(path: Path) -> bytes:
    """Read a WAV file as 16-bit mono samples at 16 kHz, in this machine's byte order.

    Reads PCM of 8, 16, 24 or 32 bits, with up to 8 channels, at 4 to 192 kHz, up to 10 s and 10 MB.

    Raises:
        SoundFileError: if the file cannot be read, is something else, or is too large.
    """
    try:
        frames, form = _parsed(_contents(path))
        return _resampled(_mono(frames, form), form.rate).tobytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except ValueError as error:  # one of ours, or a path with a null in it
        reason = str(error)
    raise SoundFileError(f"Cannot use {str(path)!r} as a sound: {reason}.")


def _contents(path: Path) -> bytes:
    # Opening a pipe would wait for its writer.
    if not stat.S_ISREG(path.stat().st_mode):
        raise _UnusableError("it is not a file")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _UnusableError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _parsed(data: bytes) -> tuple[bytes, _Format]:
    """The sample frames of a WAV file, and how they are laid out."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _UnusableError("it is not a WAV file")
    form = None
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = _format(body)
        if name == b"data" and form is not None:
            return _whole_frames(body, form), form
        at += 8 + size + size % 2
    raise _UnusableError("it is damaged")


def _format(body: bytes) -> _Format:
    if len(body) < 16:
        raise _UnusableError("it is damaged")
    tag, channels, rate, bits = struct.unpack("<HHI6xH", body[:16])
    if tag == _EXTENSIBLE and len(body) >= 26:
        (tag,) = struct.unpack_from("<H", body, 24)
    if tag != _PCM or bits not in (8, 16, 24, 32):
        raise _UnusableError("it is not plain PCM of 8, 16, 24 or 32 bits")
    if not 1 <= channels <= MAX_CHANNELS:
        raise _UnusableError(f"it has {channels} channels, and 1 to {MAX_CHANNELS} are expected")
    if rate not in RATES:
        raise _UnusableError(f"it has {rate} samples per second, and {RATES[0]} to {RATES[-1]} are expected")
    return _Format(channels, rate, bits // 8)


def _whole_frames(body: bytes, form: _Format) -> bytes:
    count = len(body) // (form.channels * form.width)
    if not count:
        raise _UnusableError("it is empty")
    if count > MAX_SECONDS * form.rate:
        raise _UnusableError(f"it is longer than {MAX_SECONDS} s")
    return body[: count * form.channels * form.width]


def _mono(frames: bytes, form: _Format) -> array[int]:
    """The mean of the channels, of each sample the upper 16 bits."""
    pairs = bytearray(len(frames) // form.width * 2)
    upper = frames[form.width - 1 :: form.width]
    pairs[1::2] = upper.translate(_SIGNED) if form.width == 1 else upper
    if form.width > 1:
        pairs[0::2] = frames[form.width - 2 :: form.width]
    samples = array("h", bytes(pairs))
    if sys.byteorder == "big":
        samples.byteswap()
    if form.channels == 1:
        return samples
    channels = [samples[channel :: form.channels] for channel in range(form.channels)]
    return array("h", (sum(frame) // form.channels for frame in zip(*channels, strict=True)))


def _resampled(samples: array[int], rate: int) -> array[int]:
    """The samples at 16 kHz, by a windowed sinc; what the lower of both rates cannot carry is filtered out."""
    if rate == SAMPLE_RATE:
        return samples
    share = min(1.0, SAMPLE_RATE / rate) * _PASS_BAND
    reach = math.ceil(_ZERO_CROSSINGS / share)
    phases = min(SAMPLE_RATE // math.gcd(rate, SAMPLE_RATE), _MAX_KERNELS)
    kernels = [_kernel(phase / phases, share, reach) for phase in range(phases)]
    silence = array("h", bytes(2 * reach))
    padded = silence + samples + silence
    out = array("h")
    for n in range(math.ceil(len(samples) * SAMPLE_RATE / rate)):
        start, phase = divmod(round(n * rate * phases / SAMPLE_RATE), phases)
        value = sum(map(mul, padded[start : start + 2 * reach + 1], kernels[phase]))
        out.append(max(-32_768, min(32_767, round(value))))
    return out


def _kernel(offset: float, share: float, reach: int) -> Sequence[float]:
    """The weights of the samples from `reach` before to `reach` after, for a point `offset` behind the middle one.

    A sinc that lets `share` of the band through, under a Hann window, scaled to leave a constant as it is.
    """
    weights = []
    for k in range(-reach, reach + 1):
        x = k - offset
        sinc = math.sin(math.pi * share * x) / (math.pi * x) if x else share
        weights.append(sinc * (0.5 + 0.5 * math.cos(math.pi * x / (reach + 1))))
    total = math.fsum(weights)
    return [weight / total for weight in weights]
