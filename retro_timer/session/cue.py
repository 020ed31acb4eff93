"""What a cue is: something to be heard at a moment of the session."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from retro_timer.scheduling.values import Value

if TYPE_CHECKING:
    from retro_timer.scheduling.phases import Phase


class CueKind(StrEnum):
    """Why something is said; each kind can be switched off by itself."""

    ANNOUNCE = "announce"  # ahead of a change: what comes next
    COUNT = "count"  # the ticks right before a change
    PHASE = "phase"  # the change: the phase's own sound, and the words
    HALFWAY = "halfway"
    ONE_MINUTE = "one-minute"  # one minute of the interval left
    LAST_ROUND = "last-round"
    SPEED = "speed"  # set the speed before you turn
    READY = "ready"  # the lead-in
    PAUSED = "paused"
    RESUMING = "resuming"
    HOLDING = "holding"  # a turn waits to be confirmed
    EDITED = "edited"  # a length was changed
    WHERE = "where"  # asked for: phase, time left, round
    SOUND = "sound"  # about the sound itself: muted, back, check
    BAIL_OUT = "bail-out"
    COMPLETE = "complete"
    ENDED = "ended"


class Sound(StrEnum):
    """A sound of the product's own; the values are the names of the sound files."""

    TICK = "tick"
    WARM_UP = "warm-up"
    BACKWARD = "backward"  # falls
    TURN = "turn"  # alternates
    FORWARD = "forward"  # rises
    REST = "rest"
    COOL_DOWN = "cool-down"
    COMPLETE = "complete"
    PAUSED = "paused"
    ATTENTION = "attention"  # held turns, bail-out
    STEP = "step"  # the metronome

    @classmethod
    def of(cls, phase: Phase) -> Sound:
        """The sound of a phase."""
        return cls(phase.value)


SAFETY_KINDS = frozenset({CueKind.PHASE, CueKind.COUNT, CueKind.ANNOUNCE, CueKind.BAIL_OUT, CueKind.HOLDING})
"""Kinds that a walker with closed eyes relies on: said again after the sound was lost, when still true."""


class Cue(Value):
    """Something to be heard.

    Attributes:
        at: milliseconds of the session's course (the position in the schedule) at which it starts.
        kind: why it is said.
        sound: the sound that opens it, or None for words alone.
        words: phrases of `session.phrases`, said one after the other once the sound is over; may be empty.
        label: the walker's own words, said last by the system's speech where there is one.
        phase: the phase it speaks of, if any.
        caption: what the screen shows where there are no words: every sound can be read, too.
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
        """What is said or sounded, in one line to be read."""
        said = " ".join(self.words).replace(". Left.", " left.")
        if self.label:
            said = f"{said} {self.label}".strip()
        return said or self.caption
