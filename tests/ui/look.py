"""Unpacks the snapshots of all screens into a directory for viewing: `python -m tests.ui.look DIRECTORY`."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from tests.ui.snapshot import SNAPSHOTS


def main(folder: Path) -> None:
    """Write every snapshot as a file that a browser can show."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(SNAPSHOTS.glob("*.svg.gz")):
        # Not every viewer preserves spaces by default.
        svg = gzip.decompress(path.read_bytes()).decode().replace("<svg ", '<svg xml:space="preserve" ', 1)
        (folder / path.name.removesuffix(".gz")).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
