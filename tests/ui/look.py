"""Pictures of the screens, made from their snapshots.

`python -m tests.ui.look DIRECTORY` unpacks all of them for viewing; `--docs` updates those in the README.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Final

from tests.ui.snapshot import SNAPSHOTS

DOCS: Final = Path(__file__).parent.parent.parent / "docs"
PICTURES: Final = {
    "home.svg": "home-phosphor-120x40",
    "adjust.svg": "adjust-phosphor-80x24",
    "summary.svg": "summary-phosphor-80x24",
}
"""The pictures in the README, and the snapshots they are made from."""


def unpacked(path: Path) -> str:
    """The picture of a snapshot as an SVG document."""
    # Not every viewer preserves spaces by default.
    return gzip.decompress(path.read_bytes()).decode().replace("<svg ", '<svg xml:space="preserve" ', 1)


def for_readme(name: str) -> str:
    """A picture for the README; the title of its window is the program's name."""
    path = SNAPSHOTS / f"{PICTURES[name]}.svg.gz"
    scene = PICTURES[name].rsplit("-", 2)[0]
    return unpacked(path).replace(f">{scene}</text>", ">Retro\u00a0Timer</text>", 1)


def main(folder: Path) -> None:
    """Write every snapshot as a file that a browser can show."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(SNAPSHOTS.glob("*.svg.gz")):
        (folder / path.name.removesuffix(".gz")).write_text(unpacked(path), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--docs":
        for name in PICTURES:
            (DOCS / name).write_text(for_readme(name), encoding="utf-8")
    else:
        main(Path(sys.argv[1]))
