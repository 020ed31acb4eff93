"""Which way the walker faces, and where to begin with a later interval."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten

SCHEDULE = flatten(parse("warm 20s, 2x(turn 10s, back 30s, turn 10s, fwd 20s), rest 10s, back 5s"))


@pytest.mark.parametrize(
    ("running", "wanted", "first"),
    [
        (0, 2, 1),  # backward, by way of the turn
        (0, 4, 4),  # forward, as now
        (2, 6, 6),  # from backward to backward
        (2, 8, 7),  # from backward to forward
        (0, 1, 1),  # a turn itself
        (1, 2, 2),  # the turn is walked already
        (4, 10, 10),  # no turn leads there
    ],
)
def test_a_turn_leads_to_the_other_direction(running: int, wanted: int, first: int) -> None:
    assert SCHEDULE.way_in(running, wanted) == first


@pytest.mark.parametrize(
    ("notation", "backward"),
    [
        ("turn 5s, back 5s, turn 5s, fwd 5s", [True, True, False, False]),
        ("back 5s, rest 5s, turn 5s, turn 5s, rest 5s", [True, True, False, True, True]),
        ("rest 5s, back 5s, back 5s, cool 5s, turn 5s", [False, True, True, False, True]),
    ],
)
def test_which_way_the_walker_faces(notation: str, backward: list[bool]) -> None:
    schedule = flatten(parse(notation))
    assert [schedule.faces_backward(index) for index in range(len(schedule))] == backward


def test_which_way_the_next_phase_on_the_belt_leads() -> None:
    schedule = flatten(parse("back 5s, turn 5s, rest 5s, back 5s, turn 5s, fwd 5s, rest 5s"))
    assert [schedule.leads_backward(index) for index in range(7)] == [True, True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("notation", "running", "wanted", "first"),
    [
        ("fwd 5s, rest 5s, turn 5s, back 5s", 0, 3, 2),
        ("fwd 5s, turn 5s, back 5s", 1, 2, 2),
        ("fwd 5s, turn 5s, rest 5s", 0, 2, 2),
        ("back 5s, turn 5s, back 5s", 0, 2, 2),
        ("fwd 5s, back 5s, turn 5s, fwd 5s", 0, 3, 3),
        ("fwd 5s, back 5s, turn 5s, fwd 5s", 1, 3, 2),
    ],
)
def test_where_to_begin_with_a_later_interval(notation: str, running: int, wanted: int, first: int) -> None:
    assert flatten(parse(notation)).way_in(running, wanted) == first
