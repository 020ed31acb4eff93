r"""Parsing and formatting of the notation: a workout in one line of text.

    warm 3m, 4x(turn 30s, back 2m @1.0mph, turn 30s | fwd 1m), cool 2m

`parse` accepts what people type (`90`, `90s`, `1:30`, `1m30s`, `1h`; `back` or `backward`); `format_notation` writes
the canonical form, and `parse(format_notation(w)) == w`. Escapes inside a quoted label: `\\"`, `\\\\`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from retro_timer.scheduling.errors import NotationError, WorkoutError
from retro_timer.scheduling.model import (
    MAX_DEPTH,
    MAX_INTERVALS,
    MAX_LABEL,
    MAX_NOTATION,
    TOO_MANY_INTERVALS,
    Block,
    Interval,
    Repeat,
    Workout,
    check_seconds,
    check_speed,
    check_text,
)
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import given_in_mph, in_kmh
from retro_timer.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_WORDS: Final = {
    "warm": Phase.WARM_UP, "warm-up": Phase.WARM_UP, "warmup": Phase.WARM_UP,
    "back": Phase.BACKWARD, "backward": Phase.BACKWARD, "backwards": Phase.BACKWARD,
    "turn": Phase.TURN,
    "fwd": Phase.FORWARD, "forward": Phase.FORWARD, "forwards": Phase.FORWARD,
    "rest": Phase.REST,
    "cool": Phase.COOL_DOWN, "cool-down": Phase.COOL_DOWN, "cooldown": Phase.COOL_DOWN,
}  # fmt: skip
_SHORT: Final = {
    Phase.WARM_UP: "warm",
    Phase.BACKWARD: "back",
    Phase.TURN: "turn",
    Phase.FORWARD: "fwd",
    Phase.REST: "rest",
    Phase.COOL_DOWN: "cool",
}
_LENGTH_EXPECTED: Final = "a length such as 90s, 1:30 or 2m"
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*")
_TIMES = re.compile("([0-9]+)\\s*[xX\N{MULTIPLICATION SIGN}]\\s*(?=\\()")
_LENGTH = re.compile(r"[0-9.][0-9A-Za-z:.]*|-\s*[0-9][0-9A-Za-z:.]*")
_SPEED = re.compile(r"@\s*([0-9]+(?:\.[0-9]+)?)\s*(km/h|kmh|kph|mph)(?![A-Za-z])", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_COLOURED = re.compile(r'"(?:[^"\\]|\\.)*"?|([A-Za-z][A-Za-z-]*)(?:\s+[0-9][0-9A-Za-z:.]*)?')
_UNFINISHED = re.compile(r"[,(|]\s*([A-Za-z-]*)\Z")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2})", re.ASCII)
_UNITS = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,6})s(?:ec)?)?", re.IGNORECASE | re.ASCII)


def parse_length(text: str) -> int:
    """Parse a length such as `90`, `90s`, `1:30`, `1m30s` or `1h` into seconds.

    Raises:
        WorkoutError: if it is not a length, or not 1 second to 4 hours.
    """
    found = text.strip()
    seconds = _seconds(found)
    if seconds is None:
        raise WorkoutError(f"expected {_LENGTH_EXPECTED}, not {quoted(found)}")
    return check_seconds(seconds)


def format_length(seconds: int) -> str:
    """Format a length in canonical form: `45s`, `2m`, `1m30s`, `1h5m`."""
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (secs, "s"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def phase_word(text: str) -> Phase | None:
    """The phase that a word such as `back` or `warm-up` stands for; None for any other text."""
    return _WORDS.get(text.lower())


def continued(text: str) -> Iterator[str]:
    """The completions of a text that ends where a phase word is expected, or within one."""
    if starts_like_notation(text) and (end := _UNFINISHED.search(text)):
        yield from (text[: end.start(1)] + word for word in _SHORT.values() if word.startswith(end.group(1)))


def parse(text: str, *, name: str = "", workout_id: str = "") -> Workout:
    """Parse a workout.

    Raises:
        NotationError: if the notation is invalid; has the column and what was expected there.
        WorkoutError: if the workout is invalid, for example has too many intervals.
    """
    if len(text) > MAX_NOTATION:
        raise WorkoutError(f"notation has at most {MAX_NOTATION:,} characters, this has {len(text):,}")
    blocks = _Reader(text).read()
    return Workout(blocks, name=name, id=workout_id)


def starts_like_notation(text: str) -> bool:
    """Whether a text begins like notation: with a phase or a number of rounds."""
    word = _WORD.match(text.lstrip())
    return _TIMES.match(text.lstrip()) is not None or (word is not None and word.group().lower() in _WORDS)


def phases_in(text: str) -> Iterator[tuple[int, int, Phase]]:
    """The start, end and phase of each phase in notation, including a length that follows it; ignores labels."""
    for found in _COLOURED.finditer(text):
        if phase := _WORDS.get((found.group(1) or "").lower()):
            yield found.start(), found.end(), phase


def format_notation(workout: Workout) -> str:
    """Format a workout in canonical form."""
    return _format_blocks(workout.blocks)


def format_speed(speed_kmh: float) -> str:
    """Format a speed for the notation, in mph if that is the rounder number, otherwise in km/h."""
    if (mph := given_in_mph(speed_kmh)) is not None:
        return f"@{mph}mph"
    return f"@{float(speed_kmh)!r}km/h"


def _seconds(text: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 9 else 10**9
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        if int(seconds) > 59 or (hours and int(minutes) > 59):
            return None
        return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    units = _UNITS.fullmatch(text)
    if not text or not units:
        return None
    hours, minutes, seconds = units.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)


class _Reader:
    """A recursive-descent parser."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.intervals = 0

    def read(self) -> tuple[Block, ...]:
        self.skip_space()
        if self.at == len(self.text):
            raise self.error("an interval such as back 2m")
        blocks = self.blocks()
        if self.at < len(self.text):
            raise self.error("a comma or the end")
        return blocks

    def error(self, expected: str, at: int | None = None) -> NotationError:
        at = self.at if at is None else at
        found = "the end" if at >= len(self.text) else quoted(self.text[at : at + 12].split(",")[0].rstrip() or ",")
        return NotationError(self.text, at + 1, f"expected {expected}, found {found}")

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        if match:
            self.at = match.end()

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
            self.skip_space()
        return match

    def take_mark(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        self.skip_space()
        return True

    def blocks(self) -> tuple[Block, ...]:
        blocks = [self.block()]
        while self.take_mark(","):
            blocks.append(self.block())
        return tuple(blocks)

    def block(self) -> Block:
        start = self.at
        if times := self.take(_TIMES):
            return self.repeat(times, start)
        return self.interval(start)

    def repeat(self, times: re.Match[str], start: int) -> Repeat:
        self.take_mark("(")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"at most {MAX_DEPTH} repeats inside one another", start)
        body = self.blocks()
        between = self.blocks() if self.take_mark("|") else ()
        if not self.take_mark(")"):
            raise self.error("a comma, | or )" if not between else "a comma or )")
        self.depth -= 1
        digits = times.group(1)
        count = int(digits) if len(digits) <= 9 else 10**9
        return self.checked(lambda: Repeat(count, body, between), start)

    def interval(self, start: int) -> Interval:
        word = self.take(_WORD)
        if not word:
            raise self.error("a phase (warm, back, turn, fwd, rest, cool) or a repeat such as 4x(…)")
        phase = _WORDS.get(word.group().lower())
        if phase is None:
            raise self.error("a phase (warm, back, turn, fwd, rest, cool)", start)
        at = self.at
        length = self.take(_LENGTH)
        seconds = _seconds(length.group()) if length else None
        if seconds is None:
            raise self.error(_LENGTH_EXPECTED, at)
        self.checked(lambda: check_seconds(seconds), at)
        self.intervals += 1
        if self.intervals > MAX_INTERVALS:
            raise NotationError(self.text, start + 1, TOO_MANY_INTERVALS)
        speed, label = self.extras()
        return Interval(phase, seconds, speed, label)

    def extras(self) -> tuple[float | None, str]:
        """Parse a speed and a label, in either order, each at most once."""
        speed: float | None = None
        label = ""
        while self.at < len(self.text) and self.text[self.at] in '@"':
            start = self.at
            if self.text[start] == "@":
                if speed is not None:
                    raise self.error("one speed only")
                speed = self.speed(start)
            else:
                if label:
                    raise self.error("one label only")
                label = self.label(start)
        return speed, label

    def speed(self, start: int) -> float:
        match = self.take(_SPEED)
        if not match:
            raise self.error("a speed such as @1.6km/h or @1.0mph", start)
        value = float(match.group(1))
        kmh = in_kmh(value, match.group(2))
        return self.checked(lambda: check_speed(kmh), start)

    def label(self, start: int) -> str:
        match = self.take(_LABEL)
        if not match:
            raise self.error(r'a label that ends with " (inside it, write \" and \\)', start)
        label = re.sub(r"\\(.)", r"\1", match.group(1))
        if not label:
            raise self.error("a label that is not empty", start)
        return self.checked(lambda: check_text(label, "label", MAX_LABEL), start)

    def checked(self, build: Callable[[], T], at: int) -> T:
        """Build a value; an out-of-bounds error gets the column `at`."""
        try:
            return build()
        except NotationError:
            raise
        except WorkoutError as error:
            raise NotationError(self.text, at + 1, str(error)) from None


def _format_blocks(blocks: tuple[Block, ...]) -> str:
    return ", ".join(_format_block(block) for block in blocks)


def _format_block(block: Block) -> str:
    if isinstance(block, Interval):
        return _format_interval(block)
    between = f" | {_format_blocks(block.between)}" if block.between else ""
    return f"{block.times}x({_format_blocks(block.body)}{between})"


def _format_interval(interval: Interval) -> str:
    text = f"{_SHORT[interval.phase]} {format_length(interval.duration)}"
    if interval.speed_kmh is not None:
        text += f" {format_speed(interval.speed_kmh)}"
    if interval.label:
        escaped = interval.label.replace("\\", "\\\\").replace('"', '\\"')
        text += f' "{escaped}"'
    return text
