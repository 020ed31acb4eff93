"""intervals.icu workout text, import and export.

Steps are lines `- [cue] length target` (`formats.icu_steps`), where `m` means minutes; a line that ends in `5x` repeats
the steps below it up to a blank line, and repeats do not nest. The cue holds the direction ("Backward: eyes up"), the
target the speed as a pace ("37:30/km Pace"). Some readers end a repeat only at the next header, so one is written
there.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from retro_timer.formats.assumptions import NOTHING_ASSUMED, Assumptions, show_pace
from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.errors import FormatError, too_many_intervals
from retro_timer.formats.export import Export
from retro_timer.formats.files import decode_foreign
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.icu_steps import TIMES, Step, is_bare_step, read_step
from retro_timer.formats.received import Received, only
from retro_timer.formats.texts import describe, read_text
from retro_timer.formats.values import read_times
from retro_timer.scheduling.model import MAX_INTERVALS, Interval, Repeat, Workout
from retro_timer.scheduling.units import given_in_mph
from retro_timer.text import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retro_timer.scheduling.model import Block
    from retro_timer.scheduling.phases import Phase

_STEP: Final = re.compile(r"\s*(?:-(?!-)|[•‣◦\N{EN DASH}\N{EM DASH}]|\*(?=[\s\d]))\s*(.*)")
_REPEAT: Final = re.compile(rf"(?:(?P<title>.*\s)?\(?{TIMES}\)?\s*:?|{TIMES}\s+(?P<behind>.*))", re.ASCII)
_AFTER_REPEAT: Final = "Then"
_LONGEST_LINE: Final = 1000


class _Section(NamedTuple):
    """Steps that are repeated together."""

    times: int
    phase: Phase | None
    steps: list[Step]

    @property
    def bouts(self) -> list[Bout]:
        return [bout for step in self.steps for bout in step.bouts]


def looks_like_steps(text: str) -> bool:
    """Whether a text contains a line that may be a workout step."""
    return not text.startswith(("<", "{")) and any(_STEP.fullmatch(line) for line in text.splitlines())


def read_icu(data: bytes, assumptions: Assumptions = NOTHING_ASSUMED) -> Received:
    """Read a workout from text.

    Raises:
        AssumptionNeededError: if the text has no directions, or distances without a pace, and nothing is assumed.
        WorkoutError: if it cannot be read; names the line.
    """
    text, notes = decode_foreign(data)
    bouts: list[Bout] = []
    steps: list[Step] = []
    for section in _sections(text, assumptions):
        section_bouts = section.bouts
        if len(bouts) + section.times * len(section_bouts) > MAX_INTERVALS:
            raise too_many_intervals(section_bouts[0].place)
        if section.times > 1:
            section_bouts = [replace(bout, repeated=True) for bout in section_bouts]
        bouts += section_bouts * section.times
        steps += section.steps
    if not bouts:
        raise FormatError('there is no step such as "- Backward 2m" in it')
    directed = direct(bouts, assumptions)
    return Received(Workout(directed.blocks), (*notes, *directed.notes, *_lost(steps)))


def _lost(steps: Iterable[Step]) -> Iterator[str]:
    prompts = sum(step.prompts for step in steps)
    if prompts:
        yield f"{counted(prompts, 'text')} shown during a step {'is' if prompts == 1 else 'are'} left out"
    if any(step.targets for step in steps):
        yield "targets of power, heart rate and cadence are left out"


def write_icu(workout: Workout) -> Export:
    """A workout as text."""
    notes: list[str] = []
    if workout.name:
        notes.append("intervals.icu: the format has no place for a name")
    if any(isinstance(block, Repeat) and _has_repeat(block) for block in workout.blocks):
        notes.append("intervals.icu: nested repeats are written out")
    sections: list[str] = []
    after_repeat = False
    for times, walked in _written_sections(workout.blocks):
        header = f"{times}x" if times > 1 else _AFTER_REPEAT if after_repeat else ""
        sections.append("\n".join([*filter(None, (header,)), *(_line(interval, notes) for interval in walked)]))
        after_repeat = times > 1
    return Export(("\n\n".join(sections) + "\n").encode(), tuple(dict.fromkeys(notes)))


def _sections(text: str, assumptions: Assumptions) -> Iterator[_Section]:
    """The sections that contain steps, in order."""
    section = _Section(1, None, [])
    count = 0
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"line {number}"
        if len(line) > _LONGEST_LINE:
            raise FormatError(
                f"a line has at most {_LONGEST_LINE:,} characters, this one has {len(line):,}", place=place
            )
        step = _STEP.fullmatch(line)
        if step:
            section.steps.append(read_step(step.group(1), section.phase, place, assumptions))
            count += len(section.steps[-1].bouts)
            if count > MAX_INTERVALS:
                raise too_many_intervals(place)
            continue
        if is_bare_step(line.strip()):
            raise FormatError(f'a step begins with "-", not {quoted(line.strip())}', place=place)
        # Any other line ends a repeated section: a blank line, a header, a description.
        if section.steps:
            yield section
        if line.strip() or section.steps:
            section = _header(line.strip(), place)
    if section.steps:
        yield section


def _header(line: str, place: str) -> _Section:
    repeat = _REPEAT.fullmatch(line)
    if repeat is None:
        return _Section(1, read_text(line, 0).phase, [])
    title = (repeat["title"] or repeat["behind"] or "").strip()
    times = read_times(repeat.group(2) or repeat.group(3), "the number of rounds", place)
    return _Section(times, read_text(title, 0).phase, [])


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
                yield repeat.times - 1, body + between
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


def _line(interval: Interval, notes: list[str]) -> str:
    """The line of a step. A label that would not be read back the same is left out; that and rounding add a note."""
    length, target = _length(interval.duration), ""
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


def _length(seconds: int) -> str:
    """A length in minutes and seconds, which every reader understands; not all can read hours with both."""
    minutes, secs = divmod(seconds, 60)
    return f"{minutes}m" * (minutes > 0) + f"{secs}s" * (secs > 0)


def _read_back(line: str) -> Bout | None:
    """The interval in a written line; None if it is not exactly one."""
    step = _STEP.fullmatch(line)
    try:
        bouts = read_step(step.group(1), None, "", NOTHING_ASSUMED).bouts if step else ()
    except FormatError:
        return None
    return bouts[0] if len(bouts) == 1 else None


def _written_pace(speed_kmh: float) -> str:
    """A speed as a pace: per mile if it is a round number of mph, otherwise per kilometre."""
    given = given_in_mph(speed_kmh)
    return show_pace(speed_kmh) if given is None else show_pace(given, "mi")


FORMATS: Final = (
    WorkoutFormat("icu", (".icu", ".txt"), "intervals.icu workout text", write_icu, only(read_icu), looks_like_steps),
)
