"""How much memory a long session takes, and whether many sessions leak any. Needs Linux.

    python tests/benchmarks/memory.py           # four hours, then 1,000 sessions: about four minutes
    python tests/benchmarks/memory.py --quick   # ten minutes, then 150 sessions
    python tests/benchmarks/memory.py --json
    python tests/benchmarks/memory.py long      # only the long session; `many` for only the many

The real app without a terminal, on a clock moved by hand, with the real conductor, journal and history; only the
player is a fake. Every second is drawn. Sessions are rehearsed one after the other in one app:
opened, walked, ended, left through the summary. Exits with 1 when a budget is not met.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TEXTUAL_FPS", "1000")  # drawing a second need not wait for the next frame

from textual._styles_cache import StylesCache  # noqa: E402  (after the rate of frames)

from tests.benchmarks.budget import Limit, report  # noqa: E402  (after the path is set)
from tests.benchmarks.rehearsing import drawn, stage_in, walk_on, walk_once  # noqa: E402  (after the path is set)

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.ui.support import Stage

HOUR: Final = 3600
LONG: Final = "warm 2m, 48x(turn 30s, back 2m, turn 30s, fwd 1m50s), cool 10m"
"""Four hours, in 194 intervals."""
SETTLES: Final = 1.0
"""Seconds after which Textual has released the last screen."""
PAGE: Final = os.sysconf("SC_PAGE_SIZE") / 2**20


def resident() -> float:
    """Memory in MB, after garbage collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def objects() -> int:
    """The number of objects known to the garbage collector, after a collection.

    Textual's cache of the last 1,024 pairs of colours, which keeps widgets alive, is cleared.
    """
    StylesCache.get_inner_outer.cache_clear()
    gc.collect()
    return len(gc.get_objects())


async def long_session(directory: Path, seconds: int) -> list[Limit]:
    """A session of some seconds, each of them drawn."""
    stage = stage_in(directory, LONG)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await drawn(pilot)
        first = await walked(stage, pilot, 60)
        quarter = await walked(stage, pilot, seconds // 4 - 60)
        last = await walked(stage, pilot, seconds - seconds // 4)
    hours = seconds / HOUR
    print(f"a minute {first:.1f}, {hours / 4:.2f} h {quarter:.1f}, {hours:.2f} h {last:.1f} MB", file=sys.stderr)
    return [
        Limit(f"{hours:.2f} hours against the first minute", last - first, 2.0, "MB"),
        Limit(f"{hours:.2f} hours against the first {hours / 4:.2f}", last - quarter, 2.0, "MB"),
    ]


async def walked(stage: Stage, pilot: Pilot[int], seconds: int) -> float:
    """Continue walking; returns the memory afterwards."""
    for _ in range(seconds):
        await walk_on(stage, pilot)
    return resident()


async def many_sessions(directory: Path, count: int) -> list[Limit]:
    """Sessions one after another, a fifth of them as a warm-up."""
    stage = stage_in(directory)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot)
        warm = count // 5
        for index in range(warm):
            await walk_once(stage, pilot, adjust=index % 10 == 0)
        await asyncio.sleep(SETTLES)
        before, known = resident(), objects()
        for index in range(count - warm):
            await walk_once(stage, pilot, adjust=index % 10 == 0)
        await asyncio.sleep(SETTLES)
        after, grown = resident(), objects()
    print(f"{count} sessions: {before:.1f} to {after:.1f} MB, {known:,} to {grown:,} objects", file=sys.stderr)
    walks = count - warm
    return [
        Limit(f"{walks} sessions after {warm} to warm up", after - before, 2.0, "MB"),
        Limit("  objects left behind by each", (grown - known) / walks, 1.0, "objects"),
    ]


def main() -> int:
    """Measure; returns 1 if a budget is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="ten minutes and 150 sessions")
    parser.add_argument("parts", nargs="*", metavar="PART", help="long or many; both by default")
    arguments = parser.parse_args()
    parts = arguments.parts or ["long", "many"]
    seconds, count = (600, 150) if arguments.quick else (4 * HOUR, 1000)
    figures = []
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="rt-") as name:
            walk = many_sessions(Path(name), count) if part == "many" else long_session(Path(name), seconds)
            figures += asyncio.run(walk)
    return report(figures, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
