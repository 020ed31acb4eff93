"""Which way the walker faces, and where to begin with a later interval."""

from __future__ import annotations

import pytest

from retro_timer.scheduling.facing import way_in
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
    assert way_in(SCHEDULE, running, wanted) == first
