"""A held key acts once, a key that is pressed again acts again, on every keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.session.held_keys import FIRST_REPEAT, REPEATS_WITHIN, WAIT, HeldKeys


def acted(presses: list[tuple[str, int]]) -> list[tuple[int, str]]:
    """The moments in milliseconds at which keys act, and which."""
    keys: HeldKeys[str] = HeldKeys()
    found: list[tuple[int, str]] = []
    for key, moment in presses:
        if keys.due is not None and keys.due <= moment:
            due = keys.due
            found += [(due, name) for name in keys.settle(due)]
        found += [(moment, name) for name in keys.press(key, moment, key)]
    if keys.due is not None:
        due = keys.due
        found += [(due, name) for name in keys.settle(due)]
    return found


def held(key: str, begin: int, first: int, gaps: list[int]) -> list[tuple[str, int]]:
    """A key that is pressed and held: its first repeat, and the gaps between those that follow."""
    moments = [begin, begin + first]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    return [(key, moment) for moment in moments]


first_repeats = st.integers(*FIRST_REPEAT)
repeats = st.lists(st.integers(1, REPEATS_WITHIN - 1), min_size=1, max_size=40)


@given(first_repeats, repeats)
def test_a_held_key_acts_once_and_at_once(first: int, gaps: list[int]) -> None:
    assert acted(held("n", 1000, first, gaps)) == [(1000, "n")]


def test_fourteen_repeats_are_one_press() -> None:
    assert acted(held("n", 0, 500, [33] * 13)) == [(0, "n")]


@given(first_repeats, repeats, st.lists(st.integers(80, 249), max_size=3))
def test_a_stuttering_terminal_causes_no_second_press(first: int, gaps: list[int], stutters: list[int]) -> None:
    stuttering = [gap for stutter in stutters for gap in (stutter, 33)]
    assert acted(held("n", 0, first, [*gaps, *stuttering])) == [(0, "n")]


@pytest.mark.parametrize("gap", [80, 100, 150, 240, 249])
def test_a_quick_second_press_acts_at_once(gap: int) -> None:
    assert acted([("p", 0), ("p", gap)]) == [(0, "p"), (gap, "p")]


@pytest.mark.parametrize("gap", [250, 400, 700])
def test_a_slow_second_press_acts_when_no_repeat_follows(gap: int) -> None:
    assert acted([("p", 0), ("p", gap)]) == [(0, "p"), (gap + WAIT, "p")]


def test_a_second_press_later_than_any_first_repeat_acts_at_once() -> None:
    assert acted([("p", 0), ("p", 701)]) == [(0, "p"), (701, "p")]


@given(st.lists(st.integers(REPEATS_WITHIN, 3000), max_size=20))
def test_every_press_of_a_person_acts_in_order(gaps: list[int]) -> None:
    moments = [0]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    found = acted([("n", moment) for moment in moments])
    assert len(found) == len(moments)
    assert all(0 <= done - pressed <= WAIT for (done, _), pressed in zip(found, moments, strict=True))


def test_another_key_lets_the_delayed_one_act_first() -> None:
    assert acted([("p", 0), ("p", 400), ("x", 430)]) == [(0, "p"), (430, "p"), (430, "x")]


def test_two_keys_in_turn_are_never_repeats() -> None:
    assert acted([("n", 0), ("p", 20), ("n", 40)]) == [(0, "n"), (20, "p"), (40, "n")]


@given(first_repeats, repeats, st.integers(250, 2000))
def test_a_key_that_was_held_acts_again_when_it_is_pressed_again(first: int, gaps: list[int], later: int) -> None:
    hold = held("n", 0, first, gaps)
    assert [key for _, key in acted([*hold, ("n", hold[-1][1] + later)])] == ["n", "n"]


@given(first_repeats, repeats, st.integers(701, 2000))
def test_a_key_that_is_held_twice_acts_twice(first: int, gaps: list[int], later: int) -> None:
    hold = held("n", 0, first, gaps)
    again = held("n", hold[-1][1] + later, first, gaps)
    assert [key for _, key in acted([*hold, *again])] == ["n", "n"]


@pytest.mark.parametrize("later", [0, 80, 129])
def test_after_a_key_was_held_a_quick_double_press_acts_twice(later: int) -> None:
    keys: HeldKeys[str] = HeldKeys()
    assert keys.press("n", 0, "first") == ("first",)
    assert keys.press("n", 500, "repeat") == ()
    assert keys.press("n", 530, "repeat") == ()
    assert keys.press("n", 830, "again") == ()
    assert keys.settle(949) == ()
    assert keys.settle(950) == ("again",)
    assert keys.press("n", 950 + later, "once more") == ("once more",)


def test_a_possible_repeat_waits_for_an_eighth_of_a_second() -> None:
    keys: HeldKeys[str] = HeldKeys()
    keys.press("n", 1000, "first")
    assert keys.due is None
    keys.press("n", 1400, "second")
    assert keys.due == 1520


def test_a_clock_that_goes_back_makes_a_repeat() -> None:
    assert acted([("n", 1000), ("n", 900), ("n", 1079)]) == [(1000, "n")]
    assert acted([("n", 1000), ("n", 900), ("n", 1250)]) == [(1000, "n"), (1250 + WAIT, "n")]
