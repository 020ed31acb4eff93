"""intervals.icu workout text, import and export.

Steps are lines `- [cue] length target`, where `m` means minutes; a line that ends in `5x` repeats the steps below it up
to a blank line, and repeats do not nest. The cue holds the direction ("Backward: eyes up"), the target the speed as a
pace ("37:30/km Pace").
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.formats.direction import Bout, Marked, blocks, describe, read_text
from retro_timer.formats.errors import FormatError
from retro_timer.formats.export import Export
from retro_timer.formats.files import decode
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.values import read_times
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_INTERVALS, MAX_SECONDS, Interval, Repeat, Workout, check_speed
from retro_timer.scheduling.notation import format_length
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import KMH_PER_MPH, kmh
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.formats.direction import Assume
    from retro_timer.scheduling.model import Block

_STEP: Final = re.compile(r"\s*-\s*(.*)")
_REPEAT: Final = re.compile(r"(?:.*\s)?(\d+)\s*[xX\N{MULTIPLICATION SIGN}]\s*", re.ASCII)
_LENGTH: Final = re.compile(
    r"(?<!\S)(?=\d)"
    r"(?:(?P<h>\d{1,6})h)?(?:(?P<m>\d{1,6})(?:m(?:in)?|'))?(?:(?P<s>\d{1,6})(?:s(?:ec)?|\"|''))?(?P<bare>(?<=[hm'])\d{1,6})?"
    r"(?![^\s])",
    re.ASCII | re.IGNORECASE,
)
_DISTANCE: Final = re.compile(
    r"(?<!\S)\d+(?:\.\d+)?(?:mtr|km|mi|yrd|yd|y|meters|metres)(?!\S)", re.ASCII | re.IGNORECASE
)
_PACE: Final = re.compile(r"(?<!\S)(\d{1,5}):([0-5]\d)(?:-\d{1,5}:[0-5]\d)?/(km|mi)\b", re.ASCII | re.IGNORECASE)
_SPEED: Final = re.compile(r"(?<!\S)(\d{1,3}(?:\.\d{1,9})?)\s?(km/h|kph|mph)\b", re.ASCII | re.IGNORECASE)
_INTENSITY: Final = re.compile(r"(?<!\S)intensity=(\w+)", re.IGNORECASE)
_WARM: Final = re.compile(r"warm[- ]?up\b", re.IGNORECASE)
_COOL: Final = re.compile(r"cool[- ]?down\b", re.IGNORECASE)
_SECONDS_PER_HOUR: Final = 3600
_LONGEST_LINE: Final = 1000


class _Section(NamedTuple):
    """Steps that are repeated together."""

    times: int
    phase: Phase | None
    steps: list[Bout]


def looks_like_steps(text: str) -> bool:
    """Whether a text contains a line that may be a workout step."""
    return any(line.lstrip().startswith("-") for line in text.splitlines())


def read_icu(data: bytes, assume: Assume | None = None) -> Workout:
    """Read a workout from text.

    Raises:
        DirectionUnknownError: if the text has no directions and `assume` is None.
        WorkoutError: if it cannot be read; names the line.
    """
    bouts: list[Bout] = []
    for section in _sections(decode(data)):
        if len(bouts) + section.times * len(section.steps) > MAX_INTERVALS:
            raise FormatError(f"a workout has at most {MAX_INTERVALS:,} intervals", place=section.steps[0].place)
        bouts += section.steps * section.times
    if not bouts:
        raise FormatError('there is no step such as "- Backward 2m" in it')
    return Workout(blocks(bouts, assume))


def write_icu(workout: Workout) -> Export:
    """A workout as text."""
    notes: list[str] = []
    if workout.name:
        notes.append("intervals.icu: the format has no place for a name")
    if any(isinstance(block, Repeat) and _has_repeat(block) for block in workout.blocks):
        notes.append("intervals.icu: nested repeats are written out")
    sections = ["\n".join(_section(section, notes)) for section in _written_sections(workout.blocks)]
    return Export(("\n\n".join(sections) + "\n").encode(), tuple(dict.fromkeys(notes)))


def _sections(text: str) -> Iterator[_Section]:
    """The sections that contain steps, in order."""
    section = _Section(1, None, [])
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"line {number}"
        if len(line) > _LONGEST_LINE:
            raise FormatError(
                f"a line has at most {_LONGEST_LINE:,} characters, this one has {len(line):,}", place=place
            )
        step = _STEP.fullmatch(line)
        if step:
            if len(section.steps) == MAX_INTERVALS:
                raise FormatError(f"a workout has at most {MAX_INTERVALS:,} intervals", place=place)
            section.steps.append(_step(step.group(1), section.phase, place))
            continue
        # Any other line ends a repeated section: a blank line, a header, a description.
        if section.steps:
            yield section
        if line.strip() or section.steps:
            section = _header(line.strip(), place)
    if section.steps:
        yield section


def _header(line: str, place: str) -> _Section:
    repeat = _REPEAT.fullmatch(line)
    phase = Phase.WARM_UP if _WARM.match(line) else Phase.COOL_DOWN if _COOL.match(line) else None
    return _Section(read_times(repeat.group(1), "the number of rounds", place) if repeat else 1, phase, [])


def _step(text: str, phase: Phase | None, place: str) -> Bout:
    length = _first_length(text)
    distance = _DISTANCE.search(text)
    if distance and (length is None or distance.start() < length.start()):
        raise FormatError(f"{quoted(distance.group())} is a distance, and a timer needs a length of time", place=place)
    if length is None:
        raise FormatError(f"expected a length of time such as 2m or 30s in {quoted(text)}", place=place)
    seconds = _seconds_of(length)
    if not 1 <= seconds <= MAX_SECONDS:
        raise FormatError(f"a length is 1 second to 4 hours, not {quoted(length.group())}", place=place)
    cue, target = text[: length.start()].strip(), text[length.end() :]
    try:
        marked = read_text(cue, seconds) if cue else Marked(None)
        speed_kmh = marked.speed_kmh or _read_speed(target)
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error
    return Bout(seconds, marked.phase or _intensity(target) or phase, speed_kmh, marked.label, place=place)


def _first_length(text: str) -> re.Match[str] | None:
    return next((match for match in _LENGTH.finditer(text) if any(match.group("h", "m", "s"))), None)


def _seconds_of(length: re.Match[str]) -> int:
    hours, minutes, seconds, bare = (int(digits or 0) for digits in length.group("h", "m", "s", "bare"))
    # `1m30` is a minute and a half, `1h30` an hour and a half.
    bare *= 1 if length.group("m") else 60
    return hours * 3600 + minutes * 60 + seconds + bare


def _intensity(target: str) -> Phase | None:
    found = _INTENSITY.search(target)
    kinds = {"warmup": Phase.WARM_UP, "cooldown": Phase.COOL_DOWN, "rest": Phase.REST}
    return kinds.get(found.group(1).lower()) if found else None


def _read_speed(target: str) -> float | None:
    """The speed of a target in km/h (the first of a range); None if the target is an effort."""
    if pace := _PACE.search(target):
        seconds = int(pace.group(1)) * 60 + int(pace.group(2))
        if not seconds:
            raise WorkoutError(f"a pace is longer than {quoted(pace.group())}")
        speed = _round_speed(seconds)
        return check_speed(kmh(speed) if pace.group(3).lower() == "mi" else speed)
    if speed_given := _SPEED.search(target):
        value = float(speed_given.group(1))
        return check_speed(kmh(value) if speed_given.group(2).lower() == "mph" else value)
    return None


def _round_speed(seconds: int) -> float:
    """The speed with the fewest decimals that has this pace in whole seconds."""
    exact = _SECONDS_PER_HOUR / seconds
    return next((rounded for digits in (1, 2) if _pace(rounded := round(exact, digits)) == seconds), round(exact, 4))


def _pace(speed: float) -> int:
    """Seconds per kilometre or mile; 0 for a speed of 0."""
    return round(_SECONDS_PER_HOUR / speed) if speed else 0


def _has_repeat(repeat: Repeat) -> bool:
    return any(isinstance(block, Repeat) for block in (*repeat.body, *repeat.between))


def _written_sections(planned: Iterable[Block]) -> Iterator[tuple[int, list[Interval]]]:
    """The blocks as sections: repetitions and intervals."""
    for repeated, group in groupby(planned, key=lambda block: isinstance(block, Repeat) and block.times > 1):
        if not repeated:
            yield 1, _unrolled(group)
            continue
        for repeat in group:
            assert isinstance(repeat, Repeat)  # noqa: S101  (for the type checker: `groupby` separated the repeats)
            body, between = _unrolled(repeat.body), _unrolled(repeat.between)
            if between:
                if repeat.times > 2:
                    yield repeat.times - 1, body + between
                else:
                    yield 1, body + between
                yield 1, body
            else:
                yield repeat.times, body


def _unrolled(planned: Iterable[Block]) -> list[Interval]:
    walked: list[Interval] = []
    for block in planned:
        if isinstance(block, Interval):
            walked.append(block)
        else:
            body, between = _unrolled(block.body), _unrolled(block.between)
            walked += (body + between) * (block.times - 1) + body
    return walked


def _section(section: tuple[int, list[Interval]], notes: list[str]) -> Iterator[str]:
    times, walked = section
    if times > 1:
        yield f"{times}x"
    for interval in walked:
        yield _line(interval, notes)


def _line(interval: Interval, notes: list[str]) -> str:
    """The line of a step; leaves out, with a note, whatever would not be read back the same."""
    length, target = format_length(interval.duration), ""
    if interval.speed_kmh is not None:
        target = f" {_written_pace(interval.speed_kmh)} Pace"
    line = f"- {describe(interval, speed=False)} {length}{target}"
    back = _read_back(line)
    if back is None or back.label != interval.label or back.seconds != interval.duration:
        notes.append("intervals.icu: a label that reads like a length is left out")
        line = f"- {describe(Interval(interval.phase, interval.duration))} {length}{target}"
        back = _read_back(line)
    if back is None or back.speed_kmh != interval.speed_kmh:
        notes.append("intervals.icu: speeds are rounded to paces of whole seconds")
    return line


def _read_back(line: str) -> Bout | None:
    step = _STEP.fullmatch(line)
    try:
        return _step(step.group(1), None, "") if step else None
    except FormatError:
        return None


def _written_pace(speed_kmh: float) -> str:
    """A speed as a pace: per mile if it is a round number of mph, otherwise per kilometre."""
    mph = round(speed_kmh / KMH_PER_MPH, 2)
    per_mile = kmh(mph) == speed_kmh and round(speed_kmh, 2) != speed_kmh
    minutes, seconds = divmod(_pace(mph if per_mile else speed_kmh), 60)
    return f"{minutes}:{seconds:02}/{'mi' if per_mile else 'km'}"


FORMATS: Final = (WorkoutFormat("icu", (".icu", ".txt"), "intervals.icu workout text", write_icu, read_icu),)
