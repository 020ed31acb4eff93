"""Read the phase, speed and label of an interval from a text in another program's workout.

Only two kinds of text give a direction: the texts that we write ("Backward at 1.6 km/h: eyes up"), and whole phase
words, alone or with words about how to walk ("Walk backward!", "Forward easy", "Z2 Warmup"). Prose gives none: "Bring
your leg forward" and "Never walk backward here" are labels.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import MAX_LABEL, Interval, check_speed, check_text
from retro_timer.scheduling.notation import format_speed
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import in_kmh
from retro_timer.text import one_line

_LONGEST_TURN: Final = 60
"""Seconds. A longer block with the text "Turn around and walk backward" is the bout, not the turn."""

NAMES: Final = {
    Phase.WARM_UP: "Warm-up",
    Phase.BACKWARD: "Backward",
    Phase.TURN: "Turn",
    Phase.FORWARD: "Forward",
    Phase.REST: "Rest",
    Phase.COOL_DOWN: "Cool-down",
}
_BY_NAME: Final = {name.lower(): phase for phase, name in NAMES.items()}
_DESCRIBED: Final = re.compile(
    rf"({'|'.join(_BY_NAME)})(?: at (\d+(?:\.\d+)?) (km/h|mph))?(?:: (.*))?", re.IGNORECASE | re.DOTALL
)
_PHRASES: Final = {
    Phase.BACKWARD: re.compile(r"(?:warm ?up )?(?:backwards?|back|retro)|(?:backwards?|retro) warm ?up"),
    Phase.FORWARD: re.compile(r"forwards?|fwd"),
    Phase.TURN: re.compile(r"turn(?:ing)?(?: a?round)?(?: to)?|turnaround"),
    Phase.REST: re.compile(r"rest"),
    Phase.WARM_UP: re.compile(r"warm(?:ing)? ?up(?: (?:forwards?|fwd))?|(?:forwards?|fwd) warm ?up"),
    Phase.COOL_DOWN: re.compile(r"cool(?:ing)? ?down(?: (?:forwards?|fwd))?|(?:forwards?|fwd) cool ?down"),
}
"""The phase words. Once `_ORDERS` and `_MANNERS` are removed from a text, nothing else may be left."""
_TURN_TO: Final = re.compile(r"turn(?: a?round)? (?:and|to)(?: (backwards?|back|forwards?|fwd))?")
_ORDERS: Final = frozenset(("now", "then", "walk", "walking", "go", "face", "facing", "keep", "start"))
_MANNERS: Final = frozenset((
    "easy", "easily", "slow", "slowly", "gentle", "gently", "steady", "steadily", "brisk", "briskly", "fast", "hard",
    "moderate", "comfortable", "comfortably", "relaxed", "light", "lightly", "long", "short", "bout", "interval",
    "phase", "section", "set", "part", "block", "lap", "round", "of", "only", "again",
))  # fmt: skip
_MORE: Final = _MANNERS | {"and", "to"}
"""Words for which a text is kept as the label, too, although it is a direction."""
_TAIL: Final = re.compile(r"[.!]+$|[:;,.!(\N{EN DASH}\N{EM DASH}]|\s-\s")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_DIRECTIONS: Final = re.compile(r"\b(?:(backwards?|retro)|forwards?|fwd)\b", re.IGNORECASE)
_NEGATION: Final = re.compile(r"\W*(?:no|not|never|don't|without)\b", re.IGNORECASE)


class Marked(Struct, frozen=True):
    """The phase, speed and label that a text gives its interval."""

    phase: Phase | None
    speed_kmh: float | None = None
    label: str = ""


def describe(interval: Interval, *, speed: bool = True) -> str:
    """A text about an interval, for display; `read_description` parses it."""
    text = NAMES[interval.phase]
    if speed and interval.speed_kmh is not None:
        written = format_speed(interval.speed_kmh).removeprefix("@")
        unit = "mph" if written.endswith("mph") else "km/h"
        text += f" at {written.removesuffix(unit)} {unit}"
    return f"{text}: {interval.label}" if interval.label else text


def read_description(text: str) -> Marked | None:
    """Parse a text written by `describe`; None for any other text.

    Raises:
        WorkoutError: if its speed is out of bounds.
    """
    described = _DESCRIBED.fullmatch(text)
    if not described:
        return None
    name, speed, unit, label = described.groups()
    speed_kmh = None
    if speed is not None:
        speed_kmh = check_speed(in_kmh(float(speed), unit))
    return Marked(_BY_NAME[name.lower()], speed_kmh, _label(label or ""))


def read_written(text: str) -> Marked:
    """Parse a text that `describe` may have written, as in a lap of an activity; any other text gives nothing."""
    try:
        return read_description(text) or Marked(None)
    except WorkoutError:
        return Marked(None)


def read_command(text: str, seconds: int = 0) -> Marked | None:
    """Parse a text that is only a direction, such as "Walk backward!" or "Turn around"; None for any other text."""
    marked = read_text(text, seconds)
    return marked if read_description(text) or (marked.phase and not marked.label) else None


def read_text(text: str, seconds: int) -> Marked:
    """Interpret any text at the start of an interval of `seconds`; one with more than phase words becomes the label.

    Raises:
        WorkoutError: if it has a speed that is out of bounds.
    """
    if described := read_description(text):
        return described
    end = _TAIL.search(text)
    head, tail = (text[: end.start()], text[end.end() :]) if end else (text, "")
    words = [word.lower() for word in _WORD.findall(head.replace("-", " "))]
    phase = None if "?" in text or "'" in head else _phase_of(words, tail, seconds)
    said_in_full = phase is not None and not tail.strip() and not _MORE.intersection(words)
    return Marked(phase, label="" if said_in_full else one_line(text, MAX_LABEL))


def _phase_of(words: list[str], tail: str, seconds: int) -> Phase | None:
    """The phase in the words before the first punctuation, unless `tail` negates it or names another direction."""
    # A word with a digit is a count or a measure: Z2, 1 of 4.
    left = [word for word in words if word not in _ORDERS and word not in _MANNERS and not _counts(word)]
    phrase = " ".join(left)
    if to := _TURN_TO.fullmatch(phrase):
        if seconds <= _LONGEST_TURN or to.group(1) is None:
            return Phase.TURN
        return Phase.BACKWARD if to.group(1).startswith("back") else Phase.FORWARD
    phase = next((phase for phase, pattern in _PHRASES.items() if pattern.fullmatch(phrase)), None)
    if phase is None or _NEGATION.match(tail):
        return None
    backward = {found.group(1) is not None for found in _DIRECTIONS.finditer(tail)}
    return phase if backward <= {phase.faces_backward} or phase is Phase.TURN else None


def _counts(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _label(text: str) -> str:
    """The text if it is a valid label, otherwise a cleaned and shortened version."""
    try:
        return check_text(text, "label", MAX_LABEL)
    except WorkoutError:
        return one_line(text, MAX_LABEL)
