"""Rounds added to a running schedule, and removed from it: which entries there are then, and in which places."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.edits import AddRounds, CoolDownNow, loop_at
from retro_timer.scheduling.errors import EditError
from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.rounds import last_of, place_in
from retro_timer.scheduling.schedule import At, Place, Schedule, flatten


def placed(place: Place | None) -> str:
    """A place as "0:1/2", with a bar between rounds, and after it the place around it."""
    if place is None:
        return ""
    outer = f" {placed(place.outer)}" if place.outer else ""
    return f"{place.loop}:{place.round}{'|' if place.between else ''}/{place.rounds}{outer}"


def rows(schedule: Schedule) -> list[tuple[int, str]]:
    """The length and the place of each entry."""
    return [(entry.duration, placed(entry.place)) for entry in schedule]


def after(notation: str, index: int, rounds: int) -> Schedule:
    return AddRounds(rounds)(flatten(parse(notation)), At(index, 0))


PLAIN = "fwd 9s, 2x(back 1s, turn 2s | fwd 3s), cool 9s"


@pytest.mark.parametrize(
    ("index", "rounds", "expected"),
    [
        (
            0,
            1,
            [
                *[(9, ""), (1, "0:1/3"), (2, "0:1/3"), (3, "0:1|/3"), (1, "0:2/3"), (2, "0:2/3"), (3, "0:2|/3")],
                *[(1, "0:3/3"), (2, "0:3/3"), (9, "")],
            ],
        ),
        (
            4,  # what is walked keeps its number of rounds
            2,
            [
                *[(9, ""), (1, "0:1/2"), (2, "0:1/2"), (3, "0:1|/2"), (1, "0:2/4"), (2, "0:2/4"), (3, "0:2|/4")],
                *[(1, "0:3/4"), (2, "0:3/4"), (3, "0:3|/4"), (1, "0:4/4"), (2, "0:4/4"), (9, "")],
            ],
        ),
        (0, -1, [(9, ""), (1, "0:1/1"), (2, "0:1/1"), (9, "")]),
        (2, -1, [(9, ""), (1, "0:1/2"), (2, "0:1/1"), (9, "")]),
        (3, -1, [(9, ""), (1, "0:1/2"), (2, "0:1/2"), (3, "0:1|/1"), (9, "")]),
    ],
)
def test_rounds_of_a_plain_repeat(index: int, rounds: int, expected: list[tuple[int, str]]) -> None:
    assert rows(after(PLAIN, index, rounds)) == expected


def test_repeats_inside_an_added_round_are_repeats_of_their_own() -> None:
    nested = "2x(2x(back 1s), fwd 2s | 2x(turn 3s | rest 4s))"
    longer = after(nested, 2, 1)  # where the outer repeat runs, and none inside it
    assert rows(longer) == [
        *[(1, "1:1/2 0:1/2"), (1, "1:2/2 0:1/2"), (2, "0:1/3")],
        *[(3, "2:1/2 0:1|/3"), (4, "2:1|/2 0:1|/3"), (3, "2:2/2 0:1|/3")],
        *[(1, "3:1/2 0:2/3"), (1, "3:2/2 0:2/3"), (2, "0:2/3")],
        *[(3, "4:1/2 0:2|/3"), (4, "4:1|/2 0:2|/3"), (3, "4:2/2 0:2|/3")],
        *[(1, "5:1/2 0:3/3"), (1, "5:2/2 0:3/3"), (2, "0:3/3")],
    ]
    assert {loop: len(between) for loop, between in longer.betweens.items()} == {0: 1, 1: 0, 2: 1, 3: 0, 4: 1, 5: 0}
    # The rounds of the new ones can be changed in turn, and those of others stay.
    last = len(longer) - 3
    assert rows(AddRounds(1)(longer, At(last, 0)))[last:] == [
        *[(1, "5:1/3 0:3/3"), (1, "5:2/3 0:3/3"), (1, "5:3/3 0:3/3"), (2, "0:3/3")]
    ]


def test_a_round_that_was_removed_and_added_again_does_not_repeat_what_was_walked_before_it() -> None:
    schedule = flatten(parse("2x(back 1s | fwd 2s, fwd 3s)"))
    shorter = AddRounds(-1)(schedule, At(1, 0))
    assert rows(shorter) == [(1, "0:1/2"), (2, "0:1|/1")]
    assert rows(AddRounds(1)(shorter, At(1, 0))) == [(1, "0:1/2"), (2, "0:1|/2"), (3, "0:1|/2"), (1, "0:2/2")]


@pytest.mark.parametrize(
    ("notation", "index", "rounds"),
    [
        ("2x(back 1s)", 0, -2),
        ("2x(back 1s)", 1, -1),
        ("3x(back 1s)", 1, -2),
        ("2x(turn 1s, back 2s)", 2, -1),
        ("2x(back 1s | turn 2s, fwd 3s)", 1, -1),  # the turn is walked, and nothing after it is left
        ("2x(back 1s | turn 2s, fwd 3s)", 2, -1),
        ("2x(back 1s | fwd 2s)", 2, -1),
    ],
)
def test_a_round_that_has_begun_stays(notation: str, index: int, rounds: int) -> None:
    with pytest.raises(EditError, match=r"^the last round is running or already walked$"):
        after(notation, index, rounds)


def test_rounds_cannot_be_changed_where_none_are_left() -> None:
    with pytest.raises(EditError, match=r"^it already has that many rounds$"):
        after("2x(back 1s)", 0, 0)
    for notation, index in (("back 1s", 0), ("2x(back 1s), cool 2s", 2)):
        with pytest.raises(EditError, match=r"^no rounds are left to change$"):
            after(notation, index, 1)
    # What leads to the cool-down is in the last round, and belongs to no repeat that can be changed.
    cooling = CoolDownNow()(flatten(parse("2x(back 1s), cool 2s")), At(0, 0))
    assert [placed(entry.place) for entry in cooling] == ["0:1/1", "", ""]
    assert loop_at(cooling, 0) is None


@pytest.mark.parametrize(
    ("notation", "fits"),
    [("fwd 1s, fwd 1s, 2x(back 1s, turn 1s | rest 1s)", 3331), ("2x(back 1s)", 9998), ("fwd 1s, 1x(back 1s)", 9998)],
)
def test_rounds_are_added_up_to_ten_thousand_intervals(notation: str, fits: int) -> None:
    assert len(after(notation, 0, fits)) == 10_000
    with pytest.raises(EditError, match=r"^a workout has at most 10,000 intervals$"):
        after(notation, 0, fits + 1)


def test_the_last_entry_of_a_repeat_and_the_place_in_it() -> None:
    schedule = flatten(parse("2x(2x(back 1s), fwd 2s), cool 9s"))
    assert last_of(schedule, 0) == (5, schedule[5].place)
    assert last_of(schedule, 1) == (1, schedule[1].place)
    assert last_of(schedule, 2) == (4, schedule[4].place)
    inner = schedule[0].place
    assert inner is not None
    assert place_in(inner, 1) is inner
    assert place_in(inner, 0) is inner.outer
    assert place_in(inner, 7) is None
    assert place_in(None, 0) is None
    assert [loop_at(schedule, index) for index in range(7)] == [1, 1, 0, 2, 2, 0, None]
