"""Edits in a real terminal: after thirty edits, undos and pauses, the session ends at the second that was shown."""

from __future__ import annotations

import random
import re
import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retro_timer.session.cue import Sound
from tests.sound_recognition import recognized
from tests.terminal import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sound_server import SoundServer
    from tests.terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sound,
    pytest.mark.terminal,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals"),
]
TEN_INTERVALS = "warm 5s, 2x(turn 3s, back 4s, turn 3s | fwd 4s), back 4s, cool 4s"
SETTINGS = "[session]\nlead_in = 3\nresume_lead_in = 3\nstep_this = 2\nstep_bout = 1\nstep_turn = 1\n"
KEYS = "+-bBfFtT+-uUbFrR+uTf-  bu  +tBsnsnsn"
"""The keys: lengths, rounds, undo and redo, two pauses, where am I, and skips."""
NEAR = 350.0
QUIET = 3.0
"""Seconds after the last key: during an announcement, the sound of a phase is not recognized."""


def promised(running: Terminal) -> float:
    """The moment at which the running session will end, from the time left on the screen."""
    begun = time.monotonic()
    left = time_left(running)
    while (now := time_left(running)) == left:
        assert time.monotonic() - begun < 5, f"the time does not run:\n{running.text}"
        running.read(0.01)
    return time.monotonic() + now


def time_left(running: Terminal) -> int:
    found = re.search(r"(\d+):(\d\d) left", running.text)
    assert found, running.text
    return int(found[1]) * 60 + int(found[2])


def starts(home: Path) -> list[tuple[int, str]]:
    """The walked intervals: start in milliseconds, and phase."""
    with closing(sqlite3.connect(home / "data" / "history.db")) as history:
        return list(history.execute("SELECT at, phase FROM intervals ORDER BY at"))


def test_ends_at_the_shown_time_and_sounds_as_it_was_walked(sound_server: SoundServer, tmp_path: Path) -> None:
    assert len(KEYS) >= 30
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(SETTINGS)
    pauses = random.Random(7)
    command = ["run", TEN_INTERVALS, "--audio", "miniaudio"]
    with (
        sound_server.record() as recorder,
        terminal(command, tmp_path, environment=sound_server.environment) as running,
    ):
        running.wait_for("sound ok")
        running.wait_for("Start your warm-up.")
        for key in KEYS:
            running.send(key)
            until = time.monotonic() + pauses.uniform(0.15, 0.5)
            while time.monotonic() < until:
                running.read(0.02)
        running.wait_for(lambda text: "space resumes" not in text and "next:" not in text)
        end = promised(running)
        quiet_from = time.monotonic() + QUIET
        running.wait_for("enter shows the summary", timeout=120)
        ended = time.monotonic()
        time.sleep(1.0)
        heard = recognized(recorder.stop())
        running.send("\r")
        running.send("\x1b")
        assert running.wait() == 0
    assert ended == pytest.approx(end, abs=0.5)
    walked = starts(tmp_path)
    assert len(walked) >= 10
    complete = [at for at, sound in heard if sound is Sound.COMPLETE]
    assert len(complete) == 1
    assert complete[0] == pytest.approx(ended * 1000, abs=NEAR)
    in_agreement([(at, sound) for at, sound in heard if at > quiet_from * 1000], walked)


def in_agreement(heard: list[tuple[float, Sound]], walked: list[tuple[int, str]]) -> None:
    """The intervals that began after the last key were heard when they began, with the sounds of their phases."""
    phases = [(at, sound) for at, sound in heard if sound not in (*map(Sound.of_tick, (1, 2, 3)), Sound.COMPLETE)]
    assert len(phases) >= 5
    tail = walked[-len(phases) :]
    assert [sound.value for _, sound in phases] == [phase for _, phase in tail]
    for (at, _), (begun, _) in zip(phases, tail, strict=True):
        assert at - phases[0][0] == pytest.approx(begun - tail[0][0], abs=NEAR)
