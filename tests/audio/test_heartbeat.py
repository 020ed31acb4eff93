"""The interval of the child's heartbeat, as the parent sees it."""

from __future__ import annotations

from retro_timer.audio.child import BEAT_S
from tests.audio.supervised import House


def test_a_child_that_misses_single_heartbeats_is_not_replaced() -> None:
    house = House()
    house.says("open", what="x")
    for _ in range(20):
        house.wait(round(2 * BEAT_S * 1000))
        house.says("beat")
    assert len(house.children) == 1
