"""Exports of two interval timers for phones, import only: OpenHIIT and just_another_workout_timer.

OpenHIIT writes a list of timers, each with work, rest, break, warm-up and cool-down times, numbers of intervals and
restarts, and names for the work intervals (github.com/a-mabe/OpenHIIT, `interval_calculation.dart`).
just_another_workout_timer writes workouts, singly or in a backup: sets with a number of repetitions, and exercises with
a name and a length (github.com/blockbasti/just_another_workout_timer, `workout.dart`). In both, only the names can give
a direction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct

from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.errors import FormatError, too_many_intervals
from retro_timer.formats.files import decode_foreign
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.plain_words import plain_problem
from retro_timer.formats.received import Received
from retro_timer.formats.texts import read_text
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_INTERVALS, MAX_NAME, MAX_SECONDS, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.structs import convert
from retro_timer.text import counted, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retro_timer.formats.assumptions import Assumptions

T = TypeVar("T")

MAX_WORKOUTS: Final = 200
"""Maximum number of workouts in one file: a backup has a few dozen."""
_MOST: Final = 100_000
"""Maximum of any count, checked before counts are multiplied."""


class _Exercise(Struct):
    """An exercise of just_another_workout_timer."""

    name: str
    duration: int = 30


class _Set(Struct):
    """A set of just_another_workout_timer."""

    repetitions: int
    exercises: list[_Exercise]
    name: str | None = None


class _Sets(Struct):
    """A workout of just_another_workout_timer."""

    title: str
    sets: list[_Set]


class _Times(Struct, rename="camel"):
    """The times of an OpenHIIT timer, in seconds, and its number of restarts."""

    work_time: int = 0
    rest_time: int = 0
    break_time: int = 0
    warmup_time: int = 0
    cooldown_time: int = 0
    get_ready_time: int = 0
    restarts: int = 0


class _Timer(Struct, rename="camel"):
    """An OpenHIIT timer."""

    time_settings: _Times
    active_intervals: int
    name: str = ""
    activities: list[str] = []


class _OldTimer(Struct, rename="camel"):
    """A timer from before OpenHIIT 1.5; its exercises are JSON in a string."""

    num_exercises: int
    exercise_time: int
    title: str = ""
    exercises: str = ""
    rest_time: int = 0
    break_time: int = 0
    warmup_time: int = 0
    cooldown_time: int = 0
    get_ready_time: int = 0
    iterations: int = 0

    @property
    def timer(self) -> _Timer:
        """The timer in the current format."""
        times = _Times(
            self.exercise_time,
            self.rest_time,
            self.break_time,
            self.warmup_time,
            self.cooldown_time,
            self.get_ready_time,
            self.iterations,
        )
        names = convert(_json(self.exercises), list[str]) if self.exercises else []
        return _Timer(times, self.num_exercises, self.title, names)


def read_sets(data: bytes, assumptions: Assumptions) -> Sequence[Received]:
    """Read the workouts in an export or backup of just_another_workout_timer.

    Raises:
        DirectionUnknownError: if there are no directions and nothing is assumed.
        WorkoutError: if it cannot be read; names the place.
    """
    tree, notes = _tree(data)
    entries = tree["workouts"] if isinstance(tree, dict) and "workouts" in tree else [tree]
    found = []
    for entry, place in _entries(entries, "workouts"):
        sets = _converted(entry, _Sets, place)
        bouts = list(_bouts_of_sets(sets, place))
        found.append(_received(sets.title, bouts, place, assumptions, notes))
    return found


def read_timers(data: bytes, assumptions: Assumptions) -> Sequence[Received]:
    """Read the timers in an OpenHIIT export.

    Raises:
        DirectionUnknownError: if there are no directions and nothing is assumed.
        WorkoutError: if it cannot be read; names the place.
    """
    tree, notes = _tree(data)
    found = []
    for entry, place in _entries(tree if isinstance(tree, list) else [tree], "timers"):
        timer = _timer(entry, place)
        bouts = list(_bouts_of_timer(timer, place))
        ready = timer.time_settings.get_ready_time
        lost = (f"{counted(ready, 'second')} to get ready: the lead-in has its own setting",) if ready > 0 else ()
        found.append(_received(timer.name, bouts, place, assumptions, (*notes, *lost)))
    return found


def _received(
    name: str, bouts: Sequence[Bout], place: str, assumptions: Assumptions, notes: tuple[str, ...]
) -> Received:
    if not bouts:
        raise FormatError("there is nothing to walk", place=place)
    directed = direct(bouts, assumptions)
    return Received(Workout(directed.blocks, name=one_line(name, MAX_NAME)), (*notes, *directed.notes))


def _bouts_of_sets(workout: _Sets, place: str) -> Iterator[Bout]:
    """The exercises of every set, in order; their names give directions or labels."""
    count = 0
    for group, each in enumerate(workout.sets):
        at = f"{place}.sets[{group}]"
        times = _bounded(each.repetitions, "repetitions", at, 1)
        bouts = [
            _bout(exercise.name, exercise.duration, f"{at}.exercises[{number}]", group, repeated=times > 1)
            for number, exercise in enumerate(each.exercises)
            if _bounded(exercise.duration, "duration", f"{at}.exercises[{number}]")
        ]
        count += times * len(bouts)
        _check_count(count, at)
        yield from bouts * times


def _bouts_of_timer(timer: _Timer, place: str) -> Iterator[Bout]:
    """The intervals of a timer in OpenHIIT's order; as in OpenHIIT, those without a length are left out."""
    times = timer.time_settings
    for name in _Times.__struct_fields__:
        _bounded(getattr(times, name), name, place)
    active = _bounded(timer.active_intervals, "activeIntervals", place)
    _check_count((times.restarts + 1) * active * 2, place)
    rest = _phase(times.rest_time, Phase.REST, place)
    pause = _phase(times.break_time, Phase.REST, place, "Break") or rest
    rounds: list[Bout] = []
    for number in range(active if times.work_time else 0):
        name = timer.activities[number] if number < len(timer.activities) else ""
        rounds += [_bout(name, times.work_time, place, 0, repeated=True)]
        rounds += rest if number < active - 1 else []
    warm_up = _phase(times.warmup_time, Phase.WARM_UP, place)
    yield from warm_up
    yield from rest if warm_up else ()
    for number in range(times.restarts + 1):
        yield from rounds
        yield from pause if number < times.restarts else ()
    yield from _phase(times.cooldown_time, Phase.COOL_DOWN, place)


