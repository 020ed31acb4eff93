"""The parts of a session that are shown add up to the total that is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.session.record import Totals
from retro_timer.session.shown import ShownTotals, shown_percent, shown_totals
from retro_timer.session.states import shown_seconds

LENGTHS = st.integers(0, 100_000_000)


def totals(backward: int, forward: int, turn: int, rest: int) -> Totals:
    return Totals(backward, forward, turn, rest, backward, rounds_done=0, incomplete=0, completion=0)


@given(LENGTHS, LENGTHS, LENGTHS, LENGTHS)
def test_the_parts_add_up_and_each_is_right_to_the_second(backward: int, forward: int, turn: int, rest: int) -> None:
    parts = (backward, forward, turn, rest)
    shown = shown_totals(totals(*parts))
    assert sum(shown) == shown_seconds(sum(parts))
    assert shown.backward == shown_seconds(backward), "backward is the same where it is shown alone"
    assert all(abs(seconds * 1000 - exact) < 1000 for seconds, exact in zip(shown, parts, strict=True))


def test_whole_seconds_stay_as_they_are() -> None:
    assert shown_totals(totals(60_000, 90_000, 10_000, 0)) == ShownTotals(60, 90, 10, 0)


def test_whole_percent_stay_as_they_are_and_only_all_of_it_is_a_hundred() -> None:
    assert [shown_percent(percent / 100) for percent in range(101)] == list(range(101))
    assert [shown_percent(share) for share in (0.799, 0.9999, 0.009)] == [79, 99, 0]
