"""The time of a session by category."""

from __future__ import annotations

import pytest

from retro_timer.session.spent import CountsAs, Spent


@pytest.mark.parametrize("counts_as", CountsAs)
def test_time_is_added_to_its_category(counts_as: CountsAs) -> None:
    spent = Spent(1, 2, 3, 4).plus(1_000, counts_as)
    assert getattr(spent, counts_as.value) > 1_000
    assert spent.total == 1_010
