"""The faults as a matrix: what was tried on the real program, how often it held, and the worst that was lost.

python -m tests.faults           the short form, with a fixed seed: what continuous integration runs
python -m tests.faults --long    at least 500 kills and 2,000 damaged files
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.matrix import KINDS, SEED
from tests.faults.outcome import Outcome, table


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="the long form")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("kinds", nargs="*", metavar="FAULT", help=f"of {', '.join(KINDS)}; all by default")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    for name in options.kinds or KINDS:
        kind = KINDS[name]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            outcomes.append(kind.run(kind.long if options.long else kind.short, options.seed, Path(folder)))
        print(table(outcomes[-1:]).splitlines()[-1], flush=True)
    print(f"\nseed {options.seed}\n{table(outcomes)}")
    failures = [f"{one.fault}: {failure}" for one in outcomes for failure in one.failures]
    print(*failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
