"""Signal processing for the renderers, in the standard library only: filters, loudness, fades, WAV files.

Samples are floats, one channel at 16 kHz; full scale is 1.
"""

from __future__ import annotations

import array
import itertools
import math
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SAMPLE_RATE = 16_000
FULL_SCALE = 32_767
TARGET_LUFS = -16.0
"""The loudness of every clip, so that no announcement is missed or startles."""
PEAK_LIMIT_DB = -1.0
"""The maximum peak, in dB of full scale."""
LEAST_DB = -17.98
"""The minimum unweighted level of a clip, in dB of full scale: at the others' loudness, a hissing clip is below it."""
LEVEL_TOLERANCE_LU = 0.1
"""Maximum difference of a clip from its target loudness, after its peaks are limited."""
FEWEST_ROUNDS, MOST_ROUNDS = 3, 30
"""Minimum and maximum number of rounds of levelling and limiting."""
LOOK_AHEAD = SAMPLE_RATE * 3 // 1000
"""The number of samples before and after a peak that the limiter turns down."""


@dataclass(frozen=True)
class Filter:
    """A second-order filter; the first coefficient of the denominator is one."""

    b: tuple[float, float, float]
    a: tuple[float, float]

    def __call__(self, samples: Sequence[float]) -> list[float]:
        """The filtered samples."""
        (b0, b1, b2), (a1, a2) = self.b, self.a
        x1 = x2 = y1 = y2 = 0.0
        out = []
        for x in samples:
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x1, x2, y1, y2 = x, x1, y, y1
            out.append(y)
        return out


def high_pass(hz: float, q: float = math.sqrt(0.5)) -> Filter:
    """A high-pass, Butterworth by default (R. Bristow-Johnson, Audio EQ Cookbook)."""
    w = 2 * math.pi * hz / SAMPLE_RATE
    alpha, cosine = math.sin(w) / (2 * q), math.cos(w)
    side = (1 + cosine) / 2 / (1 + alpha)
    return Filter((side, -2 * side, side), (-2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha)))


def low_pass(hz: float, q: float = math.sqrt(0.5)) -> Filter:
    """A low-pass, Butterworth by default (R. Bristow-Johnson, Audio EQ Cookbook)."""
    w = 2 * math.pi * hz / SAMPLE_RATE
    alpha, cosine = math.sin(w) / (2 * q), math.cos(w)
    side = (1 - cosine) / 2 / (1 + alpha)
    return Filter((side, 2 * side, side), (-2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha)))


