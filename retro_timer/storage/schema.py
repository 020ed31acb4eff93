"""The tables of the history, and how an older file becomes a newer one.

Lengths are milliseconds unless a comment says otherwise. Text and numbers are checked when they are written and again
when they are read: a file can be changed by hand.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from retro_timer.storage.problems import DamagedError, TooNewError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

APPLICATION_ID: Final = int.from_bytes(b"RtTm")
"""Marks a SQLite file as a history of this program (https://www.sqlite.org/pragma.html#pragma_application_id)."""

_FIRST: Final = (
    """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        started INTEGER NOT NULL CHECK (typeof(started) = 'integer'),  -- since 1970 in UTC
        utc_offset INTEGER NOT NULL,  -- seconds the local clock was ahead
        zone TEXT NOT NULL,
        -- The local date: days, 1 is 0001-01-01.
        day INTEGER NOT NULL CHECK (typeof(day) = 'integer' AND day BETWEEN 1 AND 3652059),
        state TEXT NOT NULL CHECK (state IN ('walking', 'finished', 'ended-early', 'interrupted')),
        name TEXT NOT NULL,
        workout_id TEXT NOT NULL,
        notation TEXT NOT NULL,
        rung TEXT,
        planned_seconds INTEGER NOT NULL CHECK (planned_seconds > 0),
        planned_rounds INTEGER NOT NULL CHECK (planned_rounds >= 0),
        lead_in INTEGER NOT NULL CHECK (lead_in >= 0),
        walked INTEGER NOT NULL CHECK (walked >= 0),
        held INTEGER NOT NULL CHECK (held >= 0),
        paused INTEGER NOT NULL CHECK (paused >= 0),
        away INTEGER NOT NULL CHECK (away >= 0),
        backward INTEGER NOT NULL CHECK (backward >= 0),
        forward INTEGER NOT NULL CHECK (forward >= 0),
        turn INTEGER NOT NULL CHECK (turn >= 0),
        rest INTEGER NOT NULL CHECK (rest >= 0),
        longest_backward INTEGER NOT NULL CHECK (longest_backward >= 0),
        rounds_done INTEGER NOT NULL CHECK (rounds_done >= 0),
        incomplete INTEGER NOT NULL CHECK (incomplete >= 0),
        completion REAL NOT NULL CHECK (completion BETWEEN 0 AND 1),
        effort INTEGER CHECK (effort BETWEEN 0 AND 10),
        stumble INTEGER CHECK (stumble IN (0, 1)),
        pain_before INTEGER CHECK (pain_before BETWEEN 0 AND 10),
        pain_after INTEGER CHECK (pain_after BETWEEN 0 AND 10),
        note TEXT NOT NULL DEFAULT '',
        next_day TEXT CHECK (next_day IN ('normal', 'sore', 'untold')),
        fall INTEGER CHECK (fall IN (0, 1))
    )
    """,
    # Everything the lists and the weekly totals ask for, so that neither touches a row it does not show.
    """
    CREATE INDEX sessions_by_day
        ON sessions (day, started, id, state, walked, backward, forward, turn, longest_backward)
    """,
    # Weeks from Monday and from Sunday: day 1 was a Monday. They add up to totals without being sorted first.
    """
    CREATE INDEX sessions_by_monday
        ON sessions ((day - 1) / 7, day, state, walked, backward, forward, turn, longest_backward)
    """,
    """
    CREATE INDEX sessions_by_sunday
        ON sessions (day / 7, day, state, walked, backward, forward, turn, longest_backward)
    """,
    # Read from its end: among equals the one who did it first holds the record.
    "CREATE INDEX sessions_by_longest ON sessions (longest_backward, started DESC)",
    "CREATE INDEX sessions_by_backward ON sessions (backward, started DESC)",
    """
    CREATE TABLE intervals (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        "index" INTEGER NOT NULL,
        phase TEXT NOT NULL,
        planned INTEGER NOT NULL,  -- seconds
        target INTEGER NOT NULL,  -- seconds
        at INTEGER NOT NULL,
        walked INTEGER NOT NULL,
        held INTEGER NOT NULL,
        left TEXT NOT NULL,
        round INTEGER,
        rounds INTEGER,
        speed_kmh REAL,
        label TEXT NOT NULL,
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE pauses (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        length INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE edits (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        what TEXT NOT NULL,
        words TEXT NOT NULL,
        total INTEGER NOT NULL,  -- seconds
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    """,
    # The session that is being walked: rewritten with every beat, so it is kept small.
    """
    CREATE TABLE journal (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        position INTEGER NOT NULL,
        lead_in INTEGER NOT NULL,
        walked INTEGER NOT NULL,
        held INTEGER NOT NULL,
        paused INTEGER NOT NULL,
        longest_backward INTEGER NOT NULL,
        seen INTEGER NOT NULL  -- the wall clock, since 1970 in UTC
    )
    """,
    # What it is taken up again with: the schedule with every edit, written only when it changes.
    """
    CREATE TABLE schedules (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        schedule BLOB NOT NULL
    )
    """,
)

# What the plan makes of everything up to a walk: a history of any length is read from there on (`storage.past`).
# A mark is gone as soon as anything at or before its walk changes, whoever changes it.
_MARKS: Final = (
    """
    CREATE TABLE marks (
        day INTEGER NOT NULL,
        started INTEGER NOT NULL,
        session INTEGER NOT NULL,  -- the walk, with its day and start: the order of the history
        start TEXT NOT NULL,  -- the rung the plan started from
        week_start INTEGER NOT NULL,
        made_by TEXT NOT NULL,  -- the version of the program: another one may have other rules
        past BLOB NOT NULL,
        PRIMARY KEY (day, started, session, start, week_start)
    ) WITHOUT ROWID
    """,
    """
    CREATE TRIGGER session_added AFTER INSERT ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (new.day, new.started, new.id);
    END
    """,
    """
    CREATE TRIGGER session_changed AFTER UPDATE ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (new.day, new.started, new.id);
        DELETE FROM marks WHERE (day, started, session) >= (old.day, old.started, old.id);
    END
    """,
    """
    CREATE TRIGGER session_deleted AFTER DELETE ON sessions BEGIN
        DELETE FROM marks WHERE (day, started, session) >= (old.day, old.started, old.id);
    END
    """,
    # The few walks with impossible lengths (`scheduling.practice.problem_with`), so that each can be named.
    """
    CREATE INDEX sessions_untrue ON sessions (day, started, id)
        WHERE walked >= 86401000 OR backward >= 86401000 OR longest_backward / 1000 > backward / 1000
    """,
)

MIGRATIONS: Final[tuple[Sequence[str], ...]] = (_FIRST, _MARKS)
"""What leads from each version to the next, from an empty file on."""


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the schema; 0 for an empty file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection, back_up: Callable[[int], object]) -> None:
    """Bring a file to the newest version, in one transaction.

    Args:
        connection: outside a transaction.
        back_up: called with the version before anything is changed, unless the file is empty.

    Raises:
        TooNewError: when the file is newer than this program.
        sqlite3.Error: when it cannot be written; the file is as it was.
    """
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise too_new(version)
    if version == len(MIGRATIONS):
        return
    if version:
        back_up(version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it meanwhile.
        for statements in MIGRATIONS[version_of(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check_mark(connection: sqlite3.Connection) -> None:
    """See that a file is a history at all, of whatever version.

    Raises:
        DamagedError: when it is not.
    """
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id != APPLICATION_ID or version_of(connection) < 1:
        raise DamagedError("the file is not a history of Retro Timer")


def check(connection: sqlite3.Connection) -> None:
    """See that a file holds exactly the tables and indexes of its version.

    Raises:
        DamagedError: when it does not.
        TooNewError: when its version is not known here.
    """
    check_mark(connection)
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise too_new(version)
    if _objects(connection) != _expected(version):
        raise DamagedError("the tables of the history are not as they should be")


def too_new(version: int) -> TooNewError:
    """What is said about a file of a version that is not known here."""
    return TooNewError(
        f"the history was written by a newer Retro Timer (version {version} of its tables, this one knows "
        f"{len(MIGRATIONS)}): update to open it"
    )


def _objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    # sqlite_stat1 and the like are written by SQLite itself.
    rows = connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
    )
    return frozenset(tuple(row) for row in rows)


@cache
def _expected(version: int) -> frozenset[tuple[str, str, str]]:
    import sqlite3  # noqa: PLC0415  (the rest of this module works on connections it is given)

    connection = sqlite3.connect(":memory:")
    try:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                connection.execute(statement)
        return _objects(connection)
    finally:
        connection.close()
