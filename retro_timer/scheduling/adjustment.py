"""What can be adjusted: the lengths and rounds as they stand, and the one edit (or workout) with other ones.

The same knobs serve a session that runs (`adjust`, what is left of a schedule) and a workout that has not begun
(`adapt`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from retro_timer.scheduling.edits import At, ChangeRounds, Combined, SetAll, SetThis, loop_at
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.overrides import Overrides, override
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.schedule import Place, Schedule
    from retro_timer.scheduling.workout import Workout

MAX_ROUNDS: Final = 99
"""More rounds than this cannot be asked for at once; each is copied one by one."""


class Knob(StrEnum):
    """Something that can be adjusted; in the order in which edits are made, the weightiest first.

    The running interval comes last: its own length counts more than that of all bouts of its phase.
    """

    BACKWARD = "backward"
    ROUNDS = "rounds"
    FORWARD = "forward"
    TURN = "turn"
    WARM_UP = "warm-up"
    COOL_DOWN = "cool-down"
    THIS = "this interval"

    @property
    def phase(self) -> Phase | None:
        """The phase whose lengths it sets; None for the rounds and the running interval."""
        return None if self in (Knob.ROUNDS, Knob.THIS) else Phase(self.value)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a knob stands.

    Attributes:
        value: seconds, or rounds; that of the bout to come next where they differ. None when nothing is left to adjust.
        bouts: how many bouts of the phase are left, the running one included.
        lowest: the shortest of them, in seconds.
        highest: the longest of them, in seconds.
    """

    value: int | None
    bouts: int = 0
    lowest: int = 0
    highest: int = 0

    @property
    def mixed(self) -> bool:
        """Whether the bouts left differ in length."""
        return self.lowest != self.highest


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What comes of the values wanted.

    Attributes:
        after: the schedule with all of them that can be had.
        edit: the one edit that gives it; None when nothing changes.
        problems: for each knob whose value cannot be had, why, in one sentence.
    """

    after: Schedule
    edit: Edit | None = None
    problems: Mapping[Knob, str] = field(default_factory=dict)


def readings(schedule: Schedule, at: At) -> dict[Knob, Reading]:
    """How every knob stands, for what is left from `at` on."""
    return {knob: _reading(knob, schedule, at) for knob in Knob}


def adjust(schedule: Schedule, at: At, wanted: Mapping[Knob, int]) -> Adjustment:
    """What is left with the values wanted: seconds, or rounds."""
    after = schedule
    edits: list[Edit] = []
    problems: dict[Knob, str] = {}
    for knob in Knob:
        if knob not in wanted:
            continue
        try:
            edit = _edit(knob, wanted[knob], after, at)
            if edit is not None:
                after = edit(after, at)
                edits.append(edit)
        except WorkoutError as error:
            problems[knob] = str(error)
    if not edits:
        return Adjustment(schedule, None, problems)
    return Adjustment(after, edits[0] if len(edits) == 1 else Combined(tuple(edits)), problems)


def adapt(workout: Workout, wanted: Mapping[Knob, int]) -> tuple[Workout, dict[Knob, str]]:
    """A workout that has not begun with the values wanted, and why those that cannot be had cannot."""
    problems: dict[Knob, str] = {}
    standing = readings(flatten(workout), At(0, 0))
    for knob, value in wanted.items():
        name = knob.value.replace("-", "_")
        now = standing[knob]
        if value == now.value and not now.mixed:
            continue
        try:
            if knob is Knob.ROUNDS:
                _check_rounds(value, now)
            workout = override(workout, Overrides(**{name: value}))
        except WorkoutError as error:
            problems[knob] = str(error)
    return workout, problems


def _reading(knob: Knob, schedule: Schedule, at: At) -> Reading:
    if knob is Knob.THIS:
        length = schedule[at.index].duration
        return Reading(length, 1, length, length)
    if knob is Knob.ROUNDS:
        place = _place_to_come(schedule, at)
        return Reading(place.rounds if place else None)
    lengths = [entry.duration for entry in schedule.entries[at.index :] if entry.phase is knob.phase]
    if not lengths:
        return Reading(None)
    # The running bout keeps what it had; those to come are what the walker asks about.
    to_come = lengths[1:] if schedule[at.index].phase is knob.phase and len(lengths) > 1 else lengths
    return Reading(to_come[0], len(lengths), min(to_come), max(to_come))


def _edit(knob: Knob, value: int, schedule: Schedule, at: At) -> Edit | None:
    """The edit that gives a knob a value; None when it has it."""
    now = _reading(knob, schedule, at)
    if value == now.value and not now.mixed:
        return None
    if knob is Knob.THIS:
        return SetThis(at.index, value)
    if knob.phase is not None:
        return SetAll(knob.phase, value)
    _check_rounds(value, now)
    return ChangeRounds(value - (now.value or 0))


def _check_rounds(rounds: int, now: Reading) -> None:
    most = max(MAX_ROUNDS, now.value or 0)
    if not 1 <= rounds <= most:
        raise WorkoutError(f"there can be 1 to {most} rounds")


def _place_to_come(schedule: Schedule, at: At) -> Place | None:
    """A place in the repeat that an edit of rounds means."""
    loop = loop_at(schedule, at.index)
    for entry in schedule.entries[at.index :]:
        if entry.place and entry.place.loop == loop:
            return entry.place
    return None
