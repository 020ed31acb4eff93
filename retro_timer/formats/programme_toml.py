"""Programmes as TOML files, written by a therapist or a coach; docs/programmes.md describes them.

A file is checked as far as possible on its own: types, bounds, workouts, speeds, and the limits that the author set.
`training.programme_check` finds programmes that can never move on.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date  # noqa: TC003  (msgspec reads the annotation)
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from retro_timer import structs
from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import decode
from retro_timer.formats.plain_words import plain_problem, unknown_key
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_LABEL, MAX_NAME, Interval, check_text
from retro_timer.scheduling.notation import parse, parse_length
from retro_timer.scheduling.presets import presets
from retro_timer.scheduling.units import BACKWARD_CAP_KMH, in_kmh
from retro_timer.session.bounds import Score  # noqa: TC001  (msgspec reads the annotations)
from retro_timer.text import one_line, printable, quoted
from retro_timer.training.entry import MAX_SECONDS
from retro_timer.training.levels import Level, SpeedRange
from retro_timer.training.programme import (
    EASY_EFFORT,
    HARD_EFFORT,
    LONG_GAP,
    MILD_PAIN,
    MOST_SESSIONS,
    PAIN_TO_SKIP,
    SHORT_GAP,
    Limits,
    Programme,
    Thresholds,
    exceeds_longest_bout,
    with_words,
)
from retro_timer.training.speeds import ROUNDING_KMH, fastest_backward, is_beyond_cap

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout

MOST_STEPS: Final = 30
MAX_TEXT: Final = 300
"""Maximum length in characters of texts of a sentence or two."""
_MARK: Final = re.compile(r"^[ \t]*\[\[[ \t]*steps[ \t]*\]\]", re.MULTILINE)
_DEEP_KEY: Final = re.compile(r"(?:[\w\"'-]++[ \t]*+\.[ \t]*+){50}", re.ASCII)
"""Long dotted keys, which tomllib takes minutes to parse."""
_SPEED: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)(?:\s*-\s*(\d{1,2}(?:\.\d{1,2})?))?\s*(mph|km/h)", re.ASCII)

_Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$(?!\n)", description="Small letters, digits and dashes.")]
_Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
_Sentence = Annotated[str, Meta(max_length=MAX_TEXT)]
_Speed = Annotated[str, Meta(pattern=rf"^{_SPEED.pattern}$(?!\n)", description='As in "0.5-1.0 mph" or "1.6 km/h".')]
_Days = Annotated[int, Meta(ge=1, le=7, description="The most days a week.")]
_Gap = Annotated[int, Meta(ge=1, le=365, description="Days without a session.")]
_Sessions = Annotated[int, Meta(ge=1, le=MOST_SESSIONS)]


class LimitsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[limits]`: what the walker does not exceed; `days` is for a walker whose own goal is higher than a step's."""

    longest_bout: Annotated[str, Meta(max_length=20, description='As in "90s" or "2m".')] | None = None
    top_speed: _Speed | None = None
    pain: Score = PAIN_TO_SKIP
    days: _Days | None = None


class RulesTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[rules]`: the numbers of the plan's rules."""

    easy_effort: Score = EASY_EFFORT
    hard_effort: Score = HARD_EFFORT
    mild_pain: Score = MILD_PAIN
    short_gap: _Gap = SHORT_GAP
    long_gap: _Gap = LONG_GAP


class StepTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[steps]]`: a workout, how often and how fast it is walked, and when to move on."""

    workout: Annotated[str, Meta(min_length=1, max_length=10_000, description="A preset's id, or notation.")]
    days: _Days
    name: _Name | None = None
    week: Annotated[int, Meta(ge=1, le=520)] | None = None
    sessions: _Sessions = 3
    good: _Sessions = 2
    backward: _Speed | None = None
    forward: _Speed | None = None
    pace: _Sentence = ""
    say: Annotated[str, Meta(max_length=MAX_LABEL, description="Words to show, and to speak at the start.")] = ""
    variation: Annotated[str, Meta(max_length=MAX_NAME, description="A preset for a change, at the last step.")] = ""
    variation_after: _Sessions = 3


class ProgrammeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A programme for the plan of Retro Timer."""

    id: _Id
    name: _Name
    steps: Annotated[list[StepTable], Meta(min_length=1, max_length=MOST_STEPS)]
    author: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    about: _Sentence = ""
    started: date | None = None
    limits: LimitsTable = LimitsTable()
    rules: RulesTable = RulesTable()


def is_programme(data: bytes) -> bool:
    """Whether a file looks like a programme rather than a workout."""
    try:
        return bool(_MARK.search(decode(data)))
    except FormatError:
        return False


