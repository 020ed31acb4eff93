"""Job control: whether this process is in the foreground of its terminal."""

from __future__ import annotations

import os
import sys
from typing import Final

SIGNALS_TAKE: Final = 0.05
"""Seconds within which all signals that came with the one that ended a stop are recorded, on whichever thread."""


def foreground_group(terminal: int) -> int | None:
    """The foreground process group of a terminal.

    Args:
        terminal: a file descriptor of the terminal.

    Returns:
        None if it is not, or no longer, a terminal of this process.
    """
    if sys.platform == "win32":
        return None
    try:
        return os.tcgetpgrp(terminal)
    except OSError:
        return None


def in_background(terminal: int) -> bool:
    """Whether another process group is in the foreground of this process's terminal."""
    group = foreground_group(terminal)
    return sys.platform != "win32" and group is not None and group != os.getpgrp()
