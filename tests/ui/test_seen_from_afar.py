"""The states of a session seen out of focus: each differs from every other in colour or shape."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import pytest

from tests.ui.blurred import Picture, colour_distance, picture_of, shape_distance
from tests.ui.drawn import settled
from tests.ui.support import furnished
from tests.ui.test_looks import SCENES, waiting, walking

if TYPE_CHECKING:
    from pathlib import Path

STATES: Final = (
    "lead-in", "backward-as-paused", "forward", "turn", "paused", "stopped", "waiting", "complete", "ended",
)  # fmt: skip
"""All are scenes of the snapshots, except a bout at the moment of the pause, so that both show the same digits."""
COLOUR: Final = 20.0
"""Minimum distance in L*a*b* between colours that can be told apart: about ten times a just noticeable one."""
SHAPE: Final = 0.3
"""Minimum distance between shapes that can be told apart."""
RUNNING: Final = {"backward-as-paused", "forward", "turn"}
"""States that differ only in colour and word: they share the giant digits."""


@pytest.mark.usefixtures("pictured_presets")
@pytest.mark.parametrize("theme", ["phosphor", "paper"])
async def test_out_of_focus_each_state_differs_from_every_other(
    theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.ui.screens.session_ending.SUMMARY_DELAY", 3600)  # however busy the machine is
    coloured: dict[str, Picture] = {}
    grey: dict[str, Picture] = {}
    for state in STATES:
        workout, act = SCENES.get(f"session-{state}", ("builder", walking(180_000, 40_000)))
        stage = furnished(tmp_path / state, workout, waits=act is waiting)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            stage.app.theme = theme
            await act(stage, pilot)
            await settled(pilot)
            coloured[state], grey[state] = picture_of(stage.app), picture_of(stage.app, grey=True)
    alike = [
        f"{one} and {other}: colours {colours:.0f} apart, shapes {shapes:.2f}"
        for one, other in combinations(STATES, 2)
        if (colours := colour_distance(coloured[one], coloured[other])) < COLOUR
        and (shapes := shape_distance(coloured[one], coloured[other])) < SHAPE
    ]
    assert alike == []
    alike_in_grey = [
        f"{one} and {other}: lightness {light:.0f} apart, shapes {shapes:.2f}"
        for one, other in combinations(STATES, 2)
        if not {one, other} <= RUNNING
        and (light := colour_distance(grey[one], grey[other])) < COLOUR
        and (shapes := shape_distance(grey[one], grey[other])) < SHAPE / 2
    ]
    assert alike_in_grey == []
