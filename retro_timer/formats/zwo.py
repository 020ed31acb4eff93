"""Zwift workout files (.zwo), import and export, with the direction in text events.

The format has no specification; elements and attributes follow the public reference made from Zwift's own workouts
(github.com/h4l/zwift-workout-file-reference). Lengths are in seconds or, in running workouts, in metres, and not every
file says which (`formats.zwo_lengths`). Power is a share of the threshold and says nothing about walking. Direction and
speed are in text events (`formats.texts`).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from msgspec.structs import replace

from retro_timer.formats.assumptions import NOTHING_ASSUMED, Assumptions
from retro_timer.formats.direction import Bout, direct
from retro_timer.formats.errors import FormatError, too_many_intervals
from retro_timer.formats.export import Export
from retro_timer.formats.format import WorkoutFormat
from retro_timer.formats.markup import Element, escape, parse_xml
from retro_timer.formats.received import Received, only
from retro_timer.formats.texts import Marked, describe, read_command, read_text
from retro_timer.formats.values import MAX_DESCRIPTION, read_name, read_times
from retro_timer.formats.zwo_lengths import PHASES, TEXTS, LengthReader
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_INTERVALS, Repeat, Workout
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import counted, one_line, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from retro_timer.scheduling.model import Interval

T = TypeVar("T")


_SINGLE: Final = -1
"""The group of all blocks that are not pairs."""
_PROMPT: Final = 10.0
"""Seconds: a text shown this soon after the start applies to the whole block."""
_AUTHOR: Final = "Retro Timer"
_TARGETS: Final = (
    "power", "powerlow", "powerhigh", "poweronlow", "poweronhigh", "powerofflow", "poweroffhigh",
    "cadence", "cadencelow", "cadencehigh", "cadenceresting", "zone",
)  # fmt: skip
_LEVEL: Final = {Phase.TURN: "0.25", Phase.REST: "0.25"}
_WALKING_LEVEL: Final = "0.4"
"""Readers require a power; these are low placeholders."""
_NOTE_POWER: Final = "Zwift: the power targets are placeholders; direction and speed are in the texts"
_NOTE_ROUNDS: Final = "Zwift: rounds are written out one after the other"


class _Part(NamedTuple):
    """A part of a block: all of it, or one half of one of its rounds."""

    block: int
    seconds: int
    phase: Phase | None
    work: bool | None
    place: str
    repeated: bool = False


class _Split(NamedTuple):
    """The bouts of a part, and the number of texts that were used for them."""

    bouts: list[Bout]
    used: int


class _Text(NamedTuple):
    """A text and the time it is shown, in seconds from the start of the workout."""

    at: float
    words: str
    place: str


def read_zwo(data: bytes, assumptions: Assumptions = NOTHING_ASSUMED) -> Received:
    """Read a workout from a .zwo file.

    Raises:
        AssumptionNeededError: if the file has no directions, or lengths without a unit or a pace, and nothing is
            assumed.
        WorkoutError: if it cannot be read; names the line.
    """
    root, notes = parse_xml(data)
    if root.tag != "workout_file":
        raise FormatError(f"expected <workout_file>, not {quoted(f'<{root.tag}>')}", place=root.place)
    plan = root.child("workout")
    if plan is None:
        raise FormatError("it has no <workout>", place=root.place)
    reader = LengthReader(root, plan, assumptions)
    bouts, left_out = _bouts(plan, reader)
    directed = direct(bouts, assumptions)
    name, description = root.child("name"), root.child("description")
    workout = Workout(
        directed.blocks,
        name=read_name(name.text, name.place) if name else "",
        description=one_line(description.text, MAX_DESCRIPTION) if description else "",
    )
    author = root.child("author")
    lost = () if author and author.text == _AUTHOR else _lost(plan)
    return Received(workout, (*notes, *reader.notes(), *directed.notes, *left_out, *lost))


def write_zwo(workout: Workout) -> Export:
    """A workout as a .zwo file: one block per interval, with a text event for its phase."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<workout_file>",
        f"  <author>{_AUTHOR}</author>",
        f"  <name>{escape(workout.name)}</name>",
        f"  <description>{escape(one_line(workout.description, MAX_DESCRIPTION))}</description>",
        "  <sportType>run</sportType>",
        "  <durationType>time</durationType>",
        "  <tags/>",
        "  <workout>",
        *(line for entry in flatten(workout) for line in _block(entry.interval)),
        "  </workout>",
        "</workout_file>",
        "",
    ]
    repeated = any(isinstance(block, Repeat) and block.times > 1 for block in workout.blocks)
    return Export("\n".join(lines).encode(), (_NOTE_POWER, _NOTE_ROUNDS) if repeated else (_NOTE_POWER,))


def _block(interval: Interval) -> tuple[str, str, str]:
    level = _LEVEL.get(interval.phase, _WALKING_LEVEL)
    tag, power = "SteadyState", f'Power="{level}"'
    if interval.phase in (Phase.WARM_UP, Phase.COOL_DOWN):
        tag = "Warmup" if interval.phase is Phase.WARM_UP else "Cooldown"
        power = f'PowerLow="{level}" PowerHigh="{level}"'
    return (
        f'    <{tag} Duration="{interval.duration}" {power} pace="0">',
        f'      <textevent timeoffset="0" message="{escape(describe(interval))}"/>',
        f"    </{tag}>",
    )


def _lost(plan: Element) -> tuple[str, ...]:
    """A note if the file has targets, which say nothing about walking."""
    has_targets = any(name.endswith(_TARGETS) for element in plan.inside() for name in element.attributes)
    return ("targets of power and cadence are left out",) if has_targets else ()


