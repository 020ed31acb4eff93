"""Every phrase the product says by itself: the one list the voice is rendered from and the captions are taken from.

A phrase is a whole clip. An announcement is at most two phrases, so that it never sounds stitched together and is
never longer than the count allows. Safety phrases are whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.session.clip_lengths import CLIP_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPERATIVE: Final = {
    Phase.WARM_UP: "Warm up.",
    Phase.BACKWARD: "Walk backward.",
    Phase.TURN: "Turn around.",
    Phase.FORWARD: "Walk forward.",
    Phase.REST: "Rest.",
    Phase.COOL_DOWN: "Cool down.",
}
NAMED: Final = {
    Phase.WARM_UP: "Warm-up:",
    Phase.BACKWARD: "Backward:",
    Phase.TURN: "Turn:",
    Phase.FORWARD: "Forward:",
    Phase.REST: "Rest:",
    Phase.COOL_DOWN: "Cool-down:",
}
RESUMING: Final = {
    Phase.WARM_UP: "Resuming: warm-up in",
    Phase.BACKWARD: "Resuming: backward in",
    Phase.TURN: "Resuming: turn in",
    Phase.FORWARD: "Resuming: forward in",
    Phase.REST: "Resuming: rest in",
    Phase.COOL_DOWN: "Resuming: cool-down in",
}
GET_READY: Final = "Get ready."
HALFWAY: Final = "Halfway."
LAST_ROUND: Final = "Last round."
PAUSED: Final = "Paused."
SLEPT: Final = "Paused. The computer was asleep."
COMPLETE: Final = "Workout complete. Well done."
ENDED: Final = "Session ended."
LAST_INTERVAL: Final = "Almost done."
SET_SPEED: Final = "Set the speed before you turn."
HOLD_RAIL: Final = "Hold the rail."
STEP_OFF: Final = "Hold the rail. Step off."
HAVE_YOU_TURNED: Final = "Turn around. Press enter when you have turned."
MUTED: Final = "Muted."
SOUND_ON: Final = "Sound on."
SOUND_BACK: Final = "Sound is back."
SOUND_CHECK: Final = "This is a sound check. Press enter if you can hear it."
UNDONE: Final = "Undone."
REDONE: Final = "Done again."
LEFT: Final = "left."

_FIXED: Final = (
    GET_READY, HALFWAY, LAST_ROUND, PAUSED, SLEPT, COMPLETE, ENDED, LAST_INTERVAL, SET_SPEED, HOLD_RAIL, STEP_OFF,
    HAVE_YOU_TURNED, MUTED, SOUND_ON, SOUND_BACK, SOUND_CHECK, UNDONE, REDONE,
)  # fmt: skip
_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty")
BREATH_MS: Final = 120
"""Silence between two phrases said one after the other."""
MAX_SPOKEN_ROUNDS: Final = 12
"""Beyond this a round is not numbered aloud; the screen still numbers it."""


def number(value: int) -> str:
    """A whole number from 0 to 59 in words."""
    if value < len(_ONES):
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]


def spoken_seconds(seconds: int) -> int:
    """The nearest length that has a clip: exact where intervals are short, coarser as they grow.

    Up to 20 s every second, to a minute every 5 s, to 3 min every 10 s and every 15 s (what the keys of a session add
    and take away), to 5 min every 15 s, to 10 min every 30 s, to 20 min every minute, to an hour every 5 min; an hour
    is the longest length said.
    """
    if seconds <= 20:
        return max(1, seconds)
    if 60 < seconds <= 180:
        return min((round(seconds / step) * step for step in (15, 10)), key=lambda said: abs(said - seconds))
    for limit, step in ((60, 5), (300, 15), (600, 30), (1200, 60)):
        if seconds <= limit:
            return round(seconds / step) * step
    return min(3600, round(seconds / 300) * 300)


def length(seconds: int) -> str:
    """A length as it is said, rounded to one that has a clip: "One minute thirty."."""
    seconds = spoken_seconds(seconds)
    if seconds == 3600:
        return "One hour."
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        words = f"{number(rest)} second{'' if rest == 1 else 's'}"
    elif rest:
        words = f"{number(minutes)} minute{'' if minutes == 1 else 's'} {number(rest)}"
    else:
        words = f"{number(minutes)} minute{'' if minutes == 1 else 's'}"
    return f"{words.capitalize()}."


def length_left(seconds: int) -> tuple[str, str]:
    """What is left of an interval, as two phrases: "One minute thirty." "Left."."""
    return length(seconds), LEFT.capitalize()


def round_of(current: int, total: int) -> tuple[str, ...]:
    """Which round it is, as two phrases, or nothing beyond `MAX_SPOKEN_ROUNDS`."""
    if total > MAX_SPOKEN_ROUNDS:
        return ()
    return f"Round {number(current)}", f"of {number(total)}."


def rounds(total: int) -> tuple[str, ...]:
    """How many rounds there are after a change, or nothing beyond `MAX_SPOKEN_ROUNDS`."""
    if not 1 <= total <= MAX_SPOKEN_ROUNDS:
        return ()
    return (f"{number(total).capitalize()} round{'' if total == 1 else 's'}.",)


def every_length() -> Iterator[int]:
    """Every length in seconds that has a clip."""
    yield from sorted({spoken_seconds(seconds) for seconds in range(1, 3601)})


def every_phrase() -> tuple[str, ...]:
    """Every phrase that must have a clip, each once, in a stable order."""
    said: list[str] = [*IMPERATIVE.values(), *NAMED.values(), *RESUMING.values(), *_FIXED, LEFT.capitalize()]
    said += [length(seconds) for seconds in every_length()]
    for value in range(1, MAX_SPOKEN_ROUNDS + 1):
        said += [round_of(value, MAX_SPOKEN_ROUNDS)[0], round_of(1, value)[1], *rounds(value)]
    return tuple(dict.fromkeys(said))


def spoken_ms(phrase: str) -> int:
    """How long a phrase takes to say, in milliseconds: the length of its clip, or an estimate where there is none."""
    return CLIP_MS.get(phrase, 450 + 75 * len(phrase))
