"""A schedule folded into a workout walks the same, and what was adapted reads as short as what was planned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import At, ChangeAll, ChangeRounds, ChangeThis, CoolDownNow, Edit, SetAll
from retro_timer.scheduling.folding import fold, fold_intervals
from retro_timer.scheduling.notation import format_workout, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset, presets
from retro_timer.scheduling.schedule import Schedule, flatten
from retro_timer.scheduling.workout import Interval, Workout
from tests.strategies import edited_schedules, walkable


def walked(schedule: Schedule) -> list[Interval]:
    return [entry.interval for entry in schedule]


@given(edited_schedules(walkable(st.integers(1, 3))))
def test_a_folded_schedule_walks_the_same(schedule: Schedule) -> None:
    folded = fold(schedule, "Mine")
    assert walked(flatten(folded)) == walked(schedule)
    assert folded.name == "Mine"


@given(st.lists(st.sampled_from([Interval(phase, 5) for phase in list(Phase)[:3]]), min_size=1, max_size=60))
def test_any_sequence_folds_and_walks_the_same(intervals: list[Interval]) -> None:
    assert walked(flatten(Workout(fold_intervals(intervals)))) == intervals


def test_presets_fold_to_what_they_are() -> None:
    for workout in presets():
        assert fold(flatten(workout)) == workout


@pytest.mark.parametrize(
    ("edit", "at", "notation"),
    [
        (ChangeRounds(1), At(0, 0), "warm 2m, 3x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (ChangeAll(Phase.BACKWARD, 15), At(0, 0), "warm 2m, 2x(turn 30s, back 1m15s, turn 30s | fwd 1m), cool 1m"),
        (SetAll(Phase.TURN, 20), At(0, 0), "warm 2m, 2x(turn 20s, back 1m, turn 20s | fwd 1m), cool 1m"),
        (ChangeThis(10), At(0, 0), "warm 2m10s, 2x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (CoolDownNow(), At(2, 50), "warm 2m, turn 30s, back 53s, turn 30s, cool 1m"),
    ],
)
def test_an_edited_preset_folds_to_short_notation(edit: Edit, at: At, notation: str) -> None:
    assert format_workout(fold(edit(flatten(preset("first-try")), at))) == notation


def test_ten_thousand_intervals_fold() -> None:
    assert (
        format_workout(fold(flatten(parse("5000x(back 1s | fwd 2s), cool 9s")))) == "5000x(back 1s | fwd 2s), cool 9s"
    )
    uneven = [Interval(Phase.BACKWARD, 1 + index % 2 + 2 * (index % 23 == 0)) for index in range(10_000)]
    assert walked(flatten(Workout(fold_intervals(uneven)))) == uneven
