"""The events of a session: every boundary and every command with an effect, in order.

Each event has `moment`, the monotonic time in milliseconds at which it happened (not when it was noticed), and `at`,
the position in the schedule at that moment, in milliseconds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Entry, Schedule
    from retro_timer.session.cue import Cue


class PauseReason(StrEnum):
    """Why the session is paused."""

    WALKER = "walker"
    SLEEP = "sleep"  # the machine slept
    STOPPED = "stopped"  # the process was stopped: Ctrl+Z, SIGSTOP
    BAIL_OUT = "bail-out"
    INTERRUPTED = "interrupted"  # the program was killed and the session resumed
    REOPENED = "reopened"  # the end of the session was undone
    TURNING = "turning"  # a jump led to an interval for which the walker must turn around first
    BELT = "belt"  # the belt stopped


class EndReason(StrEnum):
    """How a session ended."""

    COMPLETE = "complete"
    EARLY = "early"


class Move(StrEnum):
    """How an interval was reached."""

    TIME = "time"  # the one before ran out
    START = "start"
    SKIP = "skip"
    RESTART = "restart"
    PREVIOUS = "previous"
    RESUME = "resume"  # an interrupted session is resumed
    UNDO = "undo"  # a jump or an end is undone: the interval continues where it was left
    REDO = "redo"  # an undone jump or end is redone


_JUMPS: Final = (Move.SKIP, Move.RESTART, Move.PREVIOUS, Move.UNDO, Move.REDO)


class Event(Struct, frozen=True):
    """Base class of all events."""

    moment: int
    at: int


class Started(Event, frozen=True):
    """The session started: the lead-in begins."""

    lead_in: int  # milliseconds


class IntervalStarted(Event, frozen=True):
    """An interval begins, begins again, or continues after an undone jump."""

    index: int
    entry: Entry
    move: Move


class IntervalEnded(Event, frozen=True):
    """An interval ended: its time is over, or the walker left it.

    `walked` is the walking time since its last start, in milliseconds, without pauses and held time.
    """

    index: int
    entry: Entry
    walked: int
    complete: bool


class Paused(Event, frozen=True):
    """The session is paused."""

    reason: PauseReason


class ClockStopped(Event, frozen=True):
    """In a pause, the session's clock was stopped for `length` milliseconds: asleep, or because no program ran."""

    length: int


class Resuming(Event, frozen=True):
    """The lead-in after a pause begins."""

    lead_in: int  # milliseconds


class Resumed(Event, frozen=True):
    """The session continues. `standing` is the length of the pause including its lead-in, in milliseconds."""

    standing: int


class Held(Event, frozen=True):
    """The time of a turn is over, and it waits for the walker."""

    index: int


class HoldReminded(Event, frozen=True):
    """The turn still waits."""

    index: int


class Turned(Event, frozen=True):
    """The walker has turned: a count leads to the next interval. `held` is the waiting time in milliseconds."""

    held: int


class Edited(Event, frozen=True):
    """The rest of the session was edited.

    `what` is "edit", "undo" or "redo"; `words` are the phrases that confirm it; `before` and `after` are the schedules.
    """

    what: str
    words: tuple[str, ...]
    before: Schedule
    after: Schedule


class Refused(Event, frozen=True):
    """A command was refused. `why` is one sentence for the walker."""

    why: str


class Ended(Event, frozen=True):
    """The session is over. Nothing follows unless the end is undone."""

    reason: EndReason


class CueHeard(Event, frozen=True):
    """A cue is due; the screen shows its text as a caption."""

    cue: Cue


class Sampled(Event, frozen=True):
    """Sensors have measured something, about once a second.

    `speed_kmh` and `heart_rate` are None if they are unknown; `metres` is the distance since the last sample.
    """

    speed_kmh: float | None
    heart_rate: int | None
    metres: float


def is_jump(event: Event) -> bool:
    """Whether an event moved the session to a place that time alone does not lead to."""
    return isinstance(event, IntervalStarted) and event.move in _JUMPS
