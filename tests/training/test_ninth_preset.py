"""A preset more than the plan has levels: the plan, the command and the help go on, wherever in the ladder it is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys
from datetime import date, timedelta
import retro_timer.scheduling.presets as presets

at = int(sys.argv[1])
ninth = presets.Preset("ninth", "Ninth", "One more.", 180, 30, 100, 60, 4, 120)
presets.LADDER = (*presets.LADDER[:at], ninth, *presets.LADDER[at:])

from retro_timer.cli.main import run_command_line
from retro_timer.storage.programmes import eight_weeks
from retro_timer.training.plan import PlanChoices, advise
from retro_timer.training.entry import TrainingEntry

walked = {"preset": "ninth", "effort": 3, "walked_seconds": 900, "backward_seconds": 400, "longest_bout": 100}
for times in range(1, 9):
    day = date(2026, 3, 1)
    practices = [TrainingEntry(day + timedelta(days=2 * number), **walked) for number in range(times)]
    today = practices[-1].day + timedelta(days=2)
    for choices in (PlanChoices(), PlanChoices(start="ninth"), PlanChoices(pinned="ninth")):
        for kept in ((), practices):
            assert advise(eight_weeks(), kept, today, choices).headline
for command in ("plan", "presets", "guide", "history"):
    assert run_command_line([command]) == 0
assert run_command_line(["config", "set", "plan.pinned", "ninth"]) == 0
assert run_command_line(["plan"]) == 0
for _ in range(3):
    walk = ["run", "ninth", "--plain", "--lead-in", "0", "--audio", "off", "--backward", "1s", "--turn", "1s"]
    assert run_command_line([*walk, "--rehearse", "1000"]) == 0
assert run_command_line(["plan", "--json"]) == 0
"""


@pytest.mark.parametrize("at", [0, 4, 8])
def test_a_preset_that_is_not_a_level_of_the_plan(at: int, tmp_path: Path) -> None:
    environment = {"RETRO_TIMER_DATA_DIR": str(tmp_path), "RETRO_TIMER_CONFIG_DIR": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(at)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
