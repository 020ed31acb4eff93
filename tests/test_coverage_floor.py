"""The floors of branch coverage: what is below one fails."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def floors(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(sys, "argv", ["coverage_floor.py"])
    return runpy.run_path(str(ROOT / "scripts" / "coverage_floor.py"))


@pytest.mark.parametrize(
    ("measured", "code", "line"),
    [
        (95.0, 0, "cli        95.0 % ok"),
        (94.9, 1, "cli        94.9 % below the floor of 95 %"),
        (None, 1, "tests failed"),
    ],
)
def test_a_package_below_its_floor_fails(
    floors: dict[str, Any], capsys: pytest.CaptureFixture[str], measured: float | None, code: int, line: str
) -> None:
    floors["main"].__globals__["measure"] = lambda _: measured
    assert floors["main"](["cli"]) == code
    assert line in capsys.readouterr().out


def test_a_package_without_a_floor_is_refused(floors: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert floors["main"](["nothing"]) == 2
    assert "no floor for nothing" in capsys.readouterr().out


def test_every_floor_is_for_a_package_with_tests_of_its_own(floors: dict[str, Any]) -> None:
    for package in floors["FLOORS"]:
        assert (ROOT / "retro_timer" / package).is_dir()
        assert (ROOT / "tests" / package).is_dir()
