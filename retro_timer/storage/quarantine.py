"""The quarantine of unreadable sessions: they are moved to a separate table, with all their rows unchanged.

Sessions are stored as JSON, which can represent any row and does not depend on the version of the tables.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from retro_timer.text import printable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    Rows = Mapping[str, list[dict[str, Any]]]
    """The rows of a session, by table."""

_KEYS: Final = {
    "sessions": "id",
    "intervals": "session",
    "pauses": "session",
    "edits": "session",
    "measures": "session",
    "traces": "session",
    "journal": "session",
    "schedules": "session",
    "declined": "session",
}
"""The tables with rows of sessions, each with the column that holds the session's key."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BLOB: Final = "hex"
"""The JSON key that marks bytes."""


class Quarantined(Struct, frozen=True):
    """A quarantined session.

    Attributes:
        session: its date and the beginning of its id, as far as readable.
        reason: what is wrong with it, as one clause.
        id: its key in the quarantine; None if it could not be moved there and is only skipped.
        tried: the version of the program that could not repair it; empty if no repair was tried.
    """

    session: str
    reason: str
    id: int | None = None
    tried: str = ""

    def __str__(self) -> str:
        """One clause for the walker."""
        what = "left out" if self.id is None else "quarantined"
        return f"the session of {self.session} cannot be read ({self.reason}) and was {what}"


def quarantine(connection: sqlite3.Connection, session: int, reason: str) -> Quarantined:
    """Quarantine a session, within a transaction.

    Args:
        connection: the connection to the history.
        session: the key of the session.
        reason: what is wrong with it, as one clause.
    """
    rows = _rows(connection, session)
    name = name_of(rows["sessions"][0] if rows["sessions"] else {"id": session})
    added = connection.execute(
        "INSERT INTO quarantine (session, reason, content) VALUES (?, ?, ?)", (name, reason, encode(rows))
    )
    for table, key in reversed(_KEYS.items()):
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (session,))  # noqa: S608  (names from above)
    return Quarantined(name, reason, added.lastrowid)


def quarantined(read: Callable[[str], list[sqlite3.Row]]) -> tuple[Quarantined, ...]:
    """The quarantined sessions, oldest first."""
    rows = read("SELECT session, reason, id, tried FROM quarantine ORDER BY id")
    return tuple(Quarantined(printable(row[0]), printable(row[1]), row[2], printable(row[3])) for row in rows)


def name_of(row: Mapping[str, object]) -> str:
    """The name of a session in messages: "2026-03-02 09:00 (4f1c2a9e)"."""
    started, offset, uuid = row.get("started"), row.get("utc_offset"), row.get("uuid")
    day = "an unknown day"
    if isinstance(started, int):
        with suppress(OverflowError):
            local = started + (offset if isinstance(offset, int) else 0) * 1000
            day = f"{_EPOCH + timedelta(milliseconds=local):%Y-%m-%d %H:%M}"
    return f"{day} ({printable(uuid)[:8] if isinstance(uuid, str) else row.get('id')})"


def encode(rows: Rows) -> str:
    """Encode the rows of a session as JSON."""
    return json.dumps(rows, default=lambda blob: {_BLOB: blob.hex()})


def decode(content: str) -> Rows:
    """Decode the rows of a session.

    Raises:
        ValueError: if the JSON is invalid because it was changed by hand.
    """
    rows: Rows = json.loads(content, object_hook=lambda found: bytes.fromhex(found[_BLOB]) if _BLOB in found else found)
    return rows


def _rows(connection: sqlite3.Connection, session: int) -> Rows:
    return {
        table: [
            dict(row)
            for row in connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (session,))  # noqa: S608
        ]
        for table, key in _KEYS.items()
    }
