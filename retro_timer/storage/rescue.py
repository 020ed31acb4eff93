"""Rescue of unsaved sessions: they are written where `retro-timer import` can read them."""

from __future__ import annotations

import json
import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.storage.transfer import write_json
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from datetime import datetime

    from retro_timer.session.history import StoredSession


class Unsaved(Struct, frozen=True):
    """A session that is not completely in the history.

    Attributes:
        session: the complete session.
        reason: why it could not be saved, as one clause.
    """

    session: StoredSession
    reason: str


def rescue(unsaved: Unsaved, now: datetime) -> list[str]:
    """Write a session to a file outside the data directory; if that fails too, the last line is the session itself.

    Returns:
        The lines to print on standard error.
    """
    out = BytesIO()
    write_json([unsaved.session], out, now)
    line = json.dumps(json.loads(out.getvalue()))  # ASCII, regardless of the terminal's encoding
    message = f"retro-timer: NOT saved: {unsaved.reason}."
    for directory in (os.environ.get("XDG_RUNTIME_DIR") or None, None):
        try:
            name = printable_path(_write_new(line, directory))
        except OSError:
            continue  # try the next directory, finally print the session
        return [f"{message} The session is in {name}: before the next restart, run retro-timer import {name}"]
    return [f"{message} The next line is the session: save it to a file, and retro-timer import FILE adds it", line]


def _write_new(line: str, directory: str | None) -> Path:
    """Write a new private file in a directory; by default the system's directory for temporary files."""
    handle, name = tempfile.mkstemp(prefix="retro-timer-session-", suffix=".json", dir=directory)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{line}\n")
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
