"""Runs all tests: `python -m tests`. Ends with 1 if any failed, after running all of them.

Those that only compute come first, more at a time than there are cores, since tests of screens wait now and then. Then
those in real time, four at a time whatever the machine: they wait most of the time. At last those that measure
milliseconds, one after another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Final

CORES: Final = os.cpu_count() or 1
PARTS: Final = (
    ("not real_time", ("-n", str(CORES + CORES // 2), "--dist", "worksteal")),
    ("real_time and not alone", ("-n", "4", "--dist", "worksteal")),
    ("alone", ()),
)
"""Which tests, by their marks, and how they are distributed."""
SLOWEST: Final = ("--durations=25", "--durations-min=3")


def main() -> int:
    """Run the parts; returns the exit code."""
    failed = False
    for marks, how in PARTS:
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-m", marks, *how, *SLOWEST], check=False)
        print(f"-- {marks}: {time.monotonic() - begun:.0f} s\n", flush=True)
        failed = failed or done.returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