def _bouts(plan: Element, reader: LengthReader) -> tuple[list[Bout], tuple[str, ...]]:
    """The intervals of the file in order, with the directions from its texts, and a note on texts left out."""
    parts: list[_Part] = []
    texts: list[_Text] = []
    seconds = 0
    for number, element in enumerate(plan.children):
        if element.tag in TEXTS:
            texts += _texts([element], 0, reader)
            continue
        added = _parts(element, number, reader)
        if len(parts) + len(added) > MAX_INTERVALS:
            raise too_many_intervals(element.place)
        if added:
            texts += _texts(element.inside(), seconds, reader)
        parts += added
        seconds += sum(part.seconds for part in added)
    if not parts:
        raise FormatError("there is nothing to walk", place=plan.place)
    bouts, used = _with_texts(parts, texts)
    written = sum(element.tag in TEXTS for element in plan.inside())
    lost = written - used
    return bouts, (f"{counted(lost, 'text')} {'is' if lost == 1 else 'are'} left out",) if lost > 0 else ()


def _parts(element: Element, number: int, reader: LengthReader) -> list[_Part]:
    """The parts of one block; empty for an element without a length."""
    if element.tag == "intervalst":
        return _pairs(element, number, reader)
    if element.tag in PHASES:
        seconds = reader.seconds(element, "Duration")
        part = _Part(number, seconds, PHASES[element.tag], work=None, place=element.place)
        return [part] if seconds else []
    if any(name.endswith("duration") for name in element.attributes):
        raise FormatError(f"{quoted(f'<{element.tag}>')} is a block this timer does not know", place=element.place)
    return []


def _pairs(element: Element, number: int, reader: LengthReader) -> list[_Part]:
    """The work and recovery of every round of an IntervalsT."""
    times = read_times(element.attributes.get("repeat", "1"), "Repeat", element.place)
    seconds = reader.seconds(element, "OnDuration"), reader.seconds(element, "OffDuration", "0")
    # Work without recovery is not a pair: its rounds alternate.
    works = (True, False) if all(seconds) else (None, None)
    pair = [
        _Part(number, length, None, work, element.place, repeated=True)
        for length, work in zip(seconds, works, strict=True)
        if length
    ]
    return pair * times


def _texts(elements: Iterable[Element], start: int, reader: LengthReader) -> list[_Text]:
    """The texts among some elements, except those at a distance that cannot be converted to a time.

    Offsets count from `start`, in seconds from the start of the workout.
    """
    return [
        _Text(start + offset, words, element.place)
        for element in elements
        if element.tag in TEXTS
        and (words := element.attributes.get("message") or element.attributes.get("text", ""))
        and (offset := reader.offset(element)) is not None
    ]


def _with_texts(parts: Sequence[_Part], texts: Sequence[_Text]) -> tuple[list[Bout], int]:
    """Combine parts with their texts; a part is split where a text changes the direction.

    Returns:
        The bouts, and the number of texts that were used for them.
    """
    starts = list(accumulate((part.seconds for part in parts), initial=0))
    by_part: dict[int, list[_Text]] = {}
    for text in sorted(texts, key=lambda text: text.at):
        by_part.setdefault(bisect_right(starts, text.at) - 1, []).append(text)
    bouts: list[Bout] = []
    used = 0
    known: dict[tuple[int, bool | None], Phase] = {}
    for index, part in enumerate(parts):
        split = _split(part, starts[index], by_part.get(index, ()))
        first, *others = split.bouts
        used += split.used
        # An IntervalsT often has texts in its first round only.
        kind = (part.block, part.work)
        if first.phase is None and part.work is not None and kind in known:
            first = replace(first, phase=known[kind])
        if first.phase is not None:
            known[kind] = first.phase
        bouts += (first, *others)
    return bouts, used


def _split(part: _Part, start: int, texts: Sequence[_Text]) -> _Split:
    """Split one part into bouts according to its texts."""
    opening: Marked | None = None
    changes: list[tuple[int, Marked]] = []
    for text in texts:
        into = text.at - start
        if into <= _PROMPT and not changes:
            marked = _read(text, lambda words: read_text(words, part.seconds))
            # The first text with a direction counts, or the first text if none has one.
            if opening is None or (opening.phase is None and marked.phase):
                opening = marked
            continue
        command, at = _read(text, read_command), round(into)
        if command and (changes[-1][0] if changes else 0) < at < part.seconds:
            changes.append((at, command))
    group = part.block if part.repeated else _SINGLE
    marks = [(0, opening or Marked(None)), *changes]
    ends = [at for at, _ in changes] + [part.seconds]
    bouts = [
        Bout(
            end - at, mark.phase or part.phase, mark.speed_kmh, mark.label, part.work, part.place, group, part.repeated
        )
        for (at, mark), end in zip(marks, ends, strict=True)
    ]
    return _Split(bouts, len(changes) + (opening is not None))


def _read(text: _Text, read: Callable[[str], T]) -> T:
    """Parse a text; an error names the line of the text."""
    try:
        return read(text.words)
    except WorkoutError as error:
        raise FormatError(str(error), place=text.place) from error


FORMATS: Final = (
    WorkoutFormat(
        "zwo",
        (".zwo",),
        "Zwift; direction and speed in its texts",
        write_zwo,
        only(read_zwo),
        lambda text: text.startswith("<") and "<workout_file" in text[:10_000].lower(),
    ),
)
