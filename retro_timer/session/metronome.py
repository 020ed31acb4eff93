"""The step metronome: when there is a click to step to, and telling the player so.

Clicks are no cues. A stretch of time with a tempo is handed to the player, which makes the clicks itself: ninety a
minute through the conductor would be ninety wake-ups and captions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.values import Value
from retro_timer.session.engine import SECOND
from retro_timer.session.ports import Clicks

if TYPE_CHECKING:
    from retro_timer.scheduling.schedule import Schedule
    from retro_timer.session.ports import Player

SLOWEST: Final = 30
FASTEST: Final = 200
"""Steps a minute; nobody walks outside of these."""


class ClickSettings(Value):
    """Whether there is a click to step to.

    Attributes:
        on: whether it is heard.
        tempo: steps a minute, 30 to 200.

    Raises:
        ValueError: when the tempo is out of bounds.
    """

    on: bool = False
    tempo: int = 90

    def __post_init__(self) -> None:
        if not SLOWEST <= self.tempo <= FASTEST:
            raise ValueError(f"tempo is {SLOWEST} to {FASTEST}, not {self.tempo}")


class Course(Value):
    """The course of a session as it runs at present.

    Attributes:
        schedule: what is walked.
        index: which interval runs.
        offset: from a position to the moment it is due, in milliseconds.
        since: the moment from which it runs like this.
    """

    schedule: Schedule
    index: int
    offset: int
    since: int


class Metronome:
    """Has the player click where somebody walks.

    Args:
        player: what clicks.
        settings: how it begins.
    """

    def __init__(self, player: Player, settings: ClickSettings) -> None:
        self._player = player
        self._settings = settings
        self._asked: tuple[Clicks, ...] = ()

    @property
    def on(self) -> bool:
        """Whether it is heard where somebody walks."""
        return self._settings.on

    def switch(self, on: bool) -> str:
        """Let it be heard, or not; returns what the screen says."""
        if not self._player.has_metronome:
            return "There is no metronome with this sound."
        self._settings = self._settings.but(on=on)
        return f"Metronome {self._settings.tempo}." if on else "Metronome off."

    def keep(self, now: int, course: Course | None, until: int) -> None:
        """Tell the player where to click, when that is not what it was told.

        Args:
            now: the present moment.
            course: what is walked; None while time stands still.
            until: what begins at this moment or later is not yet handed over.
        """
        wanted = clicks_ahead(course, until, self._settings.tempo) if self.on and course else ()
        if wanted != tuple(clicks for clicks in self._asked if clicks.until > now):
            self._player.click(wanted)
        self._asked = wanted


def clicks_ahead(course: Course, until: int, tempo: int) -> tuple[Clicks, ...]:
    """The stretches of time with a click, from the running interval on, that begin before a moment.

    Intervals on the belt that follow each other are one stretch, so that no change of phase breaks the step.
    """
    found: list[Clicks] = []
    schedule, offset = course.schedule, course.offset
    for index in range(_first(course), len(schedule)):
        begin, end = (schedule.starts[index + more] * SECOND + offset for more in (0, 1))
        if begin >= until:
            break
        if not schedule[index].phase.on_belt or end <= course.since:
            continue
        if found and found[-1].until == begin:
            begin = found.pop().begin
        found.append(Clicks(tempo, max(begin, course.since), end))
    return tuple(found)


def _first(course: Course) -> int:
    """The interval that began the stretch on the belt in which the course is, or the running one."""
    schedule, index = course.schedule, course.index
    if not schedule[index].phase.on_belt:
        return index
    began = course.since - course.offset
    while index and schedule.starts[index] * SECOND > began and schedule[index - 1].phase.on_belt:
        index -= 1
    return index
