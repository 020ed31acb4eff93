"""The voices: how each is rendered, and what is done to it so that it is understood.

What the engine says is equalized, trimmed, levelled and faded.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from retro_timer.audio.rendering import kokoro, waveforms

NUMBERS = re.compile(
    r"\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty)\b"
    r"|\b(hour|minute|second)s?\b",
    re.IGNORECASE,
)
"""Words that must be understood exactly, in noise, at the first time: they are said more slowly."""
FASTEST, FASTEST_NUMBER = 5.8, 4.8
"""Syllables a second a phrase may have at most, and one with a number in it."""
MOST_LOST_LU = 2.0
"""How much quieter a small speaker may make a clip."""
BELLS = ((2000, 8, 0.5), (6800, -9, 0.8))
"""The middle in Hz, gain in dB and quality of what the equalizer lifts and lowers."""
WINDOW = waveforms.SAMPLE_RATE * 5 // 1000
SILENCE_DB = -40.0
"""What is quieter than this, relative to the loudest window, is silence."""


@dataclass(frozen=True)
class Voice:
    """How a voice is rendered.

    Attributes:
        name: its name in the engine's package.
        speed: 1 is its natural speed, more is faster.
        lowest: the lower limit of its equalizer in Hz.
        order: how steep that limit is.
    """

    name: str
    speed: float
    lowest: float
    order: int

    @property
    def equalizer(self) -> tuple[waveforms.Filter, ...]:
        """Takes out what small speakers do not carry, and lifts what words are understood by (1 to 4 kHz).

        The limit is set where a speaker from 400 Hz to 6 kHz takes no more from the voice than from the sounds.
        """
        return (
            *(waveforms.high_pass(self.lowest, q) for q in waveforms.butterworth(self.order)),
            *(waveforms.bell(*band) for band in BELLS),
        )


VOICES = {
    "heart": Voice("af_heart", speed=1.0, lowest=500, order=6),
    "michael": Voice("am_michael", speed=1.2, lowest=600, order=8),
}


def fastest(phrase: str) -> float:
    """How many syllables a second a phrase may have."""
    return FASTEST_NUMBER if NUMBERS.search(phrase) else FASTEST


def trimmed(samples: list[float]) -> list[float]:
    """Without the silence around the words, but for one window before them and three after."""
    starts = range(0, len(samples), WINDOW)
    levels = [math.sqrt(math.fsum(x * x for x in samples[start : start + WINDOW]) / WINDOW) for start in starts]
    threshold = max(levels) * 10 ** (SILENCE_DB / 20)
    loud = [index for index, level in enumerate(levels) if level > threshold]
    return samples[max(0, loud[0] - 1) * WINDOW : (loud[-1] + 4) * WINDOW]


def finished(samples: list[float], voice: Voice) -> list[float]:
    """What the engine said, as it is shipped."""
    for band in voice.equalizer:
        samples = band(samples)
    samples = waveforms.levelled(trimmed(samples))
    missing = waveforms.LEAST_DB - waveforms.level(samples)
    if missing > 0:
        samples = waveforms.levelled(samples, waveforms.TARGET_LUFS + missing)
    return waveforms.faded(samples, fade_in=4, fade_out=5)


def rendered(engine: kokoro.SpeechEngine, voice: Voice, phrase: str, phonemes: str) -> tuple[float, list[float]]:
    """The speed a phrase is said at, slow enough to be understood, and its samples.

    Raises:
        VoiceError: if it stays too fast or too quiet, or a small speaker loses too much of it.
    """
    speed, limit = voice.speed, fastest(phrase)
    for _ in range(5):
        try:
            samples = finished(engine.speak(phonemes, voice.name, speed), voice)
        except ValueError as error:
            raise kokoro.VoiceError(f"{phrase!r}: {error}") from error
        rate = kokoro.syllables(phonemes) * waveforms.SAMPLE_RATE / len(samples)
        if rate <= limit:
            break
        speed = math.floor(98 * speed * limit / rate) / 100
    else:
        raise kokoro.VoiceError(f"{phrase!r} has {rate:.1f} syllables a second, more than {limit}")
    lost = waveforms.loudness(samples) - waveforms.loudness(waveforms.through_small_speaker(samples))
    if lost > MOST_LOST_LU:
        raise kokoro.VoiceError(f"a small speaker takes {lost:.1f} LU from {phrase!r}, more than {MOST_LOST_LU}")
    return speed, samples
