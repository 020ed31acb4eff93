"""A home of its own for every command, and a way to run one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retro_timer.cli.main import run_command_line
from tests.cli.ran import Ran

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.ran import Run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No command sees anybody's real files."""
    monkeypatch.setenv("RETRO_TIMER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RETRO_TIMER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("RETRO_TIMER_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Ran:
        code = run_command_line(list(arguments))
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call