def butterworth(order: int) -> list[float]:
    """The qualities of the second-order filters that together make a Butterworth filter of an even order."""
    return [1 / (2 * math.cos(math.pi * (2 * k + 1) / (2 * order))) for k in range(order // 2)]


def bell(hz: float, gain_db: float, q: float) -> Filter:
    """A boost or a cut around a frequency (R. Bristow-Johnson, Audio EQ Cookbook)."""
    w = 2 * math.pi * hz / SAMPLE_RATE
    alpha, cosine, gain = math.sin(w) / (2 * q), math.cos(w), 10 ** (gain_db / 40)
    norm = 1 + alpha / gain
    turn = -2 * cosine / norm
    return Filter(((1 + alpha * gain) / norm, turn, (1 - alpha * gain) / norm), (turn, (1 - alpha / gain) / norm))


def _head_shelf() -> Filter:
    """The first filter of ITU-R BS.1770: the effect of the head on a sound.

    The standard gives coefficients only for 48 kHz. Those for 16 kHz are calculated from the centre, gain and quality
    of the underlying analogue filter, as derived by libebur128 and others.
    """
    k = math.tan(math.pi * 1681.974450955533 / SAMPLE_RATE)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    b = ((high + band * k / q + k * k) / norm, 2 * (k * k - high) / norm, (high - band * k / q + k * k) / norm)
    return Filter(b, (2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm))


_K_WEIGHTING = (_head_shelf(), high_pass(38.13547087602444, 0.5003270373238773))


def _blocks(samples: Sequence[float], length: int, step: int) -> Iterator[float]:
    """The mean square of each block."""
    squares = [x * x for x in samples]
    for start in range(0, max(1, len(samples) - length + 1), step):
        block = squares[start : start + length]
        yield math.fsum(block) / len(block)


def loudness(samples: Sequence[float]) -> float:
    """Loudness in LUFS as in ITU-R BS.1770, but with blocks of 100 ms instead of 400, since a clip may be shorter.

    Pauses do not count: blocks more than 10 LU below the mean are left out, as in the standard.
    """
    for weighting in _K_WEIGHTING:
        samples = weighting(samples)
    powers = list(_blocks(samples, SAMPLE_RATE // 10, SAMPLE_RATE // 40))
    gate = math.fsum(powers) / len(powers) / 10
    counted = [power for power in powers if power >= gate]
    return -0.691 + 10 * math.log10(math.fsum(counted) / len(counted))


def level(samples: Sequence[float]) -> float:
    """Unweighted level in dB of full scale, with blocks of 50 ms; pauses do not count, as in `loudness`."""
    powers = list(_blocks(samples, SAMPLE_RATE // 20, SAMPLE_RATE // 40))
    counted = [power for power in powers if power >= math.fsum(powers) / len(powers) / 10]
    return 10 * math.log10(math.fsum(counted) / len(counted))


def through_small_speaker(samples: Sequence[float]) -> list[float]:
    """Samples as a laptop or phone plays them: 400 Hz to 6 kHz, with slopes of 24 dB per octave."""
    for q in butterworth(4):
        samples = low_pass(6000, q)(high_pass(400, q)(samples))
    return list(samples)


def limited(samples: Sequence[float], peak_db: float) -> list[float]:
    """Turn down each peak, smoothly from before it to after it, to a level in dB of full scale.

    The gain at a sample is the mean, over the look-ahead, of the smallest gains needed there, so it is never too large.
    """
    ceiling = 10 ** (peak_db / 20)
    if max(map(abs, samples)) <= ceiling:
        return list(samples)
    asked = [min(1.0, ceiling / abs(x)) if x else 1.0 for x in samples]
    smallest = [min(asked[max(0, n - LOOK_AHEAD) : n + LOOK_AHEAD + 1]) for n in range(len(asked))]
    sums = [0.0, *itertools.accumulate(smallest)]
    out = []
    for n, x in enumerate(samples):
        start, stop = max(0, n - LOOK_AHEAD), min(len(smallest), n + LOOK_AHEAD + 1)
        out.append(x * (sums[stop] - sums[start]) / (stop - start))
    return out


def levelled(samples: Sequence[float], target: float = TARGET_LUFS) -> list[float]:
    """Bring samples to a target loudness in LUFS, limiting peaks that become too large.

    Raises:
        ValueError: if limiting keeps them from reaching it, even after `MOST_ROUNDS`.
    """
    for rounds in range(MOST_ROUNDS):  # limiting costs a little loudness, which the next round makes up
        missing = target - loudness(samples)
        if rounds >= FEWEST_ROUNDS and abs(missing) <= LEVEL_TOLERANCE_LU:
            return list(samples)
        samples = limited([10 ** (missing / 20) * x for x in samples], PEAK_LIMIT_DB - 0.1)
    raise ValueError(f"these samples do not become as loud as {target} LUFS")


def faded(samples: Sequence[float], fade_in: float, fade_out: float) -> list[float]:
    """Fade both ends with raised-cosine ramps, lengths in milliseconds; the first and last samples become zero."""
    out = list(samples)
    for milliseconds, positions in ((fade_in, range(len(out))), (fade_out, range(len(out) - 1, -1, -1))):
        count = min(len(out), round(milliseconds * SAMPLE_RATE / 1000))
        for k, position in zip(range(count), positions, strict=False):
            out[position] *= 0.5 - 0.5 * math.cos(math.pi * k / count)
    return out


def write(path: Path, samples: Sequence[float]) -> None:
    """Write a 16-bit mono WAV file at 16 kHz.

    Raises:
        ValueError: if a sample exceeds `PEAK_LIMIT_DB`.
    """
    peak_db = 20 * math.log10(max(map(abs, samples)))
    if peak_db > PEAK_LIMIT_DB:
        raise ValueError(f"{path.name}: the peak is {peak_db:.1f} dB of full scale, above {PEAK_LIMIT_DB:.0f} dB")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(array.array("h", (round(x * FULL_SCALE) for x in samples)).tobytes())
