"""How times grow with the workout and the history: up to 10,000 intervals and 10,000 sessions.

    python tests/benchmarks/growth.py           # about a minute
    python tests/benchmarks/growth.py --quick   # half a minute: fewer rounds
    python tests/benchmarks/growth.py --json    # the same as JSON

The screens are opened in turn with each history, several times, so that other load on the machine affects all of
them; the fastest of each counts, since noise only adds. All times are milliseconds. The ratio is that of
the slowest column to the first. Exits with 1 when a budget is not met. Whatever must not be flaky is guarded by
counts instead: `tests/test_growth.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import histories, schedules  # noqa: E402  (after the path is set)

INTERVALS: Final = (10, 1000, 10_000)
WALKS: Final = (0, 10, 1000, 10_000)
"""The last is the size that the history is designed for: five a week for forty years."""
SAME: Final = 1.2
"""How much longer a screen may take than with an empty history."""
EDIT: Final = 10.0
FLATTEN: Final = 20.0
READ: Final = 50.0
PLAN: Final = 500.0
"""The plan's advice is read in a thread, after the first frame."""
BEAT: Final = 10.0


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        what: what is measured.
        values: the results for each size, in milliseconds.
        limit: the maximum of the last value; None for no limit.
        ratio_limit: the maximum ratio of any value to the first; None for no limit.
    """

    what: str
    values: tuple[float, ...]
    limit: float | None = None
    ratio_limit: float | None = None

    @property
    def ratio(self) -> float:
        """The ratio of the slowest value to the first."""
        return max(self.values[1:]) / self.values[0]

    @property
    def met(self) -> bool:
        """Whether both limits are met."""
        return (self.limit is None or self.values[-1] <= self.limit) and (
            self.ratio_limit is None or self.ratio <= self.ratio_limit
        )

    @property
    def budget(self) -> str:
        """The limits in words."""
        limits = ((self.limit, "ms"), (self.ratio_limit, "x"))
        return ", ".join(f"{limit:g} {unit}" for limit, unit in limits if limit is not None)


def schedule_rows(times: int) -> list[Row]:
    """The rows about workouts and schedules."""
    found = [schedules.measure(size, times) for size in INTERVALS]
    limits: dict[str, tuple[float | None, float | None]] = {
        # Logarithmic: a thousand times as many intervals take ten more steps of a binary search.
        "position_at, 1000 times": (None, 3.0),
        "cues of the next 10 s": (None, 2.0),
        "Conductor.advance, a second": (None, 2.0),
        "flatten": (FLATTEN, None),
    }
    return [Row(name, tuple(one[name] for one in found), *limits.get(name, (EDIT, None))) for name in found[0]]


def history_rows(sizes: tuple[int, ...], rounds: int) -> list[Row]:
    """The rows about the history."""
    with tempfile.TemporaryDirectory(prefix="rt-") as name:
        places = {size: Path(name) / str(size) for size in sizes}
        for size, place in places.items():
            histories.make(place, size)
        opened: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
        for size in (*sizes, *(size for _ in range(rounds) for size in sizes)):
            opened[size].append(asyncio.run(histories.open_screens(places[size], size)))
        screens = [
            Row(what, tuple(min(o[what] for o in opened[size][1:]) for size in sizes), *limits)
            for what, limits in {
                "home": (None, SAME),
                "home, with the plan": (PLAN, None),
                "progress": (None, SAME),
                "progress, with the sessions": (PLAN, None),
            }.items()
        ]
        found = [histories.reads(place, size, rounds) for size, place in places.items()]
        limits = {"looking it through, behind Home": None, "the day on Home": PLAN}
        reads = [Row(what, tuple(one[what] for one in found), limits.get(what, READ)) for what in found[0]]
        beats = tuple(histories.beat(place, 50) for place in places.values())
        return [*screens, *reads, Row("a beat of the journal", beats, BEAT)]


def show(sizes: tuple[int, ...], rows: list[Row], what: str) -> None:
    """Print a table."""
    print(f"{what:46}{''.join(f'{size:>11,}' for size in sizes)}{'ratio':>9}  {'budget':12}")
    for row in rows:
        verdict = "" if not row.budget else "met" if row.met else "NOT MET"
        values = "".join(f"{value:>11.3f}" for value in row.values)
        print(f"{row.what:46}{values}{row.ratio:>9.2f}  {row.budget:12}{verdict}")
    print()


def main() -> int:
    """Measure; returns 1 if a budget is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    arguments = parser.parse_args()
    tables = {
        "intervals": (INTERVALS, schedule_rows(5 if arguments.quick else 15)),
        "walks in the history": (WALKS, history_rows(WALKS, 5 if arguments.quick else 15)),
    }
    if arguments.json:
        print(json.dumps({what: as_objects(*table) for what, table in tables.items()}, indent=2))
    else:
        for what, (sizes, rows) in tables.items():
            show(sizes, rows, what)
    return 0 if all(row.met for _, rows in tables.values() for row in rows) else 1


def as_objects(sizes: tuple[int, ...], rows: list[Row]) -> list[dict[str, Any]]:
    """A table as JSON objects."""
    return [
        {
            "what": row.what.strip(),
            "ms": dict(zip(map(str, sizes), row.values, strict=True)),
            "ratio": row.ratio,
            "budget": row.budget,
            "met": row.met,
        }
        for row in rows
    ]


if __name__ == "__main__":
    sys.exit(main())
