"""What grows with the workout and with the history, and what does not: 10, 1,000, 10,000 intervals; 0 to 100,000 walks.

    python tests/benchmarks/growth.py           # about three minutes, most of it to write the histories
    python tests/benchmarks/growth.py --quick   # half a minute: 10,000 walks at most, fewer rounds
    python tests/benchmarks/growth.py --json    # the same as JSON

The screens are opened one after the other with each history and over again, so that whatever else the machine does
touches all of them; the quickest of each counts, for noise only adds. All times are milliseconds. The ratio is that of
the slowest column to the first. Exits with 1 when a budget is not met. What must not flake is guarded by counts
instead: `tests/test_growth.py`.
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
WALKS: Final = (0, 10, 1000, 100_000)
SAME: Final = 1.2
"""How much longer than with an empty history a screen may take."""
EDIT: Final = 20.0
READ: Final = 50.0
BEAT: Final = 10.0


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        what: what was measured.
        values: with each size, in milliseconds.
        limit: the most that the last may be, None for any.
        ratio_limit: the most that any may be in relation to the first, None for any.
    """

    what: str
    values: tuple[float, ...]
    limit: float | None = None
    ratio_limit: float | None = None

    @property
    def ratio(self) -> float:
        """The slowest to the first."""
        return max(self.values[1:]) / self.values[0]

    @property
    def met(self) -> bool:
        """Whether both limits are kept."""
        return (self.limit is None or self.values[-1] <= self.limit) and (
            self.ratio_limit is None or self.ratio <= self.ratio_limit
        )

    @property
    def budget(self) -> str:
        """The limits in words."""
        limits = ((self.limit, "ms"), (self.ratio_limit, "x"))
        return ", ".join(f"{limit:g} {unit}" for limit, unit in limits if limit is not None)


def schedule_rows(times: int) -> list[Row]:
    """Everything about what is walked."""
    found = [schedules.measure(size, times) for size in INTERVALS]
    limits: dict[str, tuple[float | None, float | None]] = {
        # Logarithmic: a thousand times as many intervals are ten steps more of a search by halves.
        "position_at, 1000 times": (None, 3.0),
        "cues of the next 10 s": (None, 2.0),
        "Conductor.advance, a second": (None, 2.0),
        "flatten": (EDIT, None),
    }
    return [Row(name, tuple(one[name] for one in found), *limits.get(name, (EDIT, None))) for name in found[0]]


def history_rows(sizes: tuple[int, ...], rounds: int) -> list[Row]:
    """Everything about the history."""
    with tempfile.TemporaryDirectory(prefix="rt-") as name:
        places = {size: Path(name) / str(size) for size in sizes}
        firsts = tuple(histories.make(place, size) for size, place in places.items())
        opened: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
        for size in (*sizes, *(size for _ in range(rounds) for size in sizes)):
            opened[size].append(asyncio.run(histories.open_screens(places[size], size)))
        screens = [
            Row(f"{screen} is shown", tuple(min(o[screen] for o in opened[size][1:]) for size in sizes), None, SAME)
            for screen in ("home", "progress")
        ]
        found = [histories.reads(place, size, rounds) for size, place in places.items()]
        reads = [Row(what, tuple(one[what] for one in found), None if "behind" in what else READ) for what in found[0]]
        beats = tuple(histories.beat(place, 50) for place in places.values())
        return [
            *screens,
            *reads,
            Row("a beat of the journal", beats, BEAT),
            Row("the first look after all of it changed", firsts),
        ]


def show(sizes: tuple[int, ...], rows: list[Row], what: str) -> None:
    """Print a table."""
    print(f"{what:46}{''.join(f'{size:>11,}' for size in sizes)}{'ratio':>9}  {'budget':12}")
    for row in rows:
        verdict = "" if not row.budget else "met" if row.met else "NOT MET"
        values = "".join(f"{value:>11.3f}" for value in row.values)
        print(f"{row.what:46}{values}{row.ratio:>9.2f}  {row.budget:12}{verdict}")
    print()


def main() -> int:
    """Measure; returns 1 when a budget is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="fewer walks, fewer rounds")
    arguments = parser.parse_args()
    walks = (*WALKS[:-1], 10_000) if arguments.quick else WALKS
    tables = {
        "intervals": (INTERVALS, schedule_rows(5 if arguments.quick else 15)),
        "walks in the history": (walks, history_rows(walks, 5 if arguments.quick else 15)),
    }
    if arguments.json:
        print(json.dumps({what: as_objects(*table) for what, table in tables.items()}, indent=2))
    else:
        for what, (sizes, rows) in tables.items():
            show(sizes, rows, what)
    return 0 if all(row.met for _, rows in tables.values() for row in rows) else 1


def as_objects(sizes: tuple[int, ...], rows: list[Row]) -> list[dict[str, Any]]:
    """A table for programs."""
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
