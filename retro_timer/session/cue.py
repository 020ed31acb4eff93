"""Cues: sounds and words at a moment of the session."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.session.languages import caption

if TYPE_CHECKING:
    from retro_timer.scheduling.phases import Phase


class CueKind(StrEnum):
    """The reason for a cue; each kind can be switched off separately."""

    ANNOUNCE = "announce"  # what comes next, before a change
    COUNT = "count"  # the ticks before a change
    PHASE = "phase"  # the change itself: the sound of the phase, and words
    HALFWAY = "halfway"
    ONE_MINUTE = "one-minute"  # one minute of the interval left
    LAST_ROUND = "last-round"
    ROUND = "round"  # which round begins
    SPEED = "speed"  # the speed of a bout, set before the turn that leads to it
    TARGET = "target"  # the planned speed of an interval that begins
    RAIL = "rail"  # hold the rail, at each turn
    TECHNIQUE = "technique"  # coaching in a long silence
    TIME_LEFT = "time-left"  # the time left of the session, at regular intervals
    ENCOURAGED = "encouraged"  # the longest bout so far, half of the backward time
    READY = "ready"  # the lead-in
    PAUSED = "paused"
    RESUMING = "resuming"
    HOLDING = "holding"  # a turn waits for confirmation
    BELT = "belt"  # the belt moves in a turn, or too fast
    EDITED = "edited"  # a length was changed
    WHERE = "where"  # the answer to "Where am I?"
    REFUSED = "refused"  # a key without effect
    SOUND = "sound"  # about the sound itself: muted, back, check
    BAIL_OUT = "bail-out"
    COMPLETE = "complete"
    ENDED = "ended"
    RECAP = "recap"  # the backward time and the longest bout, at the end
    QUESTION = "question"  # a screen's question, and the keys that answer it


class Sound(StrEnum):
    """A built-in sound; the values are the names of the sound files."""

    TICK = "tick"  # the last of a count
    TICK_TWO = "tick-two"  # the one before it, lower
    TICK_THREE = "tick-three"  # all before those, lower still
    WARM_UP = "warm-up"
    BACKWARD = "backward"  # falls
    TURN = "turn"  # alternates
    FORWARD = "forward"  # rises
    REST = "rest"
    COOL_DOWN = "cool-down"
    COMPLETE = "complete"
    PAUSED = "paused"
    ATTENTION = "attention"  # held turns, bail-out
    REFUSED = "refused"  # short, drops low
    STEP = "step"  # the metronome

    @classmethod
    def of(cls, phase: Phase) -> Sound:
        """The sound of a phase."""
        return cls(phase.value)

    @staticmethod
    def of_tick(left: int) -> Sound:
        """The sound of a tick a number of seconds before a change: the last three rise."""
        return Sound.TICK if left == 1 else Sound.TICK_TWO if left == 2 else Sound.TICK_THREE


SAFETY_KINDS = frozenset({CueKind.PHASE, CueKind.COUNT, CueKind.ANNOUNCE, CueKind.BAIL_OUT, CueKind.HOLDING})
"""Kinds that a walker who cannot see the screen relies on: repeated after a loss of sound if still true."""


class Cue(Struct, frozen=True):
    """A sound, words, or both.

    Attributes:
        at: its start, in milliseconds of the schedule.
        kind: the reason for it.
        sound: the sound it starts with; None for words only.
        words: phrases of a language of `session.languages`, spoken in order after the sound; may be empty.
        label: the walker's label, spoken last by the system's speech if available.
        phase: the phase it is about, if any.
        caption: text for the screen if there are no words, so that every cue can be read.
    """

    at: int
    kind: CueKind
    sound: Sound | None = None
    words: tuple[str, ...] = ()
    label: str = ""
    phase: Phase | None = None
    caption: str = ""

    @property
    def text(self) -> str:
        """The caption: the cue as one line of text."""
        text = caption(self.words)
        if self.label:
            text = f"{text} {self.label}".strip()
        return text or self.caption
