"""The time of a session by category."""

from __future__ import annotations

import pytest

from retro_timer.session.spent import BackwardTime, CountsAs, Spent


@pytest.mark.parametrize("counts_as", CountsAs)
def test_time_is_added_to_its_category(counts_as: CountsAs) -> None:
    spent = Spent(1, 2, 3, 4).plus(1_000, counts_as)
    assert getattr(spent, counts_as.value) > 1_000
    assert spent.total == 1_010


def test_a_stop_ends_a_bout_and_nothing_else() -> None:
    twice = BackwardTime().plus(5_000).plus(2_000).stopped().plus(6_000)
    assert twice == BackwardTime(total=13_000, longest=7_000, bout=6_000)
    assert twice.plus(1_001) == BackwardTime(total=14_001, longest=7_001, bout=7_001)
