"""The day of a session in SQL, for walkers whose day ends later than at midnight."""

_HOUR = 3600


def day_column(day_ends: int) -> str:
    """The day of a session, if a day ends so many hours after midnight: the stored one, or the one before it."""
    if not day_ends:
        return "day"  # as the indexes have it
    return f"(day - ((started / 1000 + utc_offset) % 86400 < {day_ends * _HOUR:d}))"
