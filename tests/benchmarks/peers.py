"""Compares Retro Timer with its peers and the floor in one run: what it costs and how exact it is.

    python tests/benchmarks/peers.py            # about 25 minutes, with ten minutes of drift
    python tests/benchmarks/peers.py --quick    # about 4 minutes

Makes virtual environments in a temporary directory, installs this checkout and the peers into them, and runs each in a
pseudo-terminal of 120x40. Starts are measured in turn, repeatedly; processor time, memory, bytes and drift of all of
them at the same time; the displayed seconds of one after another, since reading one screen delays reading another. So
whatever else the machine does affects all of them. Ratios are the result; absolute times are context. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.budget import FLOOR, OURS, TERMDOWN, WITH_SOUND, Program, against, budget, print_tables  # noqa: E402  (the same)
from tests.sound_server import SoundServer  # noqa: E402  (the same)
from tests.terminal import Terminal, shows_time, terminal  # noqa: E402  (the checkout, not an installed package)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE = (120, 40)
PEERS = {"termdown": "termdown==2.0.0", "countdown": "countdown-cli", "timer": "timer-cli", "pydoro": "pydoro"}
"""The packages of each program; each has its own environment, since they need different versions of Rich."""
STARTS = 25
"""Starts of each program, in turn: the medians of fewer differ too much from run to run."""
SETTLED = 5.0
"""Seconds after which a started program does nothing but count."""
QUIET = 0.05
"""Seconds without output after which a program has finished writing."""
EDGE = 20.0
"""Seconds at the beginning and end of a run whose ticks are compared to find the drift."""


def programs() -> list[Program]:
    walk = ("retro-timer", "run", "warm 30m, turn 30s, back 1m", "--lead-in", "0")
    return [
        Program(OURS, (*walk, "--audio", "off"), counts=shows_half_an_hour),
        Program(WITH_SOUND, walk, counts=shows_half_an_hour),
        Program(FLOOR, ("python", str(ROOT / "tests/benchmarks/floor.py"), "1800"), quit="q"),
        Program(TERMDOWN, ("termdown", "30m"), quit="q"),
        Program("countdown-cli", ("countdown", "30m")),
        Program("timer-cli", ("timer", "30m")),
        Program("pydoro", ("pydoro",), begin="\r", quit="q"),
    ]


def install(folder: Path) -> dict[str, Path]:
    """Create the environments; returns the path of each program."""
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


class Bench(NamedTuple):
    """Where programs run: their paths, a home for their files, and their sound server."""

    binaries: dict[str, Path]
    home: Path
    sound: dict[str, str]

    def run(self, program: Program, place: str = "home") -> AbstractContextManager[Terminal]:
        """A program in its own terminal."""
        home = self.home / place
        home.mkdir(parents=True, exist_ok=True)  # pydoro fails without one
        return terminal([], home, size=SIZE, program=program.line(self.binaries), environment=self.sound)


def shows_half_an_hour(text: str) -> bool:
    """Whether the giant digits are shown."""
    return shows_time(text, "30:00") or shows_time(text, "29:59")


def first_frame(shown: Terminal, counts: Callable[[str], bool], limit: float = 15.0) -> float:
    """Seconds from the start of a program (now) until its screen shows the countdown.

    Output is only recorded while there is more to read: interpreting it takes longer than writing it.

    Raises:
        TimeoutError: if it never does.
    """
    begun = time.monotonic()
    pieces: list[tuple[float, bytes]] = []
    while time.monotonic() < begun + limit:
        if select.select([shown.fd], [], [], QUIET)[0]:
            now = time.monotonic()
            pieces.append((now, os.read(shown.fd, 1 << 20)))
            continue
        for moment, piece in pieces:
            shown.take(piece)
            if counts(shown.text):
                return moment - begun
        pieces.clear()
    raise TimeoutError


def begin(program: Program, shown: Terminal) -> None:
    """Start a program's countdown."""
    first_frame(shown, program.counts)
    if program.begin:
        read_for(1, [shown.fd])  # not every program reads keys at once
        shown.send(program.begin)


def leave(shown: Terminal, keys: str) -> float:
    """Seconds from the key to the end of the program; NaN if it does not end."""
    begun = time.monotonic()
    shown.send(keys)
    try:
        shown.wait(5)
    except AssertionError:
        shown.signal(signal.SIGKILL)
        shown.wait(5)
        return float("nan")
    return time.monotonic() - begun


def processor_time(pid: int) -> float:
    """Seconds of processor time that the threads of a process have used so far, to the nanosecond."""
    with suppress(OSError):
        threads = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    return 0.0


def children(pid: int) -> list[int]:
    """The descendants of a process."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return sorted({*found, *(grandchild for child in found for grandchild in children(child))})


def peak_rss(pid: int) -> float:
    """The peak resident memory of a process, in MB."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return float("nan")


def measure_starts(found: list[Program], bench: Bench, rounds: int) -> None:
    """Measure the first frame and quitting, in turn."""
    for _ in range(rounds):
        for program in found:
            with bench.run(program) as shown:
                try:
                    program.first.append(first_frame(shown, program.counts))
                except TimeoutError:
                    continue
                read_for(0.4, [shown.fd])
                program.leave.append(leave(shown, program.quit))


