"""Programs of hooks that sleep, flood and fail move no cue: by a recording of a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.notation import parse
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import Sound
from tests.sound_recognition import recognized

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sound_server import SoundServer

pytestmark = [pytest.mark.sound, pytest.mark.skipif(sys.platform == "win32", reason="the programs are POSIX ones")]
WALK = "2x(back 3s, turn 3s, fwd 3s)"
NEAR = 0.15
"""Seconds by which the recognition of a sound may be off."""
SETTINGS = """
[hooks]
start = ["sh", "-c", "sleep 60"]
phase = ["sh", "-c", "sleep 60 & sleep 60"]
pause = ["/nowhere/hook"]
end = ["sh", "-c", "yes"]
"""


def test_hooks_that_sleep_for_a_minute_move_no_cue(sound_server: SoundServer, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(SETTINGS)
    command = [sys.executable, "-m", "retro_timer", "run", WALK, "--plain", "--json", "--audio", "miniaudio"]
    environment = {**os.environ, **sound_server.environment}
    environment |= {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    with sound_server.record() as recorder:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        time.sleep(0.5)
        heard = recognized(recorder.stop())
    assert '"finished"' in done.stdout
    assert {json.loads(line)["event"] for line in done.stdout.splitlines()} >= {"started", "interval", "finished"}
    schedule = flatten(parse(WALK))
    phases = [(at / 1000, sound) for at, sound in heard if sound in {Sound.of(entry.phase) for entry in schedule}]
    assert [sound for _, sound in phases] == [Sound.of(entry.phase) for entry in schedule]
    begin = median(at - start for (at, _), start in zip(phases, schedule.starts[:-1], strict=True))
    for (at, _), start in zip(phases, schedule.starts[:-1], strict=True):
        assert at - begin == pytest.approx(start, abs=NEAR)
