"""Runs the tests: `python -m tests`. With CI=true or RETRO_TIMER_ALL=1 it runs all of them, in a quarter of an hour.

Tests that only compute come first, three for each core, since tests of screens wait for every frame. If all tests are
run, those in real time follow, four at a time on any machine, since they mostly wait. Tests that measure milliseconds
come last, one after another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.real_time import everything, marks_real_time

TESTS: Final = Path(__file__).parent
CORES: Final = os.cpu_count() or 1
IN_REAL_TIME: Final = [path for path in sorted(TESTS.rglob("test_*.py")) if marks_real_time(path)]
"""The files with tests in real time: collecting all the others takes each process as long as some of these tests."""
LONGEST_FIRST: Final = sorted(IN_REAL_TIME, key=lambda path: "pytest.mark.timeout" not in path.read_text("utf-8"))
"""Files with long tests first, so that none starts at the end, when nothing is left to run beside it."""
PARTS: Final = (
    ("not real_time", ("-n", str(3 * CORES), "--dist", "worksteal")),
    ("real_time and not alone", ("-n", "4", "--dist", "load", "--maxschedchunk", "1", *map(str, LONGEST_FIRST))),
    ("alone", tuple(map(str, IN_REAL_TIME))),
)
"""Which tests, by their marks, and how they are distributed."""
SLOWEST: Final = ("--durations=25", "--durations-min=3")


def main() -> int:
    """Run the parts; returns the exit code."""
    failed = False
    for marks, how in PARTS if everything() else PARTS[:1]:
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-m", marks, *how, *SLOWEST], check=False)
        print(f"-- {marks}: {time.monotonic() - begun:.0f} s\n", flush=True)
        failed = failed or done.returncode != 0
    if not everything():
        print("RETRO_TIMER_ALL=1 also runs the tests in real time, the slow ones and every case of the sampled ones.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
