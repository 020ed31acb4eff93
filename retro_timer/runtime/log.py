"""The log of errors in the data directory, one line each. Writing to it never raises: see `Log.problem`.

Imported when the first line is logged: `logging.handlers` takes milliseconds, which must not delay the first frame.
"""

from __future__ import annotations

import os
import sys
import threading
from logging import LogRecord, makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retro_timer.errors import reason
from retro_timer.files.atomic import open_own
from retro_timer.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from io import TextIOWrapper

MAX_BYTES: Final = 1_000_000
"""The log stays below this size in bytes; one old log is kept, with `.1` after its name."""
MAX_LINE: Final = 1000


class Log(RotatingFileHandler):
    """Appends lines to a file; thread-safe.

    The file is open only while a line is written: other windows write to the same file, and rotate it.

    Args:
        path: the file; created, with its directories, when the first line is written.
        wall: reads the wall clock.

    Attributes:
        problem: why lines are missing, as one clause; empty if none is.
    """

    def __init__(self, path: Path, wall: Callable[[], datetime]) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True)
        self._wall = wall
        self._writing = threading.Lock()
        self.problem = ""

    def lines(self) -> list[str]:
        """All lines, oldest first; empty if the log is missing or unreadable."""
        try:
            with os.fdopen(self._open_own(os.O_RDONLY), encoding="utf-8", errors="replace") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem = f"the log cannot be read: {reason(error)}"
            return []

    def say(self, line: str) -> None:
        """Write a line."""
        with self._writing:
            self.emit(makeLogRecord({"msg": f"{self._wall():%Y-%m-%d %H:%M:%S} {printable(line, MAX_LINE)}"}))

    def createLock(self) -> None:  # noqa: N802  (logging's name)
        """Make no lock: `logging` takes it when the program ends, and would wait for a disk that does not answer."""
        self.lock = None

    def emit(self, record: LogRecord) -> None:
        """Write a record and close the file."""
        super().emit(record)
        stream, self.stream = self.stream, None  # as `delay` leaves it
        try:
            if stream is not None:
                stream.close()
        except OSError:
            self.handleError(record)

    def flush(self) -> None:
        """Do nothing: each line is written out when its file is closed."""

    def close(self) -> None:
        """Do nothing: the file is closed, and from Python 3.13 on `logging` would need a lock here."""

    def handleError(self, record: LogRecord) -> None:  # noqa: ARG002, N802  (logging's signature)
        """Keep the reason; a traceback would land on the screen of a session."""
        error = sys.exception()
        self.problem = f"the log cannot be written: {reason(error) if isinstance(error, OSError) else error}"

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(self._open_own(os.O_WRONLY | os.O_APPEND | os.O_CREAT), "a", encoding="utf-8")

    def _open_own(self, flags: int) -> int:
        return open_own(Path(self.baseFilename), flags)
