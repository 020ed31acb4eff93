"""Sessions of the real program in a real pseudo-terminal."""

from __future__ import annotations

import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from retro_timer.runtime.exit_codes import STOP_SIGNALS
from tests.terminal import PROGRAM, shows_time, terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")]
WALK = ("run", "back 5s, turn 3s, fwd 5s", "--audio", "off")


def test_runs_a_short_workout_second_by_second(tmp_path: Path) -> None:
    expected = [second for length in (3, 4, 3, 4) for second in range(length, 0, -1)]
    walk = ("run", "back 4s, turn 3s, fwd 4s", "--audio", "off", "--lead-in", "3")
    with terminal(walk, tmp_path) as running:
        moments = [running.wait_for(partial(shows_time, time_shown=f"0:0{second}")) for second in expected]
        running.wait_for("enter shows the summary")
        running.send("\r")
        running.wait_for("how hard?")
        running.send("\x1b")
        assert running.wait() == 0
        assert not running.restored()
    # A busy machine may show a frame late, but none early, nor all of them.
    begins = [moment - second for second, moment in enumerate(moments)]
    half = len(begins) // 2
    assert min(begins[half:]) == pytest.approx(min(begins[:half]), abs=0.3)


def test_keys_pause_skip_and_end(tmp_path: Path) -> None:
    with terminal([*WALK, "--lead-in", "0"], tmp_path) as running:
        running.wait_for("next")
        running.send(" ")
        running.wait_for("space resumes")
        running.send(" ")
        running.send("n")
        running.wait_for("next ▲ forward")
        running.end_early()
        assert running.wait() == 1
        assert not running.restored()


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=str)
def test_signals_restore_the_terminal(tmp_path: Path, number: int) -> None:
    code = 128 + number
    with terminal(WALK, tmp_path) as running:
        running.wait_for("next")
        running.signal(number)
        assert running.wait() == code
        assert not running.restored()


def test_ctrl_c_ends_and_restores_the_terminal(tmp_path: Path) -> None:
    with terminal(WALK, tmp_path) as running:
        running.wait_for("next")
        running.send("\x03")
        assert running.wait() == 130
        assert not running.restored()


def test_a_stop_from_outside_pauses_the_session_where_it_was(tmp_path: Path) -> None:
    with terminal([*WALK, "--lead-in", "0"], tmp_path) as running:
        running.wait_for(lambda text: shows_time(text, "0:04"))
        running.signal(signal.SIGSTOP)
        # The stop takes real time here, which must not be counted.
        running.read_for(2.5)
        running.signal(signal.SIGCONT)
        running.wait_for("paused while the program was stopped")
        assert shows_time(running.text, "0:04")
        running.end_early()
        assert running.wait() == 1
        assert not running.restored()


def test_ctrl_z_and_fg_go_on_where_the_session_was(tmp_path: Path) -> None:
    """Through a shell with job control."""
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with terminal([], tmp_path, program=shell) as running:
        running.wait_for(lambda text: "$" in text or "#" in text)
        running.send(" ".join([*PROGRAM, *(f"'{part}'" for part in WALK), "--lead-in 0\r"]))
        running.wait_for(lambda text: shows_time(text, "0:04"))
        running.send("\x1a")
        running.wait_for("Stopped")
        running.send("fg\r")
        running.wait_for("paused while the program was stopped")
        assert shows_time(running.text, "0:04")
        running.end_early()
        running.wait_for(lambda text: "$" in text or "#" in text)


def test_closing_the_window_ends_the_program(tmp_path: Path) -> None:
    """The terminal is gone: the program ends by itself and leaves no process behind."""
    with terminal(WALK, tmp_path) as running:
        running.wait_for("next")
        running.hang_up()
        assert running.wait() == 129
