"""A folded schedule is the same workout, and edited workouts have short notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.edits import AddRounds, AddToInterval, AddToPhase, CoolDownNow, Edit, SetPhase
from retro_timer.scheduling.folding import fold, fold_intervals
from retro_timer.scheduling.model import Interval, Workout
from retro_timer.scheduling.notation import format_notation, parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.presets import preset, presets
from retro_timer.scheduling.schedule import At, Schedule, flatten
from tests.strategies import edited_schedules, walkable


def walked(schedule: Schedule) -> list[Interval]:
    return [entry.interval for entry in schedule]


@given(edited_schedules(walkable(st.integers(1, 3))))
def test_a_folded_schedule_is_the_same_workout(schedule: Schedule) -> None:
    assert walked(flatten(fold(schedule))) == walked(schedule)


@given(st.lists(st.sampled_from([Interval(phase, 5) for phase in list(Phase)[:3]]), min_size=1, max_size=60))
def test_any_sequence_folds_and_walks_the_same(intervals: list[Interval]) -> None:
    assert walked(flatten(Workout(fold_intervals(intervals)))) == intervals


def test_presets_fold_to_their_notation() -> None:
    for workout in presets():
        assert fold(flatten(workout)) == workout


@pytest.mark.parametrize(
    ("edit", "at", "notation"),
    [
        (AddRounds(1), At(0, 0), "warm 2m, 3x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (AddToPhase(Phase.BACKWARD, 15), At(0, 0), "warm 2m, 2x(turn 30s, back 1m15s, turn 30s | fwd 1m), cool 1m"),
        (SetPhase(Phase.TURN, 20), At(0, 0), "warm 2m, 2x(turn 20s, back 1m, turn 20s | fwd 1m), cool 1m"),
        (AddToInterval(10), At(0, 0), "warm 2m10s, 2x(turn 30s, back 1m, turn 30s | fwd 1m), cool 1m"),
        (CoolDownNow(), At(2, 50), "warm 2m, turn 30s, back 53s, turn 30s, cool 1m"),
    ],
)
def test_an_edited_preset_folds_to_short_notation(edit: Edit, at: At, notation: str) -> None:
    assert format_notation(fold(edit(flatten(preset("first-try")), at))) == notation


def test_ten_thousand_intervals_fold() -> None:
    assert (
        format_notation(fold(flatten(parse("5000x(back 1s | fwd 2s), cool 9s")))) == "5000x(back 1s | fwd 2s), cool 9s"
    )
    uneven = [Interval(Phase.BACKWARD, 1 + index % 2 + 2 * (index % 23 == 0)) for index in range(10_000)]
    assert walked(flatten(Workout(fold_intervals(uneven)))) == uneven


def lettered(letters: str) -> list[Interval]:
    """Bouts as long as the place of their letter in the alphabet."""
    return [Interval(Phase.BACKWARD, ord(letter) - ord("a") + 1) for letter in letters]


@pytest.mark.parametrize(
    ("letters", "notation"),
    [
        ("aa", "2x(back 1s)"),
        ("aba", "back 1s, back 2s, back 1s"),  # nothing would be saved
        ("abab", "2x(back 1s, back 2s)"),
        ("ababa", "3x(back 1s | back 2s)"),
        ("abcab", "2x(back 1s, back 2s | back 3s)"),
        ("abcdab", "2x(back 1s, back 2s | back 3s, back 4s)"),
        ("abcdefabc", "2x(back 1s, back 2s, back 3s | back 4s, back 5s, back 6s)"),  # as long as what it repeats
        ("abcda", "back 1s, back 2s, back 3s, back 4s, back 1s"),
        ("abcabca", "back 1s, 2x(back 2s, back 3s, back 1s)"),  # one of three is too little of a round
        ("abcdabcdab", "3x(back 1s, back 2s | back 3s, back 4s)"),
        ("abcabd", "2x(back 1s, back 2s | back 3s), back 4s"),
        ("caab", "back 3s, 2x(back 1s), back 2s"),
        ("aabaab", "2x(back 1s, back 1s, back 2s)"),
    ],
)
def test_rounds_are_found_where_they_save_something(letters: str, notation: str) -> None:
    assert format_notation(Workout(fold_intervals(lettered(letters)))) == notation


@pytest.mark.parametrize(("length", "folded"), [(24, 1), (25, 50)])
def test_rounds_have_at_most_two_dozen_intervals(length: int, folded: int) -> None:
    assert len(fold_intervals([Interval(Phase.BACKWARD, n) for n in range(1, length + 1)] * 2)) == folded
