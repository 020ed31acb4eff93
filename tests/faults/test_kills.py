"""The fault test in a short form: a few kills, each accounted for. The long form is `python tests/faults/kills.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.kills import LIMIT, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.real_time
def test_killed_sessions_lose_at_most_a_second(tmp_path: Path) -> None:
    tally = run(kills=12, seed=20260302, directory=tmp_path, longest=0.7, damage_every=5)
    assert not tally.failures, str(tally)
    assert tally.kills == 12
    assert tally.recovered
    assert tally.damaged
    assert tally.worst <= LIMIT
