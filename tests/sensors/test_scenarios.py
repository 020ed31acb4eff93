"""Thirty walks with sensors on a mock BlueZ: no sensor is ever written to, and a belt that stops pauses in time."""

from __future__ import annotations

import asyncio

import pytest

from tests.requirements_present import require_modules, require_programs
from tests.sensors.scenarios import BOUND_MS, SCENARIOS, run_all

NAMES = list(SCENARIOS)
PARTS = 3

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize("part", range(PARTS))
def test_no_scenario_writes_and_every_pause_is_in_time(part: int) -> None:
    require_programs("dbus-daemon")
    require_modules("bleak", "dbus_fast")
    assert len(SCENARIOS) == 30
    found = asyncio.run(run_all(NAMES[part::PARTS]))
    assert {name: each.writes for name, each in found.items() if each.writes} == {}
    late = {name: each.paused_after for name, each in found.items() if (each.paused_after or 0) > BOUND_MS}
    assert late == {}
