"""Enter held down in a plain session acts once; every typed line acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.cli.held_enter import HeldEnter
from retro_timer.session.held_keys import FIRST_REPEAT, REPEATS_WITHIN, WAIT

first_repeats = st.integers(*FIRST_REPEAT)
repeats = st.lists(st.integers(1, REPEATS_WITHIN - 1), min_size=1, max_size=40)


def acted(lines: list[tuple[str, int]]) -> list[tuple[int, str]]:
    """The moments in milliseconds at which lines act, and which."""
    enter, found = HeldEnter(), list[tuple[int, str]]()
    for line, moment in lines:
        if (due := enter.due) is not None and due <= moment:
            found += [(due, each) for each in enter.settle(due)]
        found += [(moment, each) for each in enter.line(line, moment)]
    if (due := enter.due) is not None:
        found += [(due, each) for each in enter.settle(due)]
    return found


def held(line: str, begin: int, first: int, gaps: list[int]) -> list[tuple[str, int]]:
    """A line with a held enter key: empty lines follow."""
    moments = [begin + first]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    return [(line, begin), *(("", moment) for moment in moments)]


@given(st.sampled_from(["", "n", "x", "+", "zz", " "]), first_repeats, repeats)
def test_a_line_whose_enter_key_is_held_acts_once_and_at_once(line: str, first: int, gaps: list[int]) -> None:
    assert acted(held(line, 1000, first, gaps)) == [(1000, line)]


@given(first_repeats, repeats)
def test_enter_acts_again_when_it_is_pressed_again(first: int, gaps: list[int]) -> None:
    hold = held("", 0, first, gaps)
    later = hold[-1][1] + FIRST_REPEAT[1] + 1
    assert acted([*hold, ("", later)]) == [(0, ""), (later, "")]


@pytest.mark.parametrize("gap", [80, 150, 249, 701, 5000])
def test_enter_pressed_twice_acts_twice_at_once(gap: int) -> None:
    assert acted([("", 0), ("", gap)]) == [(0, ""), (gap, "")]


@pytest.mark.parametrize("gap", [250, 400, 700])
def test_enter_pressed_twice_slowly_acts_when_no_repeat_follows(gap: int) -> None:
    assert acted([("x", 0), ("", gap)]) == [(0, "x"), (gap + WAIT, "")]


@given(st.lists(st.tuples(st.sampled_from(["n", "x", "+", "-"]), st.integers(0, 1000)), max_size=20))
def test_text_acts_at_once_however_fast_it_comes(typed: list[tuple[str, int]]) -> None:
    moment, lines = 0, []
    for line, gap in typed:
        moment += gap
        lines.append((line, moment))
    assert acted(lines) == [(moment, line) for line, moment in lines]


def test_text_while_enter_waits_acts_after_it() -> None:
    assert acted([("", 0), ("", 400), ("x", 430)]) == [(0, ""), (430, ""), (430, "x")]
