"""Valid workouts, and refused ones."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import (
    MAX_DEPTH,
    MAX_INTERVALS,
    MAX_REPEATS,
    MAX_SECONDS,
    Block,
    Interval,
    Repeat,
    Workout,
    check_text,
    count_intervals,
    depth,
    iter_intervals,
    map_intervals,
)
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.text import unsafe_character
from tests.strategies import workouts

STEP = Interval(Phase.BACKWARD, 1)
HUGE = pytest.param(10**5000, id="huge")
"""More digits than Python converts."""
NEGATIVE_HUGE = pytest.param(-(10**5000), id="negative-huge")


@pytest.mark.parametrize("seconds", [1, 60, MAX_SECONDS])
def test_a_length_is_one_second_to_four_hours(seconds: int) -> None:
    assert Interval(Phase.BACKWARD, seconds).duration == seconds


@pytest.mark.parametrize("seconds", [0, -1, MAX_SECONDS + 1, 10**9, HUGE, NEGATIVE_HUGE])
def test_a_length_out_of_bounds_is_refused(seconds: int) -> None:
    with pytest.raises(WorkoutError, match="1 second to 4 hours"):
        Interval(Phase.BACKWARD, seconds)


@pytest.mark.parametrize("seconds", [1.5, 60.0, math.nan, math.inf, True, "60", None])
def test_a_length_that_is_not_a_whole_number_is_refused(seconds: Any) -> None:  # noqa: ANN401  (what a file may hold)
    with pytest.raises(WorkoutError, match="whole number"):
        Interval(Phase.BACKWARD, seconds)


@pytest.mark.parametrize("speed", [0, 0.09, -1.0, 25.01, math.nan, math.inf, -math.inf])
def test_a_speed_out_of_bounds_is_refused(speed: float) -> None:
    with pytest.raises(WorkoutError, match=r"0\.1 to 25 km/h"):
        Interval(Phase.BACKWARD, 1, speed)


@pytest.mark.parametrize(
    "label", ["\x1b[31m", "a\nb", "a\tb", "\x00", "\x7f", "\x9b", "\u202e", "\u2028", "\ud800", "\ufeff", "\u0378"]
)
def test_characters_a_terminal_would_obey_are_refused(label: str) -> None:
    with pytest.raises(WorkoutError, match=r"U\+[0-9A-F]{4,6}"):
        Interval(Phase.BACKWARD, 1, label=f"x{label}")
    with pytest.raises(WorkoutError, match=r"U\+[0-9A-F]{4,6}"):
        Workout((STEP,), name=f"x{label}")


def test_labels_and_names_have_a_longest_length() -> None:
    assert Interval(Phase.BACKWARD, 1, label="x" * 80).label == "x" * 80
    with pytest.raises(WorkoutError, match="at most 80 characters, this one has 81"):
        Interval(Phase.BACKWARD, 1, label="x" * 81)
    with pytest.raises(WorkoutError, match="at most 80 characters"):
        Workout((STEP,), name="x" * 81)
    with pytest.raises(WorkoutError, match="needs something readable"):
        Interval(Phase.BACKWARD, 1, label="   ")


@given(st.text(max_size=100))
def test_a_text_is_accepted_or_refused_in_one_line(text: str) -> None:
    try:
        said = check_text(text, "label", 80)
    except WorkoutError as refused:
        said = str(refused)
    assert not any(map(unsafe_character, said))


@pytest.mark.parametrize("times", [0, -1, MAX_REPEATS + 1, True, 2.0, HUGE])
def test_rounds_out_of_bounds_are_refused(times: Any) -> None:  # noqa: ANN401  (what a file may hold)
    with pytest.raises(WorkoutError, match="1 to 10,000 rounds"):
        Repeat(times, (STEP,))


def test_nothing_to_walk_is_refused() -> None:
    with pytest.raises(WorkoutError, match="at least one interval"):
        Workout(())
    with pytest.raises(WorkoutError, match="at least one interval"):
        Repeat(2, ())


def test_at_most_ten_thousand_intervals() -> None:
    assert len(flatten(Workout((Repeat(MAX_INTERVALS, (STEP,)),)))) == MAX_INTERVALS
    with pytest.raises(WorkoutError, match="at most 10,000 intervals, this one has 10,001"):
        Workout((Repeat(MAX_INTERVALS, (STEP,)), STEP))


def test_what_a_second_round_adds_counts_too() -> None:
    """It is kept so that a round can be added: ten thousand rounds would be a hundred million intervals."""
    kept = Repeat(1, (STEP,), (Repeat(MAX_INTERVALS, (STEP,)),))
    with pytest.raises(WorkoutError, match="at most 10,000 intervals"):
        Workout((kept,))


def test_repeats_have_a_greatest_depth() -> None:
    block: Block = STEP
    for _ in range(MAX_DEPTH):
        block = Repeat(1, (block,))
    assert Workout((block,)).total_seconds == 1
    with pytest.raises(WorkoutError, match="more than 50 deep"):
        Workout((Repeat(1, (block,)),))


def test_the_number_of_intervals_is_known_without_flattening() -> None:
    block: Block = STEP
    for _ in range(MAX_DEPTH):
        block = Repeat(MAX_REPEATS, (block,))
    begun = time.process_time()
    with pytest.raises(WorkoutError, match="at most 10,000 intervals, this one has far more"):
        Workout((block,))
    assert time.process_time() - begun < 1  # flattening 10 ** 200 would never end


def test_a_schedule_grows_with_its_intervals_not_with_what_is_nested() -> None:
    """Each `between` contains a repeat: flattening it separately at every level would double the work every time."""
    block: Block = STEP
    for _ in range(MAX_DEPTH):
        block = Repeat(2, (STEP,), (block,))
    schedule = flatten(Workout((block,)))
    assert len(schedule) == 2 * MAX_DEPTH + 1
    assert len(schedule.betweens) == MAX_DEPTH


@given(workouts())
def test_totals_agree_with_the_schedule(workout: Workout) -> None:
    schedule = flatten(workout)
    assert workout.total_seconds == schedule.total == sum(entry.duration for entry in schedule)
    assert workout.backward_seconds == sum(entry.duration for entry in schedule if entry.phase is Phase.BACKWARD)


@given(workouts())
def test_changing_nothing_gives_the_same_blocks(workout: Workout) -> None:
    assert map_intervals(workout.blocks, lambda interval: interval) == workout.blocks
    assert len(list(iter_intervals(workout.blocks))) <= MAX_INTERVALS


def test_workouts_are_the_same_when_the_same_is_walked() -> None:
    assert Workout((STEP,), name="a", id="b", description="c") == Workout((STEP,))
    assert Workout((STEP,)) != Workout((STEP, STEP))


def test_the_same_workout_is_found_in_a_set_whatever_it_is_called() -> None:
    assert {Workout((STEP,), name="a"), Workout((STEP,))} == {Workout((STEP,))}
    assert hash(Workout((STEP,), name="a")) == hash(Workout((STEP,)))
    assert Workout((STEP,)) != (STEP,)


@pytest.mark.parametrize("speed", [0.1, 25.0, None])
def test_the_slowest_and_the_fastest_speed(speed: float | None) -> None:
    assert Interval(Phase.BACKWARD, 1, speed).speed_kmh == speed


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "-5"),
        (14_401, "14,401"),
        (999_999_999, "999,999,999"),
        (1_000_000_000, "far more"),
        (-999_999_999, "-999,999,999"),
        (-1_000_000_000, "far less"),
    ],
)
def test_a_number_is_written_out_up_to_nine_digits(seconds: int, said: str) -> None:
    with pytest.raises(WorkoutError, match=f"^a length is 1 second to 4 hours, not {said} seconds$"):
        Interval(Phase.BACKWARD, seconds)


@pytest.mark.parametrize(
    ("notation", "intervals", "total", "backward"),
    [
        ("back 5s", 1, 5, 5),
        ("fwd 5s, back 7s", 2, 12, 7),
        ("3x(back 5s)", 3, 15, 15),
        ("3x(back 5s, fwd 1s)", 6, 18, 15),
        ("3x(back 5s | fwd 1s, turn 2s)", 7, 21, 15),
        ("1x(back 5s | fwd 100s)", 2, 5, 5),  # what a second round would add is kept, but not walked
        ("2x(3x(back 5s | fwd 1s) | 2x(back 7s), turn 3s)", 13, 51, 44),
        ("4x(fwd 5s | back 10s)", 7, 50, 30),
    ],
)
def test_what_is_known_of_a_workout_without_laying_it_out(
    notation: str, intervals: int, total: int, backward: int
) -> None:
    workout = parse(notation)
    assert count_intervals(workout.blocks) == intervals
    assert (workout.total_seconds, workout.backward_seconds) == (total, backward)


def test_every_interval_is_visited_and_changed_once_in_the_order_of_the_notation() -> None:
    workout = parse("warm 1s, 3x(2x(back 2s | turn 3s), fwd 4s | rest 5s), cool 6s")
    assert [interval.duration for interval in iter_intervals(workout.blocks)] == [1, 2, 3, 4, 5, 6]
    longer = map_intervals(workout.blocks, lambda interval: interval.with_duration(10 * interval.duration))
    assert longer == parse("warm 10s, 3x(2x(back 20s | turn 30s), fwd 40s | rest 50s), cool 60s").blocks


@pytest.mark.parametrize(
    ("notation", "deep"),
    [("back 1s", 0), ("2x(back 1s)", 1), ("2x(back 1s | 2x(fwd 1s))", 2), ("2x(2x(2x(back 1s)) | 2x(fwd 1s))", 3)],
)
def test_how_deep_repeats_are_nested(notation: str, deep: int) -> None:
    assert depth(parse(notation).blocks) == deep


def test_a_depth_of_fifty_is_counted_in_what_is_between_rounds_too() -> None:
    block: Block = STEP
    for _ in range(MAX_DEPTH):
        block = Repeat(1, (STEP,), (block,))
    Workout((block,))
    with pytest.raises(WorkoutError, match="more than 50 deep"):
        Workout((Repeat(1, (STEP,), (block,)),))


@pytest.mark.parametrize("times", [True, 1.0, "2", None, 0, -1, MAX_REPEATS + 1])
def test_a_number_of_rounds_is_a_whole_number_from_one_on(times: Any) -> None:  # noqa: ANN401  (what a file may hold)
    with pytest.raises((WorkoutError, TypeError)):
        Repeat(times, (STEP,))


def test_a_text_is_returned_as_it_is() -> None:
    assert check_text(" a b ", "name", 5) == " a b "
    with pytest.raises(WorkoutError, match=r"^a name has at most 5 characters, this one has 6$"):
        check_text(" a b c", "name", 5)
