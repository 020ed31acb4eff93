"""Screens compared with how they were: as text, kept beside the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SNAPSHOTS: Final = Path(__file__).with_name("snapshots")
UPDATE: Final = "RETRO_TIMER_UPDATE_SNAPSHOTS"
"""Set in the environment, the screens as they are now are kept; look at the difference before committing it."""


def assert_snapshot(name: str, lines: list[str]) -> None:
    """Compare the lines of a screen with those kept under a name."""
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"there is no snapshot {path.name}: run with {UPDATE}=1 and look at it"
    assert text == path.read_text(encoding="utf-8"), f"{path.name} looks different; {UPDATE}=1 keeps the new look"
