"""The newest sessions, for shell completion: the file is only read, never repaired or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.storage.database_file import connect_to_read, typed
from retro_timer.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

_MOST: Final = 50
_ID: Final = 8
"""Characters of an id, as shown by `retro-timer history`."""
_QUERY: Final = """
    SELECT uuid, name, workout_id, date(started / 1000 + utc_offset, 'unixepoch') FROM sessions
    ORDER BY started DESC LIMIT ?
"""


def recent_sessions(path: Path) -> dict[str, str]:
    """Ids of the newest sessions, with their days and names.

    Args:
        path: the history.

    Raises:
        StorageError: if it cannot be read.
    """
    if not path.exists():
        return {}
    with typed(path):
        connection = connect_to_read(path)
        try:
            rows = connection.execute(_QUERY, (_MOST,)).fetchall()
        finally:
            connection.close()
    return {str(uuid)[:_ID]: one_line(f"{day} {name or workout}") for uuid, name, workout, day in rows}
