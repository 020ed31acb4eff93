"""Sessions in SQL: which ones count, and a session's day for walkers whose day ends after midnight."""

from typing import Final

COUNTS: Final = "state <> 'walking' AND walked > 0"
"""The condition for a session that counts in totals, days and streaks: see `SessionSummary.counts`."""
BY_NOW: Final = "({day} <= :today OR started <= :now)"
"""The condition for a session that is not dated after today. One dated tomorrow that began before now was walked in
another time zone, and counts as today's. {day} stands for the expression of `day_column`."""
_HOUR: Final = 3600


def day_column(day_ends: int) -> str:
    """The SQL expression for a session's day: the stored day, or the one before if days end after midnight.

    Args:
        day_ends: how many hours after midnight a day ends.
    """
    if not day_ends:
        return "day"  # the indexed column
    return f"(day - ((started / 1000 + utc_offset) % 86400 < {day_ends * _HOUR:d}))"
