"""The English phrases: the source of the rendered voice clips and of the captions.

Each phrase is one clip. A cue of the timeline has at most two phrases, so that it does not sound stitched together and
fits before the count; answers may have more. Safety phrases are a single clip. Lengths and numbers of rounds are spoken
exactly or not at all; only the time left may be rounded, with "about".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.units import mph
from retro_timer.session.clip_lengths import CLIP_MS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMPERATIVE: Final[Mapping[Phase, str]] = {
    Phase.WARM_UP: "Start your warm-up.",
    Phase.BACKWARD: "Walk backward.",
    Phase.TURN: "Turn around.",
    Phase.FORWARD: "Walk forward.",
    Phase.REST: "Take a rest.",
    Phase.COOL_DOWN: "Start your cool-down.",
}
NAMED: Final[Mapping[Phase, str]] = {
    Phase.WARM_UP: "The warm-up:",
    Phase.BACKWARD: "The backward bout:",
    Phase.TURN: "The turn:",
    Phase.FORWARD: "The forward bout:",
    Phase.REST: "The rest:",
    Phase.COOL_DOWN: "The cool-down:",
}
"""The phases as names, which nobody takes for a command."""
NEXT: Final[Mapping[Phase, str]] = {
    Phase.WARM_UP: "Next is the warm-up.",
    Phase.BACKWARD: "Next is a backward bout.",
    Phase.TURN: "Next is a turn.",
    Phase.FORWARD: "Next is a forward bout.",
    Phase.REST: "Next is a rest.",
    Phase.COOL_DOWN: "Next is the cool-down.",
}
RESUMING: Final[Mapping[Phase, str]] = {
    Phase.WARM_UP: "Resuming: warm-up in",
    Phase.BACKWARD: "Resuming: backward in",
    Phase.TURN: "Resuming: turn in",
    Phase.FORWARD: "Resuming: forward in",
    Phase.REST: "Resuming: rest in",
    Phase.COOL_DOWN: "Resuming: cool-down in",
}
GET_READY: Final = "Get ready."
HALFWAY: Final = "You are halfway."
LAST_ROUND: Final = "This is the last round."
LAST_OF_ALL: Final = "This is the last interval."
PAUSED: Final = "The session is paused."
TO_RESUME: Final = "Press the space bar to resume."
SLEPT: Final = "The computer was asleep."
BELT_STOPPED: Final = "The belt has stopped."
BELT_MOVING: Final = "The belt is still moving."
BELT_FAST: Final = "The belt is too fast for walking backward."
COMPLETE: Final = "Workout complete. Slow the belt. Hold the rail. Step off."
ENDED: Final = "The session is over. Slow the belt. Hold the rail. Step off."
LAST_INTERVAL: Final = "Almost done."
SET_SPEED: Final = "Set the speed before you turn."
HOLD_RAIL: Final = "Hold on to the rail."
STEP_OFF: Final = "Hold the rail. Step off."
HAVE_YOU_TURNED: Final = "Press enter when you have turned."
MUTED: Final = "You have muted the sound."
SOUND_ON: Final = "The sound is on again."
SOUND_BACK: Final = "Sound is back."
SOUND_CHECK: Final = "This is a sound check. Press enter if you can hear it."
WITH_OWN_KEY: Final[Mapping[str, str]] = {
    HAVE_YOU_TURNED: "Press your key when you have turned.",
    TO_RESUME: "Press your key to resume.",
    SOUND_CHECK: "This is a sound check. Press your key if you can hear it.",
}
"""Replacements for phrases that name a key, if the walker has bound another key."""
UNDONE: Final = "The last change is canceled."
REDONE: Final = "The last change is back."
RESTORED: Final[Mapping[str, str]] = {"undo": UNDONE, "redo": REDONE}
LEFT: Final = "Left."
UNTIL_END: Final = "until the end."
ABOUT: Final = "About"
LONGER: Final = "Longer."
SHORTER: Final = "Shorter."
MORE_ROUNDS: Final = "There are more rounds now."
FEWER_ROUNDS: Final = "There are fewer rounds now."
CHANGED: Final = "The workout has changed."

# Coaching. The technique comes from the articles the product is built from, the pace from the aim of the effort scale.
_EYES: Final = "Eyes on a fixed point."
_STEPS: Final = "Small steps, feet close to the belt."
_HANDS: Final = "Light hands on the rail."
_TALL: Final = "Stand tall."
_PACE: Final = "Go at a pace where you can talk."
_BELT: Final = "Stop the belt before you turn."
_FORWARD: Final = (_TALL, _PACE, _HANDS)
TECHNIQUE: Final[Mapping[Phase, tuple[str, ...]]] = MappingProxyType(
    {
        Phase.WARM_UP: _FORWARD,
        Phase.BACKWARD: (_EYES, _STEPS, _HANDS, _TALL),
        Phase.TURN: (_BELT, _HANDS),
        Phase.FORWARD: _FORWARD,
        Phase.REST: (_TALL, _HANDS),
        Phase.COOL_DOWN: _FORWARD,
    }
)
"""Technique reminders by phase; at least two each, so that none is spoken twice in a row."""
LONGEST_YET: Final = "That was your longest bout yet."
HALF_DONE: Final = "Half of your backward walking is done."
WALKED_BACKWARD: Final = "You walked backward for"
LONGEST_SO_FAR: Final = "Your longest bout so far:"
WELL_DONE: Final = "Well done. Step off when the belt stops."

# Questions that screens ask, and prompts to press a key. The name of the key follows each prompt.
INTERRUPTED: Final = "A session was interrupted."
RESUME_BY: Final = "To resume it, press"
KEEP_BY: Final = "To keep it, press"
DISCARD_BY: Final = "To discard it, press"
LATER_BY: Final = "To decide later, press"
REPAIR: Final = "Do you want to repair the history?"
REPAIR_BY: Final = "To repair it, press"
NORMAL_BY: Final = "If it was normal, press"
SORE_MUSCLES_BY: Final = "If your muscles were sore, press"
MORE_PAIN_BY: Final = "If you had more pain than before, press"
NO_ANSWER_BY: Final = "To give no answer, press"
WALK_TEST: Final[tuple[str, ...]] = (
    "This is the backward walk test. Do it off the treadmill, beside a wall.",
    "Mark three meters, and one more to slow down.",
    "Have somebody near you.",
    "After go, walk backward as fast as is safe.",
    "At the mark, press any key.",
)
"""How to set up the backward walk test, before "three, two, one, go"."""
GO: Final = "Go."
START_BY: Final = "To start, press"
SECOND_TRY_BY: Final = "For the second try, press"
END_SESSION: Final = "Do you want to end this session?"
END_BY: Final = "To end it, press"
GO_ON_BY: Final = "To go on, press"
ADJUST: Final = "Adjust what is left."
CHOOSE_BY_ARROWS: Final = "To choose a length, press the arrow keys."
APPLY_BY: Final = "To apply it, press"
CLOSE_BY: Final = "To close, press"
ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "effort": "How hard was it, from zero to ten?",
        "pain": "How much pain was there, from zero to ten?",
        "stumble": "Did you stumble, or grab the rail?",
        "fall": "Did you fall?",
        "day-after": "How was the day after: normal, sore muscles, or more pain?",
        "note": "You can type a note.",
    }
)
"""The questions about a session, by their names in its summary."""
_NUMBER: Final = "Press a number."
_YES_OR_NO: Final = "Press the letter Y or the letter N."
_NORMAL_SORE_OR_PAIN: Final = "Press the letter N, the letter S or the letter P."
ANSWERED_BY: Final[Mapping[str, str]] = MappingProxyType({
    "effort": _NUMBER, "pain": _NUMBER, "stumble": _YES_OR_NO, "fall": _YES_OR_NO, "day-after": _NORMAL_SORE_OR_PAIN,
})  # fmt: skip
"""How these questions are answered."""
NEXT_QUESTION_BY: Final = "For the next question, press"
YOUR_KEY: Final = "your key."
KEYS: Final = MappingProxyType(
    {
        "enter": "enter.",
        "escape": "escape.",
        "space": "the space bar.",
        **{letter: f"the letter {letter.upper()}." for letter in "dknprsy"},
    }
)
"""The spoken names of common keys."""

_FIXED: Final = (
    GET_READY, HALFWAY, LAST_ROUND, LAST_OF_ALL, PAUSED, TO_RESUME, SLEPT, BELT_STOPPED, BELT_MOVING, BELT_FAST,
    COMPLETE, ENDED, LAST_INTERVAL, SET_SPEED, HOLD_RAIL, STEP_OFF, HAVE_YOU_TURNED, MUTED, SOUND_ON, SOUND_BACK,
    SOUND_CHECK, UNDONE, REDONE, LEFT, UNTIL_END, ABOUT, LONGER, SHORTER, MORE_ROUNDS, FEWER_ROUNDS, CHANGED,
    *WITH_OWN_KEY.values(), _EYES, _STEPS, _HANDS, _TALL, _PACE, _BELT, LONGEST_YET, HALF_DONE, WALKED_BACKWARD,
    LONGEST_SO_FAR, WELL_DONE, INTERRUPTED, RESUME_BY, KEEP_BY, DISCARD_BY, LATER_BY, REPAIR, REPAIR_BY, NORMAL_BY,
    SORE_MUSCLES_BY, MORE_PAIN_BY, *WALK_TEST, GO, START_BY, SECOND_TRY_BY, NO_ANSWER_BY, END_SESSION, END_BY,
    GO_ON_BY, ADJUST, CHOOSE_BY_ARROWS, APPLY_BY, CLOSE_BY, *ASKED.values(), _NUMBER, _YES_OR_NO,
    _NORMAL_SORE_OR_PAIN, NEXT_QUESTION_BY, YOUR_KEY, *KEYS.values(),
)  # fmt: skip
_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty")
_HOUR: Final = 3600
WORD_GAP_MS: Final = 120
"""Silence in milliseconds between two consecutive phrases."""
MAX_SPOKEN_ROUNDS: Final = 12
"""The highest round number that is spoken; the screen shows all."""
MOST_COUNTED: Final = 10
"""The longest count before a change."""
_FASTEST_SPOKEN: Final = 9
"""The highest whole number of miles or kilometers an hour that is spoken."""
_LENGTHS: Final[tuple[int, ...]] = (
    *range(1, 20),
    *range(20, 60, 5),
    *sorted({*range(60, 120, 10), *range(60, 225, 15)}),
    *range(240, 600, 30),
    *range(600, 1200, 60),
    *range(1200, _HOUR, 300),
    *range(_HOUR, 5 * _HOUR, _HOUR),
)
"""All lengths in seconds that are a single phrase: every short one, fewer of the longer ones."""
_EXACT_TO: Final = 20
"""Up to this many seconds, the time left is spoken to the second."""
_LEAST_LEFT_MS: Final = 1500
"""Below this, the time left would be over before it is spoken."""


def number(value: int) -> str:
    """A whole number from 0 to 59 in words."""
    if value < len(_ONES):
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _in_words(seconds: int) -> str:
    """A length of `_LENGTHS` as a phrase; the name of a second unit is left out."""
    amounts = [(seconds // _HOUR, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second")]
    (first, unit), *rest = [(value, name) for value, name in amounts if value]
    words = [number(first), unit if first == 1 else f"{unit}s", *(number(value) for value, _ in rest)]
    return f"{' '.join(words).capitalize()}."


_PHRASE_OF: Final = MappingProxyType({seconds: _in_words(seconds) for seconds in _LENGTHS})
_LENGTH_PHRASES: Final = frozenset(_PHRASE_OF.values())


def length(seconds: int) -> tuple[str, ...]:
    """A length as one phrase ("One minute thirty.") or two ("One hour." "Five minutes.").

    Empty if two phrases cannot express it exactly.
    """
    if whole := short_length(seconds):
        return whole
    for unit in (_HOUR, 60):
        first, rest = seconds // unit * unit, seconds % unit
        if first and rest:
            return two if len(two := short_length(first) + short_length(rest)) == 2 else ()
    return ()


def short_length(seconds: int) -> tuple[str, ...]:
    """A length as a single phrase; empty if there is none."""
    return (_PHRASE_OF[seconds],) if seconds in _PHRASE_OF else ()


def time_left(milliseconds: int) -> tuple[str, ...]:
    """The time left of an interval when this is spoken: "About" "One minute thirty." "Left.".

    Up to 20 s it is accurate to half a second, beyond that to a second, unless it starts with "About". Empty if hardly
    any time is left, or more than the phrases cover.
    """
    return (*rounded, LEFT) if (rounded := _rounded(milliseconds)) else ()


def total_left(milliseconds: int) -> tuple[str, ...]:
    """The time left of the session when this is spoken, as exact as `time_left`: "Ten minutes." "until the end."."""
    return (*rounded, UNTIL_END) if (rounded := _rounded(milliseconds)) else ()


def recap(backward_ms: int, longest_ms: int) -> tuple[str, ...]:
    """The backward time and the longest bout so far; 0 for none. Ends with what to do now."""
    walked = (WALKED_BACKWARD, *rounded) if (rounded := _rounded(backward_ms)) else ()
    longest = (LONGEST_SO_FAR, *rounded) if walked and (rounded := _rounded(longest_ms)) else ()
    return (*walked, *longest, WELL_DONE)


def target_speed(kmh: float, *, imperial: bool) -> tuple[str, ...]:
    """The instruction to set a speed in miles or kilometers an hour, as two phrases; empty if none is that fast."""
    whole, tenths = divmod(round(mph(10 * kmh) if imperial else 10 * kmh), 10)
    return (_speed(whole), _tenths(tenths, imperial=imperial)) if whole <= _FASTEST_SPOKEN else ()


def _speed(whole: int) -> str:
    return f"Set the speed to {number(whole)} point"


def _tenths(tenths: int, *, imperial: bool) -> str:
    return f"{number(tenths)} {'miles' if imperial else 'kilometers'} an hour."


def count(left: int) -> str:
    """A number of a count, 1 to `MOST_COUNTED`."""
    return f"{number(left).capitalize()}."


def opening(phase: Phase, seconds: int) -> tuple[str, ...]:
    """The beginning of an interval: what to do, and for how long if that is one phrase."""
    return IMPERATIVE[phase], *short_length(seconds)


def ahead(seconds: int, phase: Phase | None) -> tuple[str, ...]:
    """A change that is a number of seconds away, to a phase or to the end."""
    return *short_length(seconds), LAST_INTERVAL if phase is None else IMPERATIVE[phase]


def press(purpose: str, keys: Sequence[str]) -> tuple[str, str]:
    """The purpose of a key, and the key: the first one with a common name, otherwise "your key".

    Args:
        purpose: a phrase such as `END_BY`.
        keys: the keys that do it, with Textual's names.
    """
    return purpose, next((KEYS[key] for key in keys if key in KEYS), YOUR_KEY)


def _rounded(milliseconds: int) -> tuple[str, ...]:
    """A length, rounded as in `time_left`."""
    near = round(milliseconds / 1000)
    if milliseconds < _LEAST_LEFT_MS:
        return ()
    if near <= _EXACT_TO:
        return short_length(near)
    spoken = _nearest(near)
    about = () if abs(spoken * 1000 - milliseconds) <= 1000 else (ABOUT,)
    return (*about, *words) if (words := length(spoken)) else ()


def without_length(words: tuple[str, ...]) -> tuple[str, ...]:
    """Remove phrases about lengths, which may be wrong if they are spoken late."""
    return tuple(phrase for phrase in words if phrase not in (*_LENGTH_PHRASES, ABOUT, LEFT, UNTIL_END))


def _nearest(seconds: int) -> int:
    """The nearest length that is a single phrase; beyond an hour, the nearest five minutes."""
    if seconds > _HOUR:
        return round(seconds / 300) * 300
    return min(_LENGTHS, key=lambda spoken: abs(spoken - seconds))


def round_of(current: int, total: int) -> tuple[str, ...]:
    """The current round as two phrases; empty beyond `MAX_SPOKEN_ROUNDS`."""
    if not 1 <= current <= total <= MAX_SPOKEN_ROUNDS or total == 1:
        return ()
    return f"Round {number(current)}", f"of {number(total)}."


def rounds(total: int) -> tuple[str, ...]:
    """The number of rounds after a change; empty beyond `MAX_SPOKEN_ROUNDS`."""
    if not 1 <= total <= MAX_SPOKEN_ROUNDS:
        return ()
    return (f"{number(total).capitalize()} round{'' if total == 1 else 's'}.",)


def every_length() -> tuple[str, ...]:
    """All lengths that are a single phrase."""
    return tuple(_PHRASE_OF.values())


def every_count() -> tuple[str, ...]:
    """All phrases with numbers of rounds."""
    most = MAX_SPOKEN_ROUNDS
    found = [phrase for value in range(1, most + 1) for phrase in (*round_of(value, most), *rounds(value))]
    found += [phrase for total in range(2, most + 1) for phrase in round_of(1, total)]
    return tuple(dict.fromkeys(found))


def every_speed() -> tuple[str, ...]:
    """All phrases about speeds."""
    units = [_tenths(tenths, imperial=imperial) for imperial in (True, False) for tenths in range(10)]
    return (*map(_speed, range(_FASTEST_SPOKEN + 1)), *units)


def every_phrase() -> tuple[str, ...]:
    """All phrases that must have a clip, without duplicates, in a stable order."""
    return (
        *IMPERATIVE.values(), *NAMED.values(), *NEXT.values(), *RESUMING.values(), *_FIXED, *every_length(),
        *every_count(), *map(count, range(1, MOST_COUNTED + 1)), *every_speed(),
    )  # fmt: skip


def caption(words: tuple[str, ...]) -> str:
    """Join phrases into a caption: "The backward bout: about one hour five minutes left."."""
    line, before = "", ""
    for phrase in words:
        goes_on = _goes_on(before, phrase)
        part = phrase[0].lower() + phrase[1:] if goes_on else phrase
        line = f"{line.removesuffix('.') if goes_on else line} {part}".lstrip()
        before = phrase
    return line


def _goes_on(before: str, phrase: str) -> bool:
    """Whether a phrase continues the sentence of the one before it."""
    lengths = before in _LENGTH_PHRASES and (phrase == LEFT or phrase in _LENGTH_PHRASES)
    return bool(before) and (lengths or before[-1] not in ".?!" or phrase[0].islower())


def spoken_ms(phrase: str, voice: str) -> int:
    """The duration of a phrase in milliseconds: the length of its clip in a voice, or an estimate if it has none."""
    return CLIP_MS.get(voice, {}).get(phrase, 450 + 75 * len(phrase))
