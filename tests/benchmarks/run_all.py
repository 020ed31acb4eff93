"""Runs all benchmarks one after the other, and prints their budgets.

    python tests/benchmarks/run_all.py            # some forty minutes
    python tests/benchmarks/run_all.py --quick    # a quarter of an hour

The machine must be idle: a warning says if it is not. Exits with 1 if a budget is missed; docs/benchmarks.md has the
latest figures.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = ("peers", "growth", "memory", "sound", "sound_under_load", "remote", "page", "sensors")
QUICK = {"peers": ["--quick"], "growth": ["--quick"], "memory": ["--quick"], "sound_under_load": ["300"]}
BUSY = 0.5
"""Load average above which the figures are not worth much."""


def main(arguments: list[str]) -> int:
    """Run the benchmarks; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args(arguments).quick
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.platform()}, {platform.machine()}")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    if (load := os.getloadavg()[0]) > BUSY:
        print(f"WARNING: the machine is busy (load {load:.1f}): only ratios mean something, and not much")
    missed = []
    for name in PROGRAMS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), *(QUICK.get(name, []) if quick else [])]
        if subprocess.run(command, check=False).returncode:
            missed.append(name)
    print(f"\nmissed or failed: {', '.join(missed)}" if missed else "\nevery budget is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
