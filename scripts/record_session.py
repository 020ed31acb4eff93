"""Record how a session sounds, without waiting for it: the cues of a real session, mixed at their moments.

Usage: python scripts/record_session.py [--voice NAME] [--to FILE]

    python3 -m venv build/voice/venv
    build/voice/venv/bin/pip install -e . -r scripts/render_voice.txt
    build/voice/venv/bin/python scripts/record_session.py

A session runs by its own clock; the player's own code turns its cues into samples. Only silences are shortened.
The same cues and clips give the same samples. Writes docs/session.flac, which the README plays.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from retro_timer.audio.clips import RATE, Clips
from retro_timer.audio.mixer import Mixer, Playing, Samples
from retro_timer.audio.options import SoundOptions
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.conductor import Conductor
from retro_timer.session.cue import Cue, CueKind
from retro_timer.session.engine import Session
from retro_timer.session.ports import VOICES, DueCue
from retro_timer.session.states import SECOND, Rules
from retro_timer.session.timeline import CueSettings
from retro_timer.testing import RecordingPlayer

RECORDING = Path(__file__).resolve().parent.parent / "docs" / "session.flac"
WORKOUT = "back 15s, turn 7s, fwd 1m"
SETTINGS = CueSettings(off=frozenset({CueKind.ONE_MINUTE, CueKind.RECAP}))
LEAD_IN = 5
LONGEST_SILENCE_MS = 400
"""Longer ones are shortened to this, but not between the ticks of a count."""
AT_ONCE = frozenset({CueKind.COUNT, CueKind.PHASE, CueKind.COMPLETE})
"""The kinds of cues that follow a tick at a fixed moment."""


class Placed(NamedTuple):
    """A cue of the recording.

    Attributes:
        at: the millisecond at which it begins.
        cue: the cue.
        samples: its sound and its words.
    """

    at: int
    cue: Cue
    samples: Samples


def cues(voice: str) -> list[DueCue]:
    """The cues of the session in a voice, each when it is due, from the lead-in to the end."""
    player = RecordingPlayer()
    session = Session(flatten(parse(WORKOUT)), Rules(lead_in=LEAD_IN))
    conductor = Conductor(session, player, replace(SETTINGS, voice=voice))
    now, heard = SECOND, []
    conductor.call(now, session.start)
    while not session.state.is_over:
        now += SECOND
        heard += player.play_until(now)
        conductor.advance(now)
    return [*heard, *player.play_until(now)]


def placed(voice: str) -> list[Placed]:
    """The cues of the recording in order, with long silences shortened.

    Raises:
        ValueError: if a clip cannot be used.
    """
    clips = Clips(SoundOptions(voice=voice), _refuse)
    parts = [Placed(due.due, due.cue, clips.prepare(number, due).joined) for number, due in enumerate(cues(voice))]
    shift, found = parts[0].at, [parts[0]._replace(at=0)]
    for before, part in pairwise(parts):
        silence = part.at - before.at - 1000 * len(before.samples) // RATE
        counted = before.cue.kind is CueKind.COUNT and part.cue.kind in AT_ONCE
        if not counted and silence > LONGEST_SILENCE_MS:
            shift += silence - LONGEST_SILENCE_MS
        found.append(part._replace(at=part.at - shift))
    return found


def mixed(parts: list[Placed]) -> Samples:
    """The recording."""
    mixer = Mixer()
    for number, part in enumerate(parts):
        mixer.add(Playing(number, part.samples, part.at * RATE // 1000, voice=bool(part.cue.words)))
    return mixer.block(0, max(part.at * RATE // 1000 + len(part.samples) for part in parts))


def _refuse(problem: str) -> None:
    raise ValueError(problem)


def write(path: Path, samples: Samples) -> None:
    """Write a FLAC file."""
    import numpy as np
    import soundfile

    soundfile.write(path, np.array(samples, np.int16), RATE, "PCM_16", format="FLAC", compression_level=1.0)


def main() -> None:
    """Make the recording, and print what is heard when."""
    parser = argparse.ArgumentParser(description="Record how a session sounds.")
    parser.add_argument("--voice", choices=VOICES, default=VOICES[0])
    parser.add_argument("--to", type=Path, default=RECORDING, help="the FLAC file")
    arguments = parser.parse_args()
    parts = placed(arguments.voice)
    samples = mixed(parts)
    write(arguments.to, samples)
    for part in parts:
        print(f"{part.at / 1000:5.1f} s  {part.cue.kind:<10} {part.cue.text}")
    print(f"{len(samples) / RATE:5.1f} s  {arguments.to.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
