"""Schedules: order, starts, rounds, and lookup by position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.scheduling.errors import WorkoutError
from retro_timer.scheduling.model import Interval
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.phases import Phase
from retro_timer.scheduling.schedule import Place, Position, Schedule, flatten
from tests.strategies import edited_schedules, workouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retro_timer.scheduling.model import Block, Workout


def unrolled(blocks: tuple[Block, ...]) -> Iterator[Interval]:
    """The intervals, flattened in the simplest way."""
    for block in blocks:
        if isinstance(block, Interval):
            yield block
            continue
        for turn in range(block.times):
            yield from unrolled(block.body)
            if turn < block.times - 1:
                yield from unrolled(block.between)


def scanned(schedule: Schedule, second: int) -> Position:
    """`position_at`, computed by checking every entry."""
    start = 0
    for index, entry in enumerate(schedule):
        if start <= second < start + entry.duration:
            return Position(index, second - start, start + entry.duration - second)
        start += entry.duration
    if second < 0:
        return Position(0, 0, schedule[0].duration)
    return Position(len(schedule) - 1, schedule[-1].duration, 0)


@given(workouts())
def test_flattening_repeats_every_round_and_omits_the_last_between(workout: Workout) -> None:
    assert [entry.interval for entry in flatten(workout)] == list(unrolled(workout.blocks))


@given(edited_schedules())
def test_starts_are_the_sums_of_the_earlier_lengths(schedule: Schedule) -> None:
    assert len(schedule.starts) == len(schedule) + 1
    for index in range(len(schedule)):
        assert schedule.starts[index] == sum(entry.duration for entry in schedule.entries[:index])
    assert schedule.starts[-1] == schedule.total


@given(st.data(), edited_schedules())
def test_the_position_agrees_with_a_scan(data: st.DataObject, schedule: Schedule) -> None:
    edges = st.sampled_from(schedule.starts).flatmap(lambda start: st.sampled_from([start - 1, start, start + 1]))
    second = data.draw(st.one_of(edges, st.integers(-5, schedule.total + 5)))
    assert schedule.position_at(second) == scanned(schedule, second)


@pytest.mark.parametrize(
    ("second", "position"),
    [
        (-1, Position(0, 0, 10)),
        (0, Position(0, 0, 10)),
        (9, Position(0, 9, 1)),
        (10, Position(1, 0, 20)),
        (29, Position(1, 19, 1)),
        (30, Position(1, 20, 0)),
        (99, Position(1, 20, 0)),
    ],
)
def test_the_position_at_the_edges_of_a_schedule(second: int, position: Position) -> None:
    assert flatten(parse("warm 10s, back 20s")).position_at(second) == position


def test_rounds_of_a_plain_repeat() -> None:
    schedule = flatten(parse("warm 9s, 3x(back 1s | fwd 2s), cool 9s"))
    places = [entry.place for entry in schedule]
    assert places[0] is places[-1] is None
    assert [(place.round, place.rounds, place.between) for place in places if place] == [
        (1, 3, False),
        (1, 3, True),
        (2, 3, False),
        (2, 3, True),
        (3, 3, False),
    ]


def test_the_innermost_round_is_shown_and_the_outer_ones_are_stored() -> None:
    schedule = flatten(parse("2x(2x(back 1s), turn 2s)"))
    outer = [Place(0, number, 2, between=False, outer=None) for number in (1, 2)]
    assert [entry.place for entry in schedule] == [
        Place(1, 1, 2, between=False, outer=outer[0]),
        Place(1, 2, 2, between=False, outer=outer[0]),
        outer[0],
        Place(2, 1, 2, between=False, outer=outer[1]),
        Place(2, 2, 2, between=False, outer=outer[1]),
        outer[1],
    ]


def test_the_lengths_of_a_phase_may_be_asked_from_an_index_on() -> None:
    schedule = flatten(parse("back 1m, 2x(turn 5s, back 30s)"))
    assert schedule.lengths(Phase.BACKWARD) == [60, 30, 30]
    assert schedule.lengths(Phase.BACKWARD, 3) == [30]
    assert schedule.lengths(Phase.REST) == []


@given(edited_schedules())
def test_rounds_never_decrease_within_a_repeat_and_never_exceed_their_number(schedule: Schedule) -> None:
    seen: dict[int, int] = {}
    for entry in schedule:
        place = entry.place
        while place is not None:
            assert seen.get(place.loop, 1) <= place.round <= place.rounds
            seen[place.loop] = place.round
            place = place.outer


def test_a_schedule_needs_an_entry_and_is_bounded() -> None:
    entry = flatten(parse("back 1s"))[0]
    with pytest.raises(WorkoutError, match="at least one interval"):
        Schedule(())
    with pytest.raises(WorkoutError, match="at most 10,000 intervals"):
        Schedule((entry,) * 10_001)


@pytest.mark.parametrize(
    ("notation", "longest"),
    [
        ("fwd 1m", 0),
        ("back 1m", 60),
        ("back 1m, back 30s, turn 5s, back 80s", 90),
        ("back 1m, turn 5s, back 20s, back 50s", 70),
        ("fwd 1m, back 5s, rest 2m, back 4s", 5),
    ],
)
def test_the_longest_time_backward_without_a_change(notation: str, longest: int) -> None:
    assert flatten(parse(notation)).longest_backward == longest


def test_the_same_schedule_is_found_in_a_set() -> None:
    first, second = flatten(parse("2x(back 1m)")), flatten(parse("2x(back 1m)"))
    assert first == second
    assert {first: "found"}[second] == "found"
    assert first != flatten(parse("back 1m, back 1m"))
    assert first != first.entries


def test_repeats_are_numbered_and_what_is_between_their_rounds_is_kept() -> None:
    schedule = flatten(parse("2x(back 1s | 2x(fwd 2s)), 3x(turn 3s)"))
    assert [entry.place.loop for entry in schedule if entry.place] == [0, 1, 1, 0, 2, 2, 2]
    assert dict(schedule.betweens) == {0: parse("2x(fwd 2s)").blocks, 1: (), 2: ()}
    assert [entry.place.between for entry in schedule if entry.place] == [False] * 7
    outer = [entry.place.outer for entry in schedule if entry.place and entry.place.outer]
    assert outer == [Place(0, 1, 2, between=True, outer=None)] * 2


def test_a_schedule_of_entries_alone_has_no_rounds_to_change() -> None:
    assert dict(Schedule(flatten(parse("2x(back 1m)")).entries).betweens) == {}


def test_a_schedule_is_read_by_its_index_and_in_order() -> None:
    schedule = flatten(parse("back 1m, fwd 2m"))
    assert len(schedule) == 2
    assert (schedule[1].phase, schedule[1].duration) == (Phase.FORWARD, 120)
    assert [entry.duration for entry in schedule] == [60, 120]
