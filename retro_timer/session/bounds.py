"""The bounds of the values in a session's record; msgspec checks them when it decodes a record."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta

from retro_timer.scheduling.model import MAX_INTERVALS, MAX_LABEL, MAX_NAME, MAX_NOTATION, MAX_SECONDS, MAX_SPEED_KMH

MAX_NOTE: Final = 1000
"""Limit of a note in characters."""
LONGEST: Final = 10 * 366 * 24 * 3600 * 1000
"""Limit of all lengths of a session, in milliseconds. A pause may last as long as a laptop is left open."""
SCORES: Final = range(11)
"""The possible answers about effort and pain, from none to the most imaginable."""

Ms = Annotated[int, Meta(ge=0, le=LONGEST)]
"""A time in milliseconds."""
Seconds = Annotated[int, Meta(ge=1, le=MAX_SECONDS)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTERVALS)]
Ordinal = Annotated[int, Meta(ge=1, le=MAX_INTERVALS)]
Speed = Annotated[float, Meta(gt=0, le=MAX_SPEED_KMH)]
Score = Annotated[int, Meta(ge=SCORES[0], le=SCORES[-1])]
Share = Annotated[float, Meta(ge=0, le=1)]
Total = Annotated[int, Meta(ge=1, le=MAX_INTERVALS * MAX_SECONDS)]
Label = Annotated[str, Meta(max_length=MAX_LABEL)]
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Word = Annotated[str, Meta(max_length=80)]
Words = Annotated[str, Meta(max_length=500)]
WorkoutId = Annotated[str, Meta(max_length=200)]
Notation = Annotated[str, Meta(min_length=1, max_length=MAX_NOTATION)]
Uuid = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
