"""The step metronome: decides when the player clicks.

Clicks are not cues. The player gets time spans with a tempo and generates the clicks itself: ninety clicks per minute
through the conductor would mean ninety wake-ups and captions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from retro_timer.session.ports import MetronomeSpan
from retro_timer.session.states import SECOND

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.ports import Player

SLOWEST: Final = 30
FASTEST: Final = 200
"""Limits in steps per minute; nobody walks slower or faster."""


class MetronomeOptions(Struct, frozen=True):
    """Settings of the metronome.

    Attributes:
        on: whether it is on.
        tempo: steps per minute, 30 to 200.

    Raises:
        ValueError: if the tempo is out of bounds.
    """

    on: bool = False
    tempo: int = 90

    def __post_init__(self) -> None:
        if not SLOWEST <= self.tempo <= FASTEST:
            raise ValueError(f"tempo is {SLOWEST} to {FASTEST}, not {self.tempo}")


class Course(Struct, frozen=True):
    """The current course of a session: the mapping from positions to moments.

    Attributes:
        schedule: the schedule.
        index: index of the running interval.
        offset: the difference between moment and position, in milliseconds.
        since: the moment from which the course is valid.
    """

    schedule: Schedule
    index: int
    offset: int
    since: int


class Metronome:
    """Makes the player click while the walker walks.

    Args:
        player: plays the clicks.
        settings: the initial settings.

    Attributes:
        player: plays the clicks.
    """

    def __init__(self, player: Player, settings: MetronomeOptions) -> None:
        self.player = player
        self._settings = settings
        self._asked: tuple[MetronomeSpan, ...] = ()

    @property
    def on(self) -> bool:
        """Whether the metronome is on."""
        return self._settings.on

    @property
    def spans(self) -> tuple[MetronomeSpan, ...]:
        """The spans that the player was given."""
        return self._asked

    def switch(self, on: bool) -> str:
        """Switch it on or off; returns a message for the screen."""
        if not self.player.has_metronome:
            return "This sound output has no metronome."
        self._settings = replace(self._settings, on=on)
        return f"Metronome {self._settings.tempo}." if on else "Metronome off."

    def keep(self, now: int, course: Course | None, until: int) -> None:
        """Send the player new spans if they have changed.

        Args:
            now: the current moment.
            course: the current course; None while the session is not running.
            until: spans that begin at this moment or later are not sent yet.
        """
        wanted = clicks_ahead(course, until, self._settings.tempo) if self.on and course else ()
        if wanted != tuple(clicks for clicks in self._asked if clicks.until > now):
            self.player.click(wanted)
        self._asked = wanted


def clicks_ahead(course: Course, until: int, tempo: int) -> tuple[MetronomeSpan, ...]:
    """The spans with clicks that begin before a moment, from the running interval on.

    Consecutive intervals on the belt form one span, so that a change of phase does not interrupt the rhythm.
    """
    found: list[MetronomeSpan] = []
    schedule, offset = course.schedule, course.offset
    for index in range(_first(course), len(schedule)):
        begin, end = (schedule.starts[index + more] * SECOND + offset for more in (0, 1))
        if begin >= until:
            break
        if not schedule[index].phase.on_belt or end <= course.since:
            continue
        if found and found[-1].until == begin:
            begin = found.pop().begin
        found.append(MetronomeSpan(tempo, max(begin, course.since), end))
    return tuple(found)


def _first(course: Course) -> int:
    """The first of the consecutive intervals on the belt up to the running one, or the running one itself."""
    schedule, index = course.schedule, course.index
    if not schedule[index].phase.on_belt:
        return index
    began = course.since - course.offset
    while index and schedule.starts[index] * SECOND > began and schedule[index - 1].phase.on_belt:
        index -= 1
    return index
