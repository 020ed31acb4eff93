"""The animation in the README can be made again: the app still goes through the same scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.film import FILM, Frame, filmed

if TYPE_CHECKING:
    from pathlib import Path


def text(frame: Frame) -> str:
    return "\n".join("".join(cell.text for cell in line) for line in frame)


@pytest.mark.usefixtures("pictured_presets")
@pytest.mark.slow
async def test_the_film_goes_from_home_through_a_walk_to_its_summary(tmp_path: Path) -> None:
    film = await filmed(tmp_path)
    shown = [text(frame) for frame, _ in film.frames]
    for words in ("WORKOUTS", "Walk backward. One minute.", "next ↻ turn around 0:30", "enter shows the summary"):
        assert any(words in each for each in shown), words
    assert any("ADJUST" in each and "1:10" in each for each in shown), "a bout is made longer"
    assert "2:10 of  2:00" in shown[-1]
    assert 12 <= sum(seconds for _, seconds in film.frames) <= 22
    assert FILM.stat().st_size < 2_000_000
