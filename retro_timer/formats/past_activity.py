"""Activities from other programs' files, and the sessions they become.

Other programs know laps and speeds, not directions. If a file does not give them, the walker is asked for a phase for
each lap, or for the workout that was walked, which is laid over the time of the activity.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.formats.errors import FormatError
from retro_timer.formats.lap_measures import PastMeasures, joined
from retro_timer.scheduling.folding import fold_intervals
from retro_timer.scheduling.model import MAX_INTERVALS, MAX_LABEL, MAX_NAME, MAX_SECONDS, Interval, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.scheduling.units import kmh_over
from retro_timer.session.history import Feedback, Start
from retro_timer.session.logged import Origin, Spell, logged_id, logged_session
from retro_timer.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from retro_timer.session.history import StoredSession

MAX_ACTIVITY_BYTES: Final = 32_000_000
"""Size limit of a file in bytes: a day at one record a second is smaller."""
LONGEST: Final = 24 * 3600 * 1000
"""The longest activity, in milliseconds."""
EARLIEST_YEAR: Final = 2000
_LONGEST_PART: Final = MAX_SECONDS * 1000
_SLOWEST, _FASTEST = 0.1, 25.0


class PastLap(Struct, frozen=True):
    """A lap.

    Attributes:
        walked: walking time in milliseconds.
        paused: the pause after it, in milliseconds.
        phase: its phase; None if the file does not say.
        speed_kmh: the mean speed; None if it is not known.
        label: its label.
        measured: its measurements.
    """

    walked: int
    paused: int = 0
    phase: Phase | None = None
    speed_kmh: float | None = None
    label: str = ""
    measured: PastMeasures = PastMeasures()

    def part(self, walked: int) -> PastLap:
        """A part of the lap, `walked` milliseconds long, without the pause after it."""
        return replace(self, walked=walked, paused=0, measured=self.measured.part(walked, self.walked))


class PastActivity(Struct, frozen=True):
    """An activity.

    Attributes:
        started: its start, with an offset from UTC.
        laps: its laps, in order.
        name: its name; may be empty.
        feedback: effort, pain and the like, as far as the file has them.
    """

    started: datetime
    laps: tuple[PastLap, ...]
    name: str = ""
    feedback: Feedback = Feedback()

    @property
    def walked(self) -> int:
        """Walking time in milliseconds."""
        return sum(lap.walked for lap in self.laps)

    @property
    def length(self) -> timedelta:
        """The time from its start to its end, including pauses."""
        return timedelta(milliseconds=sum(lap.walked + lap.paused for lap in self.laps))

    @property
    def has_phases(self) -> bool:
        """Whether every lap has a phase."""
        return all(lap.phase is not None for lap in self.laps)


class PastActivities(NamedTuple):
    """The activities in a file.

    Attributes:
        found: those that can be true, in the order of the file.
        problems: one clause for each of the others.
    """

    found: tuple[PastActivity, ...]
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, read: Iterable[PastActivity | FormatError], none: str) -> PastActivities:
        """The activities among some that were read, or could not be.

        Raises:
            FormatError: why the first could not be read, if none could; `none` if there was nothing to read.
        """
        found: list[PastActivity] = []
        unreadable: list[FormatError] = []
        for each in read:
            found.append(each) if isinstance(each, PastActivity) else unreadable.append(each)
        if not found:
            raise unreadable[0] if unreadable else FormatError(none)
        return cls(tuple(found), tuple(map(str, unreadable)))


def speed_of(metres: float | None, milliseconds: int) -> float | None:
    """The mean speed in km/h; None if it is not known, or is not a walking speed."""
    if not metres or not milliseconds:
        return None
    speed = round(kmh_over(metres, milliseconds), 2)
    return speed if _SLOWEST <= speed <= _FASTEST else None


def checked_activity(activity: PastActivity, now: datetime) -> PastActivity:
    """Check that an activity is possible, and remove its empty laps; a pause in one is part of the pause before it.

    Raises:
        FormatError: if it is not possible; one clause.
    """
    started = activity.started
    if started.year < EARLIEST_YEAR or started > now + timedelta(days=1):
        raise FormatError(f"its start, {started:%Y-%m-%d}, is not a possible day")
    laps: list[PastLap] = []
    for lap in activity.laps:
        if lap.walked > 0:
            laps.append(lap)
        elif laps:
            laps[-1] = replace(laps[-1], paused=laps[-1].paused + lap.paused)
    if not laps:
        raise FormatError("nothing was walked in it")
    if len(laps) > MAX_INTERVALS:
        raise FormatError(f"an activity has at most {MAX_INTERVALS:,} laps")
    checked = replace(activity, laps=tuple(laps), name=one_line(activity.name, MAX_NAME))
    if checked.length > timedelta(milliseconds=LONGEST):
        raise FormatError("it takes longer than a day")
    return checked


def in_phases(activity: PastActivity, phases: Sequence[Phase]) -> PastActivity:
    """An activity with a phase for each lap; a single phase counts for all laps.

    Raises:
        FormatError: if their number differs.
    """
    each = list(phases) * len(activity.laps) if len(phases) == 1 else list(phases)
    if len(each) != len(activity.laps):
        raise FormatError(f"there are {len(activity.laps)} laps and {len(each)} phases: give one for each lap")
    laps = (replace(lap, phase=phase) for lap, phase in zip(activity.laps, each, strict=True))
    return replace(activity, laps=tuple(laps))


def laid_over(activity: PastActivity, workout: Workout) -> PastActivity:
    """An activity cut into the intervals of a workout; the rest of a longer activity counts as forward."""
    rest = list(activity.laps)[::-1]
    laps: list[PastLap] = []
    for entry in flatten(workout):
        needed = entry.duration * 1000
        while needed and rest:
            lap = rest.pop()
            part = min(needed, lap.walked)
            needed -= part
            if part < lap.walked:
                rest.append(replace(lap.part(lap.walked - part), paused=lap.paused))
            paused = lap.paused if part == lap.walked else 0
            speed = lap.speed_kmh if entry.interval.speed_kmh is None else entry.interval.speed_kmh
            measured = lap.part(part).measured
            laps.append(PastLap(part, paused, entry.phase, speed, entry.interval.label, measured))
    laps += [replace(lap, phase=Phase.FORWARD, label="") for lap in rest[::-1]]
    name = activity.name or workout.name
    return replace(activity, laps=tuple(_joined(laps)), name=name)


def session_from(activity: PastActivity) -> StoredSession:
    """The session that an activity becomes. Laps without a phase count as forward.

    Its id is derived from the second it began, so that the same activity has the same id in every format.
    """
    laps = list(_short_enough(activity.laps))
    intervals = tuple(
        Interval(
            lap.phase or Phase.FORWARD, max(1, round(lap.walked / 1000)), lap.speed_kmh, one_line(lap.label, MAX_LABEL)
        )
        for lap in laps
    )
    second = int(activity.started.timestamp())
    uuid = logged_id(sha256(f"retro-timer activity {second}".encode()).digest()[:16], Origin.IMPORT)
    start = Start(uuid, activity.started, activity.started.tzname() or "")
    spells = [Spell(lap.walked, lap.paused) for lap in laps]
    workout = Workout(tuple(fold_intervals(intervals)), name=activity.name)
    measures = (lap.measured.kept(place) for place, lap in enumerate(laps))
    logged = logged_session(start, workout, activity.feedback, spells=spells)
    return replace(logged, measures=tuple(each for each in measures if each is not None))


def _joined(laps: Iterable[PastLap]) -> Iterator[PastLap]:
    """Join neighbouring parts of an interval into one lap, unless there was a pause between them."""
    before: PastLap | None = None
    for lap in laps:
        if before and not before.paused and _interval_of(before) == _interval_of(lap):
            measured = joined((before.measured, lap.measured))
            before = replace(lap, walked=before.walked + lap.walked, measured=measured)
            continue
        if before:
            yield before
        before = lap
    if before:
        yield before


def _interval_of(lap: PastLap) -> tuple[object, ...]:
    """A key that is the same for neighbouring parts of an interval."""
    return lap.phase, lap.speed_kmh, lap.label


def _short_enough(laps: Iterable[PastLap]) -> Iterator[PastLap]:
    """The laps, with each one that is too long for an interval split into parts."""
    for lap in laps:
        left = lap.walked
        while left > _LONGEST_PART:
            yield lap.part(_LONGEST_PART)
            left -= _LONGEST_PART
        yield replace(lap.part(left), paused=lap.paused)
