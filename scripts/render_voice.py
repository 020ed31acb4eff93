"""Render the voice: one clip for every phrase of `retro_timer.session.phrases`, spoken by flite's "slt".

Usage: python scripts/render_voice.py [--to FOLDER] [--only PHRASE]

Needs the `flite` executable (Carnegie Mellon University; its licence ships as assets/NOTICE). Each phrase is spoken,
equalized, trimmed, levelled, faded at both ends and written; clips of phrases that are no longer said are removed.
The cue timeline must know how long the clips are: that table is written too, unless one phrase is tried or the clips go
elsewhere.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import waveforms

from retro_timer.audio.library import slug
from retro_timer.scheduling.phases import Phase
from retro_timer.session import phrases

PACKAGE = Path(__file__).resolve().parent.parent / "retro_timer"
ASSETS = PACKAGE / "audio" / "assets" / "voice"
LENGTHS = PACKAGE / "session" / "clip_lengths.py"
LENGTHS_HEAD = '''"""How long the clip of each phrase is; written by scripts/render_voice.py, not by hand."""

from types import MappingProxyType
from typing import Final

CLIP_MS: Final = MappingProxyType(
    {
'''
LENGTHS_TAIL = '''    }
)
"""Milliseconds of every phrase that has a clip, rounded up to the next ten."""
'''
VOICE = "slt"
RESPELT = {
    phrases.IMPERATIVE[Phase.TURN]: "Turn a round.",  # otherwise "turner ound"
    phrases.HAVE_YOU_TURNED: "Turn a round. Press enter when you have turned.",
    phrases.UNDONE: "Un done.",  # otherwise "an done"
    **{phrase: phrase.replace(":", "") for phrase in phrases.RESUMING.values()},  # otherwise with a pause in the middle
}
"""What the voice is given to read where it would say the phrase itself badly; the captions keep their spelling."""
BRISK = 0.86
"""The share of its natural length a length or a round takes: there are many, and they come second."""
CALM = 0.96
"""The share of its natural length everything else takes: what to do next must be understood at once."""
EQUALIZER = (waveforms.high_pass(250), waveforms.bell(2000, gain_db=4, q=0.6), waveforms.bell(6800, gain_db=-6, q=1.0))
"""Brings slt, strong below 250 Hz and weak from 1 to 3 kHz, to the spectrum of standard speech (ANSI S3.5-1997).

At one loudness, in pink noise as loud as the voice, its speech intelligibility index (third octaves, without the spread
of masking) goes from 0.22 to 0.37, and without anything above 3 kHz from 0.21 to 0.34; standard speech has 0.41. Small
loudspeakers carry nothing below 250 Hz, and the last filter takes the hiss out of "seconds".
"""
WINDOW = waveforms.SAMPLE_RATE * 5 // 1000
SILENCE_DB = -40.0
"""What is quieter than this, relative to the loudest window, is silence."""


def stretch(phrase: str) -> float:
    """How fast a phrase is said, as a share of the voice's natural length."""
    brisk = {phrases.length(seconds) for seconds in phrases.every_length()}
    for value in range(1, phrases.MAX_SPOKEN_ROUNDS + 1):
        brisk.update((*phrases.round_of(value, value), *phrases.rounds(value)))
    return BRISK if phrase in brisk else CALM


def speak(flite: str, phrase: str, scratch: Path) -> list[float]:
    """Have flite say a phrase, and read what it wrote."""
    text = RESPELT.get(phrase, phrase)
    command = [flite, "-voice", VOICE, "--setf", f"duration_stretch={stretch(phrase)}", "-t", text, "-o", str(scratch)]
    subprocess.run(command, check=True, capture_output=True)
    return waveforms.read(scratch)


def trimmed(samples: list[float]) -> list[float]:
    """Without the silence around the words, but for one window before them and three after."""
    starts = range(0, len(samples), WINDOW)
    levels = [math.sqrt(math.fsum(x * x for x in samples[start : start + WINDOW]) / WINDOW) for start in starts]
    threshold = max(levels) * 10 ** (SILENCE_DB / 20)
    loud = [index for index, level in enumerate(levels) if level > threshold]
    return samples[max(0, loud[0] - 1) * WINDOW : (loud[-1] + 4) * WINDOW]


def finished(samples: list[float]) -> list[float]:
    """What flite said, as it is shipped."""
    for band in EQUALIZER:
        samples = band(samples)
    return waveforms.faded(waveforms.levelled(trimmed(samples)), fade_in=4, fade_out=5)


def write_lengths(lengths: dict[str, int]) -> None:
    """Write the module that tells the cue timeline how long each phrase takes, in samples rounded up to 10 ms."""
    step = waveforms.SAMPLE_RATE // 100
    lines = [f'        "{phrase}": {-(-samples // step) * 10},\n' for phrase, samples in lengths.items()]
    LENGTHS.write_text(f"{LENGTHS_HEAD}{''.join(lines)}{LENGTHS_TAIL}", encoding="utf-8")


def main() -> int:
    """Render every phrase, or one; 2 when there is no flite here."""
    parser = argparse.ArgumentParser(description="Render the voice.")
    parser.add_argument("--to", type=Path, default=ASSETS, help="the folder to write to (default: the package's)")
    parser.add_argument("--only", choices=phrases.every_phrase(), metavar="PHRASE", help="one phrase, to try it")
    arguments = parser.parse_args()
    folder: Path = arguments.to
    flite = shutil.which("flite")
    if flite is None:
        print("render_voice: flite is not installed here (Debian and Ubuntu: apt install flite).", file=sys.stderr)
        return 2
    lengths = {}
    with tempfile.TemporaryDirectory() as scratch:
        for phrase in [arguments.only] if arguments.only else phrases.every_phrase():
            samples = finished(speak(flite, phrase, Path(scratch, "clip.wav")))
            waveforms.write(folder / f"{slug(phrase)}.wav", samples)
            lengths[phrase] = len(samples)
    if not arguments.only:
        for left_over in {clip.name for clip in folder.glob("*.wav")} - {f"{slug(phrase)}.wav" for phrase in lengths}:
            (folder / left_over).unlink()
        if folder == ASSETS:
            write_lengths(lengths)
    print(f"{len(lengths)} phrases written, {sum(lengths.values()) / waveforms.SAMPLE_RATE:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
