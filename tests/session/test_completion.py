"""When a session counts as complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.completion import WalkedTimes, is_complete
from tests.strategies import walkable

if TYPE_CHECKING:
    from retro_timer.scheduling.model import Workout
    from retro_timer.scheduling.schedule import Schedule

SCHEDULE = flatten(parse("warm 100s, turn 50s, back 100s, rest 50s, fwd 100s"))


def walked_of(schedule: Schedule, walked: dict[int, int]) -> dict[tuple[int, Phase], int]:
    """What was walked of a schedule's intervals, given by index."""
    return {(index, schedule[index].phase): milliseconds for index, milliseconds in walked.items()}


@pytest.mark.parametrize(
    ("walked", "complete"),
    [
        ({0: 100, 1: 50, 2: 100, 3: 50, 4: 100}, True),
        ({0: 100, 2: 100, 4: 100}, True),  # who has turned may skip the rest of a turn
        ({0: 100, 2: 80, 4: 60}, True),
        ({0: 100, 2: 79, 4: 100}, False),  # too little backward
        ({0: 60, 2: 100, 4: 79}, False),  # too little in all
        ({0: 100, 1: 50, 2: 100, 3: 50}, False),
        ({0: 900, 2: 100}, False),  # repeated walking does not compensate
        ({}, False),
    ],
)
def test_a_session_is_complete_from_four_fifths_on(walked: dict[int, int], complete: bool) -> None:
    milliseconds = {index: seconds * 1000 for index, seconds in walked.items()}
    assert is_complete(SCHEDULE, walked_of(SCHEDULE, milliseconds)) is complete


@given(walkable())
def test_a_completely_walked_session_is_complete(workout: Workout) -> None:
    schedule = flatten(workout)
    lengths = {index: entry.duration * 1000 for index, entry in enumerate(schedule)}
    assert is_complete(schedule, walked_of(schedule, lengths))


@pytest.mark.parametrize(("first", "again", "complete"), [(90, 20, True), (60, 30, False)])
def test_an_interval_walked_twice_counts_with_its_longest_time(first: int, again: int, complete: bool) -> None:
    times = WalkedTimes()
    for seconds in (first, again):
        times.enter()
        times.add(seconds * 1000)
        times.leave(0, Phase.BACKWARD)
    assert times.completes(flatten(parse("back 100s"))) is complete


def test_time_walked_before_an_accidental_skip_counts() -> None:
    times = WalkedTimes()
    times.enter(before=30_000)
    times.add(5_000)
    assert (times.in_interval, times.since_start) == (35_000, 5_000)


@pytest.mark.parametrize(("walked", "complete"), [(20_000, True), (19_999, False)])
@pytest.mark.parametrize("so_far", [0, 10_000])
def test_whether_a_session_will_be_complete_is_known_ahead(walked: int, so_far: int, complete: bool) -> None:
    schedule = flatten(parse("fwd 50s, back 100s"))
    times = WalkedTimes()
    times.restore({(0, Phase.FORWARD): walked}, 0)
    times.add(so_far)
    assert not times.completes(schedule)
    assert times.would_complete(schedule, 1) is complete


@pytest.mark.parametrize(
    ("walked", "complete"),
    [
        ({0: 60_000, 2: 80_000, 4: 100_000}, True),
        ({0: 60_000, 2: 79_999, 4: 100_000}, False),
        ({0: 60_000, 2: 80_000, 4: 99_999}, False),
        ({2: 100_000, 4: 100_000}, False),
    ],
)
def test_four_fifths_are_counted_to_the_millisecond(walked: dict[int, int], complete: bool) -> None:
    assert is_complete(SCHEDULE, walked_of(SCHEDULE, walked)) is complete


def test_what_was_not_walked_at_all_counts_as_nothing() -> None:
    schedule = flatten(parse("back 80s, back 20s"))
    assert is_complete(schedule, {(0, Phase.BACKWARD): 80_000})
    assert not is_complete(schedule, {(0, Phase.BACKWARD): 79_999})
    assert is_complete(flatten(parse("turn 5s, rest 5s")), {})


def test_the_times_of_a_session_begin_at_nothing() -> None:
    times = WalkedTimes()
    schedule = flatten(parse("back 1m, back 1m, fwd 1m"))
    assert (times.in_interval, times.since_start) == (0, 0)
    assert times.bouts(schedule, 0) == {0: 0}
    times.enter()
    times.add(20_000)
    times.add(5_000)
    assert times.in_interval == 25_000
    assert times.bouts(schedule, 1) == {1: 25_000}
    times.leave(0, Phase.BACKWARD)
    times.enter()
    assert times.in_interval == 0
    times.add(1)
    times.leave(0, Phase.BACKWARD)
    assert times.bouts(schedule, 0) == {0: 25_000}


def test_bouts_are_only_backward_ones_that_are_still_there() -> None:
    times = WalkedTimes()
    schedule = flatten(parse("back 1m, turn 5s, back 1m"))
    gone = {(1, Phase.BACKWARD): 30_000, (3, Phase.BACKWARD): 40_000}
    times.restore(walked_of(schedule, {0: 60_000, 1: 5_000, 2: 50_000}) | gone, 7_000)
    assert times.bouts(schedule, 2) == {0: 60_000, 2: 50_000}
    assert times.bouts(flatten(parse("back 1m, turn 5s")), 0) == {0: 60_000}
    assert times.since_start == 7_000


@pytest.mark.parametrize(("skipped", "complete"), [(40_000, True), (40_001, False)])
def test_what_is_ahead_counts_with_its_whole_length(skipped: int, complete: bool) -> None:
    schedule = flatten(parse("fwd 100s, fwd 50s, fwd 50s"))
    times = WalkedTimes()
    times.enter()
    times.add(100_000 - skipped)
    times.leave(0, Phase.FORWARD)
    times.enter(before=10_000)
    times.add(5_000)
    assert times.would_complete(schedule, 1) is complete
