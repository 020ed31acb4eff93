"""Reading what can still be read of a history that was set aside; the file is left as it is, and nothing is merged.

What is found can be handed to `storage.transfer.import_walks` when the walker asks for it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.session.record import WalkState
from retro_timer.storage.database import connect_to_read, typed
from retro_timer.storage.history import walk_of
from retro_timer.storage.problems import RefusedError, StorageError, shown

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from retro_timer.storage.model import Walk

_WAYS: Final = tuple(
    f"SELECT id FROM sessions {way} ORDER BY {column} {direction}"  # noqa: S608  (from the list below)
    for way, column in (
        ("NOT INDEXED", "id"),
        ("INDEXED BY sessions_by_day", "day"),
        ("INDEXED BY sessions_by_longest", "longest_backward"),
    )
    for direction in ("ASC", "DESC")
)
"""Ways to the walks: each ends at the first damage it meets, from one end or from the other."""


class Salvaged(NamedTuple):
    """What could be read of a damaged history.

    Attributes:
        walks: those that were read whole.
        lost: how many there were signs of that could not be read.
    """

    walks: list[Walk]
    lost: int


def salvage(path: Path) -> Salvaged:
    """Read what can be read of a damaged history.

    A walk that was going on is salvaged as one that was interrupted.

    Raises:
        RefusedError: when nothing can be read at all.
    """
    try:
        with typed(path):
            connection = connect_to_read(path)
    except StorageError as problem:
        raise RefusedError(f"nothing can be read of {shown(path)}: {problem}") from None
    with closing(connection):
        sessions = _sessions(connection)
        walks = [walk for session in sorted(sessions, reverse=True) if (walk := _read(connection, session))]
    if not walks:
        raise RefusedError(f"nothing can be read of {shown(path)}")
    return Salvaged(walks, len(sessions) - len(walks))


def _sessions(connection: sqlite3.Connection) -> set[int]:
    found: set[int] = set()
    for query in _WAYS:
        try:
            with typed():
                found.update(row[0] for row in connection.execute(query) if isinstance(row[0], int))
        except StorageError:
            continue  # what was found before the damage stays found
    return found


def _read(connection: sqlite3.Connection, session: int) -> Walk | None:
    try:
        with typed():
            walk = walk_of(lambda query, values: connection.execute(query, values).fetchall(), session)
    except StorageError:
        return None
    if walk and walk.summary.state is WalkState.WALKING:
        return replace(walk, summary=replace(walk.summary, state=WalkState.INTERRUPTED))
    return walk
