"""One step of intervals.icu workout text: `- [cue] length [target] [words]`, also `- 4x 30s 110%, 90s 50%`.

The cue and the words after the target may give the direction; the target may be a pace. Anything that is neither read
nor known to be a target is refused, so that no part of a step is dropped silently.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from retro_timer.formats.assumptions import read_speed, seconds_for
from retro_timer.formats.direction import Bout
from retro_timer.formats.errors import FormatError, PaceUnknownError
from retro_timer.formats.texts import Marked, read_text
from retro_timer.formats.values import read_times
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_LABEL, MAX_SECONDS
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import KMH_PER_MPH
from retro_timer.text import one_line, quoted

if TYPE_CHECKING:
    from retro_timer.formats.assumptions import Assumptions

TIMES: Final = r"(\d+)\s*[xX\N{MULTIPLICATION SIGN}]"
_AMOUNT: Final = r"\d{1,6}(?:[.,]\d{1,3})?"
_MINUTES: Final = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_SECONDS: Final = """["\N{RIGHT DOUBLE QUOTATION MARK}]"""
_LENGTH: Final = re.compile(
    r"(?<![^\s(])(?=\d)"
    rf"(?:(?P<h>{_AMOUNT})(?:\s?hours?|hrs?|h))?"
    rf"(?:(?P<m>{_AMOUNT})(?:\s?min(?:ute)?s?|m|{_MINUTES}(?!{_MINUTES})))?"
    rf"(?:(?P<s>{_AMOUNT})(?:\s?sec(?:ond)?s?|s|{_SECONDS}|{_MINUTES}{{2}}))?"
    rf"(?P<bare>(?:(?<=[hm])|(?<={_MINUTES}))\d{{1,6}})?(?=[\s,;).]|$)",
    re.ASCII | re.IGNORECASE,
)
_DISTANCE: Final = re.compile(
    rf"(?<![^\s(])(?P<distance>{_AMOUNT})\s?(?P<unit>mtr|met(?:er|re)s?|km|mi(?:les?)?|yrd|y(?:ar)?ds?|y)(?=[\s,;).]|$)",
    re.ASCII | re.IGNORECASE,
)
_METRES: Final = {"k": 1000.0, "mi": 1000 * KMH_PER_MPH, "y": 0.9144}
"""Metres per unit, by the beginning of the unit's name; any other unit is metres."""
_REPEATED: Final = re.compile(rf"(?<!\S){TIMES}\s*(?=\S)")
_TIMES_BEHIND: Final = re.compile(rf"(?<![^\s(]){TIMES}[\s),;.]*$")
_NEXT_PART: Final = re.compile(r",\s*(?=\d)")
_INTENSITY: Final = re.compile(r"(?<!\S)intensity=(\w+)", re.IGNORECASE)
_INTENSITIES: Final = {"warmup": Phase.WARM_UP, "cooldown": Phase.COOL_DOWN, "rest": Phase.REST}
_CURVE: Final = re.compile(r"\bMMP\s+\S+", re.IGNORECASE)
"""A target such as "60% MMP 5m", whose length is not the step's."""
_TARGET: Final = re.compile(
    r"[(]?(?:\d+(?!\d*[xX\N{MULTIPLICATION SIGN}][),;]?$).*|.*%.*|c?z\d.*|rpe.*|intensity=.*|/?hidepower|pace|l?thr|hr"
    r"|power|ftp|mmp|ramp|freeride|press|lap|rpm|w|watts?|bpm|kph|km/h|mph|at|to|of|max|[@\N{EN DASH}-]+)[),;]?",
    re.IGNORECASE,
)
_LOST_TARGET: Final = re.compile(r"%|(?<!\S)c?z\d|\d\s?(?:w|watts?|rpm|bpm)\b", re.IGNORECASE)
_PROMPT: Final = re.compile(r"(?<!\S)\d+\^\d*")
_SEPARATORS: Final = " \t,;:.-\N{EN DASH}\N{EM DASH}|"


class Step(NamedTuple):
    """The bouts of one line.

    Attributes:
        bouts: the bouts of every round.
        prompts: the number of timed prompts that are left out.
        targets: whether a target is left out.
    """

    bouts: tuple[Bout, ...]
    prompts: int
    targets: bool


def read_step(text: str, phase: Phase | None, place: str, assumptions: Assumptions) -> Step:
    """Parse a step, without its bullet.

    Args:
        text: the step.
        phase: the phase of its section.
        place: its line, for error messages.
        assumptions: the pace of distances.

    Raises:
        PaceUnknownError: if it is a distance without a pace, and none is assumed.
        FormatError: if it cannot be read; names the place.
    """
    prompts, separated, text = text.rpartition("<!>")
    opening, *timed = _PROMPT.split(prompts.replace("<!>", " ")) if separated else [""]
    text = f"{opening.strip()} {text.strip()}".strip()
    repeated, length = _REPEATED.search(text), _first_length(text)
    if repeated and (length is None or repeated.start() < length.start()):
        times = read_times(repeated.group(1), "the number of rounds", place)
        cue = text[: repeated.start()]
        parts = [f"{cue}{part}" for part in _NEXT_PART.split(text[repeated.end() :])]
    else:
        times, parts = 1, [text]
    bouts = [_bout(part, phase, place, assumptions, repeated=times > 1) for part in parts]
    return Step(tuple(bouts) * times, len(timed), bool(_LOST_TARGET.search(text)))


def is_bare_step(line: str) -> bool:
    """Whether a line is a step that only lacks its bullet: "10m 70%"."""
    length = _first_length(line)
    if length is None or length.start() > 0:
        return False
    behind = line[length.end() :].split()
    return not behind or any(known.fullmatch(behind[0]) for known in (_TARGET, _TIMES_BEHIND))


def _bout(text: str, phase: Phase | None, place: str, assumptions: Assumptions, *, repeated: bool) -> Bout:
    length = _first_length(text)
    if length is None:
        raise FormatError(f"expected a length of time such as 2m or 30s in {quoted(text)}", place=place)
    cue, behind = text[: length.start()].strip(), _CURVE.sub("", text[length.end() :])
    _check_behind(length, behind, place)
    try:
        speed_kmh = read_speed(behind)
        seconds = _seconds_of(length, speed_kmh or assumptions.pace_kmh, place)
        marked = read_text(cue, seconds) if cue else Marked(None)
        words = _words(behind)
        said = read_text(words, seconds) if words else Marked(None)
    except FormatError:
        raise
    except WorkoutError as error:
        raise FormatError(str(error), place=place) from error
    return Bout(
        seconds,
        marked.phase or said.phase or _intensity(behind) or phase,
        marked.speed_kmh or speed_kmh,
        one_line(", ".join(filter(None, (marked.label, said.label))), MAX_LABEL) if said.label else marked.label,
        place=place,
        repeated=repeated,
    )


def _first_length(text: str) -> re.Match[str] | None:
    """The first time or distance in a text."""
    times = (match for match in _LENGTH.finditer(text) if any(match.group("h", "m", "s")))
    found = [match for match in (next(times, None), _DISTANCE.search(text)) if match]
    return min(found, key=lambda match: match.start(), default=None)


def _check_behind(length: re.Match[str], behind: str, place: str) -> None:
    """Refuse rounds behind a length, and a second length unless it is part of a sentence: "the last 30s fast"."""
    if times := _TIMES_BEHIND.search(behind):
        raise FormatError(f"rounds come before the length: {times.group().strip()} {length.group()}", place=place)
    second = _first_length(behind)
    if second is None:
        return
    between = behind[: second.start()]
    before = between.split()
    if (
        not before
        or before[-1].endswith((",", ";"))
        or _TARGET.fullmatch(before[-1])
        or _TIMES_BEHIND.search(between.rstrip(" ("))
    ):
        both = f"{quoted(length.group())} and {quoted(second.group())}"
        raise FormatError(f"a step has one length, not {both}: give each a line", place=place)


def _seconds_of(length: re.Match[str], pace_kmh: float | None, place: str) -> int:
    """The length of a step in seconds."""
    groups = length.groupdict()
    if "unit" in groups:
        if pace_kmh is None:
            raise PaceUnknownError(place=place)
        unit = groups["unit"].lower()
        factor = next((metres for begin, metres in _METRES.items() if unit.startswith(begin)), 1.0)
        seconds = seconds_for(_number(groups["distance"]) * factor, pace_kmh)
    else:
        hours, minutes, secs, bare = (_number(groups[name]) for name in ("h", "m", "s", "bare"))
        # `1m30` is a minute and a half, `1h30` an hour and a half.
        bare *= 1 if groups["m"] else 60
        seconds = int(hours * 3600 + minutes * 60 + secs + bare + 0.5)
    if not 1 <= seconds <= MAX_SECONDS:
        hint = ": m is minutes, mtr is metres" if groups.get("m") and seconds else ""
        raise FormatError(f"a length is 1 second to 4 hours, not {quoted(length.group())}{hint}", place=place)
    return seconds


def _number(digits: str | None) -> float:
    return float((digits or "0").replace(",", "."))


def _words(behind: str) -> str:
    """The words after a length, without the targets around them."""
    tokens = behind.split()
    while tokens and _TARGET.fullmatch(tokens[0]):
        if tokens.pop(0).endswith((",", ";")):
            break
    while tokens and _TARGET.fullmatch(tokens[-1]):
        tokens.pop()
    return " ".join(tokens).strip(_SEPARATORS)


def _intensity(target: str) -> Phase | None:
    found = _INTENSITY.search(target)
    return _INTENSITIES.get(found.group(1).lower()) if found else None