def read_for(seconds: float, fds: Sequence[int]) -> dict[int, list[tuple[float, int]]]:
    """The output to terminals during some time: the moment and the number of bytes of each piece."""
    pieces: dict[int, list[tuple[float, int]]] = {fd: [] for fd in fds}
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for fd in select.select(fds, [], [], left)[0]:
            now = time.monotonic()
            pieces[fd].append((now, len(os.read(fd, 1 << 20))))
    return pieces


def measure_running(found: list[Program], bench: Bench, seconds: float) -> None:
    """Processor time, memory, bytes and drift of all programs, running at the same time."""
    with ExitStack() as stack:
        running: dict[int, tuple[Program, Terminal]] = {}
        for number, program in enumerate(found):
            shown = stack.enter_context(bench.run(program, f"running-{number}"))
            running[shown.fd] = (program, shown)
            begin(program, shown)
            read_for(0.13, list(running))  # no two of them tick at the same time
        read_for(SETTLED, list(running))
        pids = {fd: (shown.pid, children(shown.pid)) for fd, (_, shown) in running.items()}
        before = {fd: (processor_time(pid), sum(map(processor_time, more))) for fd, (pid, more) in pids.items()}
        begun = time.monotonic()
        pieces = read_for(seconds, list(running))
        minutes = (time.monotonic() - begun) / 60
        for fd, (program, _) in running.items():
            pid, more = pids[fd]
            program.figures |= {
                "cpu": (processor_time(pid) - before[fd][0]) / minutes,
                "cpu_children": (sum(map(processor_time, more)) - before[fd][1]) / minutes,
                "rss": peak_rss(pid),
                "rss_children": sum(map(peak_rss, more)),
                "bytes": sum(size for _, size in pieces[fd]) / minutes / 60,
                "drift": drift([moment for moment, _ in pieces[fd]]),
            }


def measure_exactness(program: Program, bench: Bench, seconds: float) -> None:
    """The exactness of the displayed seconds of a program that runs alone."""
    with bench.run(program) as shown:
        begin(program, shown)
        read_for(3, [shown.fd])
        program.figures |= exactness([moment for moment, _ in read_for(seconds, [shown.fd])[shown.fd]])


def phases(moments: Sequence[float], origin: float) -> list[float]:
    """The positions of moments within a second, relative to an origin, from -0.5 to 0.5."""
    return [(moment - origin + 0.5) % 1 - 0.5 for moment in moments]


def exactness(changes: list[float]) -> dict[str, float]:
    """The distance of each displayed second from a grid of whole seconds, in milliseconds.

    If a program redraws more often than once a second, the change nearest to the second counts.
    """
    if len(changes) < 3:
        return {"error_median": float("nan"), "error_p99": float("nan"), "error_max": float("nan")}
    middle = statistics.median(phases(changes, changes[0]))
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


def drift(changes: list[float]) -> float:
    """The shift of the second from the beginning to the end, in milliseconds."""
    early = [change for change in changes if change < changes[0] + EDGE]
    late = [change for change in changes if change > changes[-1] - EDGE]
    if len(early) < 3 or len(late) < 3:
        return float("nan")
    return (statistics.median(phases(late, early[0])) - statistics.median(phases(early, early[0]))) * 1000


def measure_commands(bench: Bench, rounds: int) -> dict[str, float]:
    """Short commands compared with the import of click, in seconds."""
    wanted = {
        "import click": ("python", "-c", "import click"),
        "--help": ("retro-timer", "--help"),
        "--version": ("retro-timer", "--version"),
        "presets": ("retro-timer", "presets"),
    }
    took: dict[str, list[float]] = {name: [] for name in wanted}
    environment = {**os.environ, "HOME": str(bench.home)}
    for _ in range(rounds):
        for name, (program, *rest) in wanted.items():
            begun = time.perf_counter()
            subprocess.run(
                [str(bench.binaries[program]), *rest], env=environment, stdout=subprocess.DEVNULL, check=True
            )
            took[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in took.items()}


def sound_of(folder: Path, stack: ExitStack) -> dict[str, str]:
    """A sound server for the program with sound, as environment variables."""
    if shutil.which("pulseaudio") is None:
        print("pulseaudio is not here: the program with sound has none", file=sys.stderr)
        return {}
    folder.mkdir()
    server = stack.enter_context(SoundServer(folder))
    return {name: server.environment[name] for name in ("XDG_RUNTIME_DIR", "PULSE_SERVER", "ALSA_CONFIG_PATH")}


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, half a minute of drift")
    parser.add_argument("--json", action="store_true", help="JSON instead of the table")
    arguments = parser.parse_args()
    rounds, seconds = (5, 15.0) if arguments.quick else (STARTS, 60.0)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        bench = Bench(install(folder / "environments"), folder / "home", sound_of(folder / "sound", stack))
        found = [program for program in programs() if program.command[0] in bench.binaries]
        measure_starts(found, bench, rounds)
        found = [program for program in found if program.first]
        for program in found:
            measure_exactness(program, bench, seconds)
        measure_running(found, bench, 30 if arguments.quick else 600)
        commands = measure_commands(bench, rounds * 2)
    limits, ratios = budget(found, commands), against(found)
    if arguments.json:
        result: dict[str, Any] = {
            "machine": {"platform": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()},
            "programs": {
                program.name: {"first": program.first, "quit": program.leave, **program.figures} for program in found
            },
            "commands": commands,
            "budget": [limit._asdict() for limit in limits],
            "ratios": [ratio._asdict() for ratio in ratios],
        }
        print(json.dumps(result, indent=2))
    else:
        print_tables(found, limits, ratios)
    return 0 if all(limit.met for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
