"""The log: what went wrong and why, a line each, in the data directory. It never gets in anybody's way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

MAX_BYTES: Final = 1_000_000
"""A log that has grown larger begins anew; the one before is kept beside it."""
MAX_LINE: Final = 1000


class Log:
    """Appends lines to a file, from any thread.

    Args:
        path: where it is; made with the first line.
        wall: reads the wall clock.
    """

    def __init__(self, path: Path, wall: Callable[[], datetime]) -> None:
        self._path = path
        self._wall = wall
        self._turn = threading.Lock()

    def say(self, line: str) -> None:
        """Write a line; a log that cannot be written is none, and nobody is told twice of a full disk."""
        safe = "".join(character if character.isprintable() else "?" for character in line[:MAX_LINE])
        with self._turn:
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                if self._path.exists() and self._path.stat().st_size > MAX_BYTES:
                    self._path.replace(self._path.with_suffix(".log.1"))
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{self._wall():%Y-%m-%d %H:%M:%S} {safe}\n")
                self._path.chmod(0o600)
            except OSError:
                return
