"""What sensors cost: a session on the screen with a treadmill and a strap at 1 Hz, and one without. Needs Linux.

    python tests/benchmarks/sensors.py          # about four minutes
    python tests/benchmarks/sensors.py --json

The sensors are on a mock BlueZ on a private D-Bus daemon. The processor time of the session is measured and,
separately, that of the sensor process. Without sensors the session must load none of their modules. Exits with 1 when a
budget is not met.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.budget import Limit, report  # noqa: E402  (after the path is set)
from tests.benchmarks.remote import used  # noqa: E402
from tests.sensors.bluez import belt, sending, strap  # noqa: E402
from tests.terminal import own_directories, terminal  # noqa: E402

SECONDS: Final = 40
PAIRS: Final = 2
SETTLED_S: Final = 12
"""Seconds until the sensors are found and the start is over."""
RUN: Final = """
import atexit, os, sys
from pathlib import Path
from retro_timer.__main__ import main
def write():
    names = (name for name in sys.modules if name.startswith("retro_timer.sensors"))
    Path(os.environ["MODULES"]).write_text(" ".join(sorted(names)))
atexit.register(write)
sys.exit(main())
"""


def children(pid: int) -> dict[int, str]:
    """The children of a process, with their command lines."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    tasks = {child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()}
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in {*found, *tasks}}


def cost(home: Path, environment: dict[str, str]) -> tuple[float, float, str]:
    """The processor time in percent of a session and of its sensor process, and the sensor modules that it loaded."""
    modules = home / "modules"
    program = [sys.executable, "-c", RUN]
    arguments = ["run", "back 60m @1.6km/h", "--audio", "off", "--lead-in", "0"]
    with terminal(
        arguments, home, size=(120, 40), program=program, environment={**environment, "MODULES": str(modules)}
    ) as walked:
        walked.read_for(SETTLED_S)
        pids = [child for child, line in children(walked.pid).items() if "retro_timer.sensors" in line]
        begun = [used(pid)[1] for pid in (walked.pid, *pids)]
        walked.read_for(SECONDS)
        spent = [used(pid)[1] - before for pid, before in zip((walked.pid, *pids), begun, strict=True)]
        walked.end_early()
        walked.wait()
    own, others = spent[0], sum(spent[1:])
    return 100 * own / SECONDS, 100 * others / SECONDS, modules.read_text() if modules.exists() else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    found: dict[bool, list[tuple[float, float, str]]] = {True: [], False: []}
    with sending(every=1.0) as bus:
        for number in range(PAIRS):
            for with_sensors in (True, False):
                with tempfile.TemporaryDirectory(prefix="rt-") as name:
                    home = Path(name)
                    environment = {**bus, **own_directories(home)}
                    chosen = f'[sensors]\nbelt = "{belt().address} Treadmill"\nheart = "{strap().address} Strap"\n'
                    settings = "[first_start]\ndone = true\n" + (chosen if with_sensors else "")
                    (home / "config").mkdir()
                    (home / "config" / "settings.toml").write_text(settings)
                    found[with_sensors].append(cost(home, environment))
                    print(number, with_sensors, found[with_sensors][-1], file=sys.stderr)
    own = {key: statistics.median(each[0] for each in values) for key, values in found.items()}
    process = statistics.median(each[1] for each in found[True])
    loaded = max(len(each[2].split()) for each in found[False])
    figures = [
        Limit("session without sensors: modules of sensors loaded", loaded, 0, ""),
        Limit("session with sensors at 1 Hz: more processor time", own[True] - own[False], 3, "%"),
        Limit("sensor process", process, 3, "%"),
    ]
    print(f"session with sensors {own[True]:.2f} %, without {own[False]:.2f} %", file=sys.stderr)
    return report(figures, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
