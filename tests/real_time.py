"""Which files have tests in real time, and whether these and the long tests run."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MARKS: Final = frozenset({"real_time", "sound", "terminal", "alone"})
WRITTEN: Final = re.compile(rf"pytest\.mark\.({'|'.join(sorted(MARKS))})\b")


def everything() -> bool:
    """Whether all tests run, as on CI."""
    return os.environ.get("CI") == "true" or os.environ.get("RETRO_TIMER_ALL") == "1"


@cache
def marks_real_time(path: Path) -> bool:
    """Whether a file marks tests as in real time, by its text: `python -m tests` looks for these in no other file."""
    return WRITTEN.search(path.read_text("utf-8")) is not None
