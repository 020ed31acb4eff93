"""Convert the walker's own sound files (WAV, FLAC, MP3 and Ogg Vorbis) to 16-bit mono samples at 16 kHz.

miniaudio could resample them, too, but its filter is too gentle for 16 kHz: it lets 30 % of a 10 kHz tone through,
which is then heard at 6 kHz. Ours lets through less than 1 % (docs/adr/0013).
"""

from __future__ import annotations

import math
import os
from array import array
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.audio.decoding import UnusableError, decode
from retro_timer.audio.tones import SAMPLE_RATE
from retro_timer.errors import UserError, reason
from retro_timer.files.bounded import read_regular
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_BYTES: Final = 10_000_000
_MAX_KERNELS: Final = 1_000
_ZERO_CROSSINGS: Final = 6
"""Length of the resampling kernel on either side: a longer kernel is steeper and slower."""
_PASS_BAND: Final = 0.92
"""The pass band as a share of the lower Nyquist frequency; the rest is the slope of the filter."""


class SoundFileError(UserError, ValueError):
    """An unusable sound file; the message is one sentence with its path."""


def read_sound(path: Path) -> bytes:
    """Read a WAV, FLAC, MP3 or Ogg Vorbis file as 16-bit mono samples at 16 kHz, in this machine's byte order.

    It may have up to 8 channels, 4 to 192 kHz, 10 s and 10 MB.

    Raises:
        SoundFileError: if the file cannot be read, is not a sound file, or is too large.
    """
    try:
        return _resampled(*decode(_contents(path))).tobytes()
    except OSError as error:
        problem = reason(error)
    except ValueError as error:  # an UnusableError, or a path with a NUL in it
        problem = str(error)
    raise SoundFileError(f"Cannot use {quoted(str(path), 200)} as a sound: {problem}.")


def check_sound_settings(values: Mapping[str, object]) -> None:
    """Refuse settings with unusable sound files.

    Args:
        values: settings by key; only those of sound files are checked.

    Raises:
        SoundFileError: for the first unusable file.
    """
    for key, value in values.items():
        if key.replace("-", "_").startswith("sound_files.") and isinstance(value, str) and value.strip():
            read_sound(Path(os.path.expanduser(value.strip())))  # noqa: PTH111  (which raises where there is no home)


def _contents(path: Path) -> bytes:
    data = read_regular(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise UnusableError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _resampled(samples: array[int], rate: int) -> array[int]:
    """Resample to 16 kHz with a windowed sinc, which filters out frequencies above the lower Nyquist frequency."""
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
    """The weights of the samples from `reach` before to `reach` after, for a point `offset` after the middle one.

    A sinc with a pass band of `share`, with a Hann window, normalized to a sum of 1.
    """
    weights = []
    for k in range(-reach, reach + 1):
        x = k - offset
        sinc = math.sin(math.pi * share * x) / (math.pi * x) if x else share
        weights.append(sinc * (0.5 + 0.5 * math.cos(math.pi * x / (reach + 1))))
    total = math.fsum(weights)
    return [weight / total for weight in weights]