def _phase(seconds: int, phase: Phase, place: str, label: str = "") -> list[Bout]:
    return [Bout(seconds, phase, label=label, place=place)] if seconds else []


def _bout(name: str, seconds: int, place: str, group: int, *, repeated: bool) -> Bout:
    try:
        marked = read_text(name, seconds)
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error
    return Bout(seconds, marked.phase, marked.speed_kmh, marked.label, None, place, group, repeated)


def _timer(entry: Any, place: str) -> _Timer:  # noqa: ANN401  (any JSON)
    """Parse a timer in OpenHIIT's current or an earlier format."""
    if isinstance(entry, dict) and "exerciseTime" in entry:
        return _converted(entry, _OldTimer, place).timer
    if isinstance(entry, dict) and isinstance(entry.get("timeSettings"), str):
        entry = entry | {"timeSettings": _json(entry["timeSettings"])}
    return _converted(entry, _Timer, place)


def _converted(entry: Any, kind: type[T], place: str) -> T:  # noqa: ANN401  (any JSON)
    try:
        return convert(_without_nulls(entry), kind)
    except RecursionError as error:
        raise FormatError("this is not a workout: nested too deeply") from error
    except msgspec.ValidationError as error:
        problem, inside = plain_problem(str(error))
        raise FormatError(problem, place=f"{place}{'.' * (inside[:1] not in ('', '['))}{inside}") from error


def _without_nulls(tree: Any) -> Any:  # noqa: ANN401  (any JSON)
    """Remove null values, since both programs treat them as missing."""
    if isinstance(tree, dict):
        return {key: _without_nulls(value) for key, value in tree.items() if value is not None}
    return [_without_nulls(value) for value in tree] if isinstance(tree, list) else tree


def _entries(entries: Any, what: str) -> Iterator[tuple[Any, str]]:  # noqa: ANN401  (any JSON)
    if not isinstance(entries, list) or not entries:
        raise FormatError("there is nothing in it")
    if len(entries) > MAX_WORKOUTS:
        raise FormatError(f"it has more than {MAX_WORKOUTS} workouts")
    return ((entry, f"{what}[{number}]") for number, entry in enumerate(entries))


def _bounded(value: int, what: str, place: str, least: int = 0) -> int:
    most = MAX_SECONDS if what.lower().endswith(("time", "duration")) else _MOST
    if not least <= value <= most:
        raise FormatError(f"{what} is a whole number from {least} to {most:,}", place=place)
    return value


def _check_count(count: int, place: str) -> None:
    if count > MAX_INTERVALS:
        raise too_many_intervals(place)


def _tree(data: bytes) -> tuple[Any, tuple[str, ...]]:
    text, notes = decode_foreign(data)
    return _json(text), notes


def _json(text: str) -> Any:  # noqa: ANN401  (any JSON)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise FormatError("this is not a workout: nested too deeply") from error
    except ValueError as error:
        raise FormatError(f"not valid JSON: {printable(str(error), 80)}") from error


FORMATS: Final = (
    WorkoutFormat(
        "workout-timer",
        (".json",),
        "just_another_workout_timer, read only",
        read=read_sets,
        recognizes=lambda text: text.startswith("{") and '"sets"' in text and '"exercises"' in text,
    ),
    WorkoutFormat(
        "openhiit",
        (".json",),
        "OpenHIIT, read only",
        read=read_timers,
        recognizes=lambda text: text.startswith(("{", "[")) and ('"timeSettings"' in text or '"exerciseTime"' in text),
    ),
)
