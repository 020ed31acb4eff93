"""Recovery of sessions from a damaged history, row by row, without SQLite. The file is not changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from retro_timer.errors import reason
from retro_timer.storage.errors import RefusedError
from retro_timer.storage.file_quarantine import companion
from retro_timer.storage.pages import records
from retro_timer.storage.quarantine import decode, name_of
from retro_timer.storage.schema import Shape, shapes
from retro_timer.text import printable_path

if TYPE_CHECKING:
    from pathlib import Path

    from retro_timer.storage.pages import PageRecord
    from retro_timer.storage.quarantine import Rows

MOST_BYTES: Final = 1024**3
"""Size limit of a file in bytes."""
_UUID_INDEX: Final = 2
_DAY_INDEX: Final = 10
"""Column counts of the indexes on a session's uuid and day; their last column is the session's key."""
_SIGNS: Final = 2
"""Minimum number of references that prove a session without a row: a single one may itself be damaged."""


class Salvaged(NamedTuple):
    """The readable content of a damaged history.

    Attributes:
        sessions: the rows of each session that still has its main row, damaged or not.
        missing: the names of sessions without a main row.
        walk_tests: the rows of walk test results.
    """

    sessions: list[Rows]
    missing: list[str]
    walk_tests: list[dict[str, Any]]


class _Found:
    """The rows of one file, by session."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.parts: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        self.uuids: dict[int, str] = {}
        self.starts: dict[int, int] = {}
        self.quarantined: list[Rows] = []
        self.walk_tests: list[dict[str, Any]] = []

    def take(self, record: PageRecord, known: dict[Shape, tuple[str, list[tuple[str, bool]]]]) -> None:
        """Add a record: a row of one of our tables, or an entry of an index."""
        of_table, values = record.rowid is not None, record.values
        table, columns = known.get(Shape(of_table, len(values)), ("", []))
        if table and (not of_table or values[0] is None):
            row = {
                name: float(value) if real and isinstance(value, int) else value
                for (name, real), value in zip(columns, values, strict=True)
            }
            if record.rowid is not None:
                row[columns[0][0]] = record.rowid
            self._take_row(table, row)
        elif not of_table and values and isinstance(values[-1], int):
            self._take_sign(values[-1], values)

    def _take_row(self, table: str, row: dict[str, Any]) -> None:
        if table == "sessions":
            self.rows.append(row)
        elif table == "walk_tests":
            self.walk_tests.append(row)
        elif table == "quarantine":
            with suppress(ValueError, TypeError):  # its content is lost
                self.quarantined.append(decode(row["content"]))
        elif isinstance(row["session"], int):
            self.parts[row["session"]][table].append(row)

    def _take_sign(self, session: int, values: tuple[object, ...]) -> None:
        if len(values) == _UUID_INDEX and isinstance(values[0], str):
            self.uuids[session] = values[0]
        elif len(values) == _DAY_INDEX and isinstance(values[1], int):
            self.starts[session] = values[1]

    def sessions(self) -> list[Rows]:
        """The rows of each session, newest first; a row with a damaged key is matched with its parts by uuid."""
        keys = {uuid: key for key, uuid in self.uuids.items()}
        taken = Counter(row["id"] for row in self.rows)
        whole: list[Rows] = []
        for row in sorted(self.rows, key=itemgetter("id"), reverse=True):
            own, other = row["id"], keys.get(row["uuid"], row["id"])
            key = own if own in self.parts and taken[own] == 1 else other
            parts = self.parts.get(key, {})
            ordered = {table: sorted(rows, key=_ordinal) for table, rows in parts.items()}
            whole.append({"sessions": [row], **ordered})
        return whole

    def missing(self) -> list[str]:
        """The names of sessions without a main row."""
        there = {row["uuid"] for row in self.rows}
        gone = (self.parts.keys() | self.uuids.keys() | self.starts.keys()) - {row["id"] for row in self.rows}
        return [
            name_of({"id": key, "uuid": self.uuids.get(key), "started": self.starts.get(key)})
            for key in sorted(gone, reverse=True)
            if self.uuids.get(key) not in there
            and (key in self.parts) + (key in self.uuids) + (key in self.starts) >= _SIGNS
        ]


def _ordinal(row: dict[str, Any]) -> int:
    ordinal = row.get("ordinal")
    return ordinal if isinstance(ordinal, int) else 0


def salvage(path: Path) -> Salvaged:
    """Read everything readable from a history.

    Args:
        path: the history; its write-ahead log is read too.

    Raises:
        RefusedError: if it contains no sessions.
    """
    log = companion(path, "-wal")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RefusedError(f"{printable_path(path)} is larger than {MOST_BYTES // 1024**2} MB")
        data = path.read_bytes()
        found, known = _Found(), shapes()
        for record in records(data, log.read_bytes() if log.exists() else b""):
            found.take(record, known)
    except OSError as error:
        raise RefusedError(f"{printable_path(path)} cannot be read ({reason(error)})") from None
    salvaged = Salvaged([*found.sessions(), *found.quarantined], found.missing(), found.walk_tests)
    if not any(salvaged):
        raise RefusedError(f"there is no session in {printable_path(path)}")
    return salvaged
