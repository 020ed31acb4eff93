"""The fault test: kills processes with running sessions at random moments, and accounts for every second after a
restart.

    python tests/faults/kills.py --kills 200

Between some of the kills the files of the history are damaged as well. Prints what was tried and the worst loss, and
fails if that is more than a second, or if a process did not start.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retro_timer.clock import now_ms

LIMIT = 1000
"""Milliseconds that a kill may lose."""
AHEAD = 100
"""Milliseconds by which the record may be ahead of the last report: the time between two reports, plus some load."""
WALKER = "tests.faults.walker"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Tally:
    """What was tried, and the results; times in milliseconds."""

    kills: int = 0
    recovered: int = 0
    completed: int = 0
    worst: int = 0
    damaged: int = 0
    set_aside: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"kills tried                     {self.kills}",
            f"sessions recovered              {self.recovered}",
            f"sessions walked to their end    {self.completed}",
            f"worst second lost               {self.worst / 1000:.3f} s (limit {LIMIT / 1000:.0f} s)",
            f"databases damaged and survived  {self.damaged} ({self.set_aside} set aside)",
        ]
        return "\n".join([*lines, *(f"FAILED: {failure}" for failure in self.failures)])


@dataclass(frozen=True)
class Life:
    """What one process reported before it was killed or ended."""

    found: dict[str, Any] | None
    last: dict[str, Any] | None
    closed: str
    killed_at: int
    errors: str

    @property
    def expected(self) -> int:
        """The time spent in the session when the process was killed, in milliseconds."""
        assert self.last
        running = 0 if self.last["over"] else max(0, self.killed_at - self.last["now"])
        return int(self.last["total"]) + running


def live(directory: Path, seed: int, seconds: float) -> Life:
    """Start a process and kill it after some seconds, counted from its start or from its first report."""
    choice = random.Random(seed)
    command = [sys.executable, "-m", WALKER, str(directory), str(seed)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    first = b"" if choice.random() < 0.1 else process.stdout.readline()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    killed_at = now_ms()
    rest, errors = process.communicate()
    messages = [json.loads(line) for line in (first + rest).splitlines() if line.endswith(b"}")]
    reports = [line for line in messages if "total" in line]
    return Life(
        found=next((line for line in messages if "newest" in line), None),
        last=reports[-1] if reports else None,
        closed=next((line["closed"] for line in messages if "closed" in line), ""),
        killed_at=killed_at,
        errors=errors.decode(errors="replace").strip(),
    )


def damage(directory: Path, choice: random.Random) -> bool:
    """Flip bytes of a file of the history, or truncate it. Returns whether there was one."""
    files = sorted(path for path in directory.glob("history.db*") if path.stat().st_size)
    if not files:
        return False
    path = choice.choice(files)
    data = bytearray(path.read_bytes())
    if choice.random() < 0.3:
        del data[choice.randrange(len(data)) :]
    else:
        for _ in range(choice.choice((1, 1, 8, 200))):
            data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    path.write_bytes(data)
    return True


def account(before: Life, after: Life, tally: Tally) -> None:
    """Compare the time walked when a process was killed with what the next one found."""
    assert after.found
    newest = after.found["newest"]
    if before.last is None:
        return
    recovered = newest is not None and newest["uuid"] == before.last["uuid"]
    lost = before.expected - (newest["total"] if recovered else 0)
    tally.worst = max(tally.worst, lost)
    tally.recovered += recovered
    if lost > LIMIT:
        tally.failures.append(f"kill {tally.kills}: {lost} ms lost ({before.last}, found {newest})")
    if lost < -AHEAD:
        tally.failures.append(f"kill {tally.kills}: {-lost} ms that were not walked ({before.last}, found {newest})")


def run(kills: int, seed: int, directory: Path, longest: float = 1.5, damage_every: int = 10) -> Tally:
    """Kill processes one after another, on the same history; a last one is started to account for the end.

    Args:
        kills: how many.
        seed: the seed of the random choices.
        directory: the data directory.
        longest: maximum seconds for most processes; one in four runs up to four times as long.
        damage_every: number of kills after which the files are damaged too; 0 for never.
    """
    choice, tally = random.Random(seed), Tally()
    before: Life | None = None  # what has to be accounted for
    damaged = False
    while True:
        # Some live long enough to resume after a pause, and to reach their end.
        seconds = choice.uniform(0, longest * choice.choice((1, 1, 1, 4)))
        life = live(directory, choice.randrange(2**32), seconds)
        tally.completed += bool(life.closed)
        if life.errors:
            tally.failures.append(f"kill {tally.kills}: {life.errors.splitlines()[-1]}")
        if life.found:
            if damaged:
                look_after_damage(life.found, tally)
            elif before:
                account(before, life, tally)
            before, damaged = life, False
            if tally.kills >= kills:
                return tally
        # A process killed before it had read the history leaves everything to the next.
        tally.kills += 1
        if damage_every and tally.kills % damage_every == 0 and damage(directory, choice):
            damaged = True


def look_after_damage(found: dict[str, Any], tally: Tally) -> None:
    """Check that a process started after the files were damaged, and that the quarantined files exist."""
    tally.damaged += 1
    if found["set_aside"]:
        tally.set_aside += 1
        if not Path(found["set_aside"]).exists():
            tally.failures.append(f"kill {tally.kills}: {found['set_aside']} is not there")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run that failed")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory() as directory:
        tally = run(options.kills, seed, Path(directory))
    print(f"seed                            {seed}")
    print(tally)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