def programme_schema() -> dict[str, Any]:
    """The JSON Schema of programme files, for editors that complete and validate TOML."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(ProgrammeFile)}


def read_programme(data: bytes) -> Programme:
    """Read a programme.

    Raises:
        FormatError: if it cannot be used; names the place.
    """
    text = decode(data)
    if _DEEP_KEY.search(text):
        raise FormatError("this is not a programme: nested too deeply")
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise FormatError(f"not valid TOML: {printable(one_line(str(error)), 100)}") from error
    try:
        file = structs.convert(tree, ProgrammeFile)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    return _programme(file)


def _programme(file: ProgrammeFile) -> Programme:
    for what in ("name", "author", "about"):
        _check_text(getattr(file, what), what, what)
    limits, thresholds = _limits(file.limits), _thresholds(file.rules)
    levels, own = [], []
    for number, step in enumerate(file.steps, 1):
        place = f"step {number}"
        workout = _workout(file, step, number)
        _check_bout(workout, limits, f"{place}, workout")
        _check_speed(workout, step, limits, place)
        if workout.id == f"{file.id}-{number}":
            own.append(workout)
        levels.append(_level(step, workout, number, is_last=number == len(file.steps)))
    return Programme(
        file.id, file.name, tuple(levels), tuple(own), file.author, file.about, limits, thresholds, file.started
    )


def _limits(table: LimitsTable) -> Limits:
    top = None if table.top_speed is None else _speeds(table.top_speed, "limits.top_speed").high
    if top is not None and is_beyond_cap(top):
        raise FormatError("above 3.5 mph (5.63 km/h) walking backward turns into running", place="limits.top_speed")
    try:
        bout = None if table.longest_bout is None else parse_length(table.longest_bout)
    except WorkoutError as error:
        raise FormatError(str(error), place="limits.longest_bout") from error
    return Limits(bout, top, table.pain, table.days)


def _thresholds(table: RulesTable) -> Thresholds:
    if table.hard_effort <= table.easy_effort:
        raise FormatError(f"must be above easy_effort, {table.easy_effort}", place="rules.hard_effort")
    if table.long_gap <= table.short_gap:
        raise FormatError(f"must be above short_gap, {table.short_gap}", place="rules.long_gap")
    return Thresholds(table.easy_effort, table.hard_effort, table.mild_pain, table.short_gap, table.long_gap)


def _workout(file: ProgrammeFile, step: StepTable, number: int) -> Workout:
    """The workout of a step: a preset, or one of the programme's own."""
    place = f"step {number}"
    found = next((preset for preset in presets() if preset.id == step.workout.strip()), None)
    if found is not None and step.name is not None:
        raise FormatError(f"a preset keeps its name, {found.name}", place=f"{place}, name")
    if found is None:
        name = step.name or f"{one_line(file.name, MAX_NAME - len(f', {place}'))}, {place}"
        try:
            found = replace(parse(step.workout), name=name, id=f"{file.id}-{number}")
        except WorkoutError as error:
            known = ", ".join(preset.id for preset in presets())
            hint = f" (presets: {known})" if re.fullmatch(r"[\w-]+", step.workout) else ""
            raise FormatError(f"{error}{hint}", place=f"{place}, workout") from error
    if found.total_seconds > MAX_SECONDS:
        raise FormatError("it takes longer than a day", place=f"{place}, workout")
    _check_text(step.say, "text", f"{place}, say")
    spoken = with_words(found, step.say)
    first = spoken.blocks[0]
    if step.say and not (isinstance(first, Interval) and first.label == step.say):
        why = "its workout begins with a repeat, or with a label of its own"
        raise FormatError(f"{why}, so these words would not be spoken", place=f"{place}, say")
    # A preset stays as it is; its words are added when it is walked.
    return spoken if found.id == f"{file.id}-{number}" else found


def _level(step: StepTable, workout: Workout, number: int, *, is_last: bool) -> Level:
    place = f"step {number}"
    _check_text(step.pace, "text", f"{place}, pace")
    if step.variation and not is_last:
        raise FormatError("only the last step has one", place=f"{place}, variation")
    if step.variation and step.variation not in (preset.id for preset in presets()):
        raise FormatError(f"{quoted(step.variation)} is not a preset", place=f"{place}, variation")
    return Level(
        week=number if step.week is None else step.week,
        workout_id=workout.id,
        most_days=step.days,
        backward=None if step.backward is None else _speeds(step.backward, f"{place}, backward"),
        forward=None if step.forward is None else _speeds(step.forward, f"{place}, forward"),
        pace=step.pace,
        sessions=step.sessions,
        good=step.good,
        variation=step.variation,
        variation_after=step.variation_after,
        words=step.say,
    )


def _check_bout(workout: Workout, limits: Limits, place: str) -> None:
    """Refuse a workout with a longer bout than the author's own limit."""
    if exceeds_longest_bout(workout, limits):
        raise FormatError("it has a longer bout than limits.longest_bout", place=place)


def _check_speed(workout: Workout, step: StepTable, limits: Limits, place: str) -> None:
    """Refuse a step faster than the author's own limit, or than the cap."""
    top = BACKWARD_CAP_KMH if limits.top_speed is None else limits.top_speed
    planned = fastest_backward(workout.blocks) or 0.0
    named = 0.0 if step.backward is None else _speeds(step.backward, f"{place}, backward").high
    if max(planned, named) > top + ROUNDING_KMH:
        least = "limits.top_speed" if limits.top_speed is not None else "3.5 mph (5.63 km/h)"
        raise FormatError(f"faster backward than {least}", place=place)


def _speeds(text: str, place: str) -> SpeedRange:
    match = _SPEED.fullmatch(text)
    if match is None:
        raise FormatError(f'expected a speed such as "1.0 mph", not {quoted(text)}', place=place)
    ends = [float(end) for end in (match[1], match[2] or match[1])]
    low, high = (round(in_kmh(end, match[3]), 2) for end in ends)
    if not 0 < low <= high:
        raise FormatError(f"expected speeds above 0, the lower first, not {quoted(text)}", place=place)
    return SpeedRange(low, high)


def _check_text(text: str, what: str, place: str) -> None:
    try:
        check_text(text, what, MAX_TEXT) if text else None
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error


def _invalid(message: str) -> FormatError:
    """An error from msgspec's message, with its place counted from one: "step 1, days" for `steps[0].days`."""
    problem, place = plain_problem(message)
    if match := re.fullmatch(r"steps\[(\d+)\]\.?(.*)", place):
        place = ", ".join(filter(None, (f"step {int(match[1]) + 1}", match[2])))
    if (unknown := unknown_key(problem)) is not None:
        problem = f"unknown: {unknown}"
    return FormatError(printable(one_line(problem), 150), place=place)
