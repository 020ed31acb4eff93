"""Compares screens with snapshots, as text and as pictures, which are stored next to the tests."""

from __future__ import annotations

import gzip
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import Final

SNAPSHOTS: Final = Path(__file__).with_name("snapshots")
UPDATE: Final = "RETRO_TIMER_UPDATE_SNAPSHOTS"
"""If this is set in the environment, snapshots are updated; check the difference before committing it."""
MADE_WITH: Final = {"textual": "8.2.8", "rich": "15.0.0"}
"""Other versions draw the same screen differently: the `test` extra requires these."""
NEW: Final = "RETRO_TIMER_NEW_LOOKS"
"""The environment variable for a directory to which pictures that differ from their snapshots are written."""


def assert_snapshot(name: str, lines: list[str]) -> None:
    """Compare the lines of a screen with a snapshot."""
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"there is no snapshot {path.name}: run with {UPDATE}=1 and look at it"
    assert text == path.read_text(encoding="utf-8"), f"{path.name} looks different; {UPDATE}=1 keeps the new look"


def assert_picture(name: str, picture: str) -> list[str]:
    """Compare an SVG picture of a screen with a snapshot; returns the difference, if any."""
    for package, wanted in MADE_WITH.items():
        assert version(package) == wanted, f"pictures are compared with {package} {wanted} only"
    svg = plain(picture)
    path = SNAPSHOTS / f"{name}.svg.gz"
    if os.environ.get(UPDATE):
        path.write_bytes(gzip.compress(svg.encode(), mtime=0))
    if not path.is_file():
        return [f"there is no picture {path.name}: run with {UPDATE}=1 and look at it"]
    if svg == gzip.decompress(path.read_bytes()).decode():
        return []
    if folder := os.environ.get(NEW):
        (Path(folder) / f"{name}.svg").write_text(svg, encoding="utf-8")
    return [f"{name} looks different; {NEW}=DIRECTORY writes the new picture there, {UPDATE}=1 keeps it"]


def plain(picture: str) -> str:
    """A picture without ids derived from its contents, web fonts and non-breaking space entities."""
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    return re.sub(r"terminal-\d+", "terminal", picture).replace("&#160;", "\u00a0")
