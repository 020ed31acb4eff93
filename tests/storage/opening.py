"""Opens the history of a directory like the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.storage.open import HistoryFile, OpenedHistory
from retro_timer.storage.session_lock import SessionLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


def open_history(directory: Path, wall: Callable[[], datetime], lock: SessionLock | None = None) -> OpenedHistory:
    """Open the history of a data directory, with `lock` if this process already holds one."""
    return HistoryFile(directory, wall).open(lock or SessionLock(directory))
