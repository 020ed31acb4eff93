"""First Try, walked by the real program and followed from the recording alone.

By default time runs eight times faster, too fast for what is said between the changes; `RETRO_TIMER_WHOLE=1` walks the
whole eight minutes, with everything that is said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from retro_timer.scheduling.presets import preset
from retro_timer.scheduling.schedule import flatten
from retro_timer.session.cue import Sound
from tests.sound_recognition import recognized

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sound_server import SoundServer

WHOLE = os.environ.get("RETRO_TIMER_WHOLE") == "1"
FASTER = 1 if WHOLE else 8
SAID = "" if WHOLE else "[cues]\ncount = false\nannounce = false\nrail = false\nhalfway = false\nlast_round = false\n"
LEAD_IN = 10 if WHOLE else 60
"""As in the product: a busy machine needs a while until its sound is open and steady."""
NEAR = 150.0

pytestmark = [pytest.mark.sound, pytest.mark.slow, pytest.mark.timeout(600 if WHOLE else 240)]


def test_first_try_can_be_followed_from_the_recording_alone(sound_server: SoundServer, tmp_path: Path) -> None:
    schedule = flatten(preset("first-try"))
    # Eight times as fast, it has an eighth of the time for each cue: root can let it go before the other tests.
    command = ["nice", "-n", "-10", sys.executable, "-m", "retro_timer"]
    command += ["run", "first-try", "--plain", "--json", "--audio", "miniaudio"]
    command += ["--lead-in", str(LEAD_IN)] + ([] if WHOLE else ["--rehearse", str(FASTER)])
    environment = {**os.environ, **sound_server.environment}
    environment |= {"RETRO_TIMER_DATA_DIR": str(tmp_path / "data"), "RETRO_TIMER_CONFIG_DIR": str(tmp_path / "config")}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(SAID)
    with sound_server.record() as recorder:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        time.sleep(0.5)
        heard = recognized(recorder.stop())
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "finished"
    phases = [(at, sound) for at, sound in heard if sound not in (*map(Sound.of_tick, (1, 2, 3)), Sound.COMPLETE)]
    assert [sound for _, sound in phases] == [Sound.of(entry.phase) for entry in schedule]
    # By most of them, not by the first, which is late if the sound had only just been opened.
    begin = median(at - start * 1000 / FASTER for (at, _), start in zip(phases, schedule.starts[:-1], strict=True))
    for (at, _), start in zip(phases, schedule.starts[:-1], strict=True):
        assert (at - begin) * FASTER / 1000 == pytest.approx(start, abs=NEAR * FASTER / 1000)
    assert heard[-1][1] is Sound.COMPLETE
    assert (heard[-1][0] - begin) * FASTER / 1000 == pytest.approx(schedule.total, abs=NEAR * FASTER / 1000)
