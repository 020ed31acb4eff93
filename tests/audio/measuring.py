"""Measures clips: tones by Goertzel's filter, spectra, levels."""

from __future__ import annotations

import cmath
import math
from array import array
from typing import TYPE_CHECKING

from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def samples_of(clip: bytes) -> array[int]:
    return array("h", clip)


def milliseconds(clip: bytes) -> float:
    return len(clip) / 2 / SAMPLE_RATE * 1000


def tone(samples: Sequence[float], hz: float) -> float:
    """The amplitude of a frequency, seen through a Hann window."""
    count = len(samples)
    turn = 2 * math.cos(2 * math.pi * hz / SAMPLE_RATE)
    before = last = 0.0
    for n, sample in enumerate(samples):
        before, last = last, sample * (1 - math.cos(2 * math.pi * n / count)) + turn * last - before
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(0.0, power)) / count


def strongest(samples: Sequence[float], candidates: Iterable[float]) -> float:
    return max(candidates, key=lambda hz: tone(samples, hz))


def level_db(samples: Sequence[float]) -> float:
    """Level in dB of full scale, without silent parts: slices of 50 ms over 10 dB below the mean do not count."""
    size = SAMPLE_RATE // 20
    starts = range(0, max(1, len(samples) - size + 1), size // 2)
    powers = [sum(x * x for x in samples[start : start + size]) / size for start in starts]
    gate = sum(powers) / len(powers) / 10
    loud = [power for power in powers if power >= gate]
    return 10 * math.log10(sum(loud) / len(loud) / 32_768**2)


def share_above(samples: Sequence[float], hz: float) -> float:
    """The share of the energy above a frequency."""
    size = 1024
    above = total = 0.0
    for start in range(0, len(samples), size // 2):
        block = [*samples[start : start + size], *[0.0] * (size - len(samples[start : start + size]))]
        windowed = [complex(x * (1 - math.cos(2 * math.pi * n / size))) for n, x in enumerate(block)]
        powers = [abs(value) ** 2 for value in _spectrum(windowed)[: size // 2]]
        above += sum(powers[math.ceil(hz * size / SAMPLE_RATE) :])
        total += sum(powers)
    return above / total


def _spectrum(values: list[complex]) -> list[complex]:
    if len(values) == 1:
        return values
    even, odd = _spectrum(values[::2]), _spectrum(values[1::2])
    half = len(even)
    turned = [cmath.rect(1, -math.pi * k / half) * odd[k] for k in range(half)]
    return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]
