"""The voices: how each is rendered, and how it is processed to be easy to understand.

The engine's speech is equalized, trimmed, levelled and faded.
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
"""Words that must be understood exactly, in noise and at first hearing: phrases with them are said more slowly."""
FASTEST, FASTEST_NUMBER = 5.8, 4.8
"""Maximum number of syllables a second, in a phrase and in a phrase with a number."""
MOST_LOST_LU = 2.0
"""Maximum loss of loudness of a clip through a small speaker."""
BELLS = ((2000, 8, 0.5), (6800, -9, 0.8))
"""The centre in Hz, gain in dB and quality of the bands that the equalizer boosts and cuts."""
WINDOW = waveforms.SAMPLE_RATE * 5 // 1000
SILENCE_DB = -40.0
"""A window quieter than this, relative to the loudest one, is silence."""


@dataclass(frozen=True)
class Voice:
    """How a voice is rendered.

    Attributes:
        name: its name in the engine's package.
        speed: 1 is its natural speed, more is faster.
        lowest: the cutoff of its high-pass filter in Hz.
        order: the order of that filter: a higher one is steeper.
    """

    name: str
    speed: float
    lowest: float
    order: int

    @property
    def equalizer(self) -> tuple[waveforms.Filter, ...]:
        """Filters that cut frequencies too low for small speakers, and boost those that carry words (1 to 4 kHz).

        The cutoff is chosen so that a speaker from 400 Hz to 6 kHz takes no more from the voice than from the sounds.
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
    """The maximum number of syllables a second in a phrase."""
    return FASTEST_NUMBER if NUMBERS.search(phrase) else FASTEST


def trimmed(samples: list[float]) -> list[float]:
    """The samples without the silence around the words, except one window before them and three after."""
    starts = range(0, len(samples), WINDOW)
    levels = [math.sqrt(math.fsum(x * x for x in samples[start : start + WINDOW]) / WINDOW) for start in starts]
    threshold = max(levels) * 10 ** (SILENCE_DB / 20)
    loud = [index for index, level in enumerate(levels) if level >= threshold]
    return samples[max(0, loud[0] - 1) * WINDOW : (loud[-1] + 4) * WINDOW]


def finished(samples: list[float], voice: Voice) -> list[float]:
    """The engine's samples, processed as they are shipped."""
    for band in voice.equalizer:
        samples = band(samples)
    samples = waveforms.levelled(trimmed(samples))
    missing = waveforms.LEAST_DB - waveforms.level(samples)
    if missing > 0:
        samples = waveforms.levelled(samples, waveforms.TARGET_LUFS + missing)
    return waveforms.faded(samples, fade_in=4, fade_out=5)


def rendered(engine: kokoro.SpeechEngine, voice: Voice, phrase: str, phonemes: str) -> tuple[float, list[float]]:
    """Render a phrase slowly enough to be understood; returns its speed and its samples.

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
