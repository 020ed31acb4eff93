"""Sensor measurements of backward walking, by session, for progress over the weeks."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from retro_timer.session.bounds import Ms, Score  # noqa: TC001  (msgspec reads the annotations)
from retro_timer.session.sensing import Metres, SensorKind
from retro_timer.storage.days import BY_NOW, day_column
from retro_timer.storage.rows import checked

if TYPE_CHECKING:
    from retro_timer.storage.history import History

# CROSS JOIN makes SQLite start with the measures, of which there are none without sensors.
_QUERY: Final = f"""
    SELECT min({{day}}, :today) AS at, s.effort AS effort, total(m.metres) AS metres, sum(m.speeds) AS seconds,
        total(m.speed_mean * m.speeds) AS kmh_seconds
    FROM measures AS m
    CROSS JOIN intervals AS i ON i.session = m.session AND i.ordinal = m.interval
    CROSS JOIN sessions AS s ON s.id = m.session
    WHERE i.phase = 'backward' AND m.speeds > 0 AND s.state <> 'walking'
        AND {{day}} >= :since AND {BY_NOW}
    GROUP BY s.id ORDER BY at
"""  # noqa: S608  (a condition)


class _Row(Struct, frozen=True):
    at: Annotated[int, Meta(ge=1, le=3_652_059)]
    effort: Score | None
    metres: Metres
    seconds: Ms
    kmh_seconds: Annotated[float, Meta(ge=0)]


class MeasuredWalk(NamedTuple):
    """The measured backward walking of a session.

    Attributes:
        day: the session's day.
        effort: how hard the session was, 0 to 10; None if unknown.
        metres: the distance.
        seconds: the measured time.
        kmh: the mean speed.
    """

    day: date
    effort: int | None
    metres: float
    seconds: int
    kmh: float


def measured_walks(
    history: History, since: date, today: date, now: datetime, day_ends: int = 0
) -> tuple[MeasuredWalk, ...]:
    """The measured backward walking of each session with sensors, oldest first.

    Args:
        history: the history.
        since: the first local date.
        today: the last local date.
        now: the wall clock: a session dated tomorrow that began before it was walked in another time zone, and counts
            as today's.
        day_ends: how many hours after midnight a day ends.
    """
    query = _QUERY.format(day=day_column(day_ends))
    moments = {"since": since.toordinal(), "today": today.toordinal(), "now": now.timestamp() * 1000}
    rows = history.aggregated(query, moments, lambda row: checked(dict(row), _Row))
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
"""Leaves out imported activities, marked in their ids by `session.logged`: another device measured them."""
_Ordinal = Annotated[int, Meta(ge=1, le=3_652_059)] | None


class _Last(Struct, frozen=True):
    belt: _Ordinal
    heart: _Ordinal


def last_measured(history: History) -> dict[SensorKind, date]:
    """The last day on which a session measured a speed or a heart rate, by kind of sensor.

    Raises:
        StorageError: if the history cannot be read.
    """
    (row,) = history.aggregated(_LAST.format(day=day_column(0)), (), lambda row: checked(dict(row), _Last))
    days = {SensorKind.BELT: row.belt, SensorKind.HEART: row.heart}
    return {kind: date.fromordinal(day) for kind, day in days.items() if day is not None}
