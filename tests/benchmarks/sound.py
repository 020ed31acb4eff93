"""How exactly cues are played, what that costs, and how long the sound takes to recover from each fault.

    python tests/benchmarks/sound.py            prints a table
    python tests/benchmarks/sound.py --json     prints the same as JSON
    python tests/benchmarks/sound.py idle cpu   runs only these

Needs Linux with pulseaudio and pulseaudio-utils; plays on a private server with a null sink. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[2]))

from retro_timer.audio.options import SoundOptions
from retro_timer.audio.player import SoundPlayer
from retro_timer.clock import now_ms
from retro_timer.session.cue import Cue, CueKind, Sound
from retro_timer.session.ports import DueCue, SoundState
from tests.sound_server import BLOCK_MS, Recording, SoundServer, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CUES: Final = 200
FREQUENCY: Final = 1000
_PITCH_RATE: Final = 16_000
_LEAD_MS: Final = 4000
_LIMITS: Final = {
    "median": (-20.0, 20.0),
    "spread p95-p5": (0.0, 10.0),
    "p99 |error - median|": (0.0, 15.0),
    "missing": (0, 0),
    "extra": (0, 0),
    "cpu s per 60 s": (0.0, 0.3),
    "noticed ms": (0, 2000),
    "exit s": (0.0, 1.0),
}

Figures: TypeAlias = dict[str, float]


@dataclass
class Bench:
    """A server, and a directory with an easily detected tone."""

    server: SoundServer
    tone: Path

    def player(self, backend: str = "miniaudio") -> SoundPlayer:
        """A player with the tone as its tick and its backward sound."""
        custom = {Sound.TICK.value: str(self.tone), Sound.BACKWARD.value: str(self.tone)}
        player = SoundPlayer(SoundOptions(backend=backend, custom=custom))
        player.start()
        return player


def write_tone(path: Path, frequency: int = FREQUENCY, length_ms: int = 60) -> None:
    """A plain tone with an attack of 1 ms, so that its onset can be found to a millisecond."""
    count = _PITCH_RATE * length_ms // 1000
    samples = array(
        "h",
        (
            int(9000 * min(1, n / 16, (count - n) / 80) * math.sin(2 * math.pi * frequency * n / _PITCH_RATE))
            for n in range(count)
        ),
    )
    with wave.open(str(path), "wb") as writer:
        writer.setparams((1, 2, _PITCH_RATE, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> float:
    """Wait until something is true; returns the time in milliseconds, or NaN if it was never true."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            return (time.monotonic() - begun) * 1000
        time.sleep(0.005)
    return math.nan


