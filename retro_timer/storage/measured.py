"""What sensors measured of backward walking, session by session, for the progress over the weeks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from retro_timer.session.bounds import Ms, Score  # noqa: TC001  (msgspec reads the annotations)
from retro_timer.session.sensing import Metres, SensorKind
from retro_timer.storage.days import day_column
from retro_timer.storage.rows import checked

if TYPE_CHECKING:
    from retro_timer.storage.history import History

# CROSS JOIN: SQLite begins with what was measured, which is nothing without sensors.
_QUERY: Final = """
    SELECT {day} AS at, s.effort AS effort, total(m.metres) AS metres, sum(m.speeds) AS seconds,
        total(m.speed_mean * m.speeds) AS kmh_seconds
    FROM measures AS m
    CROSS JOIN intervals AS i ON i.session = m.session AND i.ordinal = m.interval
    CROSS JOIN sessions AS s ON s.id = m.session
    WHERE i.phase = 'backward' AND m.speeds > 0 AND s.state <> 'walking' AND {day} BETWEEN ? AND ?
    GROUP BY s.id ORDER BY at
"""


class _Row(Struct, frozen=True):
    at: Annotated[int, Meta(ge=1, le=3_652_059)]
    effort: Score | None
    metres: Metres
    seconds: Ms
    kmh_seconds: Annotated[float, Meta(ge=0)]


class MeasuredWalk(NamedTuple):
    """The backward part of a session, as far as it was measured.

    Attributes:
        day: its day.
        effort: how hard the session was, 0 to 10; None if it is not known.
        metres: the distance.
        seconds: for how long it was measured.
        kmh: the mean speed.
    """

    day: date
    effort: int | None
    metres: float
    seconds: int
    kmh: float


def measured_walks(history: History, since: date, until: date, day_ends: int = 0) -> tuple[MeasuredWalk, ...]:
    """The measured backward walking of each session with sensors, oldest first."""
    query = _QUERY.format(day=day_column(day_ends))
    rows = history.aggregated(query, (since.toordinal(), until.toordinal()), lambda row: checked(dict(row), _Row))
    return tuple(
        MeasuredWalk(date.fromordinal(row.at), row.effort, row.metres, row.seconds, row.kmh_seconds / row.seconds)
        for row in rows
    )


_LAST: Final = """
    SELECT max(CASE WHEN m.speeds > 0 THEN {day} END) AS belt, max(CASE WHEN m.beats > 0 THEN {day} END) AS heart
    FROM measures AS m
    CROSS JOIN sessions AS s ON s.id = m.session
    WHERE substr(s.uuid, 15, 2) <> '82'
"""
"""Not of imported activities, which `session.logged` marks so: those were measured by another device."""
_Ordinal = Annotated[int, Meta(ge=1, le=3_652_059)] | None


class _Last(Struct, frozen=True):
    belt: _Ordinal
    heart: _Ordinal


def last_measured(history: History) -> dict[SensorKind, date]:
    """The day on which a session last measured a speed, and a heart rate.

    Raises:
        StorageError: if the history cannot be read.
    """
    (row,) = history.aggregated(_LAST.format(day=day_column(0)), (), lambda row: checked(dict(row), _Last))
    days = {SensorKind.BELT: row.belt, SensorKind.HEART: row.heart}
    return {kind: date.fromordinal(day) for kind, day in days.items() if day is not None}
