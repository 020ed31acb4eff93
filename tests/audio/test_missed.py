"""Missed cues are counted and listed from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retro_timer.audio.missed import Missed, missed_in, missed_lines
from retro_timer.cli.main import run_command_line
from retro_timer.runtime.log import Log
from retro_timer.testing import FakeClock
from tests.audio.cues import phase

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_missed_cues_are_counted_with_the_last_reason() -> None:
    logged: list[str] = []
    missed = Missed(logged.append)
    assert missed.text == ""
    missed.add(phase(0, "Walk backward."), "too late", again=True)
    missed.add(phase(0, "Turn around."), "there was no sound")
    assert missed.text == "2 cues not heard in time (there was no sound)"
    assert missed_in(["The sound was lost: x.", *logged]) == logged


def test_the_message_is_short_however_many_there_are() -> None:
    assert list(missed_lines([])) == ["missed: no cues in the log"]
    lines = list(missed_lines([f"line {n}" for n in range(100)]))
    assert lines[0] == "missed: 100 cues in the log:"
    assert lines[-1] == "  line 99"
    assert len(lines) == 6


def test_doctor_reports_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(tmp_path / "retro-timer.log", FakeClock().wall)
    Missed(log.say).add(phase(0, "Walk backward."), "too late", again=True)
    run_command_line(["doctor", "--silent", "--data-dir", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "missed: 1 cue in the log:" in printed
    assert 'Not heard: phase, "Walk backward." (too late; said late)' in printed
