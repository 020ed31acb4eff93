"""Retro Timer beside its peers and beside the floor, in one run: what it costs and how exact it is.

    python tests/benchmarks/peers.py            # about 20 minutes, with ten minutes of drift
    python tests/benchmarks/peers.py --quick    # about 4 minutes

Makes a virtual environment in a temporary directory, installs this checkout and the peers into it, and runs each in a
pseudo-terminal of 120x40, one after the other and over again, so that whatever else the machine does touches all of
them. Ratios are the result; absolute times are context. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.terminal import Terminal, terminal  # noqa: E402  (the checkout, not an installed package)

SIZE = (120, 40)
PEERS = {"termdown": "termdown==2.0.0", "countdown": "countdown-cli", "timer": "timer-cli", "pydoro": "pydoro"}
"""What is installed for each program; each into an environment of its own, for they want other versions of Rich."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Program:
    """A program that counts down.

    Attributes:
        name: what the table calls it.
        command: counts down from half an hour, behind the directory of the environment's programs.
        quit: what is typed to end it.
        begin: what is typed to let it count.
    """

    name: str
    command: tuple[str, ...]
    quit: str = "\x03"
    begin: str = ""
    first: list[float] = field(default_factory=list)
    leave: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


def programs() -> list[Program]:
    walk = "warm 30m, turn 30s, back 1m"
    return [
        Program("retro-timer", ("retro-timer", "run", walk, "--lead-in", "0", "--audio", "off")),
        Program("retro-timer with sound", ("retro-timer", "run", walk, "--lead-in", "0")),
        Program("floor: Textual Digits", ("python", str(ROOT / "tests/benchmarks/floor.py"), "1800"), quit="q"),
        Program("termdown 2.0.0", ("termdown", "30m")),
        Program("countdown-cli", ("countdown", "30m")),
        Program("timer-cli", ("timer", "30m")),
        Program("pydoro", ("pydoro",), begin="\r"),
    ]


