"""The case that the rules of the plan decide: the walker's place, the sessions and the choices; and the verdicts."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from retro_timer.session.history import NextDay

if TYPE_CHECKING:
    from datetime import date

    from retro_timer.training.entry import TrainingEntry
    from retro_timer.training.levels import Level
    from retro_timer.training.programme import Programme, Thresholds


class Verdict(StrEnum):
    """What the plan advises; the values are those of `retro-timer plan --json`."""

    OFF = "off"
    STOP = "stop-and-seek-advice"
    SKIP = "skip-today"
    REST = "rest"
    PINNED = "pinned"
    START = "start"
    STEP_BACK = "step-back"
    REPEAT = "repeat"
    ADVANCE = "advance"


class Standing(Struct, frozen=True):
    """The walker's place on the plan.

    Attributes:
        index: index of the level in the programme.
        done: the latest sessions since the walker reached this level, oldest first; at most as many as a level may ask
            for.
        carried: number of sessions of the previous level that count towards this one.
        off_level: sessions as planned, without a stumble, at higher levels, since the last step back.
    """

    index: int
    done: tuple[TrainingEntry, ...] = ()
    carried: int = 0
    off_level: tuple[TrainingEntry, ...] = ()


class Case(Struct, frozen=True, dict=True):
    """The input of the rules.

    Attributes:
        today: the local date.
        programme: the programme that the plan follows.
        standing: the walker's place in it.
        entries: every session since the programme began, oldest first.
        last_walked: the last session, even if it was before the programme began.
        walked_this_week: number of days with a session this week.
        days_a_week: the most days this week, by the plan or the walker's own goal.
        pain_today: 0 to 10; None if not answered.
        on: whether the plan is on.
        start: the workout that the plan starts from.
        pinned: the preset that the plan is pinned to; None if it is not pinned.
    """

    today: date
    programme: Programme
    standing: Standing
    entries: tuple[TrainingEntry, ...]
    last_walked: TrainingEntry | None = None
    walked_this_week: int = 0
    days_a_week: int = 7
    pain_today: int | None = None
    on: bool = True
    start: str = ""
    pinned: str | None = None

    @property
    def level(self) -> Level:
        """The walker's level."""
        return self.programme.levels[self.standing.index]

    @cached_property
    def recent(self) -> tuple[TrainingEntry, ...]:
        """The sessions from the last one of the programme onwards; a problem in any of them still matters."""
        counts = self.programme.level_of
        at = range(len(self.entries) - 1, -1, -1)
        return self.entries[next((index for index in at if counts(self.entries[index].preset) is not None), 0) :]

    @property
    def gap(self) -> int:
        """Days since the last session; 0 if there is none."""
        return (self.today - self.entries[-1].day).days if self.entries else 0

    @property
    def last(self) -> tuple[TrainingEntry, ...]:
        """The latest sessions at this level: the ones that must be good before the plan moves on."""
        return self.standing.done[-self.programme.levels[self.standing.index].good :]


def is_good(entry: TrainingEntry, numbers: Thresholds) -> bool:
    """Whether a session supports moving on: as planned, easy enough, no stumble, mild pain, a normal next day."""
    return (
        entry.as_planned
        and entry.effort is not None
        and entry.effort <= numbers.easy_effort
        and not entry.stumble
        and not entry.fall
        and (entry.pain or 0) <= numbers.mild_pain
        and entry.next_day in (None, NextDay.NORMAL, NextDay.UNANSWERED)
    )


def good_in_a_row(entries: tuple[TrainingEntry, ...], numbers: Thresholds) -> int:
    """The number of good sessions in a row at the end."""
    count = 0
    for entry in reversed(entries):
        if not is_good(entry, numbers):
            break
        count += 1
    return count
