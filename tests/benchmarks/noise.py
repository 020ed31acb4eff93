"""Noise in the room and a small speaker, between the voice and the walker. The same seed gives the same noise."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Final

from retro_timer.audio.rendering import waveforms
from retro_timer.audio.tones import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BLOCK: Final = SAMPLE_RATE // 40
_LOWEST_POLE: Final = 20.0
_HUM: Final = ((50, 0.6), (100, 1.0), (150, 0.5), (200, 0.35), (400, 0.15))
"""Frequency in Hz and amplitude of the hum of the motor and the belt's rollers."""
_STEPS_A_MINUTE: Final = 100
_BELT: Final = 1.2
_STEP: Final = 5.0
"""How strong the belt's friction and the steps are, compared with the hum."""


def pink(count: int, seed: str) -> list[float]:
    """Pink noise: the same power in every octave from 20 Hz to 8 kHz.

    It is the sum of white noises through low-pass filters an octave apart, each with half the power of the one below.
    """
    numbers = random.Random(f"pink {seed}")
    total = [0.0] * count
    hz = _LOWEST_POLE
    while hz < SAMPLE_RATE / 2:
        pole = math.exp(-2 * math.pi * hz / SAMPLE_RATE)
        gain, level = (1 - pole) / math.sqrt(hz), 0.0
        for n in range(count):
            level = pole * level + gain * numbers.gauss(0.0, 1.0)
            total[n] += level
        hz *= 2
    return total


def treadmill(count: int, seed: str) -> list[float]:
    """Noise like that of a treadmill: hum, the friction of the belt, and steps."""
    numbers = random.Random(f"treadmill {seed}")
    friction = _scaled(waveforms.bell(900, 9, 0.7)(pink(count, f"belt {seed}")), _BELT)
    thud = _thud(f"step {seed}")
    noise = [
        rubbing + sum(amplitude * math.sin(2 * math.pi * hz * n / SAMPLE_RATE) for hz, amplitude in _HUM)
        for n, rubbing in enumerate(friction)
    ]
    stride = 60 * SAMPLE_RATE / _STEPS_A_MINUTE
    for step in range(int(count / stride)):
        start = int(step * stride + numbers.uniform(0, 0.05) * stride)
        strength = _STEP * numbers.uniform(0.7, 1.0)
        for n, sample in enumerate(thud[: count - start], start):
            noise[n] += strength * sample
    return noise


def _thud(seed: str) -> list[float]:
    """A foot on the deck: a low knock and a slap, together a sixth of a second."""
    slap = _scaled(pink(SAMPLE_RATE // 6, seed), 1.0)
    return [
        math.exp(-n / (0.04 * SAMPLE_RATE)) * (math.sin(2 * math.pi * 85 * n / SAMPLE_RATE) + 0.5 * sample)
        for n, sample in enumerate(slap)
    ]


NOISES: Final[dict[str, Callable[[int, str], list[float]]]] = {"pink": pink, "treadmill": treadmill}


def level_db(samples: Sequence[float]) -> float:
    """The level of speech in dB of full scale; pauses, which are 10 dB below the mean, do not count."""
    powers = [
        math.fsum(x * x for x in samples[start : start + _BLOCK]) / _BLOCK
        for start in range(0, max(1, len(samples) - _BLOCK + 1), _BLOCK)
    ]
    gate = math.fsum(powers) / len(powers) / 10
    counted = [power for power in powers if power >= gate]
    return 10 * math.log10(math.fsum(counted) / len(counted))


def power_db(samples: Sequence[float]) -> float:
    """The mean power in dB of full scale."""
    return 10 * math.log10(math.fsum(x * x for x in samples) / len(samples))


def in_noise(speech: Sequence[float], noise: Sequence[float], snr_db: float, *, small: bool = False) -> list[float]:
    """Speech in noise.

    Args:
        speech: the speech.
        noise: at least as many samples.
        snr_db: how much louder the speech is than the noise, in dB, before any speaker.
        small: whether a small speaker plays the speech (400 Hz to 6 kHz). The noise is in the room.
    """
    gain = 10 ** ((level_db(speech) - snr_db - power_db(noise)) / 20)
    heard = through(speech, small=small)
    return [sample + gain * other for sample, other in zip(heard, noise, strict=False)]


def through(speech: Sequence[float], *, small: bool) -> list[float]:
    """Speech as a speaker plays it: all of it, or the part that a small one can."""
    return list(waveforms.through_small_speaker(speech)) if small else list(speech)


def _scaled(samples: Sequence[float], to: float) -> list[float]:
    """The samples with a mean power of `to` squared."""
    gain = to / 10 ** (power_db(samples) / 20)
    return [gain * sample for sample in samples]
