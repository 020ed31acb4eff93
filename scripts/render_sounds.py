"""Render the product's own sounds from `retro_timer.audio.tones`, in both sets, with the standard library alone.

Usage: python scripts/render_sounds.py [--to FOLDER]

The result is the same byte for byte on every run; a test renders again and compares.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

from retro_timer.audio.rendering import waveforms
from retro_timer.audio.tones import SAMPLE_RATE, STEPS, ToneStep
from retro_timer.session.cue import Sound

ASSETS = Path(__file__).resolve().parent.parent / "retro_timer" / "audio" / "assets" / "sounds"


@dataclass(frozen=True)
class Timbre:
    """The timbre of a set of sounds.

    Attributes:
        partials: amplitude of the fundamental and of each harmonic, relative to the fundamental.
        highest: no partial above this frequency, in Hz.
        ramp_in: raised-cosine ramp at the start of a step, in milliseconds.
        ramp_out: raised-cosine ramp at the end of a step, in milliseconds.
        decay: how far a step has sunk at its end; 1 stays level.
    """

    partials: tuple[float, ...]
    highest: int
    ramp_in: float
    ramp_out: float
    decay: float


TIMBRES = {
    "soft": Timbre((1.0, 0.22, 0.05), highest=2400, ramp_in=8, ramp_out=8, decay=0.55),
    "sharp": Timbre((1.0, 0.45, 0.40, 0.22, 0.18, 0.12), highest=2900, ramp_in=3, ramp_out=5, decay=0.85),
}
QUIETER_LU = {Sound.TICK: 2.0, Sound.TICK_TWO: 2.0, Sound.TICK_THREE: 2.0, Sound.REFUSED: 5.0, Sound.STEP: 8.0}
"""A tick counts; it need not call. A refusal is heard beneath words, a step beneath everything else."""
DECAYS = {Sound.STEP: 0.04}
"""In place of the timbre's own: a step sounds struck, so that its beginning is felt and it is soon over."""


def render_step(step: ToneStep, timbre: Timbre, decay: float) -> list[float]:
    """One step: the fundamental and its harmonics under a decay, with ramps at both ends."""
    count = step.ms * SAMPLE_RATE // 1000
    if step.hz == 0:
        return [0.0] * count
    partials = [(k * step.hz, gain) for k, gain in enumerate(timbre.partials, 1) if k * step.hz <= timbre.highest]
    samples = [
        decay ** (n / count) * math.fsum(gain * math.sin(2 * math.pi * hz * n / SAMPLE_RATE) for hz, gain in partials)
        for n in range(count)
    ]
    return waveforms.faded(samples, timbre.ramp_in, timbre.ramp_out)


def render(sound: Sound, timbre: Timbre) -> list[float]:
    """A whole sound, levelled."""
    decay = DECAYS.get(sound, timbre.decay)
    samples = [sample for step in STEPS[sound] for sample in render_step(step, timbre, decay)]
    return waveforms.levelled(samples, waveforms.TARGET_LUFS - QUIETER_LU.get(sound, 0.0))


def main() -> None:
    """Render every sound of every set."""
    parser = argparse.ArgumentParser(description="Render the product's own sounds.")
    parser.add_argument("--to", type=Path, default=ASSETS, help="the folder to write to (default: the package's)")
    folder: Path = parser.parse_args().to
    for name, timbre in TIMBRES.items():
        for sound in Sound:
            waveforms.write(folder / name / f"{sound}.wav", render(sound, timbre))
    print(f"{len(TIMBRES) * len(Sound)} sounds written")


if __name__ == "__main__":
    main()