def ok(player: SoundPlayer) -> bool:
    """Whether the player reports that the sound works."""
    return player.state is SoundState.OK


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Processes that keep the processors busy."""
    processes = [multiprocessing.Process(target=_compute, daemon=True) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def _compute() -> None:
    while True:
        sum(range(10_000))


def accuracy(bench: Bench, *, loaded: bool, backend: str = "miniaudio", cues: int = CUES) -> Figures:
    """Measure the onset errors of many cues, idle or with a blocked UI loop and two busy processes."""
    chooser = random.Random(7)
    player = bench.player(backend)
    # A player for each cue begins with a block of the null sink, but anywhere in one of a sound card.
    block_ms = BLOCK_MS if backend == "miniaudio" else 5
    with contextlib.closing(Closer(player)), bench.server.record(block_ms) as recorder:
        wait_for(lambda: ok(player))
        time.sleep(1)
        begin = now_ms() + 1500
        dues = []
        at = begin
        for _ in range(cues):
            dues.append(at)
            at += chooser.randint(280, 420)
        with busy(2 if loaded else 0):
            _send_ahead(player, dues, blocks=loaded)
            time.sleep(1)
        recording = recorder.stop()
    return _errors(recording, dues)


@dataclass
class Closer:
    player: SoundPlayer

    def close(self) -> None:
        self.player.close(drain=False)


def _send_ahead(player: SoundPlayer, dues: list[int], *, blocks: bool) -> None:
    """A loop that sends the next cues; with `blocks`, it hangs for 1 s out of every 3."""
    waiting = list(dues)
    hang_at = now_ms() + 2000
    while waiting or now_ms() < dues[-1]:
        soon = [due for due in waiting if due < now_ms() + _LEAD_MS]
        if soon:
            player.send([DueCue(due, Cue(0, CueKind.COUNT, Sound.TICK)) for due in soon])
            waiting = waiting[len(soon) :]
        if blocks and now_ms() >= hang_at:
            until = now_ms() + 1000
            while now_ms() < until:
                pass
            hang_at = now_ms() + 2000
        time.sleep(0.05)


def _errors(recording: Recording, dues: list[int]) -> Figures:
    onsets = recording.onsets(FREQUENCY)
    matched = [(nearest(onsets, due), due) for due in dues]
    errors = sorted(found - due for found, due in matched if found is not None and abs(found - due) < 130)
    if len(errors) < 2:
        return {"missing": len(dues) - len(errors)}
    median = statistics.median(errors)
    spread = statistics.quantiles(errors, n=20)
    far = sorted(abs(error - median) for error in errors)
    return {
        "median": round(median, 1),
        "spread p95-p5": round(spread[-1] - spread[0], 1),
        "p99 |error - median|": round(far[min(len(far) - 1, math.ceil(len(far) * 0.99) - 1)], 1),
        "worst |error - median|": round(far[-1], 1),
        "missing": len(dues) - len(errors),
        "extra": len(onsets) - len(errors),
    }


def _child(player: SoundPlayer) -> int:
    """The process id of the player's child."""
    wait_for(lambda: player.pid is not None)
    return player.pid or 0


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def cpu(bench: Bench, seconds: int = 30) -> Figures:
    """CPU of the idle player, child and parent's threads, per 60 s, and the child's memory."""
    player = bench.player()
    with contextlib.closing(Closer(player)):
        wait_for(lambda: ok(player))
        time.sleep(2)
        child, own = _child(player), time.process_time()
        begin = _cpu_of(child)
        time.sleep(seconds)
        used = _cpu_of(child) - begin
        own = time.process_time() - own
        memory = int(Path(f"/proc/{child}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu s per 60 s": round(used * 60 / seconds, 3),
        "parent cpu s per 60 s": round(own * 60 / seconds, 3),
        "child rss MB": round(memory / 2**20, 1),
    }


def _cpu_of(pid: int) -> float:
    """CPU seconds of all of a process's threads, to the nanosecond."""
    return sum(int((task / "schedstat").read_text().split()[0]) / 1e9 for task in Path(f"/proc/{pid}/task").iterdir())


def _heard_again(bench: Bench, player: SoundPlayer, back_at: int) -> Figures:
    """After a fault: the time until the player reports that the sound works, and until a cue is recorded."""
    wait_for(lambda: ok(player))
    said = now_ms() - back_at
    player.cancel()
    time.sleep(0.3)
    with bench.server.record() as recorder:
        # A new recorder makes the server change its latency, which the player needs a moment to detect.
        time.sleep(2.5)
        due = now_ms() + 300
        player.send([DueCue(due, Cue(0, CueKind.COUNT, Sound.TICK))])
        time.sleep(1)
        onset = nearest(recorder.stop().onsets(FREQUENCY), due)
    return {"back ms": said, "then heard with error ms": round(onset - due, 1) if onset else math.nan}


def _close(player: SoundPlayer) -> Figures:
    begun = time.monotonic()
    player.close(drain=False)
    return {"exit s": round(time.monotonic() - begun, 3)}


def _during(player: SoundPlayer) -> None:
    """Cause the fault while a cue is playing."""
    wait_for(lambda: ok(player))
    time.sleep(0.5)
    player.send([DueCue(now_ms(), Cue(0, CueKind.WHERE, None, ("Walk backward.", "Two minutes.")))])
    time.sleep(0.3)


def server_killed(bench: Bench) -> Figures:
    """The sound server is killed during a cue and restarted 3 s later."""
    player = bench.player()
    _during(player)
    bench.server.kill()
    noticed = wait_for(lambda: not ok(player))
    time.sleep(3)
    bench.server.start()
    return {"noticed ms": round(noticed), **_heard_again(bench, player, now_ms()), **_close(player)}


def server_frozen(bench: Bench) -> Figures:
    """The sound server is frozen for 5 s."""
    player = bench.player()
    _during(player)
    bench.server.freeze()
    noticed = wait_for(lambda: not ok(player))
    time.sleep(5 - noticed / 1000)
    bench.server.thaw()
    return {"noticed ms": round(noticed), **_heard_again(bench, player, now_ms()), **_close(player)}


def frozen_exit(bench: Bench) -> Figures:
    """Exiting while the sound server is frozen."""
    player = bench.player()
    _during(player)
    bench.server.freeze()
    time.sleep(0.2)
    child = _child(player)
    figures = _close(player)
    left = _alive(child)
    bench.server.thaw()
    return {**figures, "children left": int(left)}


def child_killed(bench: Bench) -> Figures:
    """The child is killed with SIGKILL during a cue."""
    player = bench.player()
    _during(player)
    os.kill(_child(player), signal.SIGKILL)
    begun = now_ms()
    noticed = wait_for(lambda: not ok(player))
    return {"noticed ms": round(noticed), **_heard_again(bench, player, begun), **_close(player)}


def child_frozen(bench: Bench) -> Figures:
    """The child is stopped with SIGSTOP during a cue."""
    player = bench.player()
    _during(player)
    os.kill(_child(player), signal.SIGSTOP)
    begun = now_ms()
    noticed = wait_for(lambda: not ok(player))
    return {"noticed ms": round(noticed), **_heard_again(bench, player, begun), **_close(player)}


def no_server(bench: Bench) -> Figures:
    """There is no sound server at first; it starts 3 s later."""
    bench.server.kill()
    player = bench.player()
    noticed = wait_for(lambda: player.state in (SoundState.NONE, SoundState.BELL))
    time.sleep(3)
    bench.server.start()
    return {"noticed ms": round(noticed), **_heard_again(bench, player, now_ms()), **_close(player)}


def flood(bench: Bench) -> Figures:
    """1,000 cues within a second, then one more that must be on time."""
    player = bench.player()
    wait_for(lambda: ok(player))
    begin = now_ms() + 500
    longest = 0.0
    for n in range(1000):
        before = time.monotonic()
        player.send([DueCue(begin + n, Cue(0, CueKind.COUNT, Sound.TICK))])
        longest = max(longest, time.monotonic() - before)
    time.sleep(2.5)
    return {
        "longest send ms": round(longest * 1000, 2),
        "state ok": int(ok(player)),
        **_heard_again(bench, player, now_ms()),
        **_close(player),
    }


def simpleaudio(bench: Bench) -> Figures:
    """Onset errors with simpleaudio through ALSA's pulse plugin."""
    return accuracy(bench, loaded=False, backend="simpleaudio", cues=60)


def system(bench: Bench) -> Figures:
    """Onset errors with the system player."""
    return accuracy(bench, loaded=False, backend="system", cues=60)


PARTS: Final[dict[str, Callable[[Bench], Figures]]] = {
    "idle": lambda bench: accuracy(bench, loaded=False),
    "loaded": lambda bench: accuracy(bench, loaded=True),
    "cpu": cpu,
    "server-killed": server_killed,
    "server-frozen": server_frozen,
    "frozen-exit": frozen_exit,
    "child-killed": child_killed,
    "child-frozen": child_frozen,
    "no-server": no_server,
    "flood": flood,
    "simpleaudio": simpleaudio,
    "system": system,
}


def within(name: str, value: float) -> bool:
    """Whether a figure meets its limit, if it has one."""
    low, high = _LIMITS.get(name, (-math.inf, math.inf))
    return low <= value <= high


def main() -> int:
    """Run the chosen measurements; returns 1 if a limit was not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    results: dict[str, Figures] = {}
    kept = True
    with tempfile.TemporaryDirectory(prefix="rt-") as home, SoundServer(Path(home)) as server:
        os.environ.update(server.environment)
        tone = Path(home) / "tone.wav"
        write_tone(tone)
        for part in arguments.parts or PARTS:
            results[part] = PARTS[part](Bench(server, tone))
            kept = kept and all(within(name, value) for name, value in results[part].items())
            if not arguments.json:
                _print(part, results[part])
    if arguments.json:
        print(json.dumps(results, indent=2))
    return 0 if kept else 1


def _print(part: str, figures: Figures) -> None:
    print(part, flush=True)
    for name, value in figures.items():
        print(f"  {name:<28}{value:>10}{'' if within(name, value) else '   over the limit'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
