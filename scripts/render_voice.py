"""Render the voice: one clip for every phrase of `retro_timer.session.phrases`, spoken by flite's "slt".

Usage: python scripts/render_voice.py [--to FOLDER]

Needs the `flite` executable (Carnegie Mellon University; its licence ships as assets/NOTICE). Each phrase is spoken,
trimmed, brought to one loudness, faded at both ends and written; clips of phrases no longer said are removed.
"""

from __future__ import annotations

import argparse
import array
import math
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import waveforms

from retro_timer.audio.library import slug
from retro_timer.session import phrases

ASSETS = Path(__file__).resolve().parent.parent / "retro_timer" / "audio" / "assets" / "voice"
VOICE = "slt"
RESPELT: dict[str, str] = {}
"""Phrases the voice says better when they are spelt another way."""
BRISK = 0.86
"""How much of its natural length a length or a round takes: those are many, and come second in an announcement."""
CALM = 0.96
"""How much of its natural length everything else takes; what to do next must be understood at once."""
WINDOW = waveforms.SAMPLE_RATE * 5 // 1000
THRESHOLD_DB = -40.0
"""What is quieter than this, relative to the loudest 5 ms, is silence."""


def stretch(phrase: str) -> float:
    """How fast a phrase is said, as a share of the voice's natural length."""
    counted = {phrases.length(seconds) for seconds in phrases.every_length()}
    rounds = range(1, phrases.MAX_SPOKEN_ROUNDS + 1)
    counted.update(piece for value in rounds for piece in (*phrases.round_of(value, value), *phrases.rounds(value)))
    return BRISK if phrase in counted else CALM


def speak(flite: str, phrase: str, scratch: Path) -> list[float]:
    """Have flite say a phrase; samples are between -1 and 1."""
    text = RESPELT.get(phrase, phrase)
    subprocess.run(
        [flite, "-voice", VOICE, "--setf", f"duration_stretch={stretch(phrase)}", "-t", text, "-o", str(scratch)],
        check=True,
        capture_output=True,
    )
    with wave.open(str(scratch)) as reader:
        if (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) != (1, 2, waveforms.SAMPLE_RATE):
            raise ValueError(f"flite speaks in another format than 16-bit mono at {waveforms.SAMPLE_RATE} Hz")
        samples = array.array("h", reader.readframes(reader.getnframes()))
    return [sample / 32_768 for sample in samples]


def trimmed(samples: list[float]) -> list[float]:
    """Without the silence around the words, but for one window before and three after."""
    levels = [
        math.sqrt(math.fsum(x * x for x in samples[start : start + WINDOW]) / WINDOW)
        for start in range(0, len(samples), WINDOW)
    ]
    threshold = max(levels) * 10 ** (THRESHOLD_DB / 20)
    loud = [index for index, level in enumerate(levels) if level > threshold]
    return samples[max(0, loud[0] - 1) * WINDOW : (loud[-1] + 4) * WINDOW]


def main() -> int:
    """Render every phrase; 2 when there is no flite here."""
    parser = argparse.ArgumentParser(description="Render the voice.")
    parser.add_argument("--to", type=Path, default=ASSETS, metavar="FOLDER", help="where to write (default: the package)")
    folder: Path = parser.parse_args().to
    flite = shutil.which("flite")
    if flite is None:
        print("render_voice: flite is not installed here (Debian and Ubuntu: apt install flite).", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    every = phrases.every_phrase()
    with tempfile.TemporaryDirectory() as scratch:
        for phrase in every:
            samples = trimmed(speak(flite, phrase, Path(scratch, "clip.wav")))
            waveforms.write(folder / f"{slug(phrase)}.wav", waveforms.faded(waveforms.levelled(samples), 4, 5))
    for left_over in set(folder.glob("*.wav")) - {folder / f"{slug(phrase)}.wav" for phrase in every}:
        left_over.unlink()
    print(f"{len(every)} phrases written, {sum(clip.stat().st_size for clip in folder.glob('*.wav')) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