def install(folder: Path) -> dict[str, Path]:
    """Make the environments; returns where each program is."""
    found = {}
    for name, wanted in {"retro-timer": str(ROOT), **PEERS}.items():
        binaries = folder / name / "bin"
        subprocess.run([sys.executable, "-m", "venv", folder / name], check=True)
        pip = [str(binaries / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", wanted]
        if subprocess.run(pip, check=False).returncode:
            print(f"{wanted} cannot be installed here: it is left out", file=sys.stderr)
        elif (binaries / name).exists():
            found[name] = binaries / name
    found["python"] = found["retro-timer"].with_name("python")
    return found


class Running:
    """A program in its terminal, and what is to be measured of it."""

    def __init__(self, shown: Terminal) -> None:
        self.shown = shown
        self.begun = time.monotonic()
        self.changes: list[float] = []
        self._text = ""
        self._prelude = len(shown.output)

    def read_until(self, moment: float) -> None:
        """Take what is written until a moment, noting when the screen changed."""
        while (left := moment - time.monotonic()) > 0:
            if not select.select([self.shown.fd], [], [], left)[0]:
                return
            now = time.monotonic()
            if not self.shown.read(0):
                return
            text = self.shown.text
            if text != self._text:
                self._text = text
                self.changes.append(now)

    def first_frame(self, limit: float = 15.0) -> float:
        """Seconds from the start until something is on the screen."""
        while time.monotonic() - self.begun < limit:
            self.read_until(time.monotonic() + 0.05)
            if len(self._text.split()) > 0:
                return self.changes[0] - self.begun
        raise TimeoutError

    def quit(self, keys: str) -> float:
        """Seconds from the key to the end of the program."""
        begun = time.monotonic()
        self.shown.send(keys)
        try:
            self.shown.wait(5)
        except AssertionError:
            self.shown.signal(signal.SIGKILL)
            self.shown.wait(5)
            return float("nan")
        return time.monotonic() - begun


def cpu(pid: int) -> float:
    """Seconds of processor time a process has used so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def children(pid: int) -> list[int]:
    """The processes a process has started, and theirs."""
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    except OSError:
        return []
    return sorted({*found, *(grandchild for child in found for grandchild in children(child))})


def peak_rss(pid: int) -> float:
    """The most memory a process has had resident, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def measure_starts(found: list[Program], binaries: dict[str, Path], home: Path, rounds: int) -> None:
    """First frame and quitting, interleaved."""
    for _ in range(rounds):
        for program in found:
            command = [str(binaries[program.command[0]]), *program.command[1:]]
            with terminal([], home, size=SIZE, program=command) as shown:
                running = Running(shown)
                try:
                    program.first.append(running.first_frame())
                except TimeoutError:
                    continue
                running.read_until(time.monotonic() + 0.4)
                program.leave.append(running.quit(program.quit))


def measure_running(program: Program, binaries: dict[str, Path], home: Path, seconds: float) -> None:
    """Processor time, memory, bytes and exactness of a program that runs."""
    command = [str(binaries[program.command[0]]), *program.command[1:]]
    with terminal([], home, size=SIZE, program=command) as shown:
        running = Running(shown)
        running.first_frame()
        shown.send(program.begin)
        running.read_until(time.monotonic() + 3)
        running.changes.clear()
        pids = children(shown.pid)
        before, before_children, bytes_before = cpu(shown.pid), sum(map(cpu, pids)), len(shown.output)
        begun = time.monotonic()
        running.read_until(begun + seconds)
        passed = time.monotonic() - begun
        program.figures |= {
            "cpu": (cpu(shown.pid) - before) * 60 / passed,
            "cpu_children": (sum(map(cpu, pids)) - before_children) * 60 / passed,
            "rss": peak_rss(shown.pid),
            "rss_children": sum(map(peak_rss, children(shown.pid))),
            "bytes": (len(shown.output) - bytes_before) / passed,
            **exactness(running.changes),
        }


def exactness(changes: list[float]) -> dict[str, float]:
    """How far each displayed second is from where it belongs, in milliseconds: on a grid of whole seconds.

    Where a program redraws more often than once a second, the first change of each second counts.
    """
    if len(changes) < 3:
        return {"error_median": float("nan"), "error_p99": float("nan"), "error_max": float("nan")}
    phases = sorted((change - changes[0] + 0.5) % 1 - 0.5 for change in changes)
    middle = statistics.median(phases)
    errors: dict[int, float] = {}
    for change in changes:
        second = round(change - changes[0] - middle)
        error = abs(change - changes[0] - middle - second) * 1000
        errors[second] = min(error, errors.get(second, error))
    ordered = sorted(errors.values())
    return {
        "error_median": statistics.median(ordered),
        "error_p99": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
        "error_max": ordered[-1],
    }


def measure_drift(found: list[Program], binaries: dict[str, Path], home: Path, seconds: float) -> None:
    """Where the second falls at the end against the beginning, in milliseconds; all programs at the same time."""
    with ExitStack() as stack:
        running: dict[str, Running] = {}
        for number, program in enumerate(found):
            command = [str(binaries[program.command[0]]), *program.command[1:]]
            shown = stack.enter_context(terminal([], home / f"drift{number}", size=SIZE, program=command))
            running[program.name] = Running(shown)
        end = time.monotonic() + seconds
        fds = {one.shown.fd: one for one in running.values()}
        while (left := end - time.monotonic()) > 0:
            for fd in select.select(list(fds), [], [], min(left, 1))[0]:
                fds[fd].read_until(time.monotonic() + 0.0005)
        for program in found:
            changes = running[program.name].changes
            early = [c for c in changes if 5 < c - running[program.name].begun < 25]
            late = [c for c in changes if c > end - 20]
            if early and late:
                origin = early[0]
                grid = [statistics.median((c - origin + 0.5) % 1 - 0.5 for c in part) for part in (early, late)]
                program.figures["drift"] = (grid[1] - grid[0]) * 1000


def measure_commands(binaries: dict[str, Path], home: Path, rounds: int) -> dict[str, float]:
    """Short commands against the import of click, in seconds."""
    wanted = {
        "import click": ("python", "-c", "import click"),
        "--help": ("retro-timer", "--help"),
        "--version": ("retro-timer", "--version"),
        "presets": ("retro-timer", "presets"),
    }
    took: dict[str, list[float]] = {name: [] for name in wanted}
    environment = {**os.environ, "HOME": str(home)}
    for _ in range(rounds):
        for name, (program, *rest) in wanted.items():
            begun = time.perf_counter()
            subprocess.run([str(binaries[program]), *rest], env=environment, stdout=subprocess.DEVNULL, check=True)
            took[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in took.items()}


def report(found: list[Program], commands: dict[str, float]) -> list[tuple[str, float, float, str]]:
    """The budget: what was measured, what it may be, as (what, value, limit, unit)."""
    by_name = {program.name: program for program in found}
    ours, floor, termdown = (by_name[name] for name in ("retro-timer", "floor: Textual Digits", "termdown 2.0.0"))
    first = {program.name: statistics.median(program.first) for program in found if program.first}
    slowest = max(commands[name] for name in ("--help", "--version", "presets"))
    return [
        ("first frame / floor", first[ours.name] / first[floor.name], 1.15, "x"),
        ("CPU / floor", ours.figures["cpu"] / floor.figures["cpu"], 1.5, "x"),
        ("CPU / termdown", ours.figures["cpu"] / termdown.figures["cpu"], 0.8, "x"),
        ("RSS / floor", ours.figures["rss"] / floor.figures["rss"], 1.3, "x"),
        ("bytes a second / floor", ours.figures["bytes"] / floor.figures["bytes"], 12, "x"),
        ("displayed second, p99 error", ours.figures["error_p99"], 8, "ms"),
        ("drift", abs(ours.figures.get("drift", float("nan"))), 5, "ms"),
        ("--help, --version, presets / import click", slowest / commands["import click"], 2, "x"),
        ("quit to shell", statistics.median(ours.leave) * 1000, 250, "ms"),
    ]


def print_table(found: list[Program], budget: list[tuple[str, float, float, str]]) -> None:
    columns = ("first ms", "quit ms", "CPU s/min", "player", "RSS MB", "bytes/s", "median", "p99", "max ms", "drift")
    print(f"{'':24}" + "".join(f"{column:>10}" for column in columns))
    for program in found:
        figures = program.figures
        values = [
            statistics.median(program.first) * 1000 if program.first else float("nan"),
            statistics.median(program.leave) * 1000 if program.leave else float("nan"),
            *(figures.get(name, float("nan")) for name in ("cpu", "cpu_children", "rss", "bytes")),
            *(figures.get(f"error_{name}", float("nan")) for name in ("median", "p99", "max")),
            figures.get("drift", float("nan")),
        ]
        formats = ("10.0f", "10.0f", "10.3f", "10.3f", "10.1f", "10.0f", "10.1f", "10.1f", "10.1f", "10.1f")
        print(f"{program.name:24}" + "".join(f"{value:{shape}}" for value, shape in zip(values, formats, strict=True)))
    print()
    for what, value, limit, unit in budget:
        met = "not measured" if isnan(value) else "met" if value <= limit else "NOT MET"
        print(f"{what:44} {value:8.2f} {unit:2}  budget {limit:g}  {met}")


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no drift")
    parser.add_argument("--json", action="store_true", help="JSON instead of the table")
    arguments = parser.parse_args()
    rounds, seconds = (5, 15.0) if arguments.quick else (9, 60.0)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        (home / "config").mkdir(parents=True)
        binaries = install(Path(folder) / "environments")
        found = [program for program in programs() if program.command[0] in binaries]
        measure_starts(found, binaries, home, rounds)
        found = [program for program in found if program.first]
        for program in found:
            measure_running(program, binaries, home, seconds)
        if not arguments.quick:
            measure_drift(found, binaries, home, 600)
        commands = measure_commands(binaries, home, rounds * 2)
    budget = report(found, commands)
    if arguments.json:
        result: dict[str, Any] = {
            "machine": {"platform": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()},
            "programs": {
                program.name: {"first": program.first, "quit": program.leave, **program.figures} for program in found
            },
            "commands": commands,
            "budget": [
                {"what": what, "value": value, "limit": limit, "unit": unit} for what, value, limit, unit in budget
            ],
        }
        print(json.dumps(result, indent=2))
    else:
        print_table(found, budget)
    return 0


if __name__ == "__main__":
    sys.exit(main())
