"""What both renderers need of signal processing, with the standard library alone: loudness, fades, WAV files."""

from __future__ import annotations

import array
import math
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SAMPLE_RATE = 16_000
FULL_SCALE = 32_767
TARGET_LUFS = -17.0
"""The loudness every clip is brought to, so that no announcement is lost or startles."""
PEAK_LIMIT = 10 ** (-1.0 / 20)
"""No sample exceeds -1 dB of full scale."""


def _biquad(samples: Sequence[float], b: tuple[float, float, float], a: tuple[float, float]) -> list[float]:
    """A second-order filter, direct form I; `a` leaves out the leading one."""
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for x in samples:
        y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x1, x2, y1, y2 = x, x1, y, y1
        out.append(y)
    return out


def k_weighted(samples: Sequence[float]) -> list[float]:
    """The two filters of ITU-R BS.1770, recomputed for 16 kHz: a shelf for the head, then a high-pass.

    The standard gives coefficients for 48 kHz only; the analogue prototypes behind them (centre frequency, gain and
    quality) are the ones commonly derived from it.
    """
    k = math.tan(math.pi * 1681.974450955533 / SAMPLE_RATE)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    shelved = _biquad(
        samples,
        ((high + band * k / q + k * k) / norm, 2 * (k * k - high) / norm, (high - band * k / q + k * k) / norm),
        (2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm),
    )
    k = math.tan(math.pi * 38.13547087602444 / SAMPLE_RATE)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    return _biquad(shelved, (1.0, -2.0, 1.0), (2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm))


def _blocks(samples: Sequence[float], length: int, step: int) -> Iterator[float]:
    """The mean square of each block."""
    for start in range(0, max(1, len(samples) - length + 1), step):
        block = samples[start : start + length]
        yield math.fsum(x * x for x in block) / len(block)


def loudness(samples: Sequence[float]) -> float:
    """Loudness in LUFS after ITU-R BS.1770, with blocks of 100 ms instead of 400: a clip may be shorter than that.

    Pauses do not count: blocks more than 10 LU below the mean are left out, as the standard says.
    """
    powers = [power for power in _blocks(k_weighted(samples), SAMPLE_RATE // 10, SAMPLE_RATE // 40) if power > 1e-10]
    if not powers:
        return -math.inf
    gate = math.fsum(powers) / len(powers) / 10
    counted = [power for power in powers if power >= gate]
    return -0.691 + 10 * math.log10(math.fsum(counted) / len(counted))


def levelled(samples: Sequence[float], target: float = TARGET_LUFS) -> list[float]:
    """The same samples at the loudness wanted."""
    gain = 10 ** ((target - loudness(samples)) / 20)
    return [gain * x for x in samples]


def faded(samples: Sequence[float], fade_in: float, fade_out: float) -> list[float]:
    """Raised-cosine ramps at both ends, in milliseconds; the first and the last sample are zero."""
    out = list(samples)
    for milliseconds, positions in ((fade_in, range(len(out))), (fade_out, range(len(out) - 1, -1, -1))):
        count = min(len(out), round(milliseconds * SAMPLE_RATE / 1000))
        for k, position in zip(range(count), positions, strict=False):
            out[position] *= 0.5 - 0.5 * math.cos(math.pi * k / count)
    return out


def write(path: Path, samples: Sequence[float]) -> None:
    """Write a 16-bit mono WAV file; samples are between -1 and 1.

    Raises:
        ValueError: if a sample is louder than the limit.
    """
    peak = max(map(abs, samples), default=0.0)
    if peak > PEAK_LIMIT:
        raise ValueError(f"{path.name}: the peak is {20 * math.log10(peak):.1f} dB of full scale, above -1 dB")
    pcm = array.array("h", (round(x * FULL_SCALE) for x in samples))
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.tobytes())
