"""A session as TCX (Training Center XML), for upload: one lap per interval, named in its notes.

The order of elements and the optional ones follow Garmin's schema TrainingCenterDatabase/v2, which the file refers to.
The schema requires a distance and calories for every lap: unknown values are written as 0, with a note.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from retro_timer.formats.activity import distances, laps_of
from retro_timer.formats.export import Export
from retro_timer.formats.format import SessionFormat
from retro_timer.formats.markup import escape
from retro_timer.formats.texts import describe
from retro_timer.scheduling.model import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from retro_timer.formats.activity import Lap
    from retro_timer.session.history import StoredSession

NAMESPACE: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"

_NOTE_ENERGY: Final = "TCX: energy is written as 0, because the format requires a number"
_NOTE_DISTANCE: Final = "TCX: unknown distances are written as 0, because the format requires a number"


def write_tcx(session: StoredSession) -> Export:
    """A session as a TCX file."""
    laps = laps_of(session)
    known = distances(laps)
    distance: list[float | None] = [*known[:-1]] if known else [None] * len(laps)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<TrainingCenterDatabase xmlns="{NAMESPACE}">',
        "  <Activities>",
        '    <Activity Sport="Other">',
        f"      <Id>{_time(laps[0].started)}</Id>",
        *(line for lap, before in zip(laps, distance, strict=True) for line in _lap(lap, before)),
        f"      <Notes>{escape(session.summary.planned.name or 'Backward walking')}</Notes>",
        "    </Activity>",
        "  </Activities>",
        "</TrainingCenterDatabase>",
        "",
    ]
    notes = (_NOTE_ENERGY,) if known else (_NOTE_ENERGY, _NOTE_DISTANCE)
    return Export("\n".join(lines).encode(), notes)


def _lap(lap: Lap, before: float | None) -> Iterator[str]:
    metres = lap.metres or 0.0
    interval = Interval(lap.phase, max(1, round(lap.seconds)), lap.speed_kmh, lap.label)
    yield f'      <Lap StartTime="{_time(lap.started)}">'
    yield f"        <TotalTimeSeconds>{lap.seconds:.3f}</TotalTimeSeconds>"
    yield f"        <DistanceMeters>{metres:.2f}</DistanceMeters>"
    if lap.speed_kmh is not None:
        yield f"        <MaximumSpeed>{lap.speed_kmh / 3.6:.3f}</MaximumSpeed>"
    yield "        <Calories>0</Calories>"
    yield f"        <Intensity>{'Active' if lap.phase.on_belt else 'Resting'}</Intensity>"
    yield "        <TriggerMethod>Time</TriggerMethod>"
    yield "        <Track>"
    yield from _trackpoint(lap.started, before)
    yield from _trackpoint(lap.ended, None if before is None else before + metres)
    yield "        </Track>"
    yield f"        <Notes>{escape(describe(interval))}</Notes>"
    yield "      </Lap>"


def _trackpoint(moment: datetime, metres: float | None) -> Iterator[str]:
    yield "          <Trackpoint>"
    yield f"            <Time>{_time(moment)}</Time>"
    if metres is not None:
        yield f"            <DistanceMeters>{metres:.2f}</DistanceMeters>"
    yield "          </Trackpoint>"


def _time(moment: datetime) -> str:
    """A moment in UTC with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


FORMATS: Final = (SessionFormat("tcx", (".tcx",), "TCX activity, for upload", write_tcx),)
