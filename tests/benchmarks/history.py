"""How long the history takes to answer with 100,000 walks in it, and what a beat of the journal costs.

    python tests/benchmarks/history.py [--walks 100000]

The limit is 50 ms for a page of the list and for the weekly totals.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from retro_timer.storage.model import WeekStart  # noqa: E402  (after the path is set)
from retro_timer.storage.opening import open_history  # noqa: E402
from retro_timer.storage.writer import write_walk  # noqa: E402
from tests.storage.walks import MORNING, Walker, walk  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from retro_timer.storage.history import History

LIMIT = 50.0
WALKS_A_DAY = 5


def fill(history: History, count: int) -> None:
    """Write so many walks, five a day, in large transactions."""
    pattern = walk()
    written = 0
    while written < count:
        with history.database.writing() as connection:
            for index in range(written, min(count, written + 5000)):
                started = MORNING + timedelta(days=index // WALKS_A_DAY, hours=index % WALKS_A_DAY)
                start = replace(pattern.summary.start, uuid=str(uuid.UUID(int=index)), started=started)
                write_walk(connection, replace(pattern, summary=replace(pattern.summary, start=start)))
                written += 1


def measure(name: str, call: Callable[[], object], times: int = 15, limit: float = LIMIT) -> bool:
    """Print the median and the worst of several calls. Returns whether the median keeps the limit."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    median = statistics.median(taken)
    print(f"{name:42} median {median:8.2f} ms   worst {max(taken):8.2f} ms   limit {limit:g} ms")
    return median <= limit


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--walks", type=int, default=100_000)
    count = parser.parse_args().walks
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with open_history(place, lambda: MORNING).history as history:
            fill(history, count)
        size = (place / "history.db").stat().st_size / 1024**2
        last = (MORNING + timedelta(days=count // WALKS_A_DAY)).date()
        middle = str(uuid.UUID(int=count // 2))
        print(f"{count:,} walks, {size:.0f} MB")
        with open_history(place, lambda: MORNING).history as history:
            kept = [
                measure("first page of 50", history.page),
                measure("a page in the middle", lambda: history.page(after=middle)),
                measure("a page of one month ten years back", lambda: history.page(until=last - timedelta(days=3650))),
                measure("weekly totals, 12 weeks", lambda: history.weeks(since=last - timedelta(weeks=12))),
                measure("weekly totals, a year", lambda: history.weeks(since=last - timedelta(days=365))),
                measure("weekly totals, everything", lambda: history.weeks(starts=WeekStart.SUNDAY)),
                measure("days of a year", lambda: history.days(since=last - timedelta(days=365), until=date.max)),
                measure("one walk with its intervals", lambda: history.walk(middle)),
                measure("bests", history.bests),
            ]

            def again() -> None:
                open_history(place, lambda: MORNING).history.close()

            measure("opening, with the look for damage", again, limit=250)
        walker = Walker(place)
        walker.on(45)

        def beat() -> None:
            walker.clock.move(500)
            walker.journal.flush()

        measure("one beat of the journal", beat, times=200, limit=10)
        walker.journal.close()
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
