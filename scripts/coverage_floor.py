"""Branch coverage of a package by its own fast tests, and the floor it may not fall below.

Usage: python scripts/coverage_floor.py [PACKAGE ...]

Runs `tests/PACKAGE` without the tests in real time. By hand, not in CI: measuring makes the tests up to twice as slow.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"audio": 94, "cli": 95, "config": 96, "scheduling": 96, "serving": 92, "training": 97}
"""Percent of lines and branches that a package's own tests run; of the others, `ui` and `cli` test more."""


def main(packages: list[str]) -> int:
    """Measure packages, by default all of `FLOORS`; returns the exit code."""
    unknown = [name for name in packages if name not in FLOORS]
    if unknown:
        print(f"no floor for {', '.join(unknown)}: there are floors for {', '.join(FLOORS)}")
        return 2
    failed = 0
    for package in packages or FLOORS:
        measured = measure(package)
        problem = verdict(measured, FLOORS[package])
        failed += bool(problem)
        print(f"{package:10} {'' if measured is None else f'{measured:.1f} % '}{problem or 'ok'}", flush=True)
    return 1 if failed else 0


def verdict(measured: float | None, floor: int) -> str:
    """What is wrong with a measurement; empty if nothing is."""
    if measured is None:
        return "the tests failed"
    return "" if measured >= floor else f"below the floor of {floor} %"


def measure(package: str) -> float | None:
    """Percent of lines and branches of a package that its own tests run; None if they fail."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "coverage.json"
        tests = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not real_time", f"tests/{package}"]
        cover = [f"--cov=retro_timer.{package}", "--cov-branch", f"--cov-report=json:{report}"]
        done = subprocess.run([*tests, *cover], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-2000:])
            return None
        return float(json.loads(report.read_text("utf-8"))["totals"]["percent_covered"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
