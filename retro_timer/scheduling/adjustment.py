"""Adjustable lengths and rounds: their current values, and the edit that gives them new ones.

The same fields serve a running session (`adjust`, for the remaining part of a schedule) and a workout before its start
(`override_before_start`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from retro_timer.scheduling.edits import AddRounds, Combined, SetInterval, SetPhase, loop_at
from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.overrides import Overrides, override
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import At, flatten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retro_timer.scheduling.edits import Edit
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.schedule import Place, Schedule

MAX_ROUNDS: Final = 99
"""Upper limit of rounds, since each added round is a copy."""


class AdjustmentField(StrEnum):
    """An adjustable value, in the order in which edits are made, the most important first.

    The running interval comes last, so that its own length overrides that of its phase.
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
        """The phase whose length it sets; None for the rounds and the running interval."""
        return None if self in (AdjustmentField.ROUNDS, AdjustmentField.THIS) else Phase(self.value)


class AdjustmentValues(Struct, frozen=True):
    """The current values of an adjustment field.

    Attributes:
        value: seconds or rounds; the value of the next bout if bouts differ. None if nothing is left to adjust.
        bouts: remaining bouts of the phase, including the running one.
        lowest: the shortest of them, in seconds.
        highest: the longest of them, in seconds.
    """

    value: int | None
    bouts: int = 0
    lowest: int = 0
    highest: int = 0

    @property
    def mixed(self) -> bool:
        """Whether the remaining bouts differ in length."""
        return self.lowest != self.highest


class Adjustment(Struct, frozen=True):
    """The result of asking for new values.

    Attributes:
        after: the schedule with all values that are possible.
        edit: the edit that produces it; None if nothing changes.
        problems: for each field whose value is not possible, the reason as one sentence.
    """

    after: Schedule
    edit: Edit | None = None
    problems: Mapping[AdjustmentField, str] = field(default_factory=dict)


def adjustment_values(schedule: Schedule, at: At) -> dict[AdjustmentField, AdjustmentValues]:
    """The current value of every field, for the part of the schedule from `at` on."""
    return {adjustment_field: _values(adjustment_field, schedule, at) for adjustment_field in AdjustmentField}


def adjust(schedule: Schedule, at: At, wanted: Mapping[AdjustmentField, int]) -> Adjustment:
    """Give the remaining part of a schedule new values, in seconds or rounds."""
    after = schedule
    edits: list[Edit] = []
    problems: dict[AdjustmentField, str] = {}
    for adjustment_field in _edit_order(wanted):
        try:
            edit = _edit(adjustment_field, wanted[adjustment_field], after, at)
            if edit is not None:
                after = edit(after, at)
                edits.append(edit)
        except WorkoutError as error:
            problems[adjustment_field] = str(error)
    if not edits:
        return Adjustment(schedule, None, problems)
    return Adjustment(after, edits[0] if len(edits) == 1 else Combined(tuple(edits)), problems)


def _edit_order(wanted: Mapping[AdjustmentField, int]) -> Iterator[AdjustmentField]:
    """The fields in the order of their edits; lengths are set again after the rounds.

    An added round is a copy of the last one, whose bout may be running and therefore longer than wanted.
    """
    fields = [adjustment_field for adjustment_field in AdjustmentField if adjustment_field in wanted]
    yield from fields
    if AdjustmentField.ROUNDS in wanted:
        yield from (each for each in fields if each not in (AdjustmentField.THIS, AdjustmentField.ROUNDS))


def override_before_start(
    workout: Workout, wanted: Mapping[AdjustmentField, int]
) -> tuple[Workout, dict[AdjustmentField, str]]:
    """Give a workout new values before its start; also returns the reason for each value that is not possible."""
    problems: dict[AdjustmentField, str] = {}
    standing = adjustment_values(flatten(workout), At(0, 0))
    for adjustment_field, value in wanted.items():
        name = adjustment_field.value.replace("-", "_")
        now = standing[adjustment_field]
        if value == now.value and not now.mixed:
            continue
        try:
            if adjustment_field is AdjustmentField.ROUNDS:
                _check_rounds(value, now)
            workout = override(workout, Overrides(**{name: value}))
        except WorkoutError as error:
            problems[adjustment_field] = str(error)
    return workout, problems


def _values(adjustment_field: AdjustmentField, schedule: Schedule, at: At) -> AdjustmentValues:
    if adjustment_field is AdjustmentField.THIS:
        length = schedule[at.index].duration
        return AdjustmentValues(length, 1, length, length)
    if adjustment_field is AdjustmentField.ROUNDS:
        place = _place_to_come(schedule, at)
        return AdjustmentValues(place.rounds if place else None)
    phase = adjustment_field.phase
    lengths = schedule.lengths(phase, at.index) if phase else []
    if not lengths:
        return AdjustmentValues(None)
    # The running bout may have been cut short or extended: show the length of the bouts to come.
    to_come = lengths[1:] if schedule[at.index].phase is phase and len(lengths) > 1 else lengths
    return AdjustmentValues(to_come[0], len(lengths), min(to_come), max(to_come))


def _edit(adjustment_field: AdjustmentField, value: int, schedule: Schedule, at: At) -> Edit | None:
    """The edit that gives a field a value; None if it already has that value."""
    now = _values(adjustment_field, schedule, at)
    if value == now.value and not now.mixed:
        return None
    if adjustment_field is AdjustmentField.THIS:
        return SetInterval(at.index, value)
    if adjustment_field.phase is not None:
        return SetPhase(adjustment_field.phase, value)
    _check_rounds(value, now)
    return AddRounds(value - (now.value or 0))


def _check_rounds(rounds: int, now: AdjustmentValues) -> None:
    most = max(MAX_ROUNDS, now.value or 0)
    if not 1 <= rounds <= most:
        raise WorkoutError(f"there can be 1 to {most} rounds")


def _place_to_come(schedule: Schedule, at: At) -> Place | None:
    """A place in the repeat that an edit of rounds applies to."""
    loop = loop_at(schedule, at.index)
    for entry in schedule.entries[at.index :]:
        if entry.place and entry.place.loop == loop:
            return entry.place
    return None
