"""The statements that create the history's tables, by version. A published version never changes.

Lengths are in milliseconds unless a comment says otherwise. Text and numbers are validated on writing and again on
reading, because a file can be changed by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    # Covers the lists and the weekly totals, so that they read only the rows they show.
    """
    CREATE INDEX sessions_by_day
        ON sessions (day, started, id, state, walked, backward, forward, turn, longest_backward)
    """,
    # Weeks from Monday and from Sunday (day 1 was a Monday), so that weekly totals need no sorting.
    """
    CREATE INDEX sessions_by_monday
        ON sessions ((day - 1) / 7, day, state, walked, backward, forward, turn, longest_backward)
    """,
    """
    CREATE INDEX sessions_by_sunday
        ON sessions (day / 7, day, state, walked, backward, forward, turn, longest_backward)
    """,
    # Read from the end: among equal sessions, the earliest holds the record.
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
    # The running session: rewritten with every beat, so it is small.
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
    # The schedule for resuming it, with all edits; written only when it changes.
    """
    CREATE TABLE schedules (
        session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
        schedule BLOB NOT NULL
    )
    """,
)

# The plan's state up to each session, stored until the fourth version removed it (docs/adr/0012).
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
    """
    CREATE INDEX sessions_untrue ON sessions (day, started, id)
        WHERE walked >= 86401000 OR backward >= 86401000 OR longest_backward / 1000 > backward / 1000
    """,
)

# Unreadable sessions (`storage.quarantine`).
_QUARANTINE: Final = (
    """
    CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        session TEXT NOT NULL,  -- what it is called when the walker is told
        reason TEXT NOT NULL,
        content TEXT NOT NULL,  -- every row of it, as JSON
        tried TEXT NOT NULL DEFAULT ''  -- the version of the program that could not repair it
    )
    """,
)

# Removes everything that served only a history longer than a lifetime of walking (docs/adr/0012).
_WITHOUT_MARKS: Final = (
    "DROP TRIGGER session_added",
    "DROP TRIGGER session_changed",
    "DROP TRIGGER session_deleted",
    "DROP TABLE marks",
    "DROP INDEX sessions_untrue",
    "DROP INDEX sessions_by_monday",
    "DROP INDEX sessions_by_sunday",
)

# Sessions whose unanswered questions the walker does not want to be asked again.
_DECLINED: Final = ("CREATE TABLE declined (session INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE)",)

# Sore muscles and more pain become separate answers about the next day. SQLite cannot change a CHECK, and old versions
# cannot drop a column, so a new column takes over and the old one stays, empty. Every row is rewritten, because
# `shapes` recognizes rows by their number of columns.
_MUSCLES_OR_PAIN: Final = (
    "ALTER TABLE sessions RENAME COLUMN next_day TO next_day_before",
    """
    ALTER TABLE sessions ADD COLUMN next_day TEXT CHECK (next_day IN ('normal', 'sore', 'muscles', 'pain', 'untold'))
    """,
    "UPDATE sessions SET next_day = next_day_before, next_day_before = NULL",
)

# Sensor measurements, for each interval and once a second.
_MEASURED: Final = (
    """
    CREATE TABLE measures (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        interval INTEGER NOT NULL,  -- the ordinal of the interval
        metres REAL NOT NULL,
        speeds INTEGER NOT NULL,  -- samples with a speed
        speed_min REAL,  -- km/h
        speed_mean REAL,
        speed_max REAL,
        beats INTEGER NOT NULL,  -- samples with a heart rate
        heart_min INTEGER,  -- beats a minute
        heart_mean REAL,
        heart_max INTEGER,
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE traces (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        count INTEGER NOT NULL,  -- samples
        samples BLOB NOT NULL,  -- as session.trace packs them
        PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID
    """,
)

# Results of the backward walk test.
_WALK_TESTS: Final = (
    """
    CREATE TABLE walk_tests (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        started INTEGER NOT NULL,  -- since 1970 in UTC
        utc_offset INTEGER NOT NULL,  -- seconds the local clock was ahead
        first INTEGER NOT NULL CHECK (first > 0),
        second INTEGER CHECK (second > 0)
    )
    """,
)

# The position in an interval when it was entered: an undone jump returns into the middle of one.
_INTO: Final = ('ALTER TABLE intervals ADD COLUMN "into" INTEGER NOT NULL DEFAULT 0',)

MIGRATIONS: Final[tuple[Sequence[str], ...]] = (
    _FIRST,
    _MARKS,
    _QUARANTINE,
    _WITHOUT_MARKS,
    _DECLINED,
    _MUSCLES_OR_PAIN,
    _MEASURED,
    _WALK_TESTS,
    _INTO,
)
"""The statements that lead from each version to the next, starting with an empty file."""


TABLES: Final = (
    "sessions", "intervals", "pauses", "edits", "journal", "schedules", "quarantine", "declined", "measures", "traces",
    "walk_tests",
)  # fmt: skip
"""The tables with the walker's data. Their `schema.Shape` identifies them: no two tables share one."""
