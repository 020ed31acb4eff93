"""A session as TCX (Training Center XML), for upload: one lap per interval, named in its notes.

The order of elements and the optional ones follow Garmin's schema TrainingCenterDatabase/v2, which the file refers to.
The schema requires a distance and calories for every lap: unknown values are written as 0, with a note.
"""

from __future__ import annotations

from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING, Final

from retro_timer.formats.activity import ACTIVITY_VERSION, CREATOR, distances, laps_of, points_of
from retro_timer.formats.export import Export
from retro_timer.formats.format import SessionFormat
from retro_timer.formats.markup import escape
from retro_timer.formats.texts import describe
from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.units import metres_per_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from retro_timer.formats.activity import Lap, LapPoint
    from retro_timer.session.history import StoredSession

NAMESPACE: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
EXTENSION: Final = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
"""The namespace of a point's speed."""

_NOTE_ENERGY: Final = "TCX: energy is written as 0, because the format requires a number"
_NOTE_DISTANCE: Final = "TCX: unknown distances are written as 0, because the format requires a number"


def write_tcx(session: StoredSession) -> Export:
    """A session as a TCX file."""
    laps = laps_of(session)
    known = distances(laps)
    distance: list[float | None] = [*known[:-1]] if known else [None] * len(laps)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<TrainingCenterDatabase xmlns="{NAMESPACE}" xmlns:xsi="{INSTANCE}">',
        "  <Activities>",
        '    <Activity Sport="Other">',
        f"      <Id>{_time(laps[0].started)}</Id>",
        *chain.from_iterable(map(_lap, laps, distance, points_of(session, laps))),
        f"      <Notes>{escape(session.summary.planned.name or 'Backward walking')}</Notes>",
        *_creator(),
        "    </Activity>",
        "  </Activities>",
        "</TrainingCenterDatabase>",
        "",
    ]
    notes = (_NOTE_ENERGY,) if known else (_NOTE_ENERGY, _NOTE_DISTANCE)
    return Export("\n".join(lines).encode(), notes)


def _creator() -> Iterator[str]:
    """The element that names this program as the creator; sites show it as the device."""
    major, minor = divmod(ACTIVITY_VERSION, 100)
    yield '      <Creator xsi:type="Device_t">'
    yield f"        <Name>{CREATOR}</Name>"
    yield "        <UnitId>0</UnitId>"
    yield "        <ProductID>0</ProductID>"
    yield "        <Version>"
    yield f"          <VersionMajor>{major}</VersionMajor>"
    yield f"          <VersionMinor>{minor}</VersionMinor>"
    yield "        </Version>"
    yield "      </Creator>"


def _lap(lap: Lap, before: float | None, points: Sequence[LapPoint]) -> Iterator[str]:
    metres = lap.metres or 0.0
    interval = Interval(lap.phase, max(1, round(lap.seconds)), lap.planned_kmh, lap.label)
    yield f'      <Lap StartTime="{_time(lap.started)}">'
    yield f"        <TotalTimeSeconds>{lap.seconds:.3f}</TotalTimeSeconds>"
    yield f"        <DistanceMeters>{metres:.2f}</DistanceMeters>"
    if lap.max_kmh is not None:
        yield f"        <MaximumSpeed>{metres_per_second(lap.max_kmh):.3f}</MaximumSpeed>"
    yield "        <Calories>0</Calories>"
    if lap.measured is not None and lap.measured.heart_mean is not None:
        for name, rate in (("Average", lap.measured.heart_mean), ("Maximum", lap.measured.heart_max)):
            if rate is not None:
                yield f"        <{name}HeartRateBpm><Value>{round(rate)}</Value></{name}HeartRateBpm>"
    yield f"        <Intensity>{'Active' if lap.phase.on_belt else 'Resting'}</Intensity>"
    yield "        <TriggerMethod>Time</TriggerMethod>"
    yield "        <Track>"
    yield from _trackpoint(lap.started, before)
    for point in points:
        if point.moment == lap.started:
            continue
        yield from _trackpoint(point.moment, None if before is None else before + min(point.metres, metres), point)
    yield from _trackpoint(lap.ended, None if before is None else before + metres)
    yield "        </Track>"
    yield f"        <Notes>{escape(describe(interval))}</Notes>"
    yield "      </Lap>"


def _trackpoint(moment: datetime, metres: float | None, point: LapPoint | None = None) -> Iterator[str]:
    yield "          <Trackpoint>"
    yield f"            <Time>{_time(moment)}</Time>"
    if metres is not None:
        yield f"            <DistanceMeters>{metres:.2f}</DistanceMeters>"
    if point is not None and point.heart_rate is not None:
        yield f"            <HeartRateBpm><Value>{point.heart_rate}</Value></HeartRateBpm>"
    if point is not None and point.speed_kmh is not None:
        speed = f"<Speed>{metres_per_second(point.speed_kmh):.3f}</Speed>"
        yield f'            <Extensions><TPX xmlns="{EXTENSION}">{speed}</TPX></Extensions>'
    yield "          </Trackpoint>"


def _time(moment: datetime) -> str:
    """A moment in UTC with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


FORMATS: Final = (SessionFormat("tcx", (".tcx",), "TCX activity, for upload", write_tcx),)
