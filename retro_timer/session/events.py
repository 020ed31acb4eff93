"""What a session reports: every boundary crossed and every command obeyed, in order.

Each event carries `moment`, the monotonic time in milliseconds at which it happened (not when it was noticed), and
`at`, the session's position in its schedule in milliseconds at that moment.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from retro_timer.scheduling.values import Value

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry, Schedule
    from retro_timer.session.cue import Cue


class PauseReason(StrEnum):
    """Why time stands still."""

    WALKER = "walker"
    SLEEP = "sleep"  # the machine slept
    STOPPED = "stopped"  # the process was stopped: Ctrl+Z, SIGSTOP
    BAIL_OUT = "bail-out"
    INTERRUPTED = "interrupted"  # the program was killed and the session taken up again


class EndReason(StrEnum):
    """How a session ended."""

    COMPLETE = "complete"
    EARLY = "early"


class Move(StrEnum):
    """How the walker came to an interval."""

    TIME = "time"  # the one before ran out
    START = "start"
    SKIP = "skip"
    RESTART = "restart"
    PREVIOUS = "previous"
    RESUME = "resume"  # an interrupted session is taken up again


class Event(Value):
    """Something that happened at a moment of the session."""

    moment: int
    at: int


class Started(Event):
    """The session left `ready`: the lead-in begins."""

    lead_in: int  # milliseconds


class IntervalStarted(Event):
    """An interval begins to be walked, or begins again."""

    index: int
    entry: Entry
    move: Move


class IntervalEnded(Event):
    """An interval was left: its time ran out, or the walker moved on.

    `walked` is how long it was walked since it last started, in milliseconds, pauses and held time left out.
    """

    index: int
    entry: Entry
    walked: int
    complete: bool


class Paused(Event):
    """Time stands still."""

    reason: PauseReason


class Resuming(Event):
    """The lead-in back into the interval begins."""

    lead_in: int  # milliseconds


class Resumed(Event):
    """Time goes on. `stood` is how long it stood still, the lead-in included, in milliseconds."""

    stood: int


class Held(Event):
    """A turn's time ran out and it waits for the walker."""

    index: int


class HoldReminded(Event):
    """The turn still waits."""

    index: int


class Turned(Event):
    """The walker has turned: a count leads into the next interval. `held` is how long it waited, in milliseconds."""

    held: int


class Edited(Event):
    """What is left was changed.

    `what` is "edit", "undo" or "redo"; `words` says the change aloud, `before` and `after` are the schedules.
    """

    what: str
    words: tuple[str, ...]
    before: Schedule
    after: Schedule


class Refused(Event):
    """A command could not be obeyed. `why` is one sentence for the walker."""

    why: str


class Ended(Event):
    """The session is over; comes exactly once."""

    reason: EndReason


class Said(Event):
    """A cue is heard; the screen shows its text as a caption."""

    cue: Cue
