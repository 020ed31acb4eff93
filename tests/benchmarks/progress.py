"""How long the day, the plan and the progress take with 5,000 sessions in the history.

    python tests/benchmarks/progress.py [--walks 5000]

All of it is read beside the event loop; the limit is what nobody notices when a screen opens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from datetime import timedelta  # noqa: E402  (after the path is set)

from retro_timer.progress import Span, progress_of  # noqa: E402
from retro_timer.scheduling.units import WeekStart  # noqa: E402
from retro_timer.storage.opening import open_history  # noqa: E402
from retro_timer.storage.practice import practices_of  # noqa: E402
from retro_timer.storage.settings import defaults  # noqa: E402
from retro_timer.today import today_of  # noqa: E402
from tests.benchmarks.history import WALKS_A_DAY, fill, measure  # noqa: E402
from tests.storage.walks import MORNING  # noqa: E402

LIMIT = 250.0


def main() -> int:
    """Measure; returns 1 when a limit is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--walks", type=int, default=5000)
    count = parser.parse_args().walks
    now = MORNING + timedelta(days=count // WALKS_A_DAY + 1)
    monday, settings = WeekStart.MONDAY, defaults()
    with tempfile.TemporaryDirectory() as directory, open_history(Path(directory), lambda: now).history as history:
        fill(history, count)
        kept = [
            measure("every walk, for the plan", lambda: practices_of(history, now), limit=LIMIT),
            measure("the day on Home", lambda: today_of(history, settings, monday, now), limit=LIMIT),
            *(
                measure(f"progress: {span}", lambda span=span: progress_of(history, span, now, monday), limit=LIMIT)  # type: ignore[misc]  # a lambda's default
                for span in Span
            ),
        ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
