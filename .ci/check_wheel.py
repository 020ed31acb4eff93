"""Checks that a wheel contains the package with its assets, and is small enough to download in a moment."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

MAX_BYTES = 9_000_000
NEEDED = (
    "retro_timer/py.typed",
    "retro_timer/cli/shell_scripts/_retro-timer",
    "retro_timer/cli/shell_scripts/retro-timer.bash",
    "retro_timer/cli/shell_scripts/retro-timer.fish",
    "retro_timer/ui/screens/session.tcss",
    "retro_timer/audio/assets/NOTICE",
    "retro_timer/page/static/index.html",
    "retro_timer/page/static/page.css",
    "retro_timer/page/static/page.js",
    "retro_timer/audio/assets/sounds/soft/backward.wav",
    "retro_timer/audio/assets/voice/en/heart/walk-backward.flac",
    "retro_timer/audio/assets/styles/af_heart.f16",
)


def main(wheel: Path) -> int:
    """Print what is wrong with a wheel; returns the exit code."""
    names = set(zipfile.ZipFile(wheel).namelist())
    wrong = [f"{name} is missing" for name in NEEDED if name not in names]
    if wheel.stat().st_size > MAX_BYTES:
        wrong.append(f"it has {wheel.stat().st_size:,} bytes, more than {MAX_BYTES:,}")
    for line in wrong:
        print(f"{wheel.name}: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
