"""Whether every cue is played on time while other programs keep the machine busy.

    python tests/benchmarks/sound_under_load.py            2,000 cues on two cores, with four busy processes
    python tests/benchmarks/sound_under_load.py 300        with another number of cues
    python tests/benchmarks/sound_under_load.py --busy 0   with another number of busy processes

A session has a cue every few seconds, so 2,000 of them would take hours. Here one is due every 130 to 190 ms, in turn
in three pitches that can be told apart, which takes five and a half minutes. Every few seconds there is an answer to
a key: a cue that is due at the moment it is sent.

Needs Linux with pulseaudio and pulseaudio-utils; plays on a private server with a null sink. Run by root, it gives up
the right to raise priorities first: the figures are those of an ordinary user. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from retro_timer.audio.options import SoundOptions
from retro_timer.audio.player import SoundPlayer
from retro_timer.clock import now_ms
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue
from tests.benchmarks.sound import Closer, busy, ok, wait_for, write_tone
from tests.sound_server import SoundServer, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sound_server import Recording

CUES: Final = 2000
BUSY: Final = 4
CORES: Final = 2
PITCHES: Final = {Sound.TICK: 1000, Sound.BACKWARD: 1500, Sound.FORWARD: 2000}
"""The pitches of the cues, in turn: multiples of the resolution of the analysis."""
ANSWER: Final = (Sound.TURN, 2500)
APART_MS: Final = (130, 190)
TONE_MS: Final = 40
LEAD_MS: Final = 4000
NEAR_MS: Final = 200.0
"""A sound this far from a cue's moment is another cue: the next one of its pitch is 390 ms away."""
LOUD: Final = 3000.0
"""Amplitude from which a cue counts as played: a third of the tone, far above the leakage of another pitch."""
SPREAD_MS: Final = 15.0
"""The limit for p95 - p5 of the onsets."""


@dataclass
class Sent:
    """The moments at which each pitch was due."""

    cues: dict[Sound, list[int]] = field(default_factory=lambda: {sound: [] for sound in PITCHES})
    answers: list[int] = field(default_factory=list)


def send_all(player: SoundPlayer, count: int) -> Sent:
    """Send cues some seconds before they are due, and now and then an answer; returns the moments of all of them."""
    chooser = random.Random(7)
    sent = Sent()
    due = now_ms() + 1500
    planned = []
    for number in range(count):
        planned.append((due, list(PITCHES)[number % len(PITCHES)]))
        due += chooser.randint(*APART_MS)
    end = due
    answer_at = now_ms() + 2000
    while planned or now_ms() < end:
        now = now_ms()
        soon = [each for each in planned if each[0] < now + LEAD_MS]
        player.send([DueCue(due, Cue(0, CueKind.COUNT, sound)) for due, sound in soon])
        for due, sound in soon:
            sent.cues[sound].append(due)
        planned = planned[len(soon) :]
        if now >= answer_at and now < end - 1000:
            answer_at += 20 * sum(APART_MS) // 2
            sent.answers.append(now_ms())
            player.send([DueCue(sent.answers[-1], Cue(0, CueKind.WHERE, ANSWER[0]))])
        time.sleep(0.05)
    return sent


def late_by(recording: Recording, pitch: int, dues: Sequence[int], near: float = NEAR_MS) -> tuple[list[float], int]:
    """How late each cue of a pitch was, and how many were missing."""
    onsets = recording.onsets(pitch, least=LOUD)
    found = [(nearest(onsets, due), due) for due in dues]
    heard = [onset - due for onset, due in found if onset is not None and abs(onset - due) < near]
    return heard, len(dues) - len(heard)


def show(name: str, errors: Sequence[float], silent: int) -> float:
    """Print the figures of one kind of cue; returns its spread."""
    if len(errors) < 10:
        print(f"{name}: {len(errors)} heard, {silent} silent")
        return math.inf
    parts = statistics.quantiles(errors, n=100)
    spread = parts[94] - parts[4]
    print(
        f"{name}: {len(errors) + silent} sent, {silent} silent, median {parts[49]:.1f}, p5 {parts[4]:.1f}, "
        f"p95 {parts[94]:.1f}, p95 - p5 {spread:.1f}, p99 {parts[98]:.1f}, worst {min(errors):.0f}..{max(errors):.0f}"
    )
    return spread


def measure(server: SoundServer, home: Path, count: int, processes: int) -> bool:
    """Play and record; returns whether every cue was played on time."""
    custom = {}
    for sound, pitch in (*PITCHES.items(), ANSWER):
        custom[sound.value] = str(home / f"{pitch}.wav")
        write_tone(home / f"{pitch}.wav", pitch, TONE_MS)
    logged: Counter[str] = Counter()
    player = SoundPlayer(SoundOptions("miniaudio", custom=custom), log=lambda line: logged.update([line]))
    player.start()
    with contextlib.closing(Closer(player)), server.record() as recorder:
        wait_for(lambda: ok(player))
        with busy(processes):
            time.sleep(2)
            begun = time.process_time()
            sent = send_all(player, count)
            own = time.process_time() - begun
            time.sleep(1)
        load = os.getloadavg()[0]
        recording = recorder.stop()
    errors: list[float] = []
    silent = 0
    for sound, dues in sent.cues.items():
        heard, missed = late_by(recording, PITCHES[sound], dues)
        errors += heard
        silent += missed
    print(
        f"load average {load:.1f}, {processes} busy processes, {len(os.sched_getaffinity(0))} cores, parent {own:.1f} s"
    )
    spread = show("cues", errors, silent)
    show("answers", *late_by(recording, ANSWER[1], sent.answers, 800))
    for line, times in logged.most_common(20):
        print(f"  log: {times} x {line}")
    return silent == 0 and spread <= SPREAD_MS


def as_ordinary_user() -> None:
    """Restart without the right to raise priorities, if run by a user who has it."""
    program = shutil.which("setpriv")
    if os.geteuid() == 0 and program and "--ordinary" not in sys.argv:
        without = (program, "--inh-caps=-sys_nice", "--bounding-set=-sys_nice")
        os.execv(program, (*without, sys.executable, *sys.argv, "--ordinary"))  # noqa: S606  (it takes our place)


def main() -> int:
    """Run it; returns 1 if a cue was missing or the spread exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cues", nargs="?", type=int, default=CUES, help=f"how many; {CUES} by default")
    parser.add_argument("--busy", type=int, default=BUSY, help=f"how many busy processes; {BUSY} by default")
    parser.add_argument("--ordinary", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    as_ordinary_user()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(prefix="rt-") as home, SoundServer(Path(home)) as server:
        os.environ.update(server.environment)
        kept = measure(server, Path(home), arguments.cues, arguments.busy)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
